"""AWS's quotas on resources, with small numbers in place of AWS's."""

import pytest

from pcacli.engine.quotas import QUOTAS, limits, put_limits
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

pytestmark = pytest.mark.fact("3.6")
PUBLISHING = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}}
PARTITIONED = {"CrlConfiguration": {**PUBLISHING["CrlConfiguration"], "CrlType": "PARTITIONED"}}
EXCEEDED = "LimitExceededException"


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


def limit(embedded: Embedded, **wanted: int | None) -> None:
    with embedded.store.write() as transaction:
        put_limits(transaction, {name.replace("_", "-"): number for name, number in wanted.items()})


def revoke(embedded: Embedded, authority: str, certificate: str) -> None:
    embedded.call(
        "RevokeCertificate",
        CertificateAuthorityArn=authority,
        CertificateSerial=certificate.rpartition("/")[2],
        RevocationReason="SUPERSEDED",
    )


@pytest.mark.fact("3.6", "quotas")
def test_a_store_starts_with_the_quotas_of_aws(embedded: Embedded) -> None:
    with embedded.store.read() as snapshot:
        assert limits(snapshot) == {
            "authorities": 200,
            "certificates": 1_000_000,
            "revoked-certificates": 1_000_000,
        }
    assert {quota.code for quota in QUOTAS.values()} == {"L-799883CD", "L-F99AB81B", "L-DFF54388"}


@pytest.mark.fact("3.6", "quotas")
def test_an_account_may_have_so_many_cas_in_a_region(embedded: Embedded) -> None:
    limit(embedded, authorities=2)
    first, _ = embedded.create(), embedded.create()
    with pytest.raises(ServiceError, match="quota of 2 private CAs") as refusal:
        embedded.create(RevocationConfiguration=PUBLISHING)
    assert refusal.value.code == EXCEEDED
    assert embedded.artifacts.writes == []
    elsewhere = embedded.owner._replace(region="us-east-1")
    configuration = embedded.describe(first)["CertificateAuthorityConfiguration"]
    embedded.call(
        "CreateCertificateAuthority",
        elsewhere,
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration=configuration,
    )


def test_a_deleted_ca_counts_until_its_window_is_over(embedded: Embedded) -> None:
    limit(embedded, authorities=1)
    first = embedded.create()
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=first, PermanentDeletionTimeInDays=7)
    with pytest.raises(ServiceError) as refusal:
        embedded.create()
    assert refusal.value.code == EXCEEDED
    embedded.advance(days=7)
    embedded.create()


def test_a_token_that_is_used_again_needs_no_room(embedded: Embedded) -> None:
    limit(embedded, authorities=1)
    first = embedded.create(IdempotencyToken="once")
    assert embedded.create(IdempotencyToken="once") == first


@pytest.mark.fact("3.6", "quotas")
def test_a_ca_with_a_complete_crl_may_issue_so_many_certificates(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=PUBLISHING)
    limit(embedded, certificates=2)
    embedded.issue(root, leaf_csr())
    with pytest.raises(ServiceError, match="quota of 2 certificates") as refusal:
        embedded.issue(root, leaf_csr())
    assert refusal.value.code == EXCEEDED
    limit(embedded)
    embedded.issue(root, leaf_csr())


@pytest.mark.parametrize("configuration", [{}, {"RevocationConfiguration": PARTITIONED}], ids=["no CRL", "partitions"])
def test_other_cas_may_issue_more(embedded: Embedded, configuration: dict[str, object]) -> None:
    root = embedded.active_root(**configuration)
    limit(embedded, certificates=1)
    embedded.issue(root, leaf_csr())


@pytest.mark.fact("3.6", "quotas")
def test_a_ca_may_have_so_many_revoked_certificates(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration=PUBLISHING)
    first, second = embedded.issue(root, leaf_csr()), embedded.issue(root, leaf_csr())
    limit(embedded, revoked_certificates=1)
    revoke(embedded, root, first)
    with pytest.raises(ServiceError, match="quota of 1 revoked certificates") as refusal:
        revoke(embedded, root, second)
    assert refusal.value.code == EXCEEDED
    limit(embedded, revoked_certificates=None)
    revoke(embedded, root, second)
