"""The rules for the certificate that a CA is given, and for the chain above it.

The rules stand in `_RULES` in the order in which they are applied; the first that fails decides. The sizes of the two
texts and the state of the CA are checked by others before.
Sources: ACM PCA API reference, "ImportCertificateAuthorityCertificate"; AWS Private CA User Guide, "RFC compliance";
RFC 5280, sections 4.2.1.9 and 6.1; facts, section 4.
Assumption: the order, all sentences, and the exception where the documentation names none; no refusal was ever seen.
"""

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki import extensions
from pcacli.pki.algorithms import signing_algorithm_of
from pcacli.pki.certificate_facts import has_old_signature, is_issued_by, is_trust_anchor, path_length
from pcacli.pki.parse_errors import parse_errors
from pcacli.pki.pem import CERTIFICATE, PemProblem, read_pem

if TYPE_CHECKING:
    from cryptography import x509

_CERTIFICATE = "certificate"
_CHAIN = "certificate chain"

# Source: ACM PCA API reference, "ImportCertificateAuthorityCertificate", critical constraints: these may be critical,
# any other may not (it names authorityInfoAccess, cRLDistributionPoints, freshestCRL and policyConstraints), and that
# applies to the certificate and to its chain.
MAY_BE_CRITICAL = frozenset(
    {
        extensions.AUTHORITY_KEY_IDENTIFIER,
        extensions.BASIC_CONSTRAINTS,
        extensions.CERTIFICATE_POLICIES,
        extensions.EXTENDED_KEY_USAGE,
        extensions.INHIBIT_ANY_POLICY,
        extensions.ISSUER_ALTERNATIVE_NAME,
        extensions.KEY_USAGE,
        extensions.NAME_CONSTRAINTS,
        extensions.POLICY_MAPPINGS,
        extensions.SUBJECT_ALTERNATIVE_NAME,
        extensions.SUBJECT_DIRECTORY_ATTRIBUTES,
        extensions.SUBJECT_KEY_IDENTIFIER,
        extensions.SUBJECT_INFORMATION_ACCESS,
    }
)


class Imported(NamedTuple):
    """An accepted certificate: its DER and its chain's, nearest first, root last; the instants are UTC."""

    certificate: bytes
    chain: tuple[bytes, ...]
    not_before: datetime
    not_after: datetime
    serial: int


class _Candidate(NamedTuple):
    """What the rules look at. `public_key` is the DER of the SubjectPublicKeyInfo in the CA's own CSR."""

    certificate: "x509.Certificate"
    chain: tuple["x509.Certificate", ...]
    authority_type: str
    public_key: bytes
    now: datetime

    @property
    def is_root(self) -> bool:
        """Whether the certificate is for a root."""
        return self.authority_type == "ROOT"

    @property
    def path(self) -> tuple["x509.Certificate", ...]:
        """The certificate and the chain above it."""
        return (self.certificate, *self.chain)


def imported_certificate(
    certificate: bytes, chain: bytes | None, *, authority_type: str, csr: bytes, now: datetime
) -> Imported:
    """Check a certificate for a CA and return what is to be kept of it.

    `certificate` and `chain` are PEM as the caller sent it, `csr` is the DER of the CA's own CSR, `authority_type` is
    ROOT or SUBORDINATE. The subject may differ from the CSR's: the API can set another one when it issues.

    Raises:
        ServiceError: MalformedCertificateException, CertificateMismatchException, InvalidRequestException or
            ValidationException, the first rule that is broken.
    """
    from cryptography import x509

    candidate = _Candidate(
        _only_certificate(certificate),
        _certificates(chain, _CHAIN) if chain and chain.strip() else (),
        authority_type,
        _public_key(x509.load_der_x509_csr(csr)),
        now,
    )
    for rule in _RULES:
        rule(candidate)
    der, *chain_der = map(_der, candidate.path)
    accepted = candidate.certificate
    return Imported(
        der,
        tuple(chain_der),
        accepted.not_valid_before_utc,
        accepted.not_valid_after_utc,
        accepted.serial_number,
    )


def _only_certificate(pem: bytes) -> "x509.Certificate":
    certificates = _certificates(pem, _CERTIFICATE)
    if len(certificates) > 1:
        raise _malformed(f"The {_CERTIFICATE} must be a single certificate; its issuers belong in the {_CHAIN}.")
    return certificates[0]


def _certificates(pem: bytes, what: str) -> tuple["x509.Certificate", ...]:
    """Read PEM and make sure that everything in it that the rules look at can be read."""
    from cryptography import x509

    try:
        certificates = tuple(map(x509.load_der_x509_certificate, read_pem(pem, CERTIFICATE)))
        for certificate in certificates:
            # These are parsed only when asked for.
            _ = (certificate.public_key(), certificate.subject, certificate.issuer, certificate.extensions)
    except PemProblem as problem:
        raise _malformed(f"The {what} is not valid PEM: {problem}.") from problem
    except parse_errors() as problem:
        raise _malformed(f"The {what} cannot be read as X.509.") from problem
    return certificates


