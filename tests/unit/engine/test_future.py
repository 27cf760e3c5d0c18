"""What is dated in the future is not believed: after `local clock reset`, and after a clock of the host was wrong."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pcacli.engine import clock
from pcacli.engine.administration import refresh
from pcacli.engine.future import TOLERANCE, lies_ahead
from pcacli.engine.inventory import issued_certificates
from pcacli.engine.throttling import put_rates
from pcacli.engine.timing import AWS, Timing, put_timing
from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.crls import crl_at, number_at, serial_of, serials_at
from tests.support.embedded import START, Embedded

PUBLISHING = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 10, "S3BucketName": "bucket"}}
WRONG = timedelta(days=400)
Change = Callable[[Embedded], None]


class Clock:
    """A clock that is ahead once, and right again afterwards."""

    def __init__(
        self, embedded: Embedded, ahead: Callable[[Embedded], None], right: Callable[[Embedded], None]
    ) -> None:
        self.embedded = embedded
        self._ahead, self._right = ahead, right

    def go_ahead(self) -> None:
        self._ahead(self.embedded)

    def be_right(self) -> None:
        self._right(self.embedded)


def move(embedded: Embedded) -> None:
    clock.advance(embedded.store, WRONG, embedded.parts.context.now)


def put_back(embedded: Embedded) -> None:
    clock.reset(embedded.store)


def mistake(embedded: Embedded) -> None:
    embedded.now = START + WRONG


def correct(embedded: Embedded) -> None:
    embedded.now = START


@pytest.fixture(params=["the store's clock", "the host's clock"])
def time(request: pytest.FixtureRequest) -> Clock:
    if request.param == "the store's clock":
        return Clock(Embedded(is_test_store=True), move, put_back)
    return Clock(Embedded(), mistake, correct)


@pytest.fixture
def embedded(time: Clock) -> Embedded:
    return time.embedded


def key_of(root: str) -> str:
    return f"crl/{root.rpartition('/')[2]}.crl"


def publishing_root(embedded: Embedded) -> str:
    root = embedded.active_root(RevocationConfiguration=PUBLISHING)
    embedded.issue(root, leaf_csr())
    return root


def test_clocks_may_differ_by_a_minute() -> None:
    assert not lies_ahead(START + TOLERANCE, START)
    assert lies_ahead(START + TOLERANCE + timedelta(milliseconds=1), START)
    assert not lies_ahead(START - WRONG, START)


def test_a_crl_of_the_future_is_made_again_with_a_higher_number(time: Clock, embedded: Embedded) -> None:
    root = publishing_root(embedded)
    time.go_ahead()
    assert refresh(embedded.parts).published == [root]
    number = number_at(embedded, key_of(root))
    time.be_right()
    assert refresh(embedded.parts).published == [root]
    assert refresh(embedded.parts).published == []
    crl = crl_at(embedded, key_of(root))
    assert crl is not None
    assert crl.last_update_utc <= START
    assert number_at(embedded, key_of(root)) == number + 1


def test_a_crl_after_one_of_the_future_lists_what_had_expired_by_then(time: Clock, embedded: Embedded) -> None:
    root = publishing_root(embedded)
    revoked = embedded.issue(root, leaf_csr())
    embedded.revoke(root, revoked)
    time.go_ahead()
    for _ in range(2):
        embedded.revoke(root, embedded.issue(root, leaf_csr()))
    assert serial_of(revoked) not in serials_at(embedded, key_of(root))
    time.be_right()
    refresh(embedded.parts)
    assert serial_of(revoked) in serials_at(embedded, key_of(root))


def test_a_partition_that_rested_in_the_future_is_published_again(time: Clock, embedded: Embedded) -> None:
    crl = {**PUBLISHING["CrlConfiguration"], "CrlType": "PARTITIONED"}
    root = embedded.active_root(RevocationConfiguration={"CrlConfiguration": crl})
    certificate = embedded.issue(root, leaf_csr())
    time.go_ahead()
    assert refresh(embedded.parts).published == [root]
    time.be_right()
    assert refresh(embedded.parts).published == [root]
    embedded.revoke(root, certificate)
    _, key, _ = embedded.artifacts.writes[-1]
    assert serials_at(embedded, key) == {serial_of(certificate)}


def test_a_revocation_of_the_future_is_published_as_of_now(time: Clock, embedded: Embedded) -> None:
    root = publishing_root(embedded)
    certificate = embedded.issue(root, leaf_csr(), Validity={"Type": "YEARS", "Value": 3})
    time.go_ahead()
    embedded.revoke(root, certificate)
    time.be_right()
    refresh(embedded.parts)
    crl = crl_at(embedded, key_of(root))
    assert crl is not None
    entry = crl.get_revoked_certificate_by_serial_number(serial_of(certificate))
    assert entry is not None
    assert entry.revocation_date_utc == START.replace(microsecond=0)


def test_a_token_of_the_future_was_never_used(time: Clock, embedded: Embedded) -> None:
    root = embedded.active_root()
    time.go_ahead()
    made = embedded.create(IdempotencyToken="once")
    issued = embedded.issue(root, leaf_csr(), IdempotencyToken="once")
    time.be_right()
    assert embedded.create(IdempotencyToken="once") != made
    again = embedded.issue(root, leaf_csr(), IdempotencyToken="once")
    assert again != issued
    assert embedded.issue(root, leaf_csr(), IdempotencyToken="once") == again


def test_a_token_of_a_machine_whose_clock_is_a_little_ahead_counts(embedded: Embedded) -> None:
    embedded.now += timedelta(seconds=30)
    made = embedded.create(IdempotencyToken="once")
    embedded.now -= timedelta(seconds=30)
    assert embedded.create(IdempotencyToken="once") == made


def test_a_refresh_forgets_tokens_of_the_future(time: Clock, embedded: Embedded) -> None:
    time.go_ahead()
    embedded.create(IdempotencyToken="once")
    time.be_right()
    refresh(embedded.parts)
    with embedded.store.read() as snapshot:
        scope = (embedded.owner.account, embedded.owner.region, "CreateCertificateAuthority")
        assert snapshot.idempotency_token(*scope, "once") is None


def test_a_failure_of_the_future_keeps_no_crl_waiting(time: Clock, embedded: Embedded) -> None:
    root = publishing_root(embedded)
    certificate = embedded.issue(root, leaf_csr(), Validity={"Type": "YEARS", "Value": 3})
    time.go_ahead()
    embedded.artifacts.break_bucket("bucket")
    embedded.revoke(root, certificate)
    embedded.artifacts.mend_bucket("bucket")
    time.be_right()
    assert refresh(embedded.parts, retry_at_once=False).published == [root]
    assert serials_at(embedded, key_of(root)) == {serial_of(certificate)}


def waiting(embedded: Embedded, timing: Timing) -> Embedded:
    """Return an authority that keeps AWS's time."""
    with embedded.store.write() as transaction:
        put_timing(transaction, timing)
    return embedded


