"""Every command with its options as plain data, for the completion scripts and the man pages.

It is read from the declarations of the actions and from the Click commands of `pki`, `local` and the rest, so that
nothing has to be written down twice. A normal command does not load it.
"""

import inspect
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import click

from pcacli.api.shapes import Blob, Member, Operation, Shape, String, Structure, Waiter
from pcacli.cli.action_command import (
    INPUT_OPTIONS,
    PAGING_OPTIONS,
    SKELETON,
    SKELETON_KINDS,
    ActionCommand,
    metavar_of,
    option_of,
    shown_members,
)
from pcacli.cli.global_options import GLOBAL_OPTIONS, GlobalOption
from pcacli.cli.lazy_group import WHOLE_SENTENCE
from pcacli.cli.root import HELP_NAMES, root
from pcacli.cli.wait_command import WaitCommand
from pcacli.output import formats
from pcacli.params.syntax import element

PROGRAM = "pcacli"


class Place(StrEnum):
    """What a value is taken from, besides the command line. Behind a hash stands a kind of `completion values`."""

    NOWHERE = ""
    FILE = "file"
    DIRECTORY = "directory"
    TEXT_FILE = "file://"
    BINARY_FILE = "fileb://"
    AUTHORITY = "#authorities"
    CERTIFICATE = "#certificates"
    AUDIT_REPORT = "#audit-reports"
    TEMPLATE = "#templates"
    TEMPLATE_NAME = "#template-names"
    BUCKET = "#buckets"
    SNAPSHOT = "#snapshots"
    SHARE = "#shares"
    ACCESS_KEY = "#access-keys"
    ERROR = "#errors"
    RATE = "#rates"
    TIMING = "#timings"
    CONDITION = "#conditions"
    PROFILE = "#profiles"
    REGION = "#regions"

    @property
    def live_kind(self) -> str | None:
        """The kind of values that only a running pcacli can tell, None for other places."""
        return self.removeprefix("#") if self.startswith("#") else None


class Parameter(NamedTuple):
    """An option or, without names, an argument. A flag has no metavar; "..." ends that of one with several words."""

    names: tuple[str, ...]
    metavar: str
    help: str
    choices: tuple[str, ...] = ()
    place: Place = Place.NOWHERE
    required: bool = False

    @property
    def takes_many(self) -> bool:
        """Tell whether several words may follow."""
        return self.metavar.endswith("...")

    @property
    def summary(self) -> str:
        """The first sentence of the help, without its full stop."""
        return self.help.partition(". ")[0].removesuffix(".")


