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
from pcacli.service.publications import PublicationsOf
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
    waiting = [_fetch(service, issuers, target) for target in targets]
    silent = [each.arn for each in waiting if not any(locations(each.certificate))]
    if silent:
        raise AnswerIsNo("\n".join(("Revoked, but the CA publishes no revocation of:", *silent)))
    deadline = watch.clock() + watch.timeout_seconds
    while True:
        waiting = _unseen(waiting, publications, watch.now())
        if not waiting:
            return
        if watch.clock() + SECONDS_BETWEEN_LOOKS > deadline:
            raise AnswerIsNo("\n".join(("Revoked, but not published yet:", *(each.arn for each in waiting))))
        watch.sleep(SECONDS_BETWEEN_LOOKS)


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
