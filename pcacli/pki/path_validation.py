"""Judges a certificate: whether a path leads from it to a certificate that is trusted, its dates, and its names.

Paths are built here and have to keep the rules of `path_rules`; certificates are DER. See CONTRIBUTING, "How a path is
judged".
Sources: RFC 5280, section 6; RFC 4158 for the building of paths; RFC 9525 for the names of servers.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from pcacli.pki import extensions as known
from pcacli.pki.certificate_facts import is_issued_by, subject_key_identifier
from pcacli.pki.der_reader import Element, elements
from pcacli.pki.extensions import Extension
from pcacli.pki.host_matching import is_for_address, is_for_host
from pcacli.pki.ip_addresses import read_address
from pcacli.pki.name_constraints import ADDRESS, DNS
from pcacli.pki.parse_errors import UnreadableX509, readable
from pcacli.pki.parsed_certificates import ParsedCertificate
from pcacli.pki.path_rules import broken_rules
from pcacli.pki.usages import EXTENDED_KEY_USAGES

# More CAs than a hierarchy of AWS Private CA can have (User Guide, "CA hierarchy": five levels).
_MAXIMUM_DEPTH = 8
# CAs that certify each other in circles lead to paths without number; nobody shall be kept busy by them.
_MAXIMUM_STEPS, _MAXIMUM_SIGNATURES, _MAXIMUM_PATHS = 20_000, 500, 100
_ANY_PURPOSE = "2.5.29.37.0"
# The parts of an authority key identifier (RFC 5280 section 4.2.1.1), and the directory name in the second.
_KEY_IDENTIFIER, _ISSUER_NAMES, _SERIAL_NUMBER, _DIRECTORY_NAME = 0x80, 0xA1, 0x82, 0xA4


class Wanted(NamedTuple):
    """What a certificate has to be: valid at an instant, and a TLS server's for each of these names."""

    moment: datetime
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()


class Judgement(NamedTuple):
    """What was found: the certificates from the one in question up to the root, and what is wrong; nothing is good.

    The path is empty where none could be found.
    """

    path: tuple[bytes, ...]
    reasons: tuple[str, ...]


class _Candidate(NamedTuple):
    """A path, what is wrong with it, and whose dates are."""

    path: tuple[ParsedCertificate, ...]
    broken: tuple[str, ...]
    dates: tuple[str, ...]


@readable()
def is_signed_by(certificate: bytes, issuer: bytes) -> bool:
    """Tell whether the issuer's key made a certificate; its name and key identifier have to fit first.

    An issuer's certificate that cannot be read has signed nothing.

    Raises:
        ValueError: the certificate cannot be read.
    """
    child = ParsedCertificate(certificate)
    try:
        parent = ParsedCertificate(issuer)
    except UnreadableX509:
        return False
    own_key = _key_identifier(parent) or subject_key_identifier(parent.x509)
    return (
        child.issuer == parent.subject
        and _names_issuer(child, parent, own_key)
        and is_issued_by(child.x509, parent.x509)
    )


def judge(certificate: bytes, others: Iterable[bytes], trusted: Sequence[bytes], wanted: Wanted) -> Judgement:
    """Look for a path from a certificate, through others, to one that is trusted, and say all that is wrong with it.

    One that cannot be read is not good; among the others such a one is passed over.
    """
    try:
        leaf = ParsedCertificate(certificate)
    except UnreadableX509 as problem:
        return Judgement((), (f"The certificate cannot be judged: {problem}.",))
    anchors = list(_readable_ones(trusted))
    if not anchors:
        return Judgement((), (*_date_reasons([leaf], wanted.moment), "No certificate that is trusted was given."))
    best = _best_path(leaf, list(_readable_ones(others)), anchors, wanted.moment)
    if isinstance(best, str) or best.broken:
        why = best if isinstance(best, str) else "; ".join(dict.fromkeys(best.broken))
        return Judgement((), (*_date_reasons([leaf], wanted.moment), f"No path leads to a trusted root: {why}."))
    return Judgement(tuple(each.der for each in best.path), (*best.dates, *_name_reasons(leaf, wanted)))


def _readable_ones(certificates: Iterable[bytes]) -> Iterator[ParsedCertificate]:
    for certificate in dict.fromkeys(certificates):
        try:
            yield ParsedCertificate(certificate)
        except UnreadableX509:
            continue


def _best_path(
    leaf: ParsedCertificate, others: list[ParsedCertificate], anchors: list[ParsedCertificate], moment: datetime
) -> _Candidate | str:
    """Return the path with the least wrong, or why there is none."""
    best: _Candidate | None = None
    search = _Search(others, anchors)
    for path in islice(search.paths(leaf), _MAXIMUM_PATHS):
        found = _Candidate(path, tuple(broken_rules(path)), tuple(_date_reasons(path, moment)))
        if best is None or (len(found.broken), len(found.dates)) < (len(best.broken), len(best.dates)):
            best = found
        if not best.broken and not best.dates:
            break
    return best or search.why_none()


