"""Certificate revocation lists as the service publishes them: complete or partitioned, never delta.

When a CRL is due and where it goes is the engine's business; here is what stands in it.
Sources: RFC 5280, section 5; facts, section 5.2 (decoded samples).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pcacli.pki.algorithms import signature_parameters
from pcacli.pki.certificate_facts import subject_key_identifier
from pcacli.pki.revocation_reasons import REASON_CODES, reason_code

if TYPE_CHECKING:
    from cryptography import x509

    from pcacli.pki.algorithms import PrivateKey

# The two samples of the User Guide put thisUpdate an hour before the moment that their CRL number names.
_BACKDATING = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CrlEntry(NamedTuple):
    """A revoked certificate; `reason` is the API's RevocationReason."""

    serial: int
    revoked_at: datetime
    reason: str


class CrlTimes(NamedTuple):
    """The two instants between which a CRL is valid, in whole seconds."""

    this_update: datetime
    next_update: datetime


class CrlOrder(NamedTuple):
    """Everything that a CRL is made of, but the key.

    `issuer_certificate` is the DER of the CA's certificate and `signing_algorithm` the CA's own, by the API's name.
    `partition_url` is where a partition of a partitioned CRL is published, None for a complete CRL.
    """

    issuer_certificate: bytes
    signing_algorithm: str
    number: int
    this_update: datetime
    next_update: datetime
    entries: Sequence[CrlEntry]
    partition_url: str | None = None


def crl_times(generated_at: datetime, expiration_in_days: int) -> CrlTimes:
    """Say from when to when a CRL that is made at `generated_at` is valid; `expiration_in_days` is the CA's setting."""
    second = generated_at.replace(microsecond=0)
    return CrlTimes(second - _BACKDATING, second + timedelta(days=expiration_in_days))


def crl_made_at(this_update: datetime) -> datetime:
    """Say when a CRL was made that says this of itself: the reverse of `crl_times`, as AWS dates CRLs back, too."""
    return this_update + _BACKDATING


def crl_number(previous: int | None, generated_at: datetime) -> int:
    """Return the number of a new CRL: the milliseconds since 1970, but always more than the number before it.

    Sources: RFC 5280, section 5.2.3 (numbers grow); facts, section 5.2 (samples).
    """
    milliseconds = (generated_at - _EPOCH) // timedelta(milliseconds=1)
    return milliseconds if previous is None else max(previous + 1, milliseconds)


def sign_crl(order: CrlOrder, key: "PrivateKey") -> bytes:
    """Make a CRL and return its DER; the entries keep the order that they are given in."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    issuer = x509.load_der_x509_certificate(order.issuer_certificate)
    # The builder gets the entries when it is made: adding them one by one copies the list each time.
    builder = x509.CertificateRevocationListBuilder(revoked_certificates=_revoked_certificates(order.entries))
    builder = (
        builder.issuer_name(issuer.subject)
        .last_update(order.this_update)
        .next_update(order.next_update)
        .add_extension(x509.AuthorityKeyIdentifier(subject_key_identifier(issuer), None, None), critical=False)
        .add_extension(x509.CRLNumber(order.number), critical=False)
    )
    if order.partition_url is not None:
        builder = builder.add_extension(_issuing_distribution_point(order.partition_url), critical=True)
    parameters = signature_parameters(order.signing_algorithm)
    return builder.sign(key, parameters.hash, rsa_padding=parameters.rsa_padding).public_bytes(Encoding.DER)


def _revoked_certificates(entries: Sequence[CrlEntry]) -> "list[x509.RevokedCertificate]":
    from cryptography import x509

    extensions = {reason: _entry_extensions(reason) for reason in REASON_CODES}
    # Everything goes to the builder when it is made: its methods take two thirds longer, for a million entries 1.7 s.
    return [
        x509.RevokedCertificateBuilder(
            entry.serial, entry.revoked_at.replace(tzinfo=None), extensions[entry.reason]
        ).build()
        for entry in entries
    ]


def _entry_extensions(reason: str) -> "list[x509.Extension[x509.ExtensionType]]":
    """Return the extensions of an entry, which all entries with that reason share."""
    from cryptography import x509

    code = reason_code(reason)
    return [] if code is None else [x509.Extension(x509.CRLReason.oid, critical=False, value=x509.CRLReason(code))]


def _issuing_distribution_point(url: str) -> "x509.IssuingDistributionPoint":
    """Bind a partition to its URL, so that no partition can stand in for another (RFC 5280, section 5.2.5).

    Assumption: the extension names the URL and sets no flag; the documentation says only that it is there and critical.
    """
    from cryptography import x509

    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