@pytest.fixture
def keeping_time() -> Embedded:
    return Embedded(is_test_store=True)


def report(embedded: Embedded, root: str) -> str:
    made: str = embedded.call(
        "CreateCertificateAuthorityAuditReport",
        CertificateAuthorityArn=root,
        S3BucketName="bucket",
        AuditReportResponseFormat="JSON",
    )["AuditReportId"]
    return made


def test_a_report_of_the_future_keeps_no_other_waiting(keeping_time: Embedded) -> None:
    embedded = keeping_time
    root = embedded.active_root()
    waiting(embedded, AWS)
    move(embedded)
    first = report(embedded, root)
    put_back(embedded)
    described = embedded.call(
        "DescribeCertificateAuthorityAuditReport", CertificateAuthorityArn=root, AuditReportId=first
    )
    assert described["AuditReportStatus"] == "SUCCESS"
    report(embedded, root)
    with pytest.raises(ServiceError) as refusal:
        report(embedded, root)
    assert refusal.value.code == "RequestInProgressException"


def test_what_was_begun_in_the_future_is_there(keeping_time: Embedded) -> None:
    embedded = keeping_time
    root = embedded.active_root()
    waiting(embedded, Timing(creation=timedelta(hours=1), issuance=timedelta(hours=1)))
    move(embedded)
    made, issued = embedded.create(), embedded.issue(root, leaf_csr())
    listed = [one.arn for one in issued_certificates(embedded.parts, embedded.owner, root)]
    assert embedded.describe(made)["Status"] == "CREATING"
    assert issued not in map(str, listed)
    put_back(embedded)
    assert embedded.describe(made)["Status"] == "PENDING_CERTIFICATE"
    assert embedded.fetch(root, issued)["Certificate"]
    listed = [one.arn for one in issued_certificates(embedded.parts, embedded.owner, root)]
    assert issued in map(str, listed)


def test_a_revocation_of_the_future_waits_no_longer_for_its_crl(keeping_time: Embedded) -> None:
    embedded = keeping_time
    root = publishing_root(embedded)
    certificate = embedded.issue(root, leaf_csr())
    waiting(embedded, AWS)
    # Not so far that the CRL itself is dated in the future.
    clock.advance(embedded.store, timedelta(days=2), embedded.parts.context.now)
    embedded.revoke(root, certificate)
    put_back(embedded)
    assert refresh(embedded.parts).published == [root]
    assert serials_at(embedded, key_of(root)) == {serial_of(certificate)}


def test_a_token_bucket_that_was_emptied_in_the_future_is_full(keeping_time: Embedded) -> None:
    embedded = keeping_time
    with embedded.store.write() as transaction:
        put_rates(transaction, {"ListCertificateAuthorities": 1.0})
    move(embedded)
    embedded.call("ListCertificateAuthorities")
    put_back(embedded)
    embedded.call("ListCertificateAuthorities")
    with pytest.raises(ServiceError, match="Rate exceeded"):
        embedded.call("ListCertificateAuthorities")


def test_a_ca_that_was_deleted_in_the_future_can_be_restored(keeping_time: Embedded) -> None:
    """Its window is believed: to destroy a CA too late does no harm."""
    embedded = keeping_time
    made = embedded.create()
    move(embedded)
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=made, PermanentDeletionTimeInDays=7)
    put_back(embedded)
    assert refresh(embedded.parts).removed == []
    embedded.call("RestoreCertificateAuthority", CertificateAuthorityArn=made)
    assert embedded.describe(made)["Status"] == "PENDING_CERTIFICATE"
