"""Publishing CRLs: what is kept about it, when a failure is tried again, and what goes to the bucket."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine.administration import refresh
from pcacli.engine.artifacts.port import BucketUnavailable
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.publication import RETRY_AFTER
from pcacli.engine.records import Event
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.memory_snapshot import MemorySnapshot
from pcacli.engine.store.memory_transaction import MemoryTransaction
from pcacli.errors import DamagedStore, PcaError, ServiceError
from tests.support.crafted import leaf_csr
from tests.support.crls import certificate_of, crl_at, crl_url_of, serial_of, serials_at
from tests.support.embedded import START, BreakableBuckets, Embedded
from tests.support.onlooker import Onlooker
from tests.support.waiting import wait_until


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


@pytest.fixture
def root(embedded: Embedded) -> str:
    arn = embedded.active_root()
    embedded.publish_crls(arn)
    return arn


def key_of(root: str) -> str:
    return f"crl/{root.rpartition('/')[2]}.crl"


def events_of(embedded: Embedded, root: str) -> list[Event]:
    with embedded.store.read() as snapshot:
        return snapshot.events(authority_arn(root))


def fail_once(embedded: Embedded, root: str) -> str:
    """Return a certificate whose revocation could not be published, in a bucket that works again."""
    certificate = embedded.issue(root, leaf_csr())
    embedded.artifacts.break_bucket("bucket")
    embedded.revoke(root, certificate)
    embedded.artifacts.mend_bucket("bucket")
    return certificate


@pytest.mark.fact("11", "crl-event")
def test_a_published_crl_leaves_an_event(embedded: Embedded, root: str) -> None:
    embedded.issue(root, leaf_csr())
    arn = authority_arn(root)
    assert events_of(embedded, root) == [Event(arn, START, "CRLGenerated", "success", "", key_of(root))]


@pytest.mark.fact("5.3", "later-failure")
@pytest.mark.parametrize(
    ("problem", "kind", "detail"),
    [
        (None, "MisconfiguredCRLBucket", "Failed to write CRL to S3. Check your S3 bucket permissions."),
        (BucketUnavailable, "CRLGenerated", "Failed to write CRL to S3. Internal failure."),
    ],
)
def test_a_bucket_that_fails_leaves_an_event_with_the_reason(
    embedded: Embedded, root: str, problem: type[BucketUnavailable] | None, kind: str, detail: str
) -> None:
    embedded.artifacts.break_bucket("bucket", *([problem] if problem else []))
    embedded.issue(root, leaf_csr())
    (event,) = events_of(embedded, root)
    assert (event.kind, event.result, event.detail) == (kind, "failure", detail)


def lost_key() -> bytes:
    raise DamagedStore("key-encryption.key is gone.")


@pytest.mark.fact("5.3", "later-failure")
def test_a_crl_that_cannot_be_signed_leaves_an_event_and_the_revocation(embedded: Embedded, root: str) -> None:
    certificate = embedded.issue(root, leaf_csr())
    embedded.revoke(root, certificate)
    embedded.advance(days=6)
    done = refresh(embedded.parts._replace(keys=SoftwareKeyStore(lost_key)))
    assert done.failed == {root: "key-encryption.key is gone."}
    last = events_of(embedded, root)[-1]
    assert (last.kind, last.detail) == ("CRLGenerated", "Failed to generate CRL. Internal failure.")


@pytest.mark.fact("5.2", "retry")
def test_a_command_leaves_a_crl_that_failed_alone_for_fifteen_minutes(embedded: Embedded, root: str) -> None:
    certificate = fail_once(embedded, root)
    embedded.advance(minutes=14, seconds=59)
    embedded.issue(root, leaf_csr())
    assert serials_at(embedded, key_of(root)) == set()
    assert "after 12:15 UTC, or now with: pcacli local refresh" in embedded.notices[-1]
    embedded.advance(seconds=1)
    assert embedded.now - START == RETRY_AFTER == timedelta(minutes=15)
    embedded.issue(root, leaf_csr())
    assert serials_at(embedded, key_of(root)) == {serial_of(certificate)}


def test_a_refresh_tries_a_crl_that_failed_at_once(embedded: Embedded, root: str) -> None:
    certificate = fail_once(embedded, root)
    assert refresh(embedded.parts).published == [root]
    assert serials_at(embedded, key_of(root)) == {serial_of(certificate)}


def test_a_refresh_tells_how_many_cas_are_done(embedded: Embedded, root: str) -> None:
    del root
    embedded.active_root()
    onlooker = Onlooker()
    refresh(embedded.parts, progress=onlooker)
    assert [(done, total) for _, done, total in onlooker.told] == [(0, 2), (1, 2), (2, 2)]


def test_whoever_refreshes_every_minute_leaves_a_crl_that_failed_alone_for_a_while(
    embedded: Embedded, root: str
) -> None:
    fail_once(embedded, root)
    assert refresh(embedded.parts, retry_at_once=False) == ([], [], {}, {})
    embedded.advance(minutes=15)
    assert refresh(embedded.parts, retry_at_once=False).published == [root]


class StoreThatFailsAfterwards(MemoryStore):
    """A store that, when it is told so, cannot be read after the next commit."""

    is_about_to_fail = fails = False

    @contextmanager
    def read(self) -> Iterator[MemorySnapshot]:
        if self.fails:
            raise PcaError("The disk is full.")
        with super().read() as snapshot:
            yield snapshot

    @contextmanager
    def write(self) -> Iterator[MemoryTransaction]:
        with super().write() as transaction:
            yield transaction
        self.fails = self.is_about_to_fail


def test_a_store_that_fails_after_the_commit_does_not_undo_a_revocation() -> None:
    store = StoreThatFailsAfterwards()
    embedded = Embedded(store=store)
    root = embedded.active_root()
    embedded.publish_crls(root)
    certificate = embedded.issue(root, leaf_csr())
    store.is_about_to_fail = True
    embedded.revoke(root, certificate)
    (notice,) = embedded.notices
    assert notice.startswith(f"What was asked for is done, but the CRL of {root} has to wait: The disk is full. ")
    store.is_about_to_fail = store.fails = False
    assert refresh(embedded.parts).published == [root]
    assert serial_of(certificate) in serials_at(embedded, key_of(root))


class ChangedMeanwhile(BreakableBuckets):
    """Buckets during whose first writing of a CRL somebody else calls the service, which commits a change."""

    def __init__(self, embedded: Embedded, call: Callable[[], None]) -> None:
        super().__init__()
        self.somebody = Thread(target=call)
        self._embedded = embedded

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        super().put(bucket, key, content, content_type=content_type, object_acl=object_acl)
        if key.endswith(".crl") and self.somebody.ident is None:
            before = self._changes()
            self.somebody.start()
            wait_until(lambda: self._changes() != before)

    def _changes(self) -> int:
        with self._embedded.store.read() as snapshot:
            return sum(1 for _ in snapshot.trail())


def test_a_configuration_that_changes_during_the_publication_is_followed(embedded: Embedded, root: str) -> None:
    embedded.issue(root, leaf_csr())
    embedded.advance(days=6)
    buckets = ChangedMeanwhile(embedded, lambda: embedded.publish_crls(root, "other"))
    refresh(embedded.parts._replace(artifacts=buckets))
    buckets.somebody.join()
    assert [bucket for bucket, _, _ in buckets.writes] == ["bucket"]
    assert embedded.artifacts.writes[-1][:2] == ("other", key_of(root))


def test_who_revokes_while_a_crl_is_made_has_the_next_one_when_the_command_ends(embedded: Embedded, root: str) -> None:
    certificate = embedded.issue(root, leaf_csr())
    embedded.advance(days=6)
    buckets = ChangedMeanwhile(embedded, lambda: embedded.revoke(root, certificate))
    refresh(embedded.parts._replace(artifacts=buckets))
    buckets.somebody.join()
    assert serial_of(certificate) in serials_at(embedded, key_of(root))


def test_attempts_while_a_bucket_fails_are_few(embedded: Embedded, root: str) -> None:
    embedded.artifacts.break_bucket("bucket")
    for _ in range(20):
        embedded.issue(root, leaf_csr())
        embedded.advance(minutes=1)
    assert len(events_of(embedded, root)) == 2


@pytest.mark.fact("5.3", "place")
@pytest.mark.parametrize(
    ("members", "key", "url"),
    [
        ({}, "crl/{id}.crl", "http://bucket.s3.eu-central-1.amazonaws.com/crl/{id}.crl"),
        ({"CustomPath": "/"}, "{id}.crl", "http://bucket.s3.eu-central-1.amazonaws.com/{id}.crl"),
        ({"CustomPath": "a/b"}, "a/b/{id}.crl", "http://bucket.s3.eu-central-1.amazonaws.com/a/b/{id}.crl"),
        ({"CustomCname": "crl.example.com"}, "crl/{id}.crl", "http://crl.example.com/crl/{id}.crl"),
        ({"CrlDistributionPointExtensionConfiguration": {"OmitExtension": True}}, "crl/{id}.crl", None),
    ],
)
def test_a_crl_lies_where_its_configuration_says(
    embedded: Embedded, members: dict[str, Any], key: str, url: str | None
) -> None:
    root = embedded.active_root()
    embedded.publish_crls(root, **members)
    certificate = certificate_of(embedded, embedded.issue(root, leaf_csr()))
    authority_id = root.rpartition("/")[2]
    assert crl_at(embedded, key.format(id=authority_id)) is not None
    assert crl_url_of(certificate) == (url and url.format(id=authority_id))


@pytest.mark.fact("5.3", "place")
def test_a_bucket_with_dots_in_its_name_stands_in_the_path_of_the_url(embedded: Embedded) -> None:
    root = embedded.active_root()
    embedded.publish_crls(root, "my.bucket")
    certificate = certificate_of(embedded, embedded.issue(root, leaf_csr()))
    expected = f"http://s3.eu-central-1.amazonaws.com/my.bucket/{key_of(root)}"
    assert crl_url_of(certificate) == expected


@pytest.mark.fact("5.3", "probe")
@pytest.mark.parametrize(
    ("members", "acl", "probe"),
    [
        ({}, "PUBLIC_READ", "acm-pca-permission-test-key"),
        (
            {"S3ObjectAcl": "BUCKET_OWNER_FULL_CONTROL"},
            "BUCKET_OWNER_FULL_CONTROL",
            "acm-pca-permission-test-key-private",
        ),
    ],
)
def test_probe_and_crl_are_written_with_the_access_list_of_the_configuration(
    embedded: Embedded, members: dict[str, str], acl: str, probe: str
) -> None:
    root = embedded.active_root()
    embedded.publish_crls(root, **members)
    assert embedded.artifacts.writes == [("bucket", probe, acl)]
    embedded.issue(root, leaf_csr())
    assert embedded.artifacts.writes[1:] == [("bucket", key_of(root), acl)]


@pytest.mark.fact("5.3")
def test_a_refused_creation_writes_no_probe(embedded: Embedded) -> None:
    crl = {"Enabled": True, "ExpirationInDays": 10, "S3BucketName": "bucket"}
    with pytest.raises(ServiceError) as refusal:
        embedded.create(RevocationConfiguration={"CrlConfiguration": crl}, Tags=[{"Key": "aws:reserved", "Value": "x"}])
    assert refusal.value.code == "InvalidTagException"
    assert embedded.artifacts.writes == []


@pytest.mark.fact("5.3")
def test_a_bucket_that_fails_while_updating_leaves_the_configuration(embedded: Embedded, root: str) -> None:
    before = embedded.describe(root)
    embedded.artifacts.break_bucket("other")
    with pytest.raises(ServiceError, match="Permission error with your S3 bucket 'other'") as refusal:
        embedded.publish_crls(root, "other")
    assert refusal.value.code == "ValidationException"
    assert embedded.describe(root) == before
