"""One Click command for one declared action: its options, its help, and what running it means."""

import json
from collections.abc import Sequence
from typing import Any

import click

from pcacli.api.catalogue import PAGINATORS, command_name
from pcacli.api.shapes import List, Operation, Shape, Structure
from pcacli.cli import argv
from pcacli.errors import UnknownOptions, UsageProblem

# Options that every action has besides its members; the AWS CLI gives them these names.
INPUT_JSON, INPUT_YAML, SKELETON = "--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton"
STARTING_TOKEN, PAGE_SIZE, MAX_ITEMS = "--starting-token", "--page-size", "--max-items"
SKELETON_KINDS = ("input", "yaml-input", "output")
_DOCUMENT_HELP = "Read the parameters from {}, or file://path; options given beside it win."
_INPUT_OPTIONS = {
    INPUT_JSON: ("JSON", _DOCUMENT_HELP.format("a JSON document")),
    INPUT_YAML: ("YAML", _DOCUMENT_HELP.format("a YAML document")),
    SKELETON: ("[input|yaml-input|output]", "Print a template of the input, or a sample of the output, and exit."),
}
_PAGING_OPTIONS = {
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
    """An action of the API as a command."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.paged = operation.name in PAGINATORS
        super().__init__(
            command_name(operation.name),
            params=_options(operation, paged=self.paged),
            callback=click.pass_obj(self._run),
            help=f"{operation.summary}\n\n{operation.returns}",
            short_help=operation.summary,
            epilog=f"\b\nExample:\n  {operation.example}",
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words by the AWS CLI's grammar and hand Click one unmistakable word for each option."""
        if args == ["help"] or any(word in ctx.help_option_names for word in args):
            return super().parse_args(ctx, ["--help"])
        parsed = argv.parse(args, [_grammar(option) for option in self.params if isinstance(option, click.Option)])
        _require_arguments(self.operation, parsed.assignments, args)
        if parsed.rest:
            raise UnknownOptions(f"Unknown options: {', '.join(parsed.rest)}", hint=self._nearest(parsed.rest))
        words = {assignment.option.name: assignment.words for assignment in parsed.assignments}
        return super().parse_args(ctx, [f"{name}={json.dumps(value)}" for name, value in words.items()])

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


def _options(operation: Operation, *, paged: bool) -> list[click.Parameter]:
    hidden = {PAGINATORS[operation.name].limit_key, PAGINATORS[operation.name].input_token} if paged else set()
    options = [
        _option(
            option_of(member.name),
            _metavar(member.shape),
            f"{member.help}{'  [required]' if member.required else ''}",
            hidden=member.name in hidden,
        )
        for member in operation.input.members
    ]
    extra = {**(_PAGING_OPTIONS if paged else {}), **_INPUT_OPTIONS}
    return [*options, *(_option(name, metavar, text) for name, (metavar, text) in extra.items())]


def _option(name: str, metavar: str, text: str, *, hidden: bool = False) -> click.Parameter:
    return click.Option([name], type=Words(), metavar=metavar, help=text, hidden=hidden)


def _grammar(option: click.Option) -> argv.Option:
    name, metavar = option.opts[0], option.metavar or ""
    if name == SKELETON:
        return argv.Option(name, argv.OPTIONAL_WORD)
    return argv.Option(name, argv.MANY_WORDS if metavar.endswith("...") else argv.ONE_WORD)


def _metavar(shape: Shape) -> str:
    if isinstance(shape, List):
        return f"{_metavar(shape.member)}..."
    if isinstance(shape, Structure):
        return "STRUCTURE"
    choices = getattr(shape, "choices", ())
    return "|".join(choices) if choices else type(shape).__name__.upper()


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
