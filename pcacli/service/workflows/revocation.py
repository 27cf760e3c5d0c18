"""Revoking: find which CA issued what somebody has in hand, and revoke it there."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.api.arns import certificate_arn
from pcacli.errors import AnswerIsNo, ServiceError
from pcacli.pki.certificate_names import names_as_far_as_readable
from pcacli.pki.pem import CERTIFICATE, read_pem
from pcacli.pki.serials import SerialProblem, colon_hex, serial_candidates
from pcacli.service.port import Service
from pcacli.service.publications import published_by
from pcacli.service.workflows.issuers import Issuers, issued_certificate

REVOKED, ALREADY_REVOKED, FAILED = "REVOKED", "ALREADY_REVOKED", "FAILED"

# Refusals of the moment; AWS names no time after which it can be tried again.
_PASSING = frozenset({"ConcurrentModificationException", "RequestInProgressException"})
_TRIES, _SECONDS_BETWEEN_TRIES = 5, 2.0


class Target(NamedTuple):
    """A certificate to be revoked. What is None was not looked up."""

    certificate_arn: str
    subject: str | None = None
    not_after: datetime | None = None
    is_authority: bool = False

    @property
    def authority_arn(self) -> str:
        """The ARN of the CA that issued it."""
        return self.certificate_arn.partition("/certificate/")[0]

    @property
    def serial(self) -> int:
        """Its serial number."""
        return certificate_arn(self.certificate_arn).serial

    def request(self, reason: str) -> dict[str, Any]:
        """Return the request that revokes it; `reason` is the API's RevocationReason."""
        return {
            "CertificateAuthorityArn": self.authority_arn,
            "CertificateSerial": colon_hex(self.serial),
            "RevocationReason": reason,
        }


class Outcome(NamedTuple):
    """What became of a target; `problem` is AWS's sentence where it failed."""

    target: Target
    result: str
    problem: str = ""


class Finder:
    """Finds the certificates that are meant among those that the CAs of an account and region issued."""

    def __init__(self, service: Service, issuers: Issuers) -> None:
        self._service = service
        self._issuers = issuers

    def by_arn(self, arn: str) -> Target:
        """Return the certificate with that ARN.

        Raises:
            ServiceError: there is none, or it is the ARN of something else.
        """
        authority = certificate_arn(arn).authority
        request = {"CertificateAuthorityArn": str(authority), "CertificateArn": arn}
        response = self._service.call("GetCertificate", request)
        return _target(arn, read_pem(response["Certificate"].encode(), CERTIFICATE)[0])

    def by_certificate(self, certificate: bytes) -> Target:
        """Return what is known of a certificate (DER).

        Raises:
            AnswerIsNo: none of the CAs signed it.
            ValueError: the bytes are no certificate.
        """
        from pcacli.pki.certificate_facts import serial_number
        from pcacli.pki.descriptions import issuer_of

        authority = self._issuers.of(certificate)
        if authority is None:
            raise AnswerIsNo(f"None of your CAs in this region issued it; its issuer is {issuer_of(certificate)}.")
        serial = serial_number(certificate)
        found = issued_certificate(self._service, authority.arn, serial)
        if found is None:
            raise AnswerIsNo(f"{authority.arn} signed it, but knows no certificate with its serial number.")
        return _target(*found)

    def by_serial(self, text: str) -> list[Target]:
        """Return the certificates that have a serial number, as whatever program wrote it; more than one is a rarity.

        Raises:
            AnswerIsNo: there is none.
            SerialProblem: it is no serial number.
        """
        found = [
            self._issuers.issued(arn, serial) for serial in serial_candidates(text) for arn in self._issuers.arns()
        ]
        targets = [_target(*each) for each in found if each is not None]
        if not targets:
            raise AnswerIsNo("None of your CAs in this region issued a certificate with this serial number.")
        return targets


def is_serial(text: str) -> bool:
    """Tell whether a word may be a serial number."""
    try:
        serial_candidates(text)
    except SerialProblem:
        return False
    return True


def revoke(
    service: Service, targets: Iterable[Target], reason: str, *, sleep: Callable[[float], object]
) -> Iterator[Outcome]:
    """Revoke one certificate after the other; what is revoked already is done, and a refusal stops nothing."""
    for target in targets:
        yield _revoked(service, target, reason, sleep)


def publication_of(issuers: Issuers, outcomes: Iterable[Outcome]) -> dict[str, tuple[str, ...]]:
    """Return by ARN how each CA of what is revoked publishes that: CRL, OCSP, both, or nothing at all.

    A CA that the service does not show is left out.
    """
    found = {}
    for arn in dict.fromkeys(outcome.target.authority_arn for outcome in outcomes if not outcome.problem):
        with suppress(ServiceError):
            found[arn] = published_by(issuers.description(arn))
    return found


def publishing_once(service: Service) -> AbstractContextManager[None]:
    """Let the embedded authority publish its CRLs at the end of a block; AWS decides by itself."""
    once: Callable[[], AbstractContextManager[None]] = getattr(service, "publishing_once", nullcontext)
    return once()


def _revoked(service: Service, target: Target, reason: str, sleep: Callable[[float], object]) -> Outcome:
    for last_try in (False,) * (_TRIES - 1) + (True,):
        try:
            service.call("RevokeCertificate", target.request(reason))
        except ServiceError as refusal:
            if refusal.code == "RequestAlreadyProcessedException":
                return Outcome(target, ALREADY_REVOKED)
            if refusal.code not in _PASSING or last_try:
                return Outcome(target, FAILED, f"{refusal.code}: {refusal.message}")
            sleep(_SECONDS_BETWEEN_TRIES)
        else:
            break
    return Outcome(target, REVOKED)


def _target(arn: str, certificate: bytes) -> Target:
    """Return what is known of a certificate that is certainly the one with this ARN, however damaged it is."""
    from pcacli.pki.certificate_facts import certificate_facts, is_authority

    names = names_as_far_as_readable(certificate)
    title = names.title or (f"({names.problem})" if names.problem else None)
    try:
        return Target(arn, title, certificate_facts(certificate).not_after, is_authority(certificate))
    except ValueError:
        return Target(arn, title)
