"""How a certificate, a request or a CRL looks to people; the data is that of `pki.descriptions`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from pcacli.cli.pki.fact_sheet import BAD, DOUBTFUL, Fact, sheet, utc, validity_facts
from pcacli.output.relative_time import relative_time
from pcacli.output.terminal import Terminal
from pcacli.pki.certificate_names import NAMELESS

Description = dict[str, Any]

# A value that nobody can read, such as `#0500`, is cut after so many characters; the data has all of it.
_UNREAD_CHARACTERS = 60


def document_sheet(described: Description, now: datetime, terminal: Terminal) -> Iterator[str]:
    """Yield everything about one document."""
    headline, facts = _SHEETS[described["Kind"]]
    yield from sheet(f"{headline}  {_name(described)}", facts(described, now), terminal)
    if described.get("Extensions"):
        yield from sheet("Extensions", map(extension_fact, described["Extensions"]), terminal)


def summary_sheet(
    headline: str, descriptions: Iterable[Description], now: datetime, terminal: Terminal
) -> Iterator[str]:
    """Yield one line for each of several documents."""
    yield from sheet(headline, [Fact(_name(each), (_summary(each, now),)) for each in descriptions], terminal)


def _name(described: Description) -> str:
    """Return what to call a document: a CRL after its issuer, the others after their subject or their names."""
    names = described.get("SubjectAlternativeNames", ())
    named = described["Issuer"] if described["Kind"] == "CRL" else described["Subject"] or ", ".join(names)
    return named or NAMELESS


def _summary(described: Description, now: datetime) -> str:
    if not isinstance(described.get("NotAfter"), datetime):
        return str(described["Kind"]).lower().replace("_", " ")
    verb = "expires" if described["NotAfter"] > now else "expired"
    return f"{verb} {relative_time(described['NotAfter'], now)}"


def _certificate(described: Description, now: datetime) -> Iterator[Fact]:
    yield from _oddities(described)
    yield from _window(described["NotBefore"], described["NotAfter"], now)
    yield Fact("Names", (", ".join(described["SubjectAlternativeNames"]),) if _has_names(described) else ())
    issuer = "itself" if described["Issuer"] == described["Subject"] else described["Issuer"]
    yield Fact("Issuer", (issuer,))
    yield Fact("Serial", (described["Serial"],))
    yield _key(described)
    if "LikelyTemplate" in described:
        yield Fact("Template", (f"like {described['LikelyTemplate']}",))
    yield from _fingerprints(described)


def _oddities(described: Description) -> Iterator[Fact]:
    yield Fact("Odd", described.get("Oddities", ()), DOUBTFUL)


def _window(begin: datetime | str, end: datetime | str, now: datetime) -> Iterator[Fact]:
    """Yield from when to when something is valid; a time that cannot be read is shown as it is."""
    if isinstance(begin, datetime) and isinstance(end, datetime):
        yield from validity_facts(begin, end, now)
    else:
        said = (utc(each) if isinstance(each, datetime) else each for each in (begin, end))
        yield Fact("Valid", (f"cannot be told: {' to '.join(said)}",), BAD)


def _request(described: Description, _now: datetime) -> Iterator[Fact]:
    yield from _oddities(described)
    if "Refusal" in described:
        yield Fact("Refused", (f"by AWS: {described['Refusal']['Message']}",), BAD)
    yield Fact("Names", (", ".join(described["SubjectAlternativeNames"]),) if _has_names(described) else ())
    yield _key(described)
    yield from _fingerprints(described)


def _revocation_list(described: Description, now: datetime) -> Iterator[Fact]:
    yield from _oddities(described)
    this_update, next_update = described["ThisUpdate"], described.get("NextUpdate")
    if next_update is not None:
        yield from _window(this_update, next_update, now)
    else:
        yield Fact("Since", (utc(this_update) if isinstance(this_update, datetime) else this_update,))
    revoked = described.get("RevokedCertificates")
    yield Fact("Revoked", ("cannot be told" if revoked is None else f"{revoked:,} certificates",))
    yield Fact("Signed", (described["SigningAlgorithm"],))
    yield from _fingerprints(described)


_SHEETS: dict[str, tuple[str, Callable[[Description, datetime], Iterator[Fact]]]] = {
    "CERTIFICATE": ("Certificate", _certificate),
    "CERTIFICATE_REQUEST": ("Request", _request),
    "CRL": ("CRL", _revocation_list),
}


def _has_names(described: Description) -> bool:
    return bool(described.get("SubjectAlternativeNames"))


def _key(described: Description) -> Fact:
    lines = [f"{described['KeyAlgorithm']}, signed with {described['SigningAlgorithm']}"]
    return Fact("Key", [*lines, *map(_shown, filter(None, (described.get("PublicKey"),)))])


def _fingerprints(described: Description) -> Iterator[Fact]:
    yield Fact("SHA-256", (described["Sha256Fingerprint"],))
    yield Fact("SHA-1", (described["Sha1Fingerprint"],))


def extension_fact(extension: Description) -> Fact:
    """Return the name and the value of one extension."""
    name = f"{extension['Name']}{' (critical)' if extension['Critical'] else ''}"
    lines = [", ".join(extension["Values"])] if extension["Name"] in _ON_ONE_LINE else map(_shown, extension["Values"])
    return Fact(name, list(lines) or ["(empty)"])


_ON_ONE_LINE = frozenset({"keyUsage", "extKeyUsage", "subjectAltName"})


def _shown(value: str) -> str:
    if value.startswith("#") and len(value) > _UNREAD_CHARACTERS:
        return f"{value[:_UNREAD_CHARACTERS]}… ({len(value) // 2} bytes)"
    return value
