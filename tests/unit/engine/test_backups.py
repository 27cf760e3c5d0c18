"""Backups: what was saved comes back, also from under load, and what is damaged changes nothing."""

import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine import credentials, crl_numbers, upkeep
from pcacli.engine.backups import FORMAT, write_backup
from pcacli.engine.call import Parts
from pcacli.engine.checking.store import StoreCheck
from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.home import Home
from pcacli.engine.keys.passphrase import Derivation
from pcacli.engine.keys.sealed_file import SealingWriter
from pcacli.engine.progress import Phase
from pcacli.engine.restoring import restore
from pcacli.engine.store import sqlite
from pcacli.engine.store.port import Store
from pcacli.errors import ConfigurationProblem, DamagedStore, PcaError
from pcacli.service.local import LocalService
from tests.support.crafted import leaf_csr
from tests.support.dump import logical_dump, raw_dump
from tests.support.embedded import ROOT_TEMPLATE
from tests.support.onlooker import Onlooker

PASSPHRASE = b"correct horse"
OPENED: list[Store] = []


def cheap() -> Derivation:
    return Derivation(b"salt" * 4, 2, 8, 1)


class Place:
    """A store in a directory; `build` makes a root that publishes CRLs."""

    def __init__(self, directory: Path, passphrase_file: Path | None = None) -> None:
        self.directory = directory
        self.home = Home(directory, passphrase_file=passphrase_file)

    def open(self) -> Parts:
        parts: Parts = self.home.open(system_context(), lambda _notice: None)
        OPENED.append(parts.store)
        self.service = LocalService(parts, root_of_account("111122223333", "eu-central-1"))
        return parts

    def build(self) -> Parts:
        self.home.create()
        parts = self.open()
        call = self.service.call
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}
        asked = {
            "CertificateAuthorityType": "ROOT",
            "CertificateAuthorityConfiguration": {
                "KeyAlgorithm": "EC_prime256v1",
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": "Root"},
            },
            "RevocationConfiguration": {"CrlConfiguration": crl},
        }
        self.root: str = call("CreateCertificateAuthority", asked)["CertificateAuthorityArn"]
        csr = call("GetCertificateAuthorityCsr", {"CertificateAuthorityArn": self.root})["Csr"].encode()
        own = self.issue(csr, TemplateArn=ROOT_TEMPLATE, Validity={"Type": "DAYS", "Value": 3650})
        pem = call("GetCertificate", {"CertificateAuthorityArn": self.root, "CertificateArn": own})["Certificate"]
        blobs = {"CertificateAuthorityArn": self.root, "Certificate": pem.encode()}
        call("ImportCertificateAuthorityCertificate", blobs)
        self.revoke(self.issue())
        return parts

    def issue(self, csr: bytes | None = None, **members: Any) -> str:
        request = {
            "CertificateAuthorityArn": self.root,
            "Csr": csr or leaf_csr(),
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Validity": {"Type": "DAYS", "Value": 30},
            **members,
        }
        arn: str = self.service.call("IssueCertificate", request)["CertificateArn"]
        return arn

    def revoke(self, certificate: str) -> None:
        serial = certificate.rpartition("/")[2]
        request = {"CertificateAuthorityArn": self.root, "CertificateSerial": serial, "RevocationReason": "SUPERSEDED"}
        self.service.call("RevokeCertificate", request)

    def save(self, file: Path) -> None:
        parts = self.open()
        with closing(parts.store):
            write_backup(self.home, parts, file, PASSPHRASE, cheap)

    def works(self, root: str) -> None:
        """Make sure that the store is clean, and issues and revokes."""
        self.root = root
        with closing(self.open().store):
            self.check()
            self.revoke(self.issue())
            self.check()

    def check(self) -> None:
        parts = self.open()
        with closing(parts.store):
            assert list(StoreCheck(parts, self.home, pause=lambda: None).findings()) == []