class Command(NamedTuple):
    """A command or a group of commands; `path` is what stands behind "pcacli".

    `summary` has no full stop at its end, `description` is the help in paragraphs. `declaration` is what an action or
    a waiter was built from.
    """

    path: tuple[str, ...]
    summary: str
    description: tuple[str, ...]
    example: str = ""
    options: tuple[Parameter, ...] = ()
    arguments: tuple[Parameter, ...] = ()
    commands: tuple["Command", ...] = ()
    declaration: Operation | Waiter | None = None

    @property
    def name(self) -> str:
        """The whole command: "pcacli wait certificate-issued"."""
        return " ".join((PROGRAM, *self.path))

    @property
    def page(self) -> str:
        """The name of its man page: "pcacli-wait-certificate-issued"."""
        return "-".join((PROGRAM, *self.path))

    def walk(self) -> Iterator["Command"]:
        """Yield this command and all below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def command_tree() -> Command:
    """Return the program with all its commands; its options are those that every command takes."""
    with click.Context(root, info_name=PROGRAM) as context:
        tree = _command((), root, context)
    return tree._replace(options=(*map(_global_option, GLOBAL_OPTIONS), _HELP_OPTION))


_HELP_OPTION = Parameter(HELP_NAMES, "", "Show the help of a command and exit.")
# Options whose values the backend or the user's files know, in every command that has them.
_LIVE = {
    "--certificate-authority-arn": Place.AUTHORITY,
    "--resource-arn": Place.AUTHORITY,
    "--parent-arn": Place.AUTHORITY,
    "--certificate-arn": Place.CERTIFICATE,
    "--audit-report-id": Place.AUDIT_REPORT,
    "--template-arn": Place.TEMPLATE,
    "--template": Place.TEMPLATE_NAME,
    "--s3-bucket-name": Place.BUCKET,
    "--crl-bucket": Place.BUCKET,
    "--error": Place.ERROR,
    "--throttle": Place.RATE,
    "--timing": Place.TIMING,
    "--fail-if": Place.CONDITION,
    "--profile": Place.PROFILE,
    "--region": Place.REGION,
}
# The AWS CLI's own choices stand with the declarations; those of --output depend on the formatters.
_MORE_CHOICES = {"--output": formats.built_in_names}


def _global_option(option: GlobalOption) -> Parameter:
    more_choices = _MORE_CHOICES.get(option.name)
    choices = more_choices() if more_choices else option.choices
    place = _LIVE.get(option.name) or _place_named(option.metavar)
    return Parameter((option.name,), option.metavar, option.help, choices, place)


def _command(path: tuple[str, ...], command: click.Command, context: click.Context) -> Command:
    node = Command(
        path,
        summary=command.get_short_help_str(limit=WHOLE_SENTENCE).removesuffix("."),
        description=tuple(inspect.cleandoc(command.help or "").split("\n\n")),
    )
    match command:
        case ActionCommand():
            return _action(node, command)
        case click.Group():
            return node._replace(commands=tuple(_below(path, command, context)))
        case _:
            return _workflow(node, command, context)


def _below(path: tuple[str, ...], group: click.Group, context: click.Context) -> Iterator[Command]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield _command((*path, name), command, context)


def _action(node: Command, command: ActionCommand) -> Command:
    extra = {**command.further_options, **(PAGING_OPTIONS if command.paged else {}), **INPUT_OPTIONS}
    return node._replace(
        example=command.example,
        options=(
            *map(_member_option, shown_members(command.operation)),
            *(_extra_option(name, metavar, text) for name, (metavar, text) in extra.items()),
        ),
        declaration=command.waiter if isinstance(command, WaitCommand) else command.operation,
    )


def _member_option(member: Member) -> Parameter:
    inner = element(member.shape)
    choices = inner.choices if isinstance(inner, String) else ()
    return Parameter(
        (option_of(member.name),),
        metavar_of(member),
        member.help,
        choices,
        _LIVE.get(option_of(member.name)) or _PLACES.get(type(inner), Place.NOWHERE),
        member.required,
    )


_PLACES: dict[type[Shape], Place] = {Structure: Place.TEXT_FILE, Blob: Place.BINARY_FILE}


def _extra_option(name: str, metavar: str, text: str) -> Parameter:
    if name == SKELETON:
        return Parameter((name,), metavar, text, SKELETON_KINDS)
    return Parameter((name,), metavar, text, place=Place.TEXT_FILE if name in INPUT_OPTIONS else _place_named(metavar))


def _workflow(node: Command, command: click.Command, context: click.Context) -> Command:
    """Read a command that was written for Click; its epilog is the example."""
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    lines = inspect.cleandoc(command.epilog or "").splitlines()
    return node._replace(
        example=inspect.cleandoc("\n".join(line for line in lines if line.startswith(" "))),
        options=tuple(_workflow_option(option, context) for option in shown if isinstance(option, click.Option)),
        arguments=tuple(_argument(argument) for argument in shown if isinstance(argument, click.Argument)),
    )


def _workflow_option(option: click.Option, context: click.Context) -> Parameter:
    _, text = option.get_help_record(context) or ("", "")
    metavar = "" if option.is_flag or option.count else _metavar(option)
    names = (*option.opts, *option.secondary_opts)
    place = _LIVE.get(names[0]) or _place(option)
    return Parameter(names, metavar, text.replace("  [", " ["), _choices(option), place, option.required)


def _argument(argument: click.Argument) -> Parameter:
    return Parameter((), _metavar(argument), "", _choices(argument), _place(argument), argument.required)


def _metavar(parameter: click.Parameter) -> str:
    """Return the metavar; without one, the last word of the name, since Click would list all choices there."""
    metavar = parameter.metavar or parameter.opts[-1].rpartition("-")[2].upper()
    return metavar if parameter.nargs == 1 else f"{metavar.removesuffix('...')}..."


def _choices(parameter: click.Parameter) -> tuple[str, ...]:
    return tuple(map(str, parameter.type.choices)) if isinstance(parameter.type, click.Choice) else ()


def _place(parameter: click.Parameter) -> Place:
    is_path = isinstance(parameter.type, click.Path | click.File)
    return _place_named(_metavar(parameter)) or (Place.FILE if is_path else Place.NOWHERE)


_PLACES_BY_METAVAR = {
    "FILE": Place.FILE,
    "DIR": Place.DIRECTORY,
    "DIRECTORY": Place.DIRECTORY,
    "CERTIFICATE_ARN": Place.CERTIFICATE,
    "SNAPSHOT": Place.SNAPSHOT,
    "SHARE": Place.SHARE,
    "ACCESS_KEY_ID": Place.ACCESS_KEY,
}


def _place_named(metavar: str) -> Place:
    """Return the place of a metavar, or of the first of its alternatives: [FILE|ARN|SERIAL]... takes files."""
    first = metavar.removesuffix("...").strip("[]").partition("|")[0]
    return _PLACES_BY_METAVAR.get(first, Place.NOWHERE)
