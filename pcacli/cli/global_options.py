"""The options that every command takes, before and after its name: the AWS CLI's, and our own `--local`, `--strict`."""

from collections.abc import Sequence
from typing import NamedTuple

from pcacli.cli import argv
from pcacli.errors import PcaError, UsageProblem

COLORS = ("on", "off", "auto")
BINARY_FORMATS = ("base64", "raw-in-base64-out")
ERROR_FORMATS = ("legacy", "json", "yaml", "text", "table", "enhanced")


class GlobalOption(NamedTuple):
    """One global option. `choices` are checked as soon as it is read; `whole_number` means seconds."""

    name: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    whole_number: bool = False

    @property
    def grammar(self) -> argv.Option:
        """What the argv grammar needs to know."""
        return argv.Option(self.name, argv.ONE_WORD if self.metavar else argv.FLAG)


# Ours, then the AWS CLI's in its order, in which it lists them when an abbreviation is ambiguous.
GLOBAL_OPTIONS = (
    GlobalOption("--local", "Use the embedded authority on this machine; short for --endpoint-url local:."),
    GlobalOption("--strict", "Turn off every leniency: what passes here passes with aws. Also PCACLI_STRICT=1."),
    GlobalOption("--wide", "In tables, show everything instead of the most important columns."),
    GlobalOption("--debug", "Show what happens, and a traceback if it fails, on standard error."),
    GlobalOption("--endpoint-url", "Where the service is: an http(s) URL, local: or local:/path/of/store.", "URL"),
    GlobalOption("--no-verify-ssl", "Do not verify the endpoint's TLS certificate."),
    GlobalOption("--no-paginate", "Fetch one page only."),
    GlobalOption("--output", "How to print the response: json, yaml, yaml-stream, text, table, pem or off.", "FORMAT"),
    GlobalOption("--query", "A JMESPath expression that picks what to print.", "JMESPATH"),
    GlobalOption("--profile", "The profile of your AWS configuration to use.", "NAME"),
    GlobalOption("--region", "The AWS region.", "REGION"),
    GlobalOption("--version", "Print the version and exit."),
    GlobalOption("--color", "Colour in tables: on, off or auto.", "WHEN", COLORS),
    GlobalOption("--no-sign-request", "Send requests unsigned, without credentials."),
    GlobalOption("--ca-bundle", "The CA certificates against which to verify the endpoint.", "FILE"),
    GlobalOption(
        "--cli-read-timeout", "Seconds to wait for an answer; 0 waits for ever.", "SECONDS", whole_number=True
    ),
    GlobalOption(
        "--cli-connect-timeout", "Seconds to wait for a connection; 0 waits for ever.", "SECONDS", whole_number=True
    ),
    GlobalOption("--cli-binary-format", "How binary values are given on the command line.", "FORMAT", BINARY_FORMATS),
    GlobalOption("--no-cli-pager", "Never page the output."),
    GlobalOption("--cli-auto-prompt", "Accepted for scripts written for aws; has no effect."),
    GlobalOption("--no-cli-auto-prompt", "Accepted for scripts written for aws; has no effect."),
    GlobalOption("--cli-error-format", "How errors are printed.", "FORMAT", ERROR_FORMATS),
)
_BY_NAME = {option.name: option for option in GLOBAL_OPTIONS}


class GlobalOptions(NamedTuple):
    """The global options of one command line, by name: the word given, or "" for a flag that is set."""

    given: dict[str, str]

    def flag(self, name: str) -> bool:
        """Tell whether a flag is set."""
        return name in self.given

    def text(self, name: str) -> str | None:
        """Return the value of an option, None if it was not given."""
        return self.given.get(name)


def take_global_options(words: Sequence[str]) -> tuple[GlobalOptions, list[str]]:
    """Take the global options out of a command line, wherever they stand; the last one of a name counts.

    Raises:
        UsageProblem: a value is missing or is none of the choices.
        PcaError: a number is none.
    """
    parsed = argv.parse(words, [option.grammar for option in GLOBAL_OPTIONS])
    given: dict[str, str] = {}
    for assignment in parsed.assignments:
        name = assignment.option.name
        value = assignment.words[0] if assignment.words else ""
        _check(_BY_NAME[name], value)
        given[name] = value
    return GlobalOptions(given), parsed.rest


def _check(option: GlobalOption, value: str) -> None:
    if option.name == "--output":
        from pcacli.output.formats import is_known

        valid = is_known(value)
    else:
        valid = not option.choices or value in option.choices
    if not valid:
        raise UsageProblem(f"argument {option.name}: Found invalid choice '{value}'")
    if option.whole_number:
        _require_whole_number(option, value)


def _require_whole_number(option: GlobalOption, value: str) -> None:
    try:
        int(value)
    except ValueError as error:
        # The AWS CLI lets Python's sentence out, with exit code 255 (`awscli/customizations/globalargs.py`).
        raise PcaError(str(error), hint=f"{option.name} takes a whole number of seconds.") from error
