"""Which certificate takes the place of which: one rule, as a table; and the same rule for thousands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.pki.certificate_names import Names
from pcacli.service.workflows.replacement import Holding, Purpose, replaced, replaces

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CA, OTHER_CA = "arn:ca", "arn:other"
SERVER, CLIENT = "EndEntityCertificate/V1", "EndEntityClientAuthCertificate/V1"
WWW = Names("CN=www.example.com", ("www.example.com",))


def holding(
    names: Names = WWW,
    *,
    issued: float = 1,
    days: int = 10,
    good: bool = True,
    authority: str = CA,
    template: str = SERVER,
    renewed_as: str = "",
) -> Holding:
    purpose = Purpose(authority, names, template, frozenset(renewed_as.split()))
    return Holding(purpose, issued, NOW + timedelta(days=days), good)


OLD = holding()
NEW = holding(issued=2, days=90)


@pytest.mark.parametrize(
    ("newer", "older", "expected"),
    [
        (NEW, OLD, True),
        # Not newer, not longer, not good.
        (OLD, OLD, False),
        (OLD, NEW, False),
        (NEW._replace(issued=0), OLD, False),
        (NEW._replace(issued=1), OLD, False),
        (NEW._replace(not_after=OLD.not_after), OLD, False),
        (NEW._replace(is_good=False), OLD, False),
        # An old one that is revoked is as replaced as any other.
        (NEW, OLD._replace(is_good=False), True),
        # Another CA, another template.
        (holding(issued=2, days=90, authority=OTHER_CA), OLD, False),
        (holding(issued=2, days=90, template=CLIENT), OLD, False),
        (holding(issued=2, days=90, template=CLIENT), holding(renewed_as=f"x {CLIENT}"), True),
        (holding(issued=2, days=90, renewed_as=SERVER, template=CLIENT), OLD, False),
        # Names.
        (holding(Names(WWW.subject, ("a.example.com", "www.example.com")), issued=2, days=90), OLD, True),
        (holding(Names("CN=a.example.com", ("a.example.com", "WWW.example.com")), issued=2, days=90), OLD, True),
        (holding(Names("", ("www.example.com",)), issued=2, days=90), OLD, True),
        (NEW, holding(Names("", ("www.example.com",))), True),
        (NEW, holding(Names(WWW.subject, ("www.example.com", "b.example.com"))), False),
        (holding(Names(WWW.subject, ("*.example.com",)), issued=2, days=90), OLD, False),
        (holding(Names(WWW.subject, ()), issued=2, days=90), OLD, False),
        (holding(Names("CN=b.example.com", ("b.example.com",)), issued=2, days=90), OLD, False),
        # Without alternative names the subject is all there is; without either there is nothing.
        (holding(Names("CN=Build", ()), issued=2, days=90), holding(Names("CN=Build", ())), True),
        (holding(Names("CN=Build 2", ()), issued=2, days=90), holding(Names("CN=Build", ())), False),
        (holding(Names("", ()), issued=2, days=90), holding(Names("", ())), False),
        # A subject that says more than a name has to be the same.
        (
            holding(Names("CN=www.example.com,O=B", ("www.example.com",)), issued=2, days=90),
            holding(Names("CN=www.example.com,O=A", ("www.example.com",))),
            False,
        ),
        (NEW, holding(Names("CN=www.example.com,O=A", ("www.example.com",))), False),
        # Names that nobody knows prove nothing.
        (holding(Names(WWW.subject, None), issued=2, days=90), OLD, False),
        (NEW, holding(Names(WWW.subject, None)), False),
        # Capitals count in the local part of an e-mail address (RFC 5321, section 2.4).
        (holding(Names("", ("A@example.com",)), issued=2, days=90), holding(Names("", ("a@example.com",))), False),
    ],
)
def test_a_newer_certificate_replaces_one_that_it_covers(newer: Holding, older: Holding, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert replaces(newer, older) is expected
    assert replaced([older], [newer]) == ({0} if expected else set())


def test_ten_thousand_for_one_name_are_judged_together() -> None:
    many = [holding(issued=number, days=number) for number in range(10_000)]
    assert replaced(many, many) == set(range(9_999))


@st.composite
def holdings(draw: st.DrawFn) -> Holding:
    names = draw(st.lists(st.sampled_from("abc"), max_size=3, unique=True))
    subject = draw(st.sampled_from(["", "CN=a", "CN=b", "CN=a,O=x"]))
    return holding(
        Names(subject, tuple(names)),
        issued=draw(st.integers(0, 4)),
        days=draw(st.integers(1, 4)),
        good=draw(st.booleans()),
        template=draw(st.sampled_from([SERVER, CLIENT])),
    )


@given(st.lists(holdings(), max_size=8), st.lists(holdings(), max_size=8))
def test_many_at_once_are_judged_as_each_pair_is(older: list[Holding], newer: list[Holding]) -> None:
    expected = {index for index, one in enumerate(older) if any(replaces(each, one) for each in newer)}
    assert replaced(older, newer) == expected
