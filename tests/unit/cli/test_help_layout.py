"""The help of the commands that were written for Click."""

import click
import pytest

from pcacli.cli.command_tree import Command, command_tree
from pcacli.cli.help_layout import lay_out
from pcacli.cli.root import root

WIDTH_COLUMNS = 80
EVERY = [command for command in command_tree().walk() if command.path]


@click.command("sample")
@click.option(
    "--key-algorithm",
    type=click.Choice(["EC_prime256v1", "RSA_2048"]),
    default="RSA_2048",
    show_default=True,
    help="The kind of key.",
)
@click.option("--out-dir", metavar="DIRECTORY", required=True, help="Where files go.")
def sample(**options: str) -> None:
    """Do nothing."""
    del options


def test_options_stand_above_their_text_and_choices_in_a_sentence() -> None:
    lay_out(sample)
    with sample.make_context("sample", ["--out-dir", "x"]) as context:
        assert sample.get_help(context).splitlines()[4:] == [
            "Options:",
            "  --key-algorithm ALGORITHM",
            "      The kind of key. One of EC_prime256v1, RSA_2048. [default: RSA_2048]",
            "  --out-dir DIRECTORY",
            "      Where files go. [required]",
            "  --help",
            "      Show this message and exit.",
        ]


OWN = [command for command in EVERY if command.declaration is None]


@pytest.mark.parametrize("command", OWN, ids=lambda command: command.name)
def test_help_fits_on_a_terminal(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH_COLUMNS))
    root.main([*command.path, "--help"], standalone_mode=False, prog_name="pcacli")
    help_text, _, _example = capsys.readouterr().out.partition("Example:")
    too_long = [line for line in help_text.splitlines() if len(line) > WIDTH_COLUMNS and " " in line.strip()]
    assert too_long == []


def help_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command line prints that ends with showing help."""
    root.main(list(words), standalone_mode=False, prog_name="pcacli")
    return capsys.readouterr().out


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name)
def test_help_is_asked_for_in_every_way(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    shown = help_of(capsys, *command.path, "--help")
    assert shown.startswith(f"Usage: {command.name} ")
    first, *others = command.path
    for words in ((*command.path, "-h"), (*command.path, "help"), ("help", *command.path), (first, "help", *others)):
        assert help_of(capsys, *words) == shown
