"""What clients of AWS Private CA rely on: a test for each point of their contracts.

Where a point was reported or read, the docstring says it: an issue as `owner/repository#number`, else the source file.
"""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from pcacli.engine.timing import AWS, put_timing
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import SUBORDINATE_TEMPLATE, Embedded

TEMPLATE = "arn:aws:acm-pca:::template/{}/V1"
UNSPECIFIED = "UNSPECIFIED"


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


def refused(embedded: Embedded, operation: str, **request: Any) -> ServiceError:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(operation, **request)
    return refusal.value


class TestTerraform:
    """Read in hashicorp/terraform-provider-aws `internal/service/acmpca/`."""

    def test_a_new_ca_is_creating_and_then_pending(self) -> None:
        """`certificate_authority.go`: polls for at most a minute, and describe has to name the same ARN."""
        embedded = Embedded(is_test_store=True)
        with embedded.store.write() as transaction:
            put_timing(transaction, AWS)
        arn = embedded.create()
        statuses = [embedded.describe(arn)["Status"]]
        embedded.advance(seconds=59)
        described = embedded.describe(arn)
        assert ([*statuses, described["Status"]], described["Arn"]) == (["CREATING", "PENDING_CERTIFICATE"], arn)

    def test_a_ca_without_certificate_is_not_ready_yet(self, embedded: Embedded) -> None:
        """`certificate_authority.go`: an invalid state means "not yet" when it reads certificate and CSR."""
        answer = refused(embedded, "GetCertificateAuthorityCertificate", CertificateAuthorityArn=embedded.create())
        assert answer.code == "InvalidStateException"

    def test_a_deleted_ca_is_shown_as_deleted(self, embedded: Embedded) -> None:
        """`certificate_authority.go`: that or not found means that it is gone."""
        arn = embedded.create()
        embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
        assert embedded.describe(arn)["Status"] == "DELETED"

    def test_destroying_disables_first_and_ignores_one_refusal(self, embedded: Embedded) -> None:
        """`certificate_authority.go`: by these words."""
        arn = embedded.create()
        answer = refused(embedded, "UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")
        assert answer.code == "InvalidStateException"
        assert "The certificate authority must be in the ACTIVE or DISABLED state to be updated" in answer.message
        assert embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn) == {}
        window = embedded.describe(arn)["RestorableUntil"] - embedded.now
        assert window == timedelta(days=30)

    def test_a_disabled_ca_can_be_disabled_again_and_deleted(self, embedded: Embedded) -> None:
        arn = embedded.active_root()
        for _ in range(2):
            embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")
        days: dict[str, Any] = {"PermanentDeletionTimeInDays": 7}
        assert embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn, **days) == {}

    def test_issuing_is_tried_again_by_these_words(self, embedded: Embedded) -> None:
        """`certificate.go`; hashicorp/terraform-provider-aws#37592."""
        with pytest.raises(ServiceError) as refusal:
            embedded.issue(embedded.create(), leaf_csr())
        assert refusal.value.message == "The certificate authority is not in a valid state for issuing certificates"

    def test_certificates_are_revoked_by_a_serial_without_padding(self, embedded: Embedded) -> None:
        """`certificate.go` writes the serial with `%x`: no colons, no leading zeros, maybe an odd number of digits."""
        root = embedded.active_root()
        serial = f"{embedded.certificate(root, embedded.issue(root, leaf_csr())).serial_number:x}"
        asked: dict[str, Any] = {
            "CertificateAuthorityArn": root,
            "CertificateSerial": serial,
            "RevocationReason": UNSPECIFIED,
        }
        assert embedded.call("RevokeCertificate", **asked) == {}
        assert refused(embedded, "RevokeCertificate", **asked).code == "RequestAlreadyProcessedException"
        missing = {**asked, "CertificateSerial": "abc"}
        assert refused(embedded, "RevokeCertificate", **missing).code == "ResourceNotFoundException"

    def test_the_certificate_of_a_root_is_not_revoked_in_these_words(self, embedded: Embedded) -> None:
        """`certificate.go` takes this refusal as success."""
        root = embedded.active_root()
        serial = f"{int(embedded.describe(root)['Serial']):x}"
        asked: dict[str, Any] = {
            "CertificateAuthorityArn": root,
            "CertificateSerial": serial,
            "RevocationReason": UNSPECIFIED,
        }
        answer = refused(embedded, "RevokeCertificate", **asked)
        assert answer.code == "InvalidRequestException"
        assert "Self-signed certificate can not be revoked" in answer.message

    def test_a_policy_that_is_gone_is_not_found(self, embedded: Embedded) -> None:
        """`policy.go`."""
        arn = embedded.active_root()
        answer = refused(embedded, "GetPolicy", ResourceArn=arn)
        assert (answer.code, answer.message) == (
            "ResourceNotFoundException",
            f"Could not find policy for resource {arn}.",
        )

    def test_nothing_can_be_fetched_of_a_deleted_ca(self, embedded: Embedded) -> None:
        """hashicorp/terraform-provider-aws#26968."""
        root = embedded.active_root()
        certificate = embedded.issue(root, leaf_csr())
        embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, Status="DISABLED")
        embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=root)
        issued = refused(embedded, "GetCertificate", CertificateAuthorityArn=root, CertificateArn=certificate)
        own = refused(embedded, "GetCertificateAuthorityCertificate", CertificateAuthorityArn=root)
        named = f"The certificate authority {root} is not in the correct state to have"
        assert issued.message == f"{named} issued certificates."
        assert own.message == f"{named} a certificate signing request."
        assert issued.code == own.code == "InvalidStateException"

    def test_the_chain_of_a_root_is_empty(self, embedded: Embedded) -> None:
        """`certificate_test.go` expects an empty chain with the certificate that a root signed for itself."""
        root = embedded.active_root()
        serial = f"{int(embedded.describe(root)['Serial']):032x}"
        assert set(embedded.fetch(root, f"{root}/certificate/{serial}")) == {"Certificate"}

    def test_a_certificate_of_ten_minutes_is_issued(self, embedded: Embedded) -> None:
        """`certificate_test.go`."""
        root, ends = embedded.active_root(), embedded.now.replace(microsecond=0) + timedelta(minutes=10)
        for validity in (
            {"Type": "END_DATE", "Value": int(f"{ends:%Y%m%d%H%M%S}")},
            {"Type": "ABSOLUTE", "Value": int(ends.timestamp())},
        ):
            issued = embedded.issue(root, leaf_csr(), Validity=validity)
            assert embedded.certificate(root, issued).not_valid_after_utc == ends

    def test_a_bucket_that_is_closed_to_the_service_is_refused_in_these_words(self, embedded: Embedded) -> None:
        """hashicorp/terraform-provider-aws#33306."""
        embedded.artifacts.break_bucket("closed")
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "closed"}
        with pytest.raises(ServiceError, match="Permission error with your S3 bucket 'closed'") as refusal:
            embedded.create(RevocationConfiguration={"CrlConfiguration": crl})
        assert refusal.value.code == "ValidationException"


