import shlex
import subprocess
import sys
from collections.abc import Callable

import click
import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Operation, String
from pcacli.cli.action_command import ActionCommand, option_of, shown_members
from pcacli.cli.action_help import example_lines, syntax_lines
from pcacli.params.syntax import data_types, element, is_structured

WIDTH_COLUMNS = 80
GENERATORS = ("action_help", "command_tree", "completion", "generate", "manual")

every_action = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def help_of(operation: Operation) -> str:
    command = ActionCommand(operation)
    return command.get_help(click.Context(command, info_name=f"pcacli {command.name}", terminal_width=WIDTH_COLUMNS))


def options_in(text: str) -> list[str]:
    """List the options in the order in which help explains them."""
    return [line.split()[0] for line in text.splitlines() if line.startswith("  --")]


@every_action
def test_help_fits_the_terminal(operation: Operation) -> None:
    assert [line for line in help_of(operation).splitlines() if len(line) > WIDTH_COLUMNS] == []


@every_action
def test_help_explains_every_option_with_the_required_ones_first(operation: Operation) -> None:
    members = sorted(shown_members(operation), key=lambda member: not member.required)
    assert options_in(help_of(operation))[: len(members)] == [option_of(member.name) for member in members]


@every_action
def test_help_names_every_choice(operation: Operation) -> None:
    text = " ".join(help_of(operation).split())
    for member in shown_members(operation):
        inner = element(member.shape)
        choices = inner.choices if isinstance(inner, String) else ()
        assert ", ".join(choices) in text


@every_action
def test_help_shows_how_structured_values_are_written_down_to_the_last_member(operation: Operation) -> None:
    text = "".join(help_of(operation).split())
    structured = [member for member in shown_members(operation) if is_structured(member.shape)]
    assert text.count("Shorthand:") == text.count("JSON:") == len(structured)
    for structure in data_types(member.shape for member in structured):
        assert all(f"{member.name}=" in text for member in structure.members), structure.name


def test_paging_options_stand_in_for_the_members_that_they_set() -> None:
    options = options_in(help_of(OPERATIONS["ListTags"]))
    assert {"--starting-token", "--page-size", "--max-items"} < set(options)
    assert {"--next-token", "--max-results"}.isdisjoint(options)


@every_action
def test_example_can_be_pasted_from_help(operation: Operation) -> None:
    pasted = "\n".join(example_lines(operation.example, WIDTH_COLUMNS)).replace("\\\n", " ")
    assert shlex.split(pasted) == shlex.split(operation.example)


def test_syntax_is_broken_behind_commas_but_not_before_an_ellipsis() -> None:
    assert syntax_lines("{A=[<First>,...],B=TEXT,C=TEXT}", 18) == ["{A=[<First>,...],", "B=TEXT,C=TEXT}"]


def test_help_of_issue_certificate(matches_golden: Callable[[str, str], None]) -> None:
    matches_golden("help/issue-certificate.txt", f"{help_of(OPERATIONS['IssueCertificate'])}\n")


def test_command_that_shows_no_help_loads_no_generator() -> None:
    program = (
        "import sys; from pcacli.cli.main import run;"
        "exit_code = run(['list-tags', '--generate-cli-skeleton']);"
        "print(exit_code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    exit_code, *loaded = done.stderr.split()
    assert exit_code == "0"
    assert not [name for name in loaded if name.startswith(tuple(f"pcacli.cli.{part}" for part in GENERATORS))]
    assert "pcacli.params.syntax" not in loaded