@pytest.fixture(autouse=True)
def _closed_stores() -> Iterator[None]:
    """Close every store that a test has opened."""
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "store")
    parts = made.build()
    yield made
    parts.store.close()


@pytest.fixture
def backup(place: Place, tmp_path: Path) -> Path:
    file = tmp_path / "pki.backup"
    place.save(file)
    return file


def test_a_backup_and_its_way_back_tell_how_far_they_are(place: Place, tmp_path: Path) -> None:
    file, parts, onlooker = tmp_path / "told.backup", place.open(), Onlooker()
    with closing(parts.store):
        write_backup(place.home, parts, file, PASSPHRASE, cheap, onlooker)
    assert onlooker.phases == ["Copying the records", "Writing the backup", "Reading it again"]
    done, total = onlooker.last("Copying the records")
    assert done == total
    assert onlooker.last("Reading it again") == (file.stat().st_size,) * 2
    restore(place.home, file, PASSPHRASE, force=True, progress=onlooker)
    assert onlooker.phases[3:] == [
        "Reading the backup",
        "Checking the records",
        "Putting the old store aside",
        "Replacing the records",
    ]
    assert onlooker.last("Reading the backup") == (file.stat().st_size,) * 2


def test_a_restored_store_is_clean_and_goes_on(place: Place, backup: Path, tmp_path: Path) -> None:
    other = Place(tmp_path / "elsewhere" / "store")
    assert restore(other.home, backup, PASSPHRASE, force=False) is None
    saved, restored = logical_dump(place.directory), logical_dump(other.directory)
    added = set(restored.tables.pop("settings")) - set(saved.tables.pop("settings"))
    assert [name for name, _ in added] == [crl_numbers.SETTING]
    assert restored.tables == saved.tables
    assert {name for name in saved.files if not name.startswith("locks")} == set(restored.files)
    assert restored.files["key-encryption.key"] == saved.files["key-encryption.key"]
    other.works(place.root)


def test_a_backup_is_private_and_shows_nothing(place: Place, backup: Path) -> None:
    content = backup.read_bytes()
    assert backup.stat().st_mode & 0o777 == 0o600
    for secret in (b"SQLite format", b"pcacli-key-encryption", b"authority.db", b"Root", b"bucket"):
        assert secret not in content
    assert list(backup.parent.glob(".*")) == list(place.directory.glob(".*")) == []


def test_a_backup_never_replaces_a_file(place: Place, backup: Path) -> None:
    content = backup.read_bytes()
    with pytest.raises(ConfigurationProblem, match="is there already"):
        place.save(backup)
    assert backup.read_bytes() == content


def test_a_backup_needs_its_folder(place: Place, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationProblem, match=r"There is no folder \S+/nowhere for the backup\."):
        place.save(tmp_path / "nowhere" / "backup")


