"""Waiting until everybody can see a revocation: in a CRL or from the OCSP responder.

Source: AWS Private CA User Guide, "Revoking a private certificate": a CRL follows within 30 minutes as a rule, OCSP
within 60.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from pcacli.errors import AnswerIsNo
from pcacli.pki.pem import CERTIFICATE, read_pem
from pcacli.pki.revocation_evidence import locations
from pcacli.service.port import Service
from pcacli.service.publications import PublicationsOf, published_by
from pcacli.service.revocation_status import Publications
from pcacli.service.workflows.issuers import Issuers, IssuingAuthority
from pcacli.service.workflows.revocation import Target
from pcacli.service.workflows.revocation_lookup import look_up

SECONDS_BETWEEN_LOOKS = 15.0


class Watch(NamedTuple):
    """How to wait: `now` is the time of the backend, `clock` counts seconds and `sleep` waits so many."""

    now: Callable[[], datetime]
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    timeout_seconds: float


class _Revoked(NamedTuple):
    """A certificate (DER) that is revoked, and the CA that will say so."""

    arn: str
    certificate: bytes
    authority: IssuingAuthority


def wait_until_published(
    service: Service, issuers: Issuers, targets: Sequence[Target], publications: PublicationsOf, watch: Watch
) -> None:
    """Return when the revocation of each certificate can be seen.

    Raises:
        AnswerIsNo: a CA publishes none, or it takes too long; the message names the certificates.
    """
    revoked = [_fetch(service, issuers, target) for target in targets]
    silent = [each for each in revoked if not _is_to_be_published(each)]
    late = _late([each for each in revoked if each not in silent], publications, watch)
    complaints = [
        *_listed("Revoked, but not published yet:", late),
        *_listed("Revoked, but the CA publishes no revocation of:", silent),
    ]
    if complaints:
        raise AnswerIsNo("\n".join(complaints))


def _is_to_be_published(revoked: _Revoked) -> bool:
    """Tell whether the CA still publishes where the certificate says: its settings may have changed since."""
    places, means = locations(revoked.certificate), published_by(revoked.authority.description)
    return bool((places.crl and "CRL" in means) or (places.ocsp and "OCSP" in means))


def _late(waiting: Sequence[_Revoked], publications: PublicationsOf, watch: Watch) -> Sequence[_Revoked]:
    """Look again and again, and return what cannot be seen when the time is over."""
    deadline = watch.clock() + watch.timeout_seconds
    while waiting:
        waiting = _unseen(waiting, publications, watch.now())
        if watch.clock() + SECONDS_BETWEEN_LOOKS > deadline:
            break
        if waiting:
            watch.sleep(SECONDS_BETWEEN_LOOKS)
    return waiting


def _listed(heading: str, revoked: Sequence[_Revoked]) -> list[str]:
    return [heading, *(each.arn for each in revoked)] if revoked else []


def _fetch(service: Service, issuers: Issuers, target: Target) -> _Revoked:
    request = {"CertificateAuthorityArn": target.authority_arn, "CertificateArn": target.certificate_arn}
    pem = service.call("GetCertificate", request)["Certificate"].encode()
    return _Revoked(target.certificate_arn, read_pem(pem, CERTIFICATE)[0], issuers.named(target.authority_arn))


def _unseen(waiting: Sequence[_Revoked], publications: PublicationsOf, now: datetime) -> list[_Revoked]:
    """Return those of which no revocation is to be seen; each CRL is fetched once for all of them."""
    places: dict[str, Publications] = {}
    unseen = []
    for each in waiting:
        place = places.setdefault(each.authority.arn, _Remembered(publications(each.authority.description)))
        evidence = look_up(each.certificate, each.authority.certificate, place, now).evidence
        if evidence is None or evidence.revoked_at is None:
            unseen.append(each)
    return unseen


class _Remembered:
    """Publications of which each CRL is asked for once."""

    def __init__(self, publications: Publications) -> None:
        self._publications = publications
        self._crls: dict[str, bytes] = {}

    def crl(self, url: str) -> bytes:
        """Return a CRL."""
        if url not in self._crls:
            self._crls[url] = self._publications.crl(url)
        return self._crls[url]

    def ocsp(self, url: str, request: bytes) -> bytes:
        """Ask for one certificate."""
        return self._publications.ocsp(url, request)
