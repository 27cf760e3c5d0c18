"""Partitioned CRLs. Each test begins with an active root whose partitions take two certificates."""

import pytest
from cryptography import x509

from pcacli.api.arns import authority_arn
from pcacli.engine.administration import refresh
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.call import Change
from pcacli.engine.partitions import CERTIFICATES_PER_PARTITION_SETTING
from pcacli.engine.shared_commit import commit_together
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.crls import certificate_of, crl_at, crl_url_of, number_at, serial_of, serials_at
from tests.support.embedded import Embedded

HOST = "http://bucket.s3.eu-central-1.amazonaws.com/"

pytestmark = pytest.mark.fact("5.2")


@pytest.fixture
def embedded() -> Embedded:
    made = Embedded()
    with made.store.write() as transaction:
        transaction.put_setting(CERTIFICATES_PER_PARTITION_SETTING, "2")
    return made


@pytest.fixture
def root(embedded: Embedded) -> str:
    arn = embedded.active_root()
    embedded.publish_crls(arn, CrlType="PARTITIONED")
    return arn


def issue(embedded: Embedded, root: str, days: int = 30) -> str:
    return embedded.issue(root, leaf_csr(), Validity={"Type": "DAYS", "Value": days})


def key_of(embedded: Embedded, certificate: str, host: str = HOST) -> str:
    """Return the key of the CRL that a certificate points to."""
    url = crl_url_of(certificate_of(embedded, certificate))
    assert url is not None
    assert url.startswith(host)
    return url.removeprefix(host)


def complete_key(root: str) -> str:
    return f"crl/{root.rpartition('/')[2]}.crl"


def test_a_certificate_names_a_partition_that_is_published_with_it(embedded: Embedded, root: str) -> None:
    key = key_of(embedded, issue(embedded, root))
    crl = crl_at(embedded, key)
    assert crl is not None
    assert key.startswith("crl/")
    assert crl_at(embedded, complete_key(root)) is None


def test_the_crl_of_a_partition_binds_itself_to_its_url_critically(embedded: Embedded, root: str) -> None:
    key = key_of(embedded, issue(embedded, root))
    crl = crl_at(embedded, key)
    assert crl is not None
    assert [extension.oid for extension in crl.extensions] == [
        x509.AuthorityKeyIdentifier.oid,
        x509.CRLNumber.oid,
        x509.IssuingDistributionPoint.oid,
    ]
    found = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert found.critical
    assert found.value.full_name == [x509.UniformResourceIdentifier(HOST + key)]


def test_a_full_partition_is_followed_by_another(embedded: Embedded, root: str) -> None:
    first, second, third = (key_of(embedded, issue(embedded, root)) for _ in range(3))
    assert first == second != third


def test_a_revoked_certificate_is_listed_by_its_own_partition_only(embedded: Embedded, root: str) -> None:
    certificates = [issue(embedded, root) for _ in range(3)]
    first, second = key_of(embedded, certificates[0]), key_of(embedded, certificates[2])
    number = number_at(embedded, first)
    embedded.revoke(root, certificates[2])
    assert serials_at(embedded, second) == {serial_of(certificates[2])}
    assert serials_at(embedded, first) == set()
    assert number_at(embedded, first) == number


def test_a_change_to_partitions_leaves_older_certificates_to_the_complete_crl(embedded: Embedded) -> None:
    root = embedded.active_root()
    embedded.publish_crls(root)
    older = issue(embedded, root)
    embedded.publish_crls(root, CrlType="PARTITIONED")
    newer = issue(embedded, root)
    assert key_of(embedded, older) == complete_key(root) != key_of(embedded, newer)
    embedded.revoke(root, older)
    embedded.revoke(root, newer)
    # Without an issuing distribution point a CRL speaks for every certificate of its issuer (RFC 5280, 5.2.5).
    assert serials_at(embedded, complete_key(root)) == {serial_of(older), serial_of(newer)}
    assert serials_at(embedded, key_of(embedded, newer)) == {serial_of(newer)}


def test_a_change_to_a_complete_crl_leaves_older_certificates_to_their_partition(embedded: Embedded, root: str) -> None:
    older = issue(embedded, root)
    embedded.publish_crls(root)
    assert crl_at(embedded, complete_key(root)) is None
    newer = issue(embedded, root)
    assert key_of(embedded, newer) == complete_key(root)
    embedded.revoke(root, older)
    assert serials_at(embedded, key_of(embedded, older)) == {serial_of(older)}
    embedded.advance(days=5)
    assert refresh(embedded.parts).published == [root]
    assert serials_at(embedded, key_of(embedded, older)) == {serial_of(older)}


@pytest.mark.fact("5.3")
def test_a_change_of_place_opens_a_partition_and_leaves_the_older_where_it_is(embedded: Embedded, root: str) -> None:
    older = issue(embedded, root)
    embedded.publish_crls(root, "other", CrlType="PARTITIONED", CustomPath="a/b", CustomCname="crl.example.com")
    newer = issue(embedded, root)
    new_key = key_of(embedded, newer, "http://crl.example.com/")
    assert new_key.startswith("a/b/")
    for certificate in (older, newer):
        embedded.revoke(root, certificate)
    assert serials_at(embedded, key_of(embedded, older)) == {serial_of(older)}
    assert serials_at(embedded, new_key, "other") == {serial_of(newer)}


