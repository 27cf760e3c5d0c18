"""The thread of `local serve` that does what becomes due with time."""

import itertools
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine.publication import RETRY_AFTER
from pcacli.engine.records import Event
from pcacli.server.upkeep import Upkeep
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

CRL = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}}
INTERVAL_SECONDS, LONG_SECONDS = 0.001, 20.0
MANY_LOOKS = 100


class Watched:
    """Upkeep of an embedded authority that runs; `looked` is set when it has asked for the time many times."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self.looked, self.published = threading.Event(), threading.Event()
        self._looks = itertools.count()
        context = embedded.parts.context._replace(now=self._now)
        parts = embedded.parts._replace(context=context, observe=self._observe)
        self.upkeep = Upkeep(parts, INTERVAL_SECONDS)

    def _now(self) -> datetime:
        if next(self._looks) == MANY_LOOKS:
            self.looked.set()
        return self._embedded.now

    def _observe(self, event: Event) -> None:
        if event.result == "success":
            self.published.set()


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


@pytest.fixture
def watched(embedded: Embedded) -> Iterator[Watched]:
    made = Watched(embedded)
    yield made
    made.upkeep.stop(LONG_SECONDS)


def results(embedded: Embedded, arn: str) -> list[Any]:
    with embedded.store.read() as snapshot:
        return [event.result for event in snapshot.events(authority_arn(arn))]


def test_a_bucket_that_fails_is_tried_once_and_then_left_alone_for_a_while(
    embedded: Embedded, watched: Watched
) -> None:
    root = embedded.active_root(RevocationConfiguration=CRL)
    embedded.artifacts.break_bucket("bucket")
    embedded.issue(root, leaf_csr())
    watched.upkeep.start()
    assert watched.looked.wait(LONG_SECONDS)
    # One failure of the command, one of the first look.
    assert results(embedded, root) == ["failure", "failure"]
    embedded.artifacts.mend_bucket("bucket")
    embedded.now += RETRY_AFTER
    assert watched.published.wait(LONG_SECONDS)


def test_a_ca_goes_when_its_deletion_window_is_over(embedded: Embedded, watched: Watched) -> None:
    root = embedded.create()
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=root, PermanentDeletionTimeInDays=7)
    embedded.advance(days=7)
    watched.upkeep.start()
    assert watched.looked.wait(LONG_SECONDS)
    with embedded.store.read() as snapshot:
        assert snapshot.authority(authority_arn(root)) is None
