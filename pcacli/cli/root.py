"""The command `pcacli`: global options anywhere, then a mirrored action, `wait`, `pki` or `local`."""

from collections.abc import Sequence

import click

from pcacli.api.catalogue import OPERATIONS, command_name
from pcacli.cli import argv
from pcacli.cli.global_options import GLOBAL_OPTIONS, take_global_options
from pcacli.cli.session import Session
from pcacli.errors import UsageProblem

HELP_NAMES = ("-h", "--help")
_ACTIONS = {command_name(name): operation for name, operation in OPERATIONS.items()}
_GROUPS = {
    "wait": "Wait until a CSR, a certificate or an audit report is ready.",
    "pki": "Do in one command what takes several actions; works on every backend.",
    "local": "Control the embedded authority.",
    "completion": "Let bash, zsh or fish complete commands, options and values.",
}
FIRST_STEPS = (
    "pcacli --local pki init --common-name Example --crl-bucket crls",
    "pcacli --local pki request --dns-name www.example.com --out-dir www",
    "pcacli --local pki verify www/cert.pem",
    "pcacli --local pki list --expires-within 100d",
    "pcacli --local pki revoke www/cert.pem --reason SUPERSEDED",
)
"""From nothing to a certificate and its end, for whoever has just installed the program."""

# An action that users and programs invent (aws-cli issue 3243); AWS has no such call.
_NO_SUCH_ACTION = {
    "list-certificates": "AWS Private CA has no call that lists certificates: pcacli pki list does it, on AWS from the "
    "report of create-certificate-authority-audit-report."
}
_CLOSE_MATCH = 0.8
WAIT = "wait"
"""The group of the waiters."""


def is_mirrored(name: str) -> bool:
    """Tell whether a subcommand is one of the AWS CLI's."""
    return name in _ACTIONS or name == WAIT


class Root(click.Group):
    """The top of the command tree. Subcommands are built when they are called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the global options out and put the subcommand first, as Click wants it."""
        given, rest = take_global_options(args)
        ctx.obj = Session(given)
        ctx.call_on_close(ctx.obj.close)
        if given.flag("--debug"):
            from pcacli.cli.debug_log import start_debug_log

            start_debug_log()
        if given.flag("--version"):
            click.echo(ctx.obj.version_line())
            ctx.exit()
        # A query that cannot be read is complained of before anything else.
        _ = ctx.obj.query
        words = command_first(rest)
        if words is None:
            raise UsageProblem("the following arguments are required: operation", hint="See: pcacli --help")
        if words[0] in HELP_NAMES:
            show_help(ctx)
        return super().parse_args(ctx, words)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        del ctx
        return [*sorted(_ACTIONS), *_GROUPS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build the subcommand of that name."""
        del ctx
        if cmd_name in _ACTIONS:
            from pcacli.cli.action_command import ActionCommand

            return ActionCommand(_ACTIONS[cmd_name])
        if cmd_name == "wait":
            from pcacli.cli.wait_command import WaitGroup

            return WaitGroup()
        if cmd_name == "pki":
            from pcacli.cli.pki import pki_group

            return pki_group
        if cmd_name == "local":
            from pcacli.cli.local import local_group

            return local_group
        if cmd_name == "completion":
            from pcacli.cli.completion.group import completion_group

            return completion_group
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand, or say which names are near."""
        command = self.get_command(ctx, args[0])
        if command is None:
            raise unknown_choice("operation", args[0], self.list_commands(ctx), hint=_NO_SUCH_ACTION.get(args[0]))
        return args[0], command, ["--help"] if args[1:] == ["help"] else args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands from their declarations, without building them."""
        del ctx
        with formatter.section("Actions of AWS Private CA"):
            formatter.write_dl([(name, _ACTIONS[name].summary) for name in sorted(_ACTIONS)])
        with formatter.section("More"):
            formatter.write_dl(list(_GROUPS.items()))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the first steps, then list the subcommands and the global options."""
        with formatter.section("First steps, without AWS"):
            formatter.write("".join(f"  {line}\n" for line in FIRST_STEPS))
        self.format_commands(ctx, formatter)
        with formatter.section("Options, before or after the command"):
            formatter.write_dl([(f"{option.name} {option.metavar}".strip(), option.help) for option in GLOBAL_OPTIONS])


def show_help(ctx: click.Context) -> None:
    """Print the help of a command and end it.

    Click's own help option would do, but asks gettext for a translation each time a command is parsed: 2 ms.
    """
    click.echo(ctx.get_help(), color=ctx.color)
    ctx.exit()


def unknown_choice(kind: str, name: str, choices: Sequence[str], *, hint: str | None = None) -> UsageProblem:
    """Return the AWS CLI's complaint about a subcommand that is not there, with the names that are near."""
    from difflib import get_close_matches

    near = get_close_matches(name, choices, cutoff=_CLOSE_MATCH)
    message = f"argument {kind}: Found invalid choice '{name}'\n"
    if near:
        message += "\nMaybe you meant:\n\n" + "\n".join(f"  * {choice}" for choice in near)
    return UsageProblem(message, hint=hint)


def command_first(words: Sequence[str]) -> list[str] | None:
    """Put the first word that is not an option in front; None if there is no such word.

    `help` becomes `--help`, behind the command that it stands in front of.
    """
    for index, word in enumerate(words):
        if word in HELP_NAMES:
            return [word]
        if argv.is_value(word):
            if word == "help":
                return [*words[index + 1 :], "--help"]
            return [word, *words[:index], *words[index + 1 :]]
    return None


root = Root(
    "pcacli",
    help="AWS Private CA from the command line, against AWS or against the authority inside (--local).",
    add_help_option=False,
    context_settings={"help_option_names": list(HELP_NAMES), "max_content_width": 100},
)
