"""YAML of others is no larger than it looks: aliases count as what they stand for."""

import pytest

from pcacli.limits.readers import BeyondLimits, Limits
from pcacli.params.yaml_document import load_yaml

LIMITS = Limits("test", 10_000, depth=8, items=100)


def levels(form: str, times: int = 10) -> str:
    """Return lines of which each holds the one before it several times; `{}` is where."""
    lines = [f"x0: &x0 {form.format('1') if '<<' not in form else '{a: 1}'}"]
    lines += [f"x{n}: &x{n} {form.format(', '.join([f'*x{n - 1}'] * times))}" for n in range(1, 10)]
    return "\n".join(lines)


def test_an_alias_is_what_it_stands_for() -> None:
    assert load_yaml("a: &a [1, 2]\nb: [*a, *a]\n", LIMITS) == {"a": [1, 2], "b": [[1, 2], [1, 2]]}


def test_a_merged_mapping_is_read() -> None:
    assert load_yaml("a: &a {b: 1}\nc:\n  <<: *a\n  d: 2\n", LIMITS)["c"] == {"b": 1, "d": 2}


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (levels("[{}]"), "has more than 100 values, with each alias written out"),
        (levels("{{<<: [{}]}}"), "has more than 100 values, with each alias written out"),
        ("\n".join(["- &a [1]"] + ["- *a"] * 60), "has more than 100 values, with each alias written out"),
        ("[" + "a, " * 200 + "]", "has more than 100 values, with each alias written out"),
        ("&a [*a]", "has an alias inside of what that stands for"),
        ("&a {b: {c: *a}}", "has an alias inside of what that stands for"),
        ("&a {*a : 1}", "has an alias inside of what that stands for"),
        ("a: 0x" + "f" * 5000, "has a number with too many digits"),
        ("a: [0b" + "1" * 5000 + "]", "has a number with too many digits"),
        ("#" * 10_001, "has more than 10000 bytes"),
    ],
)
def test_what_stands_for_too_much_is_refused_before_it_is_made(text: str, clause: str) -> None:
    with pytest.raises(BeyondLimits) as refused:
        load_yaml(text, LIMITS)
    assert refused.value.clause == clause


@pytest.mark.parametrize("text", ["[" * 9 + "]" * 9, "\n".join(" " * n + "a:" for n in range(9))])
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(Exception, match=r"maximum depth|recursion"):
        load_yaml(text, LIMITS)
