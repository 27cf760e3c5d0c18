"""One Click command for one declared action: its options, its help, and what running it means."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from pcacli.api.catalogue import PAGINATORS, command_name
from pcacli.api.shapes import List, Member, Operation, Shape, Structure
from pcacli.cli import argv
from pcacli.cli.root import show_help
from pcacli.errors import UnknownOptions, UsageProblem

# Options that every action has besides its members; the AWS CLI gives them these names.
INPUT_JSON, INPUT_YAML, SKELETON = "--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton"
STARTING_TOKEN, PAGE_SIZE, MAX_ITEMS = "--starting-token", "--page-size", "--max-items"
SKELETON_KINDS = ("input", "yaml-input", "output")
_DOCUMENT_HELP = "Read the parameters from {}, or file://path; options given beside it win."
# Metavar and help of each.
INPUT_OPTIONS = {
    INPUT_JSON: ("JSON", _DOCUMENT_HELP.format("a JSON document")),
    INPUT_YAML: ("YAML", _DOCUMENT_HELP.format("a YAML document")),
    SKELETON: (
        "[KIND]",
        f"Print a template of the input, or a sample of the output, and exit: {', '.join(SKELETON_KINDS)}.",
    ),
}
PAGING_OPTIONS = {
    STARTING_TOKEN: ("TOKEN", "Go on where an earlier call with --max-items stopped."),
    PAGE_SIZE: ("NUMBER", "Items to ask for in one request."),
    MAX_ITEMS: ("NUMBER", "Items to print at the most; the answer then carries a NextToken."),
}


class Words(click.ParamType[tuple[str, ...]]):
    """The words behind one option, carried through Click's parser as one JSON text."""

    name = "words"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Unpack the words."""
        del param, ctx
        return tuple(json.loads(value)) if isinstance(value, str) else value


class ActionCommand(click.Command):
    """An action of the API as a command.

    `further_options` are those that a command has beside the action's: their metavars and helps by name.
    """

    def __init__(self, operation: Operation, further_options: Mapping[str, tuple[str, str]] | None = None) -> None:
        self.operation = operation
        self.further_options = dict(further_options or {})
        self.paged = operation.name in PAGINATORS
        super().__init__(
            command_name(operation.name),
            params=_options(operation, self.further_options, paged=self.paged),
            callback=click.pass_obj(self._run),
            help=f"{operation.summary}\n\nReturns: {operation.returns}",
            short_help=operation.summary,
            add_help_option=False,
        )
        self.example = operation.example

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words by the AWS CLI's grammar and hand Click one unmistakable word for each option."""
        if args == ["help"] or any(word in ctx.help_option_names for word in args):
            show_help(ctx)
        parsed = argv.parse(args, [_grammar(option) for option in self.params if isinstance(option, click.Option)])
        _require_arguments(self.operation, parsed.assignments, args)
        rest = _unknown(parsed.rest)
        if rest[-1:] == ["help"]:
            show_help(ctx)
        if rest:
            raise UnknownOptions(f"Unknown options: {', '.join(rest)}", hint=self._nearest(rest))
        words = {assignment.option.name: assignment.words for assignment in parsed.assignments}
        return super().parse_args(ctx, [f"{name}={json.dumps(value)}" for name, value in words.items()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in groups, the data types that they use, and the example."""
        del ctx
        from pcacli.cli.action_help import sections

        options = {"Further options": self.further_options, **({"Pages": PAGING_OPTIONS} if self.paged else {})}
        for heading, lines in sections(self.operation, self.example, formatter.width, options):
            with formatter.section(heading):
                formatter.write("".join(f"{line}\n" for line in lines))

    def _nearest(self, unknown: Sequence[str]) -> str | None:
        from difflib import get_close_matches

        names = [option.opts[0] for option in self.params]
        for word in unknown:
            near = get_close_matches(word.partition("=")[0], names, n=1)
            if near:
                return f"Did you mean {near[0]}?"
        return None

    def _run(self, session: Any, **words: tuple[str, ...] | None) -> None:
        from pcacli.cli.invocation import invoke

        given = {option.opts[0]: words[option.name or ""] for option in self.params}
        invoke(session, self.operation, {name: value for name, value in given.items() if value is not None})


def option_of(member_name: str) -> str:
    """Return the option of a member of the input: "CertificateAuthorityArn" → "--certificate-authority-arn"."""
    return f"--{command_name(member_name)}"


def metavar_of(member: Member) -> str:
    """Return what stands behind the option of a member in help: the option's last word, or STRUCTURE."""
    return _metavar(member.shape, member.name)


def shown_members(operation: Operation) -> list[Member]:
    """Return the members of the input that help shows: all but those for which the paging options stand."""
    paginator = PAGINATORS.get(operation.name)
    hidden = (paginator.limit_key, paginator.input_token) if paginator else ()
    return [member for member in operation.input.members if member.name not in hidden]


def _options(
    operation: Operation, further_options: Mapping[str, tuple[str, str]], *, paged: bool
) -> list[click.Parameter]:
    members = {option_of(member.name): metavar_of(member) for member in operation.input.members}
    extra = {**further_options, **(PAGING_OPTIONS if paged else {}), **INPUT_OPTIONS}
    metavars = {**members, **{name: metavar for name, (metavar, _) in extra.items()}}
    return [click.Option([name], type=Words(), metavar=metavar) for name, metavar in metavars.items()]


def _grammar(option: click.Option) -> argv.Option:
    name, metavar = option.opts[0], option.metavar or ""
    if name == SKELETON:
        return argv.Option(name, argv.OPTIONAL_WORD)
    return argv.Option(name, argv.MANY_WORDS if metavar.endswith("...") else argv.ONE_WORD)


def _metavar(shape: Shape, name: str) -> str:
    if isinstance(shape, List):
        return f"{_metavar(shape.member, name)}..."
    return "STRUCTURE" if isinstance(shape, Structure) else command_name(name).rpartition("-")[2].upper()


def _unknown(rest: Sequence[str]) -> list[str]:
    """Return the words that nothing takes in the order in which the AWS CLI names them.

    The first that is no option comes last, because the AWS CLI looks whether it is "help". A `--` only ends options.
    """
    words = list(rest)
    if argv.END_OF_OPTIONS in words:
        words.remove(argv.END_OF_OPTIONS)
    first = next((index for index, word in enumerate(words) if argv.is_value(word)), None)
    return words if first is None else [*words[:first], *words[first + 1 :], words[first]]


def _require_arguments(operation: Operation, given: Sequence[argv.Assignment], words: Sequence[str]) -> None:
    """Demand the required options, unless the input comes from a document or only a template is wanted.

    The AWS CLI looks for the bare words; `--cli-input-json=…` does not count there, so it does not count here.
    """
    relaxed = INPUT_JSON in words or INPUT_YAML in words
    if SKELETON in words:
        relaxed = relaxed or words[words.index(SKELETON) + 1 :][:1] != ["output"]
    names = {assignment.option.name for assignment in given}
    missing = [
        option_of(member.name)
        for member in operation.input.members
        if member.required and option_of(member.name) not in names
    ]
    if missing and not relaxed:
        raise UsageProblem(f"the following arguments are required: {', '.join(missing)}")