class TestAwsPrivateCaIssuer:
    """Read in cert-manager/aws-privateca-issuer `pkg/aws/pca.go`."""

    def test_the_signing_algorithm_comes_from_describe(self, embedded: Embedded) -> None:
        root = embedded.active_root()
        configuration = embedded.describe(root)["CertificateAuthorityConfiguration"]
        assert embedded.issue(root, leaf_csr(), SigningAlgorithm=configuration["SigningAlgorithm"])

    def test_a_wrong_signing_algorithm_is_refused_with_those_that_fit(self, embedded: Embedded) -> None:
        """cert-manager/aws-privateca-issuer#22."""
        embedded.key_algorithm, embedded.signing_algorithm = "RSA_2048", "SHA256WITHRSA"
        root = embedded.active_root()
        with pytest.raises(ServiceError) as refusal:
            embedded.issue(root, leaf_csr(), SigningAlgorithm="SHA384WITHECDSA")
        assert refusal.value.code == "InvalidArgsException"
        assert refusal.value.message == (
            "Signing algorithm SHA384WITHECDSA cannot be used with key type RSA_2048. "
            "Valid signing algorithms are: SHA256WITHRSA, SHA384WITHRSA, SHA512WITHRSA."
        )

    def test_retries_with_a_token_of_36_characters_are_one_request(self, embedded: Embedded) -> None:
        """A longer one is refused: cert-manager/aws-privateca-issuer#30."""
        root = embedded.active_root()
        first = embedded.issue(root, leaf_csr(), IdempotencyToken="0" * 36)
        assert embedded.issue(root, leaf_csr(), IdempotencyToken="0" * 36) == first
        with pytest.raises(ServiceError, match="length less than or equal to 36") as refusal:
            embedded.issue(root, leaf_csr(), IdempotencyToken="0" * 37)
        assert refusal.value.code == "ValidationException"

    def test_issuing_that_goes_on_is_asked_for_again(self) -> None:
        """cert-manager/aws-privateca-issuer#329, #330."""
        embedded = Embedded(is_test_store=True)
        root = embedded.active_root()
        with embedded.store.write() as transaction:
            put_timing(transaction, AWS)
        certificate = embedded.issue(root, leaf_csr())
        answer = refused(embedded, "GetCertificate", CertificateAuthorityArn=root, CertificateArn=certificate)
        assert (answer.code, answer.message) == (
            "RequestInProgressException",
            f"The request to issue certificate {certificate} is still in progress. Try again later.",
        )
        embedded.advance(seconds=1)
        assert embedded.fetch(root, certificate)

    def test_pem_can_be_put_together_with_newlines(self, embedded: Embedded) -> None:
        """It appends a newline, reads the chain block by block and takes the last one as the root."""
        root = embedded.active_root()
        issuing = embedded.active_subordinate(root)
        found = embedded.fetch(issuing, embedded.issue(issuing, leaf_csr()))
        for pem in found.values():
            assert pem.endswith("-----END CERTIFICATE-----")
            assert "\n\n" not in pem
        *_, last = x509.load_pem_x509_certificates(found["CertificateChain"].encode())
        assert last.subject == last.issuer

    @pytest.mark.parametrize(
        "template",
        [
            "CodeSigningCertificate",
            "EndEntityClientAuthCertificate",
            "EndEntityServerAuthCertificate",
            "OCSPSigningCertificate",
            "EndEntityCertificate",
            "BlankEndEntityCertificate_APICSRPassthrough",
            "SubordinateCACertificate_PathLen0",
        ],
    )
    def test_its_templates_can_be_used(self, embedded: Embedded, template: str) -> None:
        root = embedded.active_root()
        validity = {"Type": "ABSOLUTE", "Value": int(embedded.now.timestamp()) + 30 * 24 * 3600}
        issued = embedded.issue(root, leaf_csr(), TemplateArn=TEMPLATE.format(template), Validity=validity)
        assert embedded.certificate(root, issued)


class TestSpire:
    def test_a_subordinate_of_spire_may_sign_and_has_the_usages_of_aws(self, embedded: Embedded) -> None:
        """spiffe/spire#4351 (digitalSignature is among them), #2338 (the root comes last in the chain)."""
        root = embedded.active_root()
        issued = embedded.issue(root, leaf_csr(), TemplateArn=SUBORDINATE_TEMPLATE)
        usage = embedded.certificate(root, issued).extensions.get_extension_for_class(x509.KeyUsage).value
        assert (usage.digital_signature, usage.key_cert_sign, usage.crl_sign) == (True, True, True)
        *_, last = x509.load_pem_x509_certificates(embedded.fetch(root, issued)["CertificateChain"].encode())
        assert last.subject == last.issuer


def test_two_creations_without_a_token_are_two_cas(embedded: Embedded) -> None:
    """aws/eks-hybrid#701 saw one CA; nothing in AWS's documents promises that, so it is not done here."""
    assert embedded.create() != embedded.create()
