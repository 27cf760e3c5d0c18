"""The numbers of CRLs grow, whatever a store is put back to (RFC 5280, section 5.2.3)."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from pcacli.engine import clock, crl_numbers
from pcacli.engine.administration import refresh
from pcacli.engine.artifacts.memory import MemoryArtifacts
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.backups import write_backup
from pcacli.engine.checking.store import StoreCheck
from pcacli.engine.context import system_context
from pcacli.engine.home import Home
from pcacli.engine.keys.passphrase import Derivation
from pcacli.engine.restoring import restore
from pcacli.engine.snapshots import Snapshots
from pcacli.errors import DamagedStore
from pcacli.pki.crl import crl_number
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded

PASSPHRASE = b"correct horse"
FUTURE = timedelta(days=2000)
KINDS = ("COMPLETE", "PARTITIONED")


class Estate(Embedded):
    """A root in a store on disk that publishes CRLs; `ahead` is how wrong the clock of the host is.

    Without `buckets` these are folders of the store.
    """

    def __init__(self, directory: Path, buckets: MemoryArtifacts | None = None, *, test: bool = False) -> None:
        super().__init__()
        self.home = Home(directory)
        self.home.create(test=test)
        self.outside = buckets
        self.ahead = timedelta(0)

    @contextmanager
    def opened(self) -> Iterator["Estate"]:
        context = system_context()._replace(now=lambda: datetime.now(UTC) + self.ahead)
        parts = self.home.open(context, self.notices.append)
        self.parts = parts if self.outside is None else parts._replace(artifacts=self.outside)
        self.authority, self.store = EmbeddedAuthority(self.parts), self.parts.store
        with closing(parts.store):
            yield self

    def build(self, kind: str) -> str:
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket", "CrlType": kind}
        root = self.active_root(RevocationConfiguration={"CrlConfiguration": crl})
        self.publish(root)
        return root

    def publish(self, root: str) -> int:
        """Revoke a certificate and return the number of the CRL that is published."""
        self.revoke(root, self.issue(root, leaf_csr()))
        return self.number()

    def number(self) -> int:
        """Return the number of the one CRL that is recorded, which is that of the CRL in its place."""
        with self.store.read() as snapshot:
            ((crl_id, number),) = snapshot.crl_numbers().items()
        content = self.parts.artifacts.get("bucket", f"crl/{crl_id}.crl")
        assert content is not None
        found: Any = x509.load_der_x509_crl(content).extensions.get_extension_for_class(x509.CRLNumber).value
        assert found.crl_number == number
        return number

    def refreshed(self) -> int:
        """Publish what is due, which has to be everything once, and return the number."""
        assert len(refresh(self.parts).published) == 1
        assert refresh(self.parts).published == []
        assert list(StoreCheck(self.parts, self.home, pause=lambda: None).findings()) == []
        return self.number()

    def save(self, file: Path) -> None:
        write_backup(self.home, self.parts, file, PASSPHRASE, lambda: Derivation(b"salt" * 4, 2, 8, 1))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def lose_database(estate: Estate) -> None:
    for file in estate.home.directory.glob("authority.db*"):
        file.unlink()


def damage_database(estate: Estate) -> None:
    for file in estate.home.directory.glob("authority.db*"):
        file.write_bytes(b"x" * 9000)


def begin_again(estate: Estate) -> None:
    lose_database(estate)
    estate.home.create()


@pytest.mark.parametrize("befalls", [lose_database, damage_database, begin_again])
def test_the_buckets_of_a_store_whose_database_is_gone_tell_what_was_published(
    tmp_path: Path, backup: Path, kind: str, befalls: Callable[[Estate], None]
) -> None:
    estate = Estate(tmp_path / "store")
    with estate.opened():
        root = estate.build(kind)
        estate.save(backup)
        estate.ahead = timedelta(days=20)
        before = estate.publish(root)
        estate.ahead = timedelta(0)
    befalls(estate)
    restore(estate.home, backup, PASSPHRASE, force=True)
    with estate.opened():
        assert estate.number() < before
        assert estate.refreshed() > before


@pytest.mark.parametrize("ahead", [timedelta(0), FUTURE])
def test_a_restore_in_place_goes_on_above_what_the_replaced_store_published(
    tmp_path: Path, backup: Path, kind: str, ahead: timedelta
) -> None:
    estate = Estate(tmp_path / "store")
    with estate.opened():
        root = estate.build(kind)
        estate.save(backup)
        estate.ahead = ahead
        newest = estate.publish(root)
        estate.ahead = timedelta(0)
    restore(estate.home, backup, PASSPHRASE, force=True)
    with estate.opened():
        assert estate.number() < newest
        assert estate.refreshed() > newest


def test_a_second_restore_goes_on_above_what_was_published_before_the_first(tmp_path: Path, backup: Path) -> None:
    estate = Estate(tmp_path / "store")
    with estate.opened():
        root = estate.build("COMPLETE")
        estate.save(backup)
        estate.ahead = FUTURE
        newest = estate.publish(root)
        estate.ahead = timedelta(0)
    for _ in range(2):
        restore(estate.home, backup, PASSPHRASE, force=True)
    with estate.opened():
        assert estate.refreshed() > newest


def test_a_restore_elsewhere_goes_on_above_what_was_published_until_then(
    tmp_path: Path, backup: Path, kind: str
) -> None:
    estate, other = Estate(tmp_path / "store"), Estate(tmp_path / "unused")
    with estate.opened():
        root = estate.build(kind)
        estate.save(backup)
        newest = estate.publish(root)
    other.home = Home(tmp_path / "elsewhere")
    restore(other.home, backup, PASSPHRASE, force=False)
    with other.opened():
        assert other.refreshed() > newest


def test_buckets_that_are_elsewhere_tell_what_was_published(tmp_path: Path, backup: Path, kind: str) -> None:
    buckets = MemoryArtifacts()
    estate, other = Estate(tmp_path / "store", buckets), Estate(tmp_path / "unused", buckets)
    with estate.opened():
        root = estate.build(kind)
        estate.save(backup)
        estate.ahead = FUTURE
        newest = estate.publish(root)
    other.home = Home(tmp_path / "elsewhere")
    restore(other.home, backup, PASSPHRASE, force=False)
    with other.opened():
        assert other.refreshed() > newest


class Unreadable(MemoryArtifacts):
    """Buckets into which a CA may write, where it may not read."""

    def get(self, bucket: str, key: str) -> bytes | None:
        if not key.startswith("crl/"):
            return super().get(bucket, key)
        raise BucketProblem("Access Denied")


def foreign_crl() -> bytes:
    """Return a CRL with a great number that another CA has signed."""
    other = Embedded()
    root = other.active_root()
    other.now += FUTURE
    other.publish_crls(root)
    other.issue(root, leaf_csr())
    return other.artifacts.get("bucket", f"crl/{root.rpartition('/')[2]}.crl") or b""


@pytest.mark.parametrize("content", [b"", b"no CRL", foreign_crl()])
def test_only_a_crl_of_the_ca_itself_is_believed(tmp_path: Path, backup: Path, content: bytes) -> None:
    buckets = MemoryArtifacts()
    estate = Estate(tmp_path / "store", buckets)
    with estate.opened():
        root = estate.build("COMPLETE")
        estate.save(backup)
    restore(estate.home, backup, PASSPHRASE, force=True)
    with estate.opened():
        buckets.put("bucket", f"crl/{root.rpartition('/')[2]}.crl", [content], content_type="")
        now = crl_number(None, datetime.now(UTC))
        assert now <= estate.refreshed() <= crl_number(None, datetime.now(UTC))


def test_a_bucket_that_cannot_be_read_does_not_hold_a_crl_up(tmp_path: Path, backup: Path) -> None:
    estate = Estate(tmp_path / "store", Unreadable())
    with estate.opened():
        # Not read back here, which is what this is about.
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}
        root = estate.active_root(RevocationConfiguration={"CrlConfiguration": crl})
        estate.issue(root, leaf_csr())
        estate.save(backup)
    restore(estate.home, backup, PASSPHRASE, force=True)
    with estate.opened():
        assert refresh(estate.parts).published == [root]


Way = Callable[[Snapshots], None]


def loaded(snapshots: Snapshots) -> None:
    snapshots.load("saved")


def reset_and_loaded(snapshots: Snapshots) -> None:
    snapshots.reset()
    snapshots.load("saved")


@pytest.mark.parametrize("way", [loaded, reset_and_loaded])
def test_a_snapshot_that_is_loaded_goes_on_above_what_was_published_since(tmp_path: Path, kind: str, way: Way) -> None:
    estate = Estate(tmp_path / "store", test=True)
    snapshots = Snapshots(estate.home)
    with estate.opened():
        root = estate.build(kind)
        snapshots.save("saved")
        clock.advance(estate.store, FUTURE, estate.parts.context.now)
        newest = estate.publish(root)
        way(snapshots)
        assert estate.number() < newest
        assert estate.refreshed() > newest


def test_a_snapshot_that_is_loaded_publishes_nothing_if_nothing_was_published_since(tmp_path: Path) -> None:
    estate = Estate(tmp_path / "store", test=True)
    snapshots = Snapshots(estate.home)
    with estate.opened():
        root = estate.build("COMPLETE")
        snapshots.save("saved")
        estate.issue(root, leaf_csr())
        for _ in range(2):
            snapshots.load("saved")
            assert refresh(estate.parts).published == []


def test_a_damaged_floor_is_damage(tmp_path: Path) -> None:
    estate = Estate(tmp_path / "store")
    with estate.opened():
        with estate.store.write() as transaction:
            transaction.put_setting(crl_numbers.SETTING, "high")
        with estate.store.read() as snapshot, pytest.raises(DamagedStore, match="crl-number-floor is damaged"):
            crl_numbers.floor(snapshot)
