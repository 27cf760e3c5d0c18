"""Which CA issued a certificate: found by name, key identifier and signature, and then asked for the certificate."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.api.arns import authority_arn
from pcacli.errors import PcaError, ServiceError, UsageProblem
from pcacli.pki.pem import CERTIFICATE, PemProblem, read_pem
from pcacli.service.port import Service
from pcacli.service.workflows.authorities import VisibleAuthorities, chosen_authorities, visible_authorities
from pcacli.service.workflows.authority_note import noted_authority
from pcacli.service.workflows.certificate_request import common_name

# The states in which AWS shows a CA's certificate.
_CERTIFIED = frozenset({"ACTIVE", "DISABLED", "EXPIRED"})
_DENIED = "AccessDeniedException"


class IssuingAuthority(NamedTuple):
    """A CA with its certificate and those above it (DER, root last); `description`: API CertificateAuthority.

    `owner` is the account that shares it with the caller, None for one of the caller's.
    """

    description: Mapping[str, Any]
    certificate: bytes
    chain: tuple[bytes, ...]
    owner: str | None = None

    @property
    def arn(self) -> str:
        """The CA's ARN."""
        arn: str = self.description["Arn"]
        return arn


class Issuers:
    """The CAs of an account and region and those that others share with it, or one of them.

    They are listed when they are needed, and each one's certificate is fetched once, and only when it may be needed.
    """

    def __init__(self, service: Service, authority_arn: str | None = None) -> None:
        self._service = service
        self._authority_arn = authority_arn
        self._fetched: dict[str, IssuingAuthority | None] = {}

    def of(self, certificate: bytes) -> IssuingAuthority | None:
        """Return the CA whose key signed a certificate (DER), None if it is none of these.

        Raises:
            ServiceError: the service refuses to show a CA's certificate.
            ValueError: the bytes are no certificate.
        """
        from pcacli.pki.path_validation import is_signed_by

        found = (authority for authority in self._by_nearness(certificate) if authority is not None)
        return next((each for each in found if is_signed_by(certificate, each.certificate)), None)

    def arns(self) -> list[str]:
        """Return the ARNs of the CAs that can have issued something."""
        return [arn_of(each) for each in self._authorities]

    def issued(self, arn: str, serial: int) -> tuple[str, bytes] | None:
        """Return ARN and DER of the certificate with a serial number, None if a CA has none or shows it to others only.

        Raises:
            ServiceError: the service refuses for another reason.
        """
        try:
            return issued_certificate(self._service, arn, serial)
        except ServiceError as refusal:
            if refusal.code != _DENIED or self.owner_of(arn) is None:
                raise
            return None

    def description(self, arn: str) -> Mapping[str, Any]:
        """Return what the API says of a CA (CertificateAuthority), which may be another account's.

        Raises:
            ServiceError: there is no such CA, or the service does not show it.
        """
        found = next((each for each in self._authorities if arn_of(each) == arn), None)
        return chosen_authorities(self._service, arn)[0] if found is None else found

    def named(self, arn: str) -> IssuingAuthority:
        """Return the CA with that ARN.

        Raises:
            ServiceError: there is no such CA, or the service does not show it.
            UsageProblem: it has no certificate.
        """
        authority = self._fetch(self.description(arn))
        if authority is None:
            raise UsageProblem(f"{arn} has no certificate yet, or none that can be read.")
        return authority

    def certificate_of(self, description: Mapping[str, Any]) -> bytes | None:
        """Return the certificate (DER) of a CA (API CertificateAuthority), None if it has none or shows it to others.

        Raises:
            ServiceError: the service refuses for another reason.
        """
        if description["Status"] not in _CERTIFIED:
            return None
        authority = self._fetch(description)
        return authority and authority.certificate

    def everything(self) -> Iterator[IssuingAuthority]:
        """Yield every CA that has a certificate."""
        for description in self._authorities:
            authority = self._fetch(description)
            if authority is not None:
                yield authority

    def owner_of(self, arn: str) -> str | None:
        """Return the account that shares a CA with the caller, None for one of the caller's."""
        return self._visible.owner_of(arn)

    @cached_property
    def _visible(self) -> VisibleAuthorities:
        if self._authority_arn is not None:
            return VisibleAuthorities(chosen_authorities(self._service, self._authority_arn), [])
        return visible_authorities(self._service)

    @property
    def _authorities(self) -> list[Mapping[str, Any]]:
        return [each for each in self._visible.everything if each["Status"] in _CERTIFIED]

    def _by_nearness(self, certificate: bytes) -> Iterator[IssuingAuthority | None]:
        """Yield the CAs, first those that are named like the issuer: a certificate may name its CA otherwise."""
        from pcacli.pki.descriptions import issuer_of

        issuer = issuer_of(certificate)
        named = {arn_of(each): common_name(each) in issuer for each in self._authorities}
        for description in sorted(self._authorities, key=lambda each: not named[arn_of(each)]):
            yield self._fetch(description)

    def _fetch(self, description: Mapping[str, Any]) -> IssuingAuthority | None:
        arn = arn_of(description)
        if arn not in self._fetched:
            try:
                response = self._service.call("GetCertificateAuthorityCertificate", {"CertificateAuthorityArn": arn})
            except ServiceError as refusal:
                # A CA may be shared for less than that.
                is_hidden = refusal.code == _DENIED and self.owner_of(arn) is not None
                if refusal.code != "InvalidStateException" and not is_hidden:
                    raise
                return None
            try:
                self._fetched[arn] = _read(description, response, self.owner_of(arn))
            except ValueError:
                # A CA whose certificate cannot be read vouches for nothing; the others go on.
                self._fetched[arn] = None
        return self._fetched[arn]


