"""What `python -m tests.bench` prints. Nothing here looks at a clock."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.bench import crl
from tests.bench.__main__ import FULL, QUICK
from tests.bench.table import Bound, Row, compared, show

TABLE = (
    (compared("ours", 12, "ms", "theirs", 48, Bound(0.3)), "ours | 12.0 ms | theirs: 48.0 ms | 0.250 | ≤ 0.3 | yes"),
    (compared("missed", 9, "ms", "theirs", 6, Bound(1.2)), "missed | 9.00 ms | theirs: 6.00 ms | 1.50 | ≤ 1.2 | no"),
    (
        compared("alone", 1_500, "/s", "theirs", None, Bound(0.8, goal=1.2, at_least=True)),
        "alone | 1,500 /s | theirs: not installed | | ≥ 0.8, goal 1.2 | ?",
    ),
    (Row("memory", 299.6, "MB", asked=Bound(300)), "memory | 300 MB | | | ≤ 300 MB | yes"),
    (Row("just so", 0.04567, "s"), "just so | 0.0457 s | | | | "),
)
VERDICTS = (
    (Bound(0.18, goal=0.15), 0.181, "no"),
    (Bound(0.18, goal=0.15), 0.18, "yes"),
    (Bound(0.18, goal=0.15), 0.15, "goal"),
    (Bound(0.8, goal=1.2, at_least=True), 0.79, "no"),
    (Bound(0.8, goal=1.2, at_least=True), 1.19, "yes"),
    (Bound(0.8, goal=1.2, at_least=True), 1.2, "goal"),
    (Bound(40, at_least=True), 400, "yes"),
)


def test_the_table_tells_where_it_was_measured_and_has_a_line_for_each_figure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(row for row, _ in TABLE)
    head, _, headings, _, *lines = capsys.readouterr().out.splitlines()
    for told in ("cores", "Python 3.", "OpenSSL", "load average"):
        assert told in head
    assert _cells(headings) == _cells("what | measured | beside what | ratio | asked | met")
    assert [_cells(line) for line in lines] == [_cells(expected) for _, expected in TABLE]


@pytest.mark.parametrize(("asked", "figure", "verdict"), VERDICTS)
def test_a_bound_itself_is_met(asked: Bound, figure: float, verdict: str) -> None:
    assert asked.verdict(figure) == verdict


def test_every_benchmark_is_in_the_table() -> None:
    modules = [file.stem for file in Path(__file__).parent.glob("[!_]*.py") if not file.stem.startswith("test_")]
    measuring = {name for name in modules if hasattr(import_module(f"tests.bench.{name}"), "rows")}
    assert measuring == set(FULL) == set(QUICK)


def test_a_small_benchmark_gives_its_figures() -> None:
    rows = list(crl.rows((0, 20)))
    assert [row.what for row in rows] == [
        "CRL of 0 entries",
        "CRL of 0 entries: peak memory",
        "CRL of 20 entries",
        "CRL of 20 entries: peak memory",
        "revoke, with 20 revoked",
    ]
    assert all(row.measured for row in rows)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
