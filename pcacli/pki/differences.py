"""What tells two certificates apart, but for what every certificate has for itself.

Serial number, dates, key identifier, signature and fingerprints differ always; how long it is valid does not.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.pki.extensions import SUBJECT_KEY_IDENTIFIER

_COMPARED = ("Subject", "Issuer", "KeyAlgorithm", "SigningAlgorithm")


class Difference(NamedTuple):
    """A member or an extension that is not the same; None where one of the two has it not."""

    name: str
    ours: str | None
    theirs: str | None


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare two descriptions (`pki.descriptions`) of certificates."""
    for name in _COMPARED:
        if ours[name] != theirs[name]:
            yield Difference(name, ours[name], theirs[name])
    lifetimes = [_lifetime(each) for each in (ours, theirs)]
    if lifetimes[0] != lifetimes[1]:
        yield Difference("Lifetime", *lifetimes)
    our_extensions, their_extensions = map(_extensions, (ours, theirs))
    for identifier in dict.fromkeys((*our_extensions, *their_extensions)):
        pair = [each.get(identifier) for each in (our_extensions, their_extensions)]
        if pair[0] != pair[1]:
            name = next(each.name for each in pair if each is not None)
            yield Difference(name, *(None if each is None else each.value for each in pair))


def _lifetime(described: Mapping[str, Any]) -> str:
    """Return how long a certificate is valid; times that cannot be read are texts."""
    begin, end = described["NotBefore"], described["NotAfter"]
    if isinstance(begin, datetime) and isinstance(end, datetime):
        return str(end - begin)
    return f"{begin} to {end}"


class _Named(NamedTuple):
    """An extension on one line."""

    name: str
    value: str


def _extensions(described: Mapping[str, Any]) -> dict[str, _Named]:
    """Return the extensions by identifier."""
    return {
        each["ObjectIdentifier"]: _Named(
            each["Name"], f"{', '.join(each['Values']) or '(empty)'}{' (critical)' if each['Critical'] else ''}"
        )
        for each in described["Extensions"]
        if each["ObjectIdentifier"] != SUBJECT_KEY_IDENTIFIER
    }