def issuer_of_folder(
    service: Service, certificate: bytes, directory: Path, named: str | None = None
) -> IssuingAuthority | None:
    """Return the CA that signed the certificate (DER) in a folder: one that the caller sees, names, or noted there.

    Raises:
        ServiceError: the service refuses to show the caller's CAs.
        ValueError: the bytes are no certificate.
    """
    found = Issuers(service).of(certificate)
    if found is not None:
        return found
    for arn in filter(None, dict.fromkeys((named, noted_authority(directory)))):
        with suppress(ServiceError):
            if found := Issuers(service, arn).of(certificate):
                return found
    return None


def _read(description: Mapping[str, Any], response: Mapping[str, Any], owner: str | None) -> IssuingAuthority:
    """Read the answer to GetCertificateAuthorityCertificate.

    Raises:
        ValueError: what is in it is something else.
    """
    chain = response.get("CertificateChain") or ""
    (certificate,) = read_pem(response["Certificate"].encode(), CERTIFICATE)
    above = read_pem(chain.encode(), CERTIFICATE) if chain.strip() else []
    return IssuingAuthority(description, certificate, tuple(above), owner)


def arn_of(authority: Mapping[str, Any]) -> str:
    """Return the ARN in the API's CertificateAuthority."""
    arn: str = authority["Arn"]
    return arn


def issued_certificate(service: Service, authority: str, serial: int) -> tuple[str, bytes] | None:
    """Return ARN and DER of the certificate that a CA issued under a serial number, None if there is none.

    Raises:
        ServiceError: the service refuses for another reason.
    """
    arn = str(authority_arn(authority).certificate(serial))
    try:
        response = service.call("GetCertificate", {"CertificateAuthorityArn": authority, "CertificateArn": arn})
    except ServiceError as refusal:
        # Assumption: the last two are what AWS answers about a serial number that it could not have given.
        if refusal.code in {"ResourceNotFoundException", "InvalidArnException", "ValidationException"}:
            return None
        raise
    try:
        return arn, read_pem(response["Certificate"].encode(), CERTIFICATE)[0]
    except PemProblem as problem:
        raise PcaError(f"The Certificate in the answer to GetCertificate is damaged: {problem}.") from problem
