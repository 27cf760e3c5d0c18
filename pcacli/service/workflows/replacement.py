"""Which certificate takes the place of which: after a renewal nobody has to be warned of the old one any more."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pcacli.pki.certificate_names import Names

_COMMON_NAME = "CN="
# In names that hold one of these, such as e-mail addresses and URIs, capitals make a difference.
_CASE_MATTERS = frozenset("@/:")


class Purpose(NamedTuple):
    """What a certificate is for: its CA's ARN, its names, its template, and those that a renewal of it may have."""

    authority_arn: str
    names: Names
    template: str
    renewed_as: frozenset[str] = frozenset()


class Holding(NamedTuple):
    """A certificate that there is: its purpose, its place in the order of issuance, its end.

    `is_good`: it is neither revoked nor expired.
    """

    purpose: Purpose
    issued: float
    not_after: datetime
    is_good: bool


def replaces(newer: Holding, older: Holding) -> bool:
    """Tell whether a certificate takes the place of another one.

    It has to be good, issued later, valid for longer, and from the same CA, and cover template and names.
    """
    return (
        newer.is_good
        and newer.issued > older.issued
        and newer.not_after > older.not_after
        and covers(newer.purpose, older.purpose)
    )


def covers(newer: Purpose, older: Purpose) -> bool:
    """Tell whether a certificate can do what another one does: same CA, template, and all of its names.

    The subject has to be the same, unless it is a common name alone that is among the newer one's alternative names.
    Names that nobody knows are covered by nothing.
    """
    if newer.authority_arn != older.authority_arn or newer.template not in {older.template, *older.renewed_as}:
        return False
    if newer.names.alternative_names is None or older.names.alternative_names is None:
        return False
    offered, wanted = _folded(newer.names), _folded(older.names)
    if not wanted and not older.names.subject:
        return False
    return wanted <= offered and _covers_subject(newer.names.subject, older.names.subject, offered)


def replaced(older: Sequence[Holding], newer: Iterable[Holding]) -> set[int]:
    """Return the indexes of those of several certificates that one of the others replaces (`replaces`).

    Certificates for one purpose are judged together, so that thousands of them take no longer than their number.
    """
    groups: dict[Purpose, list[int]] = defaultdict(list)
    for index, holding in enumerate(older):
        groups[holding.purpose].append(index)
    by_name = _by_rarest_name(groups)
    ends: dict[Purpose, list[tuple[float, datetime]]] = defaultdict(list)
    for holding in newer:
        if holding.is_good:
            for name in _keys(holding.purpose.names):
                for purpose in by_name.get(name, ()):
                    if covers(holding.purpose, purpose):
                        ends[purpose].append((holding.issued, holding.not_after))
    return {index for purpose, found in ends.items() for index in _outlived(older, groups[purpose], found)}


def _outlived(older: Sequence[Holding], indexes: Iterable[int], newer: list[tuple[float, datetime]]) -> Iterable[int]:
    """Yield those that were issued before, and end before, one of the newer ones (their order and their end)."""
    newer.sort()
    latest = [end for _, end in newer]
    for position in range(len(latest) - 2, -1, -1):
        latest[position] = max(latest[position], latest[position + 1])
    for index in indexes:
        behind = bisect_right(newer, older[index].issued, key=lambda each: each[0])
        if behind < len(latest) and latest[behind] > older[index].not_after:
            yield index


def _by_rarest_name(purposes: Iterable[Purpose]) -> dict[str, list[Purpose]]:
    """Return the purposes by the name that the fewest of them have: whatever covers one has that name, too."""
    purposes = list(purposes)
    count = Counter(name for purpose in purposes for name in _keys(purpose.names))
    found: dict[str, list[Purpose]] = defaultdict(list)
    for purpose in purposes:
        subject = purpose.names.subject
        names = _folded(purpose.names) or {_common_name(subject) or subject}
        found[min(names, key=lambda name: (count[name], name))].append(purpose)
    return found


def _keys(names: Names) -> frozenset[str]:
    """Return the names by which a certificate may cover others: the alternative ones, and its subject."""
    alone = _common_name(names.subject)
    return _folded(names) | {names.subject} | ({alone} if alone else set())


def _folded(names: Names) -> frozenset[str]:
    return frozenset(map(_fold, names.alternative_names or ()))


def _fold(name: str) -> str:
    return name if _CASE_MATTERS & set(name) else name.lower()


def _covers_subject(newer: str, older: str, offered: frozenset[str]) -> bool:
    return older in ("", newer) or _common_name(older) in offered


def _common_name(subject: str) -> str | None:
    """Return the common name of a subject that has nothing else, None of others (RFC 2253 puts commas between)."""
    if not subject.startswith(_COMMON_NAME) or "," in subject or "+" in subject:
        return None
    return _fold(subject.removeprefix(_COMMON_NAME))
