"""The report on facts without a test: what it counts, and when it makes a run fail."""

import json
from typing import Any

import pytest

from tests.support.facts import TABLE, FactReport, Held, expected, named_by


def report(*held: Held, when: str = "call", outcome: str = "passed") -> pytest.TestReport:
    properties = [("fact", json.dumps(one)) for one in held]
    made: Any = pytest.TestReport("id", ("file", 1, "test"), {}, outcome, None, when)  # type: ignore[arg-type]  # texts
    made.user_properties = properties
    result: pytest.TestReport = made
    return result


class Session:
    """As much of a session as its end needs."""

    def __init__(self) -> None:
        self.exitstatus: int = pytest.ExitCode.OK


def end(listener: FactReport) -> int:
    session: Any = Session()
    listener.pytest_sessionfinish(session)
    status: int = session.exitstatus
    return status


def test_a_mark_holds_its_section_and_the_facts_that_it_names() -> None:
    marks = [pytest.mark.fact("3.1", "types", "start").mark, pytest.mark.fact("9").mark]
    assert named_by(marks) == {Held("3.1", None), Held("3.1", "types"), Held("3.1", "start"), Held("9", None)}


def test_sections_and_facts_need_a_test() -> None:
    assert expected({"3.1": {"types": "…"}}) == {Held("3.1", None), Held("3.1", "types")}


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, pytest.ExitCode.OK), ({"when": "setup"}, 1), ({"outcome": "failed"}, 1), ({"outcome": "skipped"}, 1)],
)
def test_only_a_test_that_passed_counts(change: dict[str, str], status: int) -> None:
    listener = FactReport(required=True)
    listener.pytest_runtest_logreport(report(*expected(TABLE), **change))
    assert end(listener) == status


def test_a_mark_that_the_table_does_not_know_fails_too() -> None:
    listener = FactReport(required=True)
    listener.pytest_runtest_logreport(report(*expected(TABLE)))
    listener.pytest_runtest_logreport(report(Held("3.1", "misspelt")))
    assert end(listener) == pytest.ExitCode.TESTS_FAILED


def test_nothing_fails_unless_it_is_asked_to() -> None:
    assert end(FactReport(required=False)) == pytest.ExitCode.OK