@pytest.mark.fact("2.3", "omitted")
def test_an_omitted_extension_still_has_the_partition_published(embedded: Embedded, root: str) -> None:
    embedded.publish_crls(
        root, CrlType="PARTITIONED", CrlDistributionPointExtensionConfiguration={"OmitExtension": True}
    )
    certificate = issue(embedded, root)
    assert crl_url_of(certificate_of(embedded, certificate)) is None
    embedded.revoke(root, certificate)
    _, key, _ = embedded.artifacts.writes[-1]
    assert serials_at(embedded, key) == {serial_of(certificate)}


def test_each_partition_is_renewed_at_the_midpoint_of_its_own_validity(embedded: Embedded, root: str) -> None:
    first = [issue(embedded, root), issue(embedded, root)][0]
    embedded.advance(days=3)
    second = issue(embedded, root)
    keys = [key_of(embedded, certificate) for certificate in (first, second)]
    before = [number_at(embedded, key) for key in keys]
    embedded.advance(days=2)
    refresh(embedded.parts)
    after = [number_at(embedded, key) for key in keys]
    assert (after[0] > before[0], after[1] > before[1]) == (True, False)


def test_an_expired_entry_stays_for_one_further_crl_of_its_partition(embedded: Embedded, root: str) -> None:
    short, long = issue(embedded, root, days=1), issue(embedded, root)
    key = key_of(embedded, short)
    embedded.revoke(root, short)
    embedded.advance(days=1, seconds=1)
    assert refresh(embedded.parts).published == [root]
    assert serials_at(embedded, key) == {serial_of(short)}
    embedded.revoke(root, long)
    assert serials_at(embedded, key) == {serial_of(long)}


def test_a_partition_rests_when_the_last_of_its_certificates_has_expired(embedded: Embedded, root: str) -> None:
    certificate = issue(embedded, root, days=1)
    key = key_of(embedded, certificate)
    embedded.revoke(root, certificate)
    embedded.advance(days=1, seconds=1)
    assert refresh(embedded.parts).published == [root]
    assert serials_at(embedded, key) == {serial_of(certificate)}
    embedded.advance(days=365)
    assert refresh(embedded.parts).published == []


def test_many_partitions_that_are_due_at_once_do_not_hold_up_a_command(embedded: Embedded, root: str) -> None:
    certificates = [issue(embedded, root) for _ in range(24)]
    embedded.advance(days=6)
    embedded.revoke(root, certificates[0])
    assert "pcacli local refresh" in embedded.notices[-1]
    assert len(embedded.artifacts.writes) == 1 + 12 + 10
    refresh(embedded.parts)
    assert len(embedded.artifacts.writes) == 1 + 12 + 12


def test_certificates_that_are_issued_at_once_agree_on_their_first_partition(embedded: Embedded, root: str) -> None:
    others: list[str] = []
    new_uuid = embedded.parts.context.new_uuid

    def issue_another_first() -> str:
        if not others:
            others.append("in work")
            others[0] = issue(embedded, root)
        return new_uuid()

    racing = embedded.parts._replace(context=embedded.parts.context._replace(new_uuid=issue_another_first))
    embedded.authority = EmbeddedAuthority(racing)
    certificate = issue(embedded, root)
    assert key_of(embedded, certificate) == key_of(embedded, others[0])
    embedded.revoke(root, certificate)
    embedded.revoke(root, others[0])
    assert serials_at(embedded, key_of(embedded, certificate)) == {serial_of(certificate), serial_of(others[0])}
    with embedded.store.read() as snapshot:
        assert [one.certificates for one in snapshot.crl_partitions(authority_arn(root))] == [2]


def test_a_request_that_is_refused_opens_no_partition(embedded: Embedded, root: str) -> None:
    with pytest.raises(ServiceError):
        issue(embedded, root, days=365 * 100)
    with embedded.store.read() as snapshot:
        assert snapshot.crl_partitions(authority_arn(root)) == []


def test_certificates_that_share_a_commit_agree_on_their_first_partition(embedded: Embedded, root: str) -> None:
    request = {
        "CertificateAuthorityArn": root,
        "Csr": leaf_csr(),
        "SigningAlgorithm": embedded.signing_algorithm,
        "Validity": {"Type": "DAYS", "Value": 30},
    }
    prepared = [embedded.authority.prepare("IssueCertificate", request, embedded.owner) for _ in range(2)]
    changes = [change for change in prepared if isinstance(change, Change)]
    with embedded.store.read() as snapshot:
        assert snapshot.crl_partitions(authority_arn(root)) == []
    outcomes = commit_together(embedded.store, changes)
    keys = {key_of(embedded, outcome["CertificateArn"]) for outcome in outcomes if isinstance(outcome, dict)}
    assert len(changes) == len(outcomes) == 2
    assert len(keys) == 1
