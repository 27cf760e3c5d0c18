"""CAs that are copied from elsewhere into a test store: what is known of them, with keys of our own.

Their certificates are copies with new keys, and so are those of CAs above them that are not copied: such a parent
stands in the chain only, and its key is thrown away.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine import states
from pcacli.engine.call import Parts
from pcacli.engine.progress import Phase, Progress, unwatched, watched
from pcacli.engine.records import CertificateAuthority, CrlConfiguration, OcspConfiguration, Permission
from pcacli.engine.revocation_settings import crl_configuration, ocsp_configuration
from pcacli.engine.tag_rules import Tags
from pcacli.errors import ConfigurationProblem, PcaError

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# What is reported and what is stored: a CA whose creation goes on there is ready here, and expiry is worked out.
_STORED_STATES = {states.CREATING: states.PENDING_CERTIFICATE, states.EXPIRED: states.ACTIVE}

_MAKING_KEYS = Phase("Making keys")
_SIGNING = Phase("Making certificates")


class Original(NamedTuple):
    """A CA as the API tells of it (CertificateAuthority, Permission), its certificate (DER) and those above it."""

    authority: Mapping[str, Any]
    certificate: bytes | None
    chain: tuple[bytes, ...]
    tags: Tags
    permissions: tuple[Mapping[str, Any], ...]
    policy: str | None

    @property
    def arn(self) -> AuthorityArn:
        """The ARN, which the copy has too, so that policies that name it stay true."""
        return authority_arn(self.authority["Arn"])


def clone(parts: Parts, originals: Sequence[Original], progress: Progress = unwatched) -> list[AuthorityArn]:
    """Copy CAs into a store, all of them or none.

    Raises:
        ConfigurationProblem: one of them is in the store already.
    """
    references: list[str] = []
    try:
        # One by one, so that those are known that were made before one fails.
        references.extend(
            _new_key(parts, original) for original in watched(originals, progress, _MAKING_KEYS, len(originals))
        )
        return _clone_with(parts, originals, references, progress)
    except BaseException:
        # Keys may be outside of the store, where nobody would know of them.
        for reference in references:
            with suppress(PcaError):
                parts.keys.destroy(reference)
        raise


def _clone_with(
    parts: Parts, originals: Sequence[Original], references: Sequence[str], progress: Progress
) -> list[AuthorityArn]:
    """Copy CAs into a store with these keys."""
    certificates = _Certificates()
    for original, reference in zip(originals, references, strict=True):
        if original.certificate is not None:
            certificates.give(original.certificate, parts.keys.open(reference))
    copies = [
        _copy(parts, original, reference, certificates.path(original))
        for original, reference in watched(zip(originals, references, strict=True), progress, _SIGNING, len(originals))
    ]
    with parts.store.write() as transaction:
        for original, copy in zip(originals, copies, strict=True):
            if transaction.authority(copy.arn) is not None:
                raise ConfigurationProblem(f"{copy.arn} is in the store already; empty it with: pcacli local reset")
            parts.keys.require_current(copy.key_reference)
            transaction.put_authority(copy)
            for permission in original.permissions:
                transaction.put_permission(_permission(copy.arn, permission))
    return [copy.arn for copy in copies]


class _Certificates:
    """The copies of certificates (DER) by their originals, and the new keys by the keys whose place they take."""

    def __init__(self) -> None:
        self._copies: dict[bytes, bytes] = {}
        self._keys: dict[bytes, PrivateKey] = {}

    def give(self, certificate: bytes, key: "PrivateKey") -> None:
        """Let a key take the place of the one in a certificate."""
        from pcacli.pki.rekeying import public_key_of

        self._keys[public_key_of(certificate)] = key

    def path(self, original: Original) -> list[bytes]:
        """Return copies of a CA's certificate and of those above it: each signed by the next, the last by itself."""
        if original.certificate is None:
            return []
        path: list[bytes] = []
        issuer: bytes | None = None
        for certificate in reversed((original.certificate, *original.chain)):
            if certificate not in self._copies:
                self._copies[certificate] = self._copied(certificate, issuer)
            path.insert(0, self._copies[certificate])
            issuer = certificate
        return path

    def _copied(self, certificate: bytes, issuer: bytes | None) -> bytes:
        """Return a copy that the new key of its issuer signs, of which there is a copy already; None signs itself."""
        from pcacli.pki.rekeying import identifier_of, rekeyed

        key = self._key_instead_of(certificate)
        if issuer is None:
            return rekeyed(certificate, key, key, None)
        return rekeyed(certificate, key, self._key_instead_of(issuer), identifier_of(self._copies[issuer]))

    def _key_instead_of(self, certificate: bytes) -> "PrivateKey":
        from pcacli.pki.rekeying import fresh_key_like, public_key_of

        original = public_key_of(certificate)
        if original not in self._keys:
            self._keys[original] = fresh_key_like(certificate)
        return self._keys[original]


def _new_key(parts: Parts, original: Original) -> str:
    return parts.keys.generate(original.authority["CertificateAuthorityConfiguration"]["KeyAlgorithm"])


def _copy(parts: Parts, original: Original, reference: str, path: Sequence[bytes]) -> CertificateAuthority:
    from pcacli.pki.csr import authority_csr

    authority = original.authority
    configuration = authority["CertificateAuthorityConfiguration"]
    subject, csr_extensions = configuration["Subject"], configuration.get("CsrExtensions")
    signing_algorithm = configuration["SigningAlgorithm"]
    crl, ocsp = _revocation(authority)
    serial, status = authority.get("Serial"), authority["Status"]
    return CertificateAuthority(
        arn=original.arn,
        type=authority["Type"],
        state=_STORED_STATES.get(status, status),
        created_at=authority["CreatedAt"],
        last_state_change_at=authority.get("LastStateChangeAt", authority["CreatedAt"]),
        key_algorithm=configuration["KeyAlgorithm"],
        signing_algorithm=signing_algorithm,
        subject=subject,
        usage_mode=authority["UsageMode"],
        key_storage_security_standard=authority["KeyStorageSecurityStandard"],
        key_reference=reference,
        csr=authority_csr(parts.keys.open(reference), signing_algorithm, subject, csr_extensions),
        csr_extensions=csr_extensions,
        crl=crl,
        ocsp=ocsp,
        certificate=path[0] if path else None,
        chain=tuple(path[1:]),
        not_before=authority.get("NotBefore"),
        not_after=authority.get("NotAfter"),
        serial=None if serial is None else int(serial),
        failure_reason=authority.get("FailureReason"),
        # The certificate of a deleted CA cannot be read: restored, the copy waits for one.
        state_before_deletion=states.PENDING_CERTIFICATE if status == states.DELETED else None,
        restorable_until=authority.get("RestorableUntil"),
        policy=original.policy,
        tags=original.tags,
    )


def _revocation(authority: Mapping[str, Any]) -> tuple[CrlConfiguration, OcspConfiguration]:
    configuration = authority.get("RevocationConfiguration", {})
    crl, ocsp = configuration.get("CrlConfiguration"), configuration.get("OcspConfiguration")
    return (
        crl_configuration(crl) if crl and crl["Enabled"] else CrlConfiguration(),
        ocsp_configuration(ocsp) if ocsp and ocsp["Enabled"] else OcspConfiguration(),
    )


def _permission(arn: AuthorityArn, permission: Mapping[str, Any]) -> Permission:
    return Permission(
        arn,
        permission["Principal"],
        permission.get("SourceAccount", arn.account),
        tuple(permission["Actions"]),
        permission["CreatedAt"],
    )
