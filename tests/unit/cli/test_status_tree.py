"""Which CA stands below which: every CA is there once, whatever certifies whom."""

from datetime import UTC, datetime

import pytest

from pcacli.cli.pki.status import Overview
from pcacli.cli.pki.status_tree import drawn_tree, plain_lines
from pcacli.output.terminal import Terminal
from pcacli.service.workflows.authority_status import AuthorityStatus, RegionStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def overview(issuers: dict[str, str | None]) -> Overview:
    """Return CAs that are named and certified like this; an issuer that is not among them is elsewhere."""
    statuses = [
        AuthorityStatus(
            f"arn:{name}", name, "SUBORDINATE", "ACTIVE", None, issuer and f"arn:{issuer}", issuer, None, (), None
        )
        for name, issuer in issuers.items()
    ]
    known = {status.arn for status in statuses}
    statuses = [each if each.issuer_arn in known else each._replace(issuer_arn=None) for each in statuses]
    identity = {"Account": "111122223333", "Arn": "arn"}
    return Overview(identity, "somewhere", NOW, [RegionStatus("eu-central-1", statuses)])


def shape(issuers: dict[str, str | None]) -> list[str]:
    """Return the indented names of the CAs."""
    lines = list(plain_lines(overview(issuers)))[1:]
    return [f"{line[: len(line) - len(line.lstrip())]}{line.split()[1]}" for line in lines if "elsewhere" not in line]


@pytest.mark.parametrize(
    ("issuers", "expected"),
    [
        ({"root": None, "a": "root", "b": "a"}, ["root", "  a", "    b"]),
        ({"b": "a", "a": "root", "root": None}, ["root", "  a", "    b"]),
        ({"a": "b", "b": "a"}, ["a", "  b"]),
        ({"x": "b", "a": "c", "b": "a", "c": "b"}, ["a", "  b", "    x", "    c"]),
        ({"a": "a", "b": "a"}, ["a", "  b"]),
        ({"a": "b", "b": "a", "c": "d", "d": "c", "e": "d"}, ["a", "  b", "c", "  d", "    e"]),
        ({"a": "far", "b": "far"}, ["  a", "  b"]),
    ],
)
def test_each_ca_is_there_once(issuers: dict[str, str | None], expected: list[str]) -> None:
    assert shape(issuers) == expected
    screen = drawn_tree(overview(issuers), Terminal(width_columns=200))
    assert all(screen.count(f"{name}  ACTIVE") == 1 for name in issuers)


def test_two_that_certify_each_other_are_told() -> None:
    _, first, second = plain_lines(overview({"a": "b", "b": "a"}))
    assert "certified by b, which it certifies" in first
    assert "certified by" not in second


def test_a_deep_hierarchy_is_drawn_to_its_end() -> None:
    deep: dict[str, str | None] = {"c0": None} | {f"c{level}": f"c{level - 1}" for level in range(1, 3000)}
    assert len(list(plain_lines(overview(deep)))) == 3001
