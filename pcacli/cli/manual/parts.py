"""What all pages share: the frame, synopsis, options, exit status, references."""

from collections.abc import Iterable, Iterator, Sequence

from pcacli import __version__
from pcacli.cli.action_help import example_lines
from pcacli.cli.command_tree import Command, Parameter
from pcacli.cli.manual import roff
from pcacli.errors import AnswerIsNo, ConfigurationProblem, Interrupted, PcaError, ServiceError, UsageProblem

# The day of the version in pcacli/__init__.py; both change together. A page without a date is not clean, and one with
# today's date would change every day.
RELEASE_DATE = "2026-11-21"

_EXIT_STATUS = {
    0: "The command did what was asked.",
    AnswerIsNo.exit_code: "A pki or local command worked, and the answer is no.",
    Interrupted.exit_code: "Interrupted with Ctrl-C.",
    UsageProblem.exit_code: "The command line or a parameter is wrong; nothing was sent.",
    ConfigurationProblem.exit_code: "Credentials, region, profile or the store are not set up.",
    ServiceError.exit_code: "The service refused; the message names the exception.",
    PcaError.exit_code: "Anything else; for `wait`, that it failed or took too long.",
}
# For syntaxes and examples, which the pages indent.
CODE_COLUMNS = 66


def page(command: Command, *sections: Sequence[str]) -> str:
    """Return a page: its head and name, then the sections."""
    lines = [
        *roff.title(command.page, date=RELEASE_DATE, source=f"pcacli {__version__}"),
        *roff.section("NAME", [f"{roff.literal(command.page)} \\- {roff.prose(_lower_first(command.summary))}"]),
        *(line for section in sections for line in section),
    ]
    return "".join(f"{line}\n" for line in lines)


def synopsis(command: Command) -> list[str]:
    """Return a command and its parameters, required ones first."""
    parameters = sorted((*command.options, *command.arguments), key=lambda parameter: not parameter.required)
    below = [roff.italic("COMMAND"), "..."] if command.commands else []
    return roff.flowing([roff.bold(command.name), *map(_in_synopsis, parameters), *below])


def option_term(parameter: Parameter) -> str:
    """Return the head of an option's entry."""
    names = ", ".join(map(roff.bold, parameter.names))
    return " ".join(part for part in (names, roff.italic(parameter.metavar) if parameter.metavar else "") if part)


def command_item(command: Command) -> list[str]:
    """Return the entry of a command in a list of commands."""
    return roff.item(roff.bold(command.path[-1]), roff.text(f"{command.summary}."))


def option_items(parameters: Iterable[Parameter]) -> list[str]:
    """Return one entry for each option, with its choices."""
    return [line for parameter in parameters for line in _option_item(parameter)]


def common_options(tree: Command) -> list[str]:
    """Name the options that every command takes."""
    names = [option_term(option).replace(" ", "\\~") for option in tree.options]
    return [
        *roff.paragraph("Every command also takes the common options, before or after its name:"),
        *roff.flowing([f"{name}," for name in names[:-1]] + [f"{names[-1]}."]),
        *roff.flowing(["They are described in", f"{roff.reference(tree.page)}."]),
    ]


def exit_status() -> list[str]:
    """Return the section on exit codes."""
    entries = (roff.item(roff.bold(str(code)), roff.text(meaning)) for code, meaning in sorted(_EXIT_STATUS.items()))
    return roff.section("EXIT STATUS", *entries)


def examples(*shown: str) -> list[str]:
    """Return the section with examples of one or more command lines, broken so that they can be pasted."""
    return roff.section("EXAMPLES", *(roff.verbatim(_pasteable(example)) for example in shown if example))


def see_also(pages: Iterable[str]) -> list[str]:
    """Return the references to other pages, in their order."""
    return roff.section("SEE ALSO", roff.flowing([", ".join(map(roff.reference, pages))]))


def _pasteable(example: str) -> Iterator[str]:
    for line in example.splitlines():
        yield from example_lines(line, CODE_COLUMNS)


def _option_item(parameter: Parameter) -> list[str]:
    said = all(choice in parameter.help for choice in parameter.choices)
    choices = "" if said else f" One of {', '.join(parameter.choices)}."
    return roff.item(option_term(parameter), roff.text(f"{parameter.help}{choices}"))


def _in_synopsis(parameter: Parameter) -> str:
    head = roff.bold(parameter.names[-1]) if parameter.names else ""
    value = roff.italic(parameter.metavar) if parameter.metavar else ""
    joined = roff.unbroken(*filter(None, (head, value)))
    return joined if parameter.required else f"[{joined}]"


def _lower_first(sentence: str) -> str:
    """Begin small, unless the first word is an abbreviation."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