class _Search:
    """Builds paths: the trusted certificates first, so that the shortest comes first."""

    def __init__(self, others: list[ParsedCertificate], anchors: list[ParsedCertificate]) -> None:
        self._by_subject: dict[bytes, list[ParsedCertificate]] = {}
        for one in (*anchors, *others):
            self._by_subject.setdefault(one.subject, []).append(one)
        self._trusted = {anchor.der for anchor in anchors}
        self._signed: dict[tuple[bytes, bytes], bool] = {}
        self._is_too_long = False
        self._steps = 0

    def paths(self, leaf: ParsedCertificate) -> Iterator[tuple[ParsedCertificate, ...]]:
        """Yield the paths from a certificate to one that is trusted, which it may be itself."""
        return self._continued((leaf,))

    def why_none(self) -> str:
        """Say why there is no path."""
        if self._is_too_long or self._steps >= _MAXIMUM_STEPS:
            return f"it would be longer than {_MAXIMUM_DEPTH} CAs, or there are too many ways to look at"
        return "an issuer's certificate is missing, or its root is not trusted"

    def _continued(self, path: tuple[ParsedCertificate, ...]) -> Iterator[tuple[ParsedCertificate, ...]]:
        last = path[-1]
        if last.der in self._trusted:
            yield path
            return
        if len(path) > _MAXIMUM_DEPTH:
            self._is_too_long = True
            return
        used = {certificate.der for certificate in path}
        for issuer in self._by_subject.get(last.issuer, ()):
            if issuer.der not in used and self._has_signed(issuer, last):
                yield from self._continued((*path, issuer))

    def _has_signed(self, issuer: ParsedCertificate, child: ParsedCertificate) -> bool:
        self._steps += 1
        if self._steps > _MAXIMUM_STEPS:
            return False
        pair = (issuer.der, child.der)
        if pair not in self._signed:
            if len(self._signed) >= _MAXIMUM_SIGNATURES:
                self._steps = _MAXIMUM_STEPS
                return False
            self._signed[pair] = _may_be_issuer(child, issuer)
        return self._signed[pair]


def _may_be_issuer(child: ParsedCertificate, issuer: ParsedCertificate) -> bool:
    try:
        with readable():
            named = _names_issuer(child, issuer, _key_identifier(issuer))
            return named and is_issued_by(child.x509, issuer.x509)
    except ValueError:
        return False


def _name_reasons(leaf: ParsedCertificate, wanted: Wanted) -> Iterator[str]:
    """Say which names the certificate is not good for as that of a TLS server."""
    if not (wanted.dns_names or wanted.ip_addresses):
        return
    hosts = [name.content for name in leaf.alternative_names if name.tag == DNS]
    addresses = [name.content for name in leaf.alternative_names if name.tag == ADDRESS]
    for text in wanted.dns_names:
        if not is_for_host(hosts, text):
            yield f"The certificate is not for {text}."
    for text in wanted.ip_addresses:
        if not is_for_address(addresses, read_address(text)):
            yield f"The certificate is not for {text}."
    if leaf.purposes is not None and {EXTENDED_KEY_USAGES["SERVER_AUTH"], _ANY_PURPOSE}.isdisjoint(leaf.purposes):
        yield "The certificate is not for TLS servers: its extended key usage has no SERVER_AUTH."


def _date_reasons(certificates: Iterable[ParsedCertificate], moment: datetime) -> Iterator[str]:
    for certificate in certificates:
        if moment < certificate.not_before:
            yield f"{certificate.name} is not valid before {_utc(certificate.not_before)}."
        if moment > certificate.not_after:
            yield f"{certificate.name} expired at {_utc(certificate.not_after)}."


def _names_issuer(child: ParsedCertificate, parent: ParsedCertificate, own_key: bytes | None) -> bool:
    """Tell whether what a certificate says of its issuer's key, name and serial number is so (RFC 5280, 4.2.1.1).

    `own_key` is the key identifier of the issuer, None where that is not known and so not compared.

    Raises:
        ValueError: it cannot be read.
    """
    named = child.extensions.get(known.AUTHORITY_KEY_IDENTIFIER)
    parts = {} if named is None else {part.tag: part.content for part in _inside(named)}
    if own_key is not None and parts.get(_KEY_IDENTIFIER, own_key) != own_key:
        return False
    if _SERIAL_NUMBER not in parts:
        return True
    issuers = elements(parts.get(_ISSUER_NAMES, b""))
    directory_names = [name.content for name in issuers if name.tag == _DIRECTORY_NAME]
    is_serial = int.from_bytes(parts[_SERIAL_NUMBER], "big", signed=True) == parent.x509.serial_number
    return is_serial and parent.issuer in (directory_names or [parent.issuer])


def _key_identifier(certificate: ParsedCertificate) -> bytes | None:
    """Return the subject key identifier that is in a certificate, None if there is none.

    Raises:
        ValueError: it cannot be read.
    """
    extension = certificate.extensions.get(known.SUBJECT_KEY_IDENTIFIER)
    if extension is None:
        return None
    (octets,) = elements(extension.value)
    return octets.content


def _inside(extension: Extension) -> Iterator[Element]:
    (whole,) = elements(extension.value)
    return elements(whole.content)


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
