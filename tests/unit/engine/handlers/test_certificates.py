import pytest
from cryptography import x509

from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import ROOT_TEMPLATE, Embedded


@pytest.mark.fact("3.5", "chain")
def test_a_certificate_comes_back_with_the_chain_up_to_the_root(embedded: Embedded) -> None:
    root = embedded.active_root()
    issuing = embedded.active_subordinate(root)
    arn = embedded.issue(issuing, leaf_csr())
    found = embedded.call("GetCertificate", CertificateAuthorityArn=issuing, CertificateArn=arn)
    leaf, *above = x509.load_pem_x509_certificates(f"{found['Certificate']}\n{found['CertificateChain']}".encode())
    assert len(above) == 2
    leaf.verify_directly_issued_by(above[0])
    above[0].verify_directly_issued_by(above[1])
    above[1].verify_directly_issued_by(above[1])
    assert not found["CertificateChain"].endswith("\n")


@pytest.mark.fact("3", "arn")
def test_the_arn_ends_in_the_serial_as_32_hexadecimal_digits(embedded: Embedded) -> None:
    root = embedded.active_root()
    arn = embedded.issue(root, leaf_csr())
    found = embedded.call("GetCertificate", CertificateAuthorityArn=root, CertificateArn=arn)
    serial = x509.load_pem_x509_certificate(found["Certificate"].encode()).serial_number
    assert arn == f"{root}/certificate/{serial:032x}"


@pytest.mark.fact("3.5", "root-chain")
def test_a_root_certificate_has_no_chain(embedded: Embedded) -> None:
    root = embedded.active_root()
    assert list(embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=root)) == ["Certificate"]


@pytest.mark.fact("3.5", "chain")
def test_a_subordinate_shows_the_chain_above_itself(embedded: Embedded) -> None:
    root = embedded.active_root()
    issuing = embedded.active_subordinate(root)
    found = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=issuing)
    root_pem = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=root)["Certificate"]
    assert found["CertificateChain"] == root_pem


def test_one_token_gives_one_certificate(embedded: Embedded) -> None:
    root = embedded.active_root()
    first = embedded.issue(root, leaf_csr(), IdempotencyToken="t")
    assert embedded.issue(root, leaf_csr(), IdempotencyToken="t") == first
    assert embedded.issue(embedded.active_root(), leaf_csr(), IdempotencyToken="t") != first


@pytest.mark.fact("1.1", "reads-while-disabled")
def test_a_disabled_authority_does_not_issue_but_still_shows(embedded: Embedded) -> None:
    root = embedded.active_root()
    arn = embedded.issue(root, leaf_csr())
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, Status="DISABLED")
    with pytest.raises(ServiceError, match="not in a valid state for issuing certificates") as refusal:
        embedded.issue(root, leaf_csr())
    assert refusal.value.code == "InvalidStateException"
    assert embedded.call("GetCertificate", CertificateAuthorityArn=root, CertificateArn=arn)["Certificate"]


@pytest.mark.fact("1.3", "root-signs-itself")
def test_a_pending_root_issues_nothing_but_its_own_certificate(embedded: Embedded) -> None:
    pending = embedded.create()
    with pytest.raises(ServiceError, match="not in a valid state for issuing certificates"):
        embedded.issue(pending, leaf_csr())


@pytest.mark.fact("1.3", "root-signs-itself")
def test_an_expired_root_renews_itself(embedded: Embedded) -> None:
    root = embedded.active_root()
    embedded.advance(days=4000)
    assert embedded.describe(root)["Status"] == "EXPIRED"
    embedded.install(root, root, ROOT_TEMPLATE, years=10)
    assert embedded.describe(root)["Status"] == "ACTIVE"


def test_no_certificate_outlives_its_authority(embedded: Embedded) -> None:
    root = embedded.active_root()
    with pytest.raises(ServiceError, match="exceeds the certificate authority validity") as refusal:
        embedded.issue(root, leaf_csr(), Validity={"Type": "YEARS", "Value": 11})
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("3.5", "revoked")
def test_an_expired_certificate_can_still_be_fetched(embedded: Embedded) -> None:
    root = embedded.active_root()
    certificate = embedded.issue(root, leaf_csr())
    before = embedded.fetch(root, certificate)
    embedded.advance(days=31)
    assert embedded.fetch(root, certificate) == before


@pytest.mark.fact("3.5", "other-ca")
def test_a_certificate_of_another_authority_is_not_found(embedded: Embedded) -> None:
    first, second = embedded.active_root(), embedded.active_root()
    arn = embedded.issue(first, leaf_csr())
    with pytest.raises(ServiceError, match="Could not find certificate") as refusal:
        embedded.call("GetCertificate", CertificateAuthorityArn=second, CertificateArn=arn)
    assert refusal.value.code == "ResourceNotFoundException"


@pytest.mark.fact("4", "mismatch")
def test_the_certificate_of_another_key_is_not_imported(embedded: Embedded) -> None:
    first, second = embedded.active_root(), embedded.create()
    found = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=first)
    with pytest.raises(ServiceError) as refusal:
        embedded.call(
            "ImportCertificateAuthorityCertificate",
            CertificateAuthorityArn=second,
            Certificate=found["Certificate"].encode(),
        )
    assert refusal.value.code == "CertificateMismatchException"
    assert embedded.describe(second)["Status"] == "PENDING_CERTIFICATE"


def test_a_serial_that_is_drawn_twice_is_drawn_again(embedded: Embedded) -> None:
    root = embedded.active_root()
    first = embedded.issue(root, leaf_csr())
    embedded.repeat_last_draw()
    assert embedded.issue(root, leaf_csr()) != first
