"""Which facts about the service have a test: marks against the table `tests/facts.json`.

    @pytest.mark.fact("3.1", "value-below-one")

names a section of the facts and, of that section, the facts that the test holds. The table has a sentence for each
fact. When the whole suite has run, the report names every section and every fact that no passed test holds; with
`--require-facts` one of them makes the run fail, and so does a mark that the table does not know.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

OPTION = "--require-facts"
TABLE: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).parents[1].joinpath("facts.json").read_text(encoding="utf-8")
)
_PROPERTY = "fact"
_CHOOSING_OPTIONS = ("keyword", "markexpr", "lf", "failedfirst", "deselect", "ignore", "ignore_glob")


class Held(NamedTuple):
    """A fact that a test holds; the whole section if `fact` is None."""

    section: str
    fact: str | None


def expected(table: Mapping[str, Mapping[str, str]]) -> set[Held]:
    """Return everything that needs a test: each section and each fact in it."""
    return {Held(section, fact) for section, facts in table.items() for fact in (None, *facts)}


def named_by(marks: Iterable[pytest.Mark]) -> set[Held]:
    """Return what the marks of one test say that it holds."""
    return {Held(section, fact) for section, *facts in (mark.args for mark in marks) for fact in (None, *facts)}


class FactReport:
    """Hears which tests passed, also those of xdist's workers, and tells what no test holds."""

    def __init__(self, *, required: bool) -> None:
        self._required = required
        self._held: set[Held] = set()
        self._marked: set[Held] = set()

    @property
    def _problems(self) -> list[str]:
        wanted = expected(TABLE)
        untested = [f"no test: {_shown(one)}" for one in _sorted(wanted - self._held)]
        return untested + [f"not in tests/facts.json: {_shown(one)}" for one in _sorted(self._marked - wanted)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        named = {Held(*json.loads(str(value))) for name, value in report.user_properties if name == _PROPERTY}
        self._marked |= named
        if report.when == "call" and report.passed:
            self._held |= named

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._required and self._problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._required and not _is_whole_run(terminalreporter.config):
            return
        problems = self._problems
        held = len(expected(TABLE)) - sum(problem.startswith("no test") for problem in problems)
        terminalreporter.section("facts about the service")
        for problem in problems:
            terminalreporter.line(problem)
        terminalreporter.line(f"{held} of {len(expected(TABLE))} sections and facts have a test that passed")


def record_marks(items: Iterable[pytest.Item]) -> None:
    """Write the marks where reports carry them to whoever listens."""
    for item in items:
        held = _sorted(named_by(item.iter_markers("fact")))
        item.user_properties += [(_PROPERTY, json.dumps(one)) for one in held]


def _is_whole_run(config: pytest.Config) -> bool:
    chosen = any(getattr(config.option, name, None) for name in _CHOOSING_OPTIONS)
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def _sorted(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda one: ([int(part) for part in one.section.split(".")], one.fact or ""))


def _shown(one: Held) -> str:
    return f"{one.section} {one.fact}" if one.fact else f"section {one.section}"