def test_a_backup_under_load_is_one_state(place: Place, tmp_path: Path) -> None:
    done = threading.Event()

    def keep_working() -> None:
        while not done.is_set():
            place.revoke(place.issue())

    workers = [threading.Thread(target=keep_working) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        for number in range(4):
            place.save(tmp_path / f"{number}.backup")
    finally:
        done.set()
        for worker in workers:
            worker.join()
    place.check()
    counts = []
    for number in range(4):
        other = Place(tmp_path / f"store-{number}")
        restore(other.home, tmp_path / f"{number}.backup", PASSPHRASE, force=False)
        with closing(other.open().store) as store, store.read() as snapshot:
            counts.append(snapshot.certificate_count(authority_arn(place.root)))
        findings = list(StoreCheck(other.open(), other.home, pause=lambda: None).findings())
        # What was revoked after its last CRL is all that may be open.
        assert {finding.detail for finding in findings} <= {"it lacks the newest revocations: pcacli local refresh"}
        other.root = place.root
        other.open()
        other.revoke(other.issue())
        other.check()
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_a_store_that_is_there_is_left_alone(place: Place, backup: Path) -> None:
    place.issue()
    before = raw_dump(place.directory)
    with pytest.raises(ConfigurationProblem, match=r"There is a store in .*; nothing was changed") as refused:
        restore(place.home, backup, PASSPHRASE, force=False)
    assert refused.value.hint is not None
    assert "--force" in refused.value.hint
    assert raw_dump(place.directory) == before


def test_force_puts_what_was_there_aside_even_while_it_is_open(place: Place, backup: Path) -> None:
    newer = place.issue()
    with place.open().store.read() as before:
        aside = restore(place.home, backup, PASSPHRASE, force=True)
        assert before.certificate_count(authority_arn(place.root)) == 3
    assert aside is not None
    place.works(place.root)
    replaced = Place(aside)
    replaced.works(place.root)
    replaced.open()
    found = {"CertificateAuthorityArn": place.root, "CertificateArn": newer}
    assert replaced.service.call("GetCertificate", found)["Certificate"]


def test_force_replaces_a_store_with_another_key(backup: Path, place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other")
    parts = other.build()
    own_root = other.root
    credentials.create(parts, root_of_account("111122223333", "eu-central-1"))
    aside = restore(other.home, backup, PASSPHRASE, force=True)
    assert aside is not None
    other.works(place.root)
    Place(aside).works(own_root)


@pytest.mark.parametrize("damage", [b"", b"no key", None])
def test_force_replaces_a_store_whose_key_is_lost(place: Place, backup: Path, damage: bytes | None) -> None:
    key_file = place.directory / "key-encryption.key"
    if damage is None:
        key_file.unlink()
    else:
        key_file.write_bytes(damage)
    restore(place.home, backup, PASSPHRASE, force=True)
    place.works(place.root)


@pytest.mark.parametrize("damage", [b"no database at all", None])
def test_force_replaces_a_store_that_cannot_be_opened(place: Place, backup: Path, damage: bytes | None) -> None:
    place.service.close()
    database = place.directory / "authority.db"
    if damage is None:
        database.unlink()
    else:
        database.write_bytes(damage)
    aside = restore(place.home, backup, PASSPHRASE, force=True)
    place.works(place.root)
    assert aside is not None
    assert (aside / "buckets" / "bucket").is_dir()
    assert (aside / "key-encryption.key").exists()


def test_a_store_that_is_being_served_is_not_replaced(place: Place, backup: Path) -> None:
    before = logical_dump(place.directory)
    with (
        upkeep.looking_after(sqlite.open_store(place.directory)),
        pytest.raises(ConfigurationProblem, match="local serve is using the store"),
    ):
        restore(place.home, backup, PASSPHRASE, force=True)
    after = logical_dump(place.directory)
    assert after.tables == before.tables
    assert {name for name in after.files if not name.startswith("locks")} <= set(before.files)


def _truncated(content: bytes) -> bytes:
    return content[:-1000]


def _tampered(content: bytes) -> bytes:
    return content[:5000] + bytes((content[5000] ^ 1,)) + content[5001:]


def _archive_of(name: str, content: bytes = b"") -> bytes:
    file, archive = BytesIO(), BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, BytesIO(content))
    writer = SealingWriter(file, FORMAT, PASSPHRASE, cheap)
    writer.write(archive.getvalue())
    writer.finish()
    return file.getvalue()


BROKEN = {
    "truncated": (_truncated, PASSPHRASE, "is damaged or was cut off; nothing was changed"),
    "tampered": (_tampered, PASSPHRASE, "is damaged or was cut off; nothing was changed"),
    "wrong passphrase": (lambda content: content, b"wrong", "passphrase is not the one of"),
    "not a backup": (lambda _: b"hello\n" * 1000, PASSPHRASE, "is not a file that pcacli local backup wrote"),
    "no archive": (lambda _: _sealed(b"x" * 2000), PASSPHRASE, "does not hold what a backup"),
    "leads out": (lambda _: _archive_of("buckets/../../x"), PASSPHRASE, "does not hold what a backup holds"),
    "absolute": (lambda _: _archive_of("/tmp/x"), PASSPHRASE, "does not hold what a backup holds"),
    "strange file": (lambda _: _archive_of("locks"), PASSPHRASE, "does not hold what a backup holds"),
    "no database": (lambda _: _archive_of("key-encryption.key"), PASSPHRASE, "There is no store"),
    "damaged database": (lambda _: _archive_of("authority.db", b"x" * 9000), PASSPHRASE, "is damaged"),
}


def _sealed(content: bytes) -> bytes:
    file = BytesIO()
    writer = SealingWriter(file, FORMAT, PASSPHRASE, cheap)
    writer.write(content)
    writer.finish()
    return file.getvalue()


@pytest.mark.parametrize("name", BROKEN)
def test_a_backup_that_cannot_be_used_changes_nothing(place: Place, backup: Path, tmp_path: Path, name: str) -> None:
    damage, passphrase, sentence = BROKEN[name]
    backup.write_bytes(damage(backup.read_bytes()))
    before = raw_dump(place.directory)
    for home in (place.home, Home(tmp_path / "new")):
        with pytest.raises(PcaError, match=sentence):
            restore(home, backup, passphrase, force=True)
    assert raw_dump(place.directory) == before
    assert not (tmp_path / "new").exists()


def test_a_backup_without_its_key_is_damaged(place: Place, tmp_path: Path) -> None:
    copy = Place(tmp_path / "copy")
    shutil.copytree(place.directory, copy.directory)
    parts = copy.open()
    (copy.directory / "key-encryption.key").unlink()
    file = tmp_path / "keyless.backup"
    write_backup(copy.home, parts, file, PASSPHRASE, cheap)
    with pytest.raises((ConfigurationProblem, DamagedStore), match="key file"):
        restore(Home(tmp_path / "new"), file, PASSPHRASE, force=False)
    assert not (tmp_path / "new").exists()


def test_a_store_with_a_passphrase_keeps_it_and_needs_no_key_file(tmp_path: Path) -> None:
    passphrase_file = tmp_path / "passphrase"
    passphrase_file.touch(0o600)
    passphrase_file.write_text("of the store")
    place = Place(tmp_path / "store", passphrase_file)
    parts = place.build()
    write_backup(place.home, parts, tmp_path / "backup", b"of the backup", cheap)
    other = Place(tmp_path / "other", passphrase_file)
    restore(other.home, tmp_path / "backup", b"of the backup", force=False)
    assert not (other.directory / "key-encryption.key").exists()
    other.works(place.root)
    parts.store.close()


def test_files_that_are_no_objects_are_left_out(place: Place, tmp_path: Path) -> None:
    bucket = place.directory / "buckets" / "bucket"
    (bucket / "größe.txt").touch()
    (bucket / ".0123.new").touch()
    (bucket / "link").symlink_to("/etc/passwd")
    (place.directory / "buckets" / "empty-bucket").mkdir(mode=0o700)
    place.save(tmp_path / "backup")
    other = Place(tmp_path / "other")
    restore(other.home, tmp_path / "backup", PASSPHRASE, force=False)
    assert other.home.bucket_names() == ["bucket", "empty-bucket"]
    restored = {path.name for path in (other.directory / "buckets" / "bucket").iterdir()}
    assert restored.isdisjoint({"größe.txt", ".0123.new", "link"})


class Meanwhile:
    """Somebody who does something the first time that work tells of a phase."""

    def __init__(self, phase: str, act: Callable[[], object]) -> None:
        self._phase, self._act = phase, act
        self.acted = False

    def __call__(self, phase: Phase, _done: int, _total: int | None) -> None:
        if phase.text == self._phase and not self.acted:
            self.acted = True
            self._act()


def test_a_backup_that_meets_a_file_which_appeared_meanwhile_fails(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "pki.backup"
    meanwhile = Meanwhile("Reading it again", lambda: file.write_bytes(b"of another process"))
    with closing(place.open().store), pytest.raises(ConfigurationProblem, match="is there already"):
        write_backup(place.home, place.open(), file, PASSPHRASE, cheap, meanwhile)
    assert meanwhile.acted
    assert file.read_bytes() == b"of another process"
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("phase", ["Reading the backup", "Checking the records", "Copying the records"])
def test_a_restore_that_meets_a_store_which_appeared_meanwhile_fails(
    place: Place, backup: Path, tmp_path: Path, phase: str
) -> None:
    other = Place(tmp_path / "elsewhere")
    meanwhile = Meanwhile(phase, other.build)
    with pytest.raises(ConfigurationProblem, match=r"made a store in \S+ meanwhile\. It was left as it is"):
        restore(other.home, backup, PASSPHRASE, force=False, progress=meanwhile)
    assert meanwhile.acted
    assert other.root != place.root
    other.works(other.root)
    assert {path.name for path in other.directory.iterdir() if path.name.startswith((".", "replaced"))} == set()


@pytest.mark.parametrize("part", ["key-encryption.key", "buckets"])
def test_a_restore_that_meets_part_of_a_store_which_appeared_meanwhile_fails(
    backup: Path, tmp_path: Path, part: str
) -> None:
    directory = tmp_path / "elsewhere"
    meanwhile = Meanwhile("Copying the records", (directory / part).mkdir)
    with pytest.raises(ConfigurationProblem, match="made a store"):
        restore(Home(directory), backup, PASSPHRASE, force=False, progress=meanwhile)
    assert [path.name for path in directory.iterdir()] == [part]


def test_a_forced_restore_that_meets_a_store_which_was_made_meanwhile_fails(
    place: Place, backup: Path, tmp_path: Path
) -> None:
    """There was none that could be opened, so nothing of it would have been saved."""
    other = Place(tmp_path / "elsewhere")
    other.directory.mkdir(mode=0o700)
    (other.directory / "buckets").mkdir(mode=0o700)
    meanwhile = Meanwhile("Copying the records", other.build)
    with pytest.raises(ConfigurationProblem, match="made a store"):
        restore(other.home, backup, PASSPHRASE, force=True, progress=meanwhile)
    assert other.root != place.root
    other.works(other.root)


def test_what_is_committed_while_a_restore_begins_is_in_the_store_that_is_put_aside(place: Place, backup: Path) -> None:
    issued: list[str] = []
    meanwhile = Meanwhile("Checking the records", lambda: issued.append(place.issue()))
    aside = restore(place.home, backup, PASSPHRASE, force=True, progress=meanwhile)
    assert aside is not None
    replaced = Place(aside)
    replaced.open()
    found = {"CertificateAuthorityArn": place.root, "CertificateArn": issued[0]}
    assert replaced.service.call("GetCertificate", found)["Certificate"]


def test_nobody_writes_between_putting_aside_and_replacing(place: Place, backup: Path) -> None:
    waiting: list[threading.Thread] = []

    def issue_meanwhile() -> None:
        waiting.append(threading.Thread(target=place.issue))
        waiting[0].start()

    aside = restore(
        place.home,
        backup,
        PASSPHRASE,
        force=True,
        progress=Meanwhile("Putting the old store aside", issue_meanwhile),
    )
    waiting[0].join()
    assert aside is not None
    with closing(Place(aside).open().store) as store, store.read() as snapshot:
        kept = snapshot.certificate_count(authority_arn(place.root))
    with closing(place.open().store) as store, store.read() as snapshot:
        assert (kept, snapshot.certificate_count(authority_arn(place.root))) == (2, 3)


def test_two_processes_that_make_a_store_at_once_make_one(tmp_path: Path) -> None:
    homes = [Home(tmp_path / "store") for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(lambda home: home.create(), homes)) == [False] * 7 + [True]
