import pytest
from cryptography import x509

from pcacli.engine.administration import refresh
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

CRL = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 10, "S3BucketName": "bucket"}}


def crl_of(embedded: Embedded, arn: str) -> x509.CertificateRevocationList | None:
    content = embedded.artifacts.get("bucket", f"crl/{arn.rpartition('/')[2]}.crl")
    return None if content is None else x509.load_der_x509_crl(content)


def revoke(embedded: Embedded, authority: str, certificate: str, reason: str = "KEY_COMPROMISE") -> None:
    embedded.call(
        "RevokeCertificate",
        CertificateAuthorityArn=authority,
        CertificateSerial=certificate.rpartition("/")[2],
        RevocationReason=reason,
    )


def serial_of(certificate: str) -> int:
    return int(certificate.rpartition("/")[2], 16)


@pytest.mark.fact("5.2", "first")
def test_the_first_crl_comes_with_the_first_certificate_that_points_to_it(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    assert crl_of(embedded, root) is None
    embedded.issue(root, leaf_csr())
    crl = crl_of(embedded, root)
    assert crl is not None
    assert len(crl) == 0


def test_a_revoked_certificate_is_in_the_crl_with_its_reason(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    certificate = embedded.issue(root, leaf_csr())
    revoke(embedded, root, certificate)
    crl = crl_of(embedded, root)
    assert crl is not None
    entry = crl.get_revoked_certificate_by_serial_number(serial_of(certificate))
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise


def test_crl_numbers_grow_even_when_the_clock_stands_still(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    numbers = []
    for _ in range(3):
        revoke(embedded, root, embedded.issue(root, leaf_csr()))
        crl = crl_of(embedded, root)
        assert crl is not None
        numbers.append(crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)
    assert numbers == sorted(set(numbers))


@pytest.mark.fact("5.2", "midpoint")
def test_a_crl_is_renewed_at_the_midpoint_of_its_validity(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    embedded.issue(root, leaf_csr())
    embedded.advance(days=4, hours=23)
    assert refresh(embedded.parts).published == []
    embedded.advance(hours=1)
    assert refresh(embedded.parts).published == [root]


@pytest.mark.fact("5.2", "one-further")
def test_an_expired_entry_stays_for_one_further_crl(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    certificate = embedded.issue(root, leaf_csr(), Validity={"Type": "DAYS", "Value": 1})
    revoke(embedded, root, certificate)
    embedded.advance(days=1, seconds=1)
    counts = []
    for _ in range(2):
        refresh(embedded.parts)
        crl = crl_of(embedded, root)
        assert crl is not None
        counts.append(len(crl))
        embedded.advance(days=5)
    assert counts == [1, 0]


def test_a_bucket_that_fails_leaves_the_revocation_and_says_so(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    certificate = embedded.issue(root, leaf_csr())
    embedded.artifacts.break_bucket("bucket")
    revoke(embedded, root, certificate)
    assert "pcacli local refresh" in embedded.notices[-1]
    assert root in refresh(embedded.parts).failed
    embedded.artifacts.mend_bucket("bucket")
    assert refresh(embedded.parts).published == [root]
    crl = crl_of(embedded, root)
    assert crl is not None
    assert len(crl) == 1


def test_whoever_finds_the_lock_taken_leaves_the_crl_to_the_holder(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    certificate = embedded.issue(root, leaf_csr())
    with embedded.store.exclusive(f"crl-{root.rpartition('/')[2]}", wait=False) as held:
        assert held
        revoke(embedded, root, certificate)
        crl = crl_of(embedded, root)
        assert crl is not None
        assert len(crl) == 0
    assert refresh(embedded.parts).published == [root]


@pytest.mark.fact("5.1", "again")
def test_a_certificate_is_revoked_once(embedded: Embedded) -> None:
    root = embedded.active_root()
    certificate = embedded.issue(root, leaf_csr())
    revoke(embedded, root, certificate)
    with pytest.raises(ServiceError) as refusal:
        revoke(embedded, root, certificate)
    assert refusal.value.code == "RequestAlreadyProcessedException"


@pytest.mark.fact("5.1", "serial")
def test_the_serial_may_have_colons_capitals_and_no_leading_zeros(embedded: Embedded) -> None:
    root = embedded.active_root()
    for spelling in ("{:X}", "{:x}"):
        certificate = embedded.issue(root, leaf_csr())
        embedded.call(
            "RevokeCertificate",
            CertificateAuthorityArn=root,
            CertificateSerial=spelling.format(serial_of(certificate)),
            RevocationReason="UNSPECIFIED",
        )


@pytest.mark.fact("5.1", "unknown")
def test_a_serial_that_was_never_issued_is_not_found(embedded: Embedded) -> None:
    root = embedded.active_root()
    with pytest.raises(ServiceError) as refusal:
        revoke(embedded, root, f"{root}/certificate/{7:032x}")
    assert refusal.value.code == "ResourceNotFoundException"


@pytest.mark.fact("5.1", "self-signed")
def test_a_root_does_not_revoke_itself(embedded: Embedded) -> None:
    root = embedded.active_root()
    serial = int(embedded.describe(root)["Serial"])
    with pytest.raises(ServiceError, match="Self-signed certificate can not be revoked") as refusal:
        revoke(embedded, root, f"{root}/certificate/{serial:032x}")
    assert refusal.value.code == "InvalidRequestException"


@pytest.mark.fact("5.1", "expired")
def test_an_expired_certificate_is_not_revoked(embedded: Embedded) -> None:
    root = embedded.active_root()
    certificate = embedded.issue(root, leaf_csr(), Validity={"Type": "DAYS", "Value": 1})
    embedded.advance(days=1)
    with pytest.raises(ServiceError) as refusal:
        revoke(embedded, root, certificate)
    assert refusal.value.code == "InvalidRequestException"


@pytest.mark.fact("5.3", "configuration")
@pytest.mark.parametrize(
    ("crl", "message"),
    [
        ({"Enabled": False, "S3BucketName": "bucket"}, "Enabled=false must not have S3BucketName"),
        ({"Enabled": True, "S3BucketName": "bucket"}, "ExpirationInDays is required"),
        (
            {
                "Enabled": True,
                "S3BucketName": "bucket",
                "ExpirationInDays": 7,
                "CustomCname": "crl.example.com",
                "CrlDistributionPointExtensionConfiguration": {"OmitExtension": True},
            },
            "OmitExtension cannot be true",
        ),
        (
            {"Enabled": True, "S3BucketName": "bucket", "ExpirationInDays": 7, "CustomCname": "http://x"},
            "must not contain a protocol prefix",
        ),
    ],
)
def test_a_crl_configuration_that_contradicts_itself_is_refused(
    embedded: Embedded, crl: dict[str, object], message: str
) -> None:
    with pytest.raises(ServiceError, match=message) as refusal:
        embedded.create(RevocationConfiguration={"CrlConfiguration": crl})
    assert refusal.value.code == "InvalidArgsException"


@pytest.mark.fact("5.3", "unusable-bucket")
def test_a_bucket_that_cannot_be_used_is_refused_in_the_words_of_aws(embedded: Embedded) -> None:
    embedded.artifacts.break_bucket("bucket")
    with pytest.raises(ServiceError, match="Permission error with your S3 bucket 'bucket'") as refusal:
        embedded.create(RevocationConfiguration=CRL)
    assert refusal.value.code == "ValidationException"
