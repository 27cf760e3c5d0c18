"""What revocation evidence is, and where a certificate says that it is to be had.

CRLs are judged by `crl_evidence`, OCSP responses by `ocsp_evidence`; certificates and requests are DER.
Sources: RFC 5280, sections 4.2.1.13 and 4.2.2.1; RFC 6960, section 4.1.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.pki.certificate_names import general_name_texts
from pcacli.pki.der_reader import Element, elements
from pcacli.pki.parse_errors import UnreadableX509, readable

MAXIMUM_SKEW = timedelta(minutes=5)
"""How far ahead the clock of a responder may be, as `openssl ocsp` has it."""

_OCSP_PREFIX = "ocsp: "
_URI = 0x86
# The parts of a DistributionPoint, and the full name in its name.
_NAME, _FULL_NAME = 0xA0, 0xA0


class Locations(NamedTuple):
    """Where a certificate says that its CA publishes revocations: URLs of CRLs and of OCSP responders.

    `has_other_crl` says that there is a CRL which no URL leads to, or which covers only some reasons or comes from
    somebody else.
    """

    crl: tuple[str, ...]
    ocsp: tuple[str, ...]
    has_other_crl: bool = False


class Evidence(NamedTuple):
    """What the CA says. The certificate is good while `revoked_at` is None; `reason` is the API's RevocationReason.

    `source` is CRL or OCSP, or STORE for what a CA of the embedded authority does not publish; the instants say when it
    was said and until when it holds (None: not said).
    """

    source: str
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    reason: str | None = None


class EvidenceProblem(UnreadableX509):
    """The CRL or the response proves nothing; the message says why."""


class Ages(NamedTuple):
    """How far ahead the CA's clock may be, and how old evidence may be that does not say until when it holds."""

    maximum_skew: timedelta
    maximum_age: timedelta


@readable()
def locations(certificate: bytes) -> Locations:
    """Read out of a certificate where its revocation is published.

    Raises:
        ValueError: the bytes are no certificate, or what they say of it cannot be read.
    """
    from pcacli.pki.descriptions import certificate_extensions_of
    from pcacli.pki.extension_texts import extension_text
    from pcacli.pki.extensions import AUTHORITY_INFORMATION_ACCESS, CRL_DISTRIBUTION_POINTS

    extensions = {extension.oid: extension for extension in certificate_extensions_of(certificate)}
    points, access = (extensions.get(oid) for oid in (CRL_DISTRIBUTION_POINTS, AUTHORITY_INFORMATION_ACCESS))
    urls = [list(_urls_of_point(point)) for point in _points(points.value)] if points is not None else []
    answers = () if access is None else extension_text(access).values
    return Locations(
        crl=tuple(url for each in urls for url in each),
        ocsp=tuple(text.removeprefix(_OCSP_PREFIX) for text in answers if text.startswith(_OCSP_PREFIX)),
        has_other_crl=points is not None and not all(urls),
    )


def distribution_point_names(value: bytes) -> list[Element]:
    """Return the names of the distribution points in the DER of cRLDistributionPoints.

    Raises:
        ValueError: it is something else.
    """
    return [name for point in _points(value) for part in elements(point.content) for name in _full_names(part)]


def ocsp_request(certificate: bytes, issuer: bytes) -> bytes:
    """Return a request about a certificate; SHA-1 names the CA there, as every responder understands (RFC 5019)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    child, parent = map(x509.load_der_x509_certificate, (certificate, issuer))
    request = ocsp.OCSPRequestBuilder().add_certificate(child, parent, SHA1())  # noqa: S303 - it protects nothing here
    return request.build().public_bytes(Encoding.DER)


def require_current(what: str, this_update: datetime, next_update: datetime | None, now: datetime, ages: Ages) -> None:
    """Refuse evidence that does not hold at an instant; `what` begins the sentence.

    Raises:
        EvidenceProblem: it is from the future, out of date, or ends before it begins.
    """
    if this_update > now + ages.maximum_skew:
        raise EvidenceProblem(f"{what} is from the future, {this_update:%Y-%m-%d %H:%M:%S} UTC")
    if next_update is None:
        if now - this_update > ages.maximum_age:
            raise EvidenceProblem(
                f"{what} does not say until when it holds, and is as old as {this_update:%Y-%m-%d %H:%M:%S} UTC"
            )
    elif next_update < this_update:
        raise EvidenceProblem(f"{what} ends before it begins")
    elif next_update < now:
        raise EvidenceProblem(f"{what} is out of date since {next_update:%Y-%m-%d %H:%M:%S} UTC")


def _points(value: bytes) -> list[Element]:
    (points,) = elements(value)
    return list(elements(points.content))


def _urls_of_point(point: Element) -> Iterator[str]:
    """Yield the URLs of a distribution point that speaks for all reasons and is the CA's own."""
    parts = list(elements(point.content))
    if [part.tag for part in parts] == [_NAME]:
        for name in _full_names(parts[0]):
            if name.tag == _URI:
                yield general_name_texts(name.encoded)[0]


def _full_names(part: Element) -> Iterator[Element]:
    if part.tag == _NAME:
        for name in elements(part.content):
            if name.tag == _FULL_NAME:
                yield from elements(name.content)
