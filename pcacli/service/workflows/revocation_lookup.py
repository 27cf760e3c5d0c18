"""Asks whether a certificate is revoked: the OCSP responder first, which knows at once, then the CRL."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from pcacli.errors import PcaError, ServiceError
from pcacli.pki.crl_evidence import evidence_of_crl
from pcacli.pki.ocsp_evidence import evidence_of_ocsp
from pcacli.pki.revocation_evidence import Evidence, EvidenceProblem, Locations, locations, ocsp_request
from pcacli.service.revocation_status import Publications

# A certificate may name thousands, and each may take as long as it is given.
_MAXIMUM_PLACES = 10


class Lookup(NamedTuple):
    """What came of it: the evidence and its URL, or why there is none. Without both, the CA publishes nothing."""

    evidence: Evidence | None = None
    url: str | None = None
    problems: tuple[str, ...] = ()


Judge = Callable[[str], Evidence]
ReadObject = Callable[[str, str], bytes]
"""Reads an object, given its bucket and key."""


def look_up(certificate: bytes, issuer: bytes, publications: Publications, now: datetime) -> Lookup:
    """Ask every place that a certificate (DER) names until one proves something."""
    try:
        named = locations(certificate)
    except ValueError:
        return Lookup(problems=("Where its revocation is published cannot be read.",))
    problems = []
    for url, ask in islice(_places(named, certificate, issuer, publications, now), _MAXIMUM_PLACES):
        try:
            return Lookup(ask(url), url)
        except EvidenceProblem as problem:
            problems.append(f"{url}: {problem}.")
        except PcaError as problem:
            problems.append(problem.message)
    if named.has_other_crl:
        problems.append("The certificate names a CRL that no URL leads to, or that covers only some reasons.")
    return Lookup(problems=tuple(problems))


def _places(
    named: Locations, certificate: bytes, issuer: bytes, publications: Publications, now: datetime
) -> Iterator[tuple[str, Judge]]:
    def by_ocsp(url: str) -> Evidence:
        response = publications.ocsp(url, ocsp_request(certificate, issuer))
        return evidence_of_ocsp(response, certificate, issuer, now=now)

    def by_crl(url: str) -> Evidence:
        return evidence_of_crl(publications.crl(url), certificate, issuer, url=url, now=now)

    yield from ((url, by_ocsp) for url in named.ocsp)
    yield from ((url, by_crl) for url in named.crl)


def crl_in_bucket(authority: Mapping[str, Any], read: ReadObject) -> Callable[[str], bytes | None]:
    """Return a function that reads the CRL of a URL from the bucket of the CA (API CertificateAuthority), if it can.

    Buckets of CRLs are private as a rule, and only a name of the owner's leads to them from outside.
    """
    crl = authority.get("RevocationConfiguration", {}).get("CrlConfiguration", {})
    bucket: str | None = crl.get("S3BucketName")

    def crl_of(url: str) -> bytes | None:
        if bucket is None:
            return None
        key = unquote(urlsplit(url).path).removeprefix("/").removeprefix(f"{bucket}/")
        try:
            return read(bucket, key)
        except (ServiceError, PcaError):
            return None

    return crl_of
