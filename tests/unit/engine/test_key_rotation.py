"""The key-encryption key is replaced as a whole, whatever else happens."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pcacli.engine import credentials
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.call import Change
from pcacli.engine.checking.store import StoreCheck
from pcacli.engine.home import Home
from pcacli.engine.key_rotation import rotate
from pcacli.engine.keys import key_encryption
from pcacli.engine.keys.kept_open import KeptOpenKeys
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.keys.source import KeySource, key_for_file, key_from_passphrase
from pcacli.engine.progress import Progress, unwatched
from pcacli.engine.store import sqlite
from pcacli.errors import ConfigurationProblem, DamagedStore, PcaError
from tests.support.crafted import leaf_csr
from tests.support.embedded import ROOT_TEMPLATE, Embedded
from tests.support.onlooker import Onlooker
from tests.support.waiting import LONGEST_SECONDS
from tests.unit.engine import dying_rotation
from tests.unit.engine.dying_rotation import PASSPHRASE, cheap

REPOSITORY = Path(__file__).parents[3]
REPLACED = "was replaced at this moment; nothing was changed"


class Estate(Embedded):
    """A store in a directory with a root and an access key."""

    def __init__(self, directory: Path, passphrase_file: Path) -> None:
        self.passphrase_file = passphrase_file
        self.home = Home(directory, passphrase_file=passphrase_file)
        Home(directory).create()
        store = sqlite.open_store(directory)
        self.source = self.home.key_source(store)
        super().__init__(store=store, keys=SoftwareKeyStore(self.source.current))
        self.parts = self.parts._replace(context=self.parts.context._replace(random_bytes=os.urandom))
        self.authority = EmbeddedAuthority(self.parts)
        self.root = self.active_root()
        self.access_key = credentials.create(self.parts, self.owner)

    @property
    def key_file(self) -> Path:
        return self.source.key_file

    def rotate_key(self, progress: Progress = unwatched) -> None:
        rotate(self.store, self.source, key_for_file(key_encryption.new_key()), progress)

    def rotate_to_passphrase(self, passphrase: bytes) -> None:
        rotate(self.store, self.source, key_from_passphrase(passphrase, cheap))

    def works(self) -> None:
        """Make sure that all secrets open in another process, as it were."""
        fresh = self.parts._replace(keys=SoftwareKeyStore(self.home.key_source(self.store).current))
        assert list(StoreCheck(fresh, self.home, pause=lambda: None).findings()) == []
        found = credentials.find(fresh, self.access_key.access_key_id)
        assert found is not None
        assert credentials.secret(fresh, found) == self.access_key.secret_access_key
        assert self.issue(self.root, leaf_csr())


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    passphrase_file = tmp_path / "passphrase"
    passphrase_file.touch(0o600)
    passphrase_file.write_bytes(PASSPHRASE + b"\n")
    made = Estate(tmp_path / "store", passphrase_file)
    yield made
    made.store.close()


def test_a_new_key_opens_everything_and_the_old_one_nothing(estate: Estate) -> None:
    old = key_encryption.read_key(estate.key_file)
    estate.rotate_key()
    estate.works()
    (new,) = key_encryption.read_keys(estate.key_file)
    assert new != old
    with estate.store.read() as snapshot:
        (authority,) = snapshot.authorities()
    with pytest.raises(DamagedStore, match="another key-encryption"):
        SoftwareKeyStore(lambda: old).open(authority.key_reference)


def test_a_passphrase_takes_the_place_of_the_file_and_the_file_that_of_the_passphrase(estate: Estate) -> None:
    estate.rotate_to_passphrase(b"correct horse")
    assert not estate.key_file.exists()
    estate.works()
    estate.rotate_to_passphrase(b"correct horse")
    estate.works()
    estate.rotate_key()
    estate.works()
    assert estate.key_file.stat().st_mode & 0o777 == 0o600


def test_the_wrong_passphrase_is_told_in_a_sentence(estate: Estate) -> None:
    estate.rotate_to_passphrase(b"another one")
    with pytest.raises(ConfigurationProblem, match="is not the one of this store"):
        estate.issue(estate.root, leaf_csr())
    with pytest.raises(ConfigurationProblem, match="is not the one of this store"):
        estate.rotate_key()
    assert not estate.key_file.exists()


def test_a_store_with_a_passphrase_asks_for_its_file(estate: Estate) -> None:
    estate.rotate_to_passphrase(b"correct horse")
    source = KeySource(estate.store, estate.key_file, None)
    with pytest.raises(ConfigurationProblem, match="PCACLI_PASSPHRASE_FILE must name the file"):
        source.current()


def test_a_key_file_of_another_store_is_refused(estate: Estate) -> None:
    estate.key_file.unlink()
    key_encryption.create_key(estate.key_file)
    with pytest.raises(ConfigurationProblem, match="holds another key than that of the store"):
        estate.issue(estate.root, leaf_csr())


def test_a_rotation_that_fails_changes_nothing(estate: Estate) -> None:
    with estate.store.read() as snapshot:
        (authority,) = snapshot.authorities()
    with estate.store.write() as transaction:
        transaction.put_authority(authority._replace(key_reference=authority.key_reference[:-8]))
    before = estate.key_file.read_bytes()
    with pytest.raises(DamagedStore, match="cannot be decrypted"):
        estate.rotate_key()
    assert estate.key_file.read_bytes() == before
    with estate.store.write() as transaction:
        transaction.put_authority(authority)
    estate.works()


@pytest.mark.parametrize("moment", dying_rotation.STORES)
@pytest.mark.parametrize("key", dying_rotation.KEYS)
def test_a_rotation_that_was_killed_leaves_a_store_that_works(estate: Estate, key: str, moment: str) -> None:
    """The process ends before or after the commit, with the key file as it is then; the next rotation tidies up."""
    command = [sys.executable, "-m", dying_rotation.__name__, str(estate.home.directory), str(estate.passphrase_file)]
    ended = subprocess.run([*command, key, moment], cwd=REPOSITORY, timeout=LONGEST_SECONDS, check=False)
    assert ended.returncode == dying_rotation.DIED
    number_of_keys = len(estate.source.keys_in_file())
    assert number_of_keys == (1 if key == "passphrase" else 2)
    findings = list(StoreCheck(estate.parts, estate.home, pause=lambda: None).findings())
    assert bool(findings) == (number_of_keys == 2 or moment == "after")
    assert all("rotation was interrupted" in finding.detail for finding in findings)
    assert estate.issue(estate.root, leaf_csr())
    estate.rotate_key()
    estate.works()


def test_a_server_goes_on_while_the_key_is_replaced(estate: Estate) -> None:
    """Threads issue and make access keys all the while, and nobody meets a key that does not open."""
    estate.parts = estate.parts._replace(keys=KeptOpenKeys(estate.parts.keys))
    estate.authority = EmbeddedAuthority(estate.parts)
    problems: list[str] = []
    done = threading.Event()

    def keep_doing(work: Callable[[], object]) -> None:
        while not done.is_set():
            try:
                work()
            except PcaError as problem:
                problems.append(problem.message)

    def issue() -> str:
        return estate.issue(estate.root, leaf_csr())

    def make_access_key() -> object:
        return credentials.create(estate.parts, estate.owner)

    threads = [threading.Thread(target=keep_doing, args=(work,)) for work in (issue, make_access_key) * 2]
    for thread in threads:
        thread.start()
    try:
        for _ in range(15):
            estate.rotate_key()
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert [problem for problem in problems if REPLACED not in problem] == []
    estate.works()


def test_a_ca_whose_key_was_made_just_before_a_rotation_is_created_and_works(estate: Estate) -> None:
    subject = {"CommonName": "Late"}
    configuration = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": subject}
    request = {"CertificateAuthorityType": "ROOT", "CertificateAuthorityConfiguration": configuration}
    prepared = estate.authority.prepare("CreateCertificateAuthority", request, estate.owner)
    assert isinstance(prepared, Change)
    estate.rotate_key()
    created = prepared.commit()["CertificateAuthorityArn"]
    estate.install(created, created, ROOT_TEMPLATE, years=1)
    assert estate.issue(created, leaf_csr())
    estate.works()


def test_a_new_key_does_not_show_itself() -> None:
    new = key_for_file(key_encryption.new_key())
    assert repr(new) == f"NewKey({new.protection.key_id})"
    assert new.key.hex() not in f"{new!r}{new.protection!r}"


def test_a_key_that_was_sealed_before_a_rotation_is_not_stored_after_it(estate: Estate) -> None:
    reference = estate.parts.keys.generate("EC_prime256v1")
    estate.parts.keys.require_current(reference)
    estate.rotate_key()
    with pytest.raises(PcaError, match=REPLACED):
        estate.parts.keys.require_current(reference)


def test_a_rotation_tells_how_many_keys_are_done(estate: Estate) -> None:
    estate.active_root()
    onlooker = Onlooker()
    estate.rotate_key(onlooker)
    assert [(done, total) for _, done, total in onlooker.told] == [(0, 2), (1, 2), (2, 2), (0, 1), (1, 1)]