def _require_own_key(candidate: _Candidate) -> None:
    if _public_key(candidate.certificate) != candidate.public_key:
        raise ServiceError(
            "CertificateMismatchException",
            f"The public key of the {_CERTIFICATE} is not the public key of the certificate authority.",
        )


def _require_basic_constraints(candidate: _Candidate) -> None:
    """Source: User Guide, "RFC compliance": basic constraints must be there, be critical and say that it is a CA."""
    from cryptography import x509

    for certificate in candidate.path:
        try:
            extension = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        except x509.ExtensionNotFound as problem:
            raise _invalid(f"{_named(certificate)} has no basic constraints.") from problem
        if not (extension.critical and extension.value.ca):
            raise _invalid(f"{_named(certificate)} must have critical basic constraints with CA set to true.")


def _refuse_critical_extensions(candidate: _Candidate) -> None:
    for certificate in candidate.path:
        for extension in certificate.extensions:
            identifier = extension.oid.dotted_string
            if extension.critical and identifier not in MAY_BE_CRITICAL:
                raise _malformed(f"{_named(certificate)} must not mark extension {identifier} as critical.")


def _require_signer_of_type(candidate: _Candidate) -> None:
    """A root signs itself, a subordinate does not."""
    self_signed = is_issued_by(candidate.certificate, candidate.certificate)
    if candidate.is_root and not self_signed:
        raise _prohibited(f"The {_CERTIFICATE} of a root certificate authority must be self-signed.")
    if self_signed and not candidate.is_root:
        raise _prohibited(f"The {_CERTIFICATE} of a subordinate certificate authority must not be self-signed.")


def _require_chain_of_type(candidate: _Candidate) -> None:
    """A root has no chain, a subordinate must have one."""
    if candidate.is_root and candidate.chain:
        raise _invalid(f"A {_CHAIN} must not be given for a root certificate authority.")
    if not candidate.is_root and not candidate.chain:
        raise _invalid(f"A {_CHAIN} is required for a subordinate certificate authority.")


def _require_ordered_chain(candidate: _Candidate) -> None:
    """Each certificate is signed by the next one, and the last one by itself."""
    for certificate, issuer in pairwise(candidate.path):
        if not is_issued_by(certificate, issuer):
            raise _malformed(f"The {_CHAIN} is broken: {_named(certificate)} {_reason(certificate, issuer)}.")
    root = candidate.path[-1]
    if not is_trust_anchor(root):
        raise _malformed(f"The {_CHAIN} must end with a self-signed root, but {_named(root)} is not self-signed.")


def _reason(certificate: "x509.Certificate", issuer: "x509.Certificate") -> str:
    """Say why a certificate does not hang below another."""
    if certificate.issuer == issuer.subject and has_old_signature(certificate):
        return f"is signed with {signing_algorithm_of(certificate)}, which is no longer trusted"
    return f"is not signed by {_named(issuer)}"


def _require_path_lengths(candidate: _Candidate) -> None:
    """Count the CA certificates under each issuer, but not those that name themselves as issuer.

    Source: RFC 5280, section 4.2.1.9. The certificate itself counts, because it stands above those that it will issue.
    """
    below = 0
    for certificate, issuer in pairwise(candidate.path):
        below += certificate.issuer != certificate.subject
        limit = path_length(issuer)
        if limit is not None and below > limit:
            raise _invalid(f"{_named(issuer)} permits {limit} certificate authorities under it, but there are {below}.")


def _require_validity_now(candidate: _Candidate) -> None:
    for certificate in candidate.path:
        if candidate.now < certificate.not_valid_before_utc:
            raise _invalid(f"{_named(certificate)} is not valid yet.")
        if candidate.now > certificate.not_valid_after_utc:
            raise _invalid(f"{_named(certificate)} has expired.")


_RULES = (
    _require_own_key,
    _require_basic_constraints,
    _refuse_critical_extensions,
    _require_signer_of_type,
    _require_chain_of_type,
    _require_ordered_chain,
    _require_path_lengths,
    _require_validity_now,
)


def _named(certificate: "x509.Certificate") -> str:
    return f"Certificate {certificate.subject.rfc4514_string()!r}"


def _public_key(holder: "x509.Certificate | x509.CertificateSigningRequest") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _der(certificate: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _malformed(message: str) -> ServiceError:
    return ServiceError("MalformedCertificateException", message)


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def _prohibited(message: str) -> ServiceError:
    return ServiceError("InvalidRequestException", message)
