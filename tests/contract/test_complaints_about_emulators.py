"""What users of other emulators of AWS Private CA missed: a test for each complaint.

The docstring names the issue as `owner/repository#number`, where there is one.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

TEMPLATE = "arn:aws:acm-pca:::template/{}/V1"
ALWAYS_SECONDS = 253402300799  # 9999-12-31T23:59:59Z
UNSPECIFIED = "UNSPECIFIED"


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


def report(embedded: Embedded, authority: str) -> list[dict[str, str]]:
    asked: dict[str, Any] = {"S3BucketName": "reports", "AuditReportResponseFormat": "JSON"}
    made = embedded.call("CreateCertificateAuthorityAuditReport", CertificateAuthorityArn=authority, **asked)
    records: list[dict[str, str]] = json.loads(embedded.artifacts.get("reports", made["S3Key"]) or b"")
    return records


class TestComplaintsAboutLocalStack:
    def test_a_revocation_has_an_effect(self, embedded: Embedded) -> None:
        """localstack/localstack#10299."""
        root = embedded.active_root()
        embedded.publish_crls(root)
        certificate = embedded.issue(root, leaf_csr())
        embedded.revoke(root, certificate)
        crl = embedded.artifacts.get("bucket", f"crl/{root.rpartition('/')[2]}.crl")
        assert crl is not None
        assert [entry.serial_number for entry in x509.load_der_x509_crl(crl)] == [
            int(certificate.rpartition("/")[2], 16)
        ]

    def test_a_certificate_comes_with_its_chain_as_pem(self, embedded: Embedded) -> None:
        """localstack/localstack#10354 (no chain), #12076 (the PEM once more in base64)."""
        root = embedded.active_root()
        issuing = embedded.active_subordinate(root)
        chain = embedded.fetch(issuing, embedded.issue(issuing, leaf_csr()))["CertificateChain"]
        assert chain.startswith("-----BEGIN CERTIFICATE-----\n")
        assert len(x509.load_pem_x509_certificates(chain.encode())) == 2

    def test_an_audit_report_is_written(self, embedded: Embedded) -> None:
        """localstack/localstack#10357."""
        root = embedded.active_root()
        certificate = embedded.issue(root, leaf_csr())
        assert certificate in [record["certificateArn"] for record in report(embedded, root)]

    @pytest.mark.parametrize(
        ("validity", "ends"),
        [
            ({"Type": "DAYS", "Value": 10}, timedelta(days=10)),
            ({"Type": "MONTHS", "Value": 1}, timedelta(days=31)),
            ({"Type": "END_DATE", "Value": 20260311120000}, timedelta(days=10)),
        ],
    )
    def test_a_certificate_ends_when_it_was_asked_to(
        self, embedded: Embedded, validity: dict[str, Any], ends: timedelta
    ) -> None:
        """localstack/localstack#10406: it was always a year."""
        root = embedded.active_root()
        certificate = embedded.certificate(root, embedded.issue(root, leaf_csr(), Validity=validity))
        assert certificate.not_valid_after_utc == embedded.now.replace(microsecond=0) + ends

    @pytest.mark.fact("3.1", "no-expiry")
    def test_a_certificate_may_have_no_end(self, embedded: Embedded) -> None:
        """localstack/localstack#10406: the year 9999, for a root, too."""
        root = embedded.create()
        csr = embedded.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=root)["Csr"].encode()
        forever = {"Type": "ABSOLUTE", "Value": ALWAYS_SECONDS}
        own = embedded.issue(root, csr, TemplateArn=TEMPLATE.format("RootCACertificate"), Validity=forever)
        pem = embedded.fetch(root, own)["Certificate"].encode()
        embedded.call("ImportCertificateAuthorityCertificate", CertificateAuthorityArn=root, Certificate=pem)
        leaf = embedded.certificate(root, embedded.issue(root, leaf_csr(), Validity=forever))
        assert leaf.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    def test_describe_shows_the_ocsp_configuration(self, embedded: Embedded) -> None:
        """localstack/localstack#10541."""
        revocation = embedded.describe(embedded.create())["RevocationConfiguration"]
        assert revocation["OcspConfiguration"] == {"Enabled": False}

    def test_the_csr_of_a_ca_is_there_at_once(self, embedded: Embedded) -> None:
        """localstack/localstack#12528: CloudFormation takes the CSR as an attribute of the CA."""
        csr = embedded.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=embedded.create())["Csr"]
        assert x509.load_pem_x509_csr(csr.encode()).is_signature_valid


class TestComplaintsAboutMoto:
    """Read in getmoto/moto `moto/acmpca/models.py`; history: getmoto/moto#5712, #7503, #7950, #8039, #8793, #8856."""

    def test_the_key_of_a_ca_is_of_the_kind_that_was_asked_for(self, embedded: Embedded) -> None:
        embedded.key_algorithm, embedded.signing_algorithm = "EC_secp384r1", "SHA384WITHECDSA"
        csr = embedded.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=embedded.create())["Csr"]
        key = x509.load_pem_x509_csr(csr.encode()).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert isinstance(key.curve, ec.SECP384R1)

    def test_the_signature_is_of_the_kind_that_was_asked_for(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        certificate = embedded.certificate(root, embedded.issue(root, leaf_csr(), SigningAlgorithm="SHA384WITHECDSA"))
        assert isinstance(certificate.signature_hash_algorithm, SHA384)

    def test_a_given_start_is_honoured(self, embedded: Embedded) -> None:
        root, start = embedded.active_root(), embedded.now.replace(microsecond=0) + timedelta(days=1)
        given = {"Type": "ABSOLUTE", "Value": int(start.timestamp())}
        certificate = embedded.certificate(root, embedded.issue(root, leaf_csr(), ValidityNotBefore=given))
        assert certificate.not_valid_before_utc == start

    def test_a_ca_is_for_general_purposes_unless_asked_otherwise(self, embedded: Embedded) -> None:
        assert embedded.describe(embedded.create())["UsageMode"] == "GENERAL_PURPOSE"

    def test_what_passes_through_the_api_is_in_the_certificate(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        extensions = {"ExtendedKeyUsage": [{"ExtendedKeyUsageType": "EMAIL_PROTECTION"}]}
        passthrough = {"Subject": {"CommonName": "from the API"}, "Extensions": extensions}
        template = TEMPLATE.format("BlankEndEntityCertificate_APIPassthrough")
        issued = embedded.issue(root, leaf_csr(), TemplateArn=template, ApiPassthrough=passthrough)
        certificate = embedded.certificate(root, issued)
        assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "from the API"
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]

    def test_the_issuer_is_named_as_in_the_certificate_of_the_ca(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        issuing = embedded.active_subordinate(root, name="Issuing")
        certificate = embedded.certificate(issuing, embedded.issue(issuing, leaf_csr()))
        own = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=issuing)["Certificate"]
        assert certificate.issuer == x509.load_pem_x509_certificate(own.encode()).subject

    def test_a_certificate_is_named_after_its_serial_number(self, embedded: Embedded) -> None:
        """Scripts cut the last 32 characters of the ARN and revoke with them."""
        root = embedded.active_root()
        certificate = embedded.issue(root, leaf_csr())
        assert certificate[-32:] == f"{embedded.certificate(root, certificate).serial_number:032x}"
        serial: dict[str, Any] = {"CertificateSerial": certificate[-32:], "RevocationReason": UNSPECIFIED}
        assert embedded.call("RevokeCertificate", CertificateAuthorityArn=root, **serial) == {}

    def test_an_unknown_template_is_refused(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        with pytest.raises(ServiceError, match="NoSuchCertificate") as refusal:
            embedded.issue(root, leaf_csr(), TemplateArn=TEMPLATE.format("NoSuchCertificate"))
        assert refusal.value.code == "InvalidArgsException"

    @pytest.mark.fact("3.5", "revoked")
    def test_a_revoked_certificate_can_still_be_fetched(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        certificate = embedded.issue(root, leaf_csr())
        before = embedded.fetch(root, certificate)
        embedded.revoke(root, certificate)
        assert embedded.fetch(root, certificate) == before

    def test_a_pending_ca_issues_nothing_to_others(self, embedded: Embedded) -> None:
        with pytest.raises(ServiceError) as refusal:
            embedded.issue(embedded.create(), leaf_csr())
        assert refusal.value.code == "InvalidStateException"

    def test_a_request_with_its_token_is_done_once(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        certificates = {embedded.issue(root, leaf_csr(), IdempotencyToken="retried") for _ in range(3)}
        assert len(certificates) == 1

    def test_a_deleted_ca_can_be_restored(self, embedded: Embedded) -> None:
        """One of the six actions that are missing there, beside permissions and audit reports."""
        arn = embedded.create()
        embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
        embedded.call("RestoreCertificateAuthority", CertificateAuthorityArn=arn)
        assert embedded.describe(arn)["Status"] == "PENDING_CERTIFICATE"
