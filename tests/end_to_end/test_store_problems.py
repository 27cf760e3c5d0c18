"""A store that cannot be used: a clear error that names the file, and nothing overwritten."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.dump import raw_dump
from tests.support.hierarchies import Estate

CONFIGURATION, DAMAGE = 253, 255


class Trouble(NamedTuple):
    """What happens to a store, the file that the error names, and the exit code."""

    happens: Callable[[Path], object]
    file: str
    exit_code: int


def _newer_schema(store: Path) -> None:
    with closing(sqlite3.connect(store / "authority.db")) as connection:
        connection.execute("PRAGMA user_version = 99")


def _foreign_database(store: Path) -> None:
    (store / "authority.db").unlink()
    with closing(sqlite3.connect(store / "authority.db")) as connection:
        connection.execute("CREATE TABLE notes (text)")


def _folder_for_a_file(name: str) -> Callable[[Path], None]:
    def happens(store: Path) -> None:
        (store / name).unlink()
        (store / name).mkdir()

    return happens


def _overwritten(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda store: (store / name).write_bytes(content)


def _cut(name: str, size_bytes: int) -> Callable[[Path], object]:
    return lambda store: (store / name).write_bytes((store / name).read_bytes()[:size_bytes])


def _without_log_of_its_own(store: Path) -> None:
    """The database is gone, the log of its last changes is still there."""
    (store / "authority.db").rename(store / "authority.db-wal")


OF_THE_DATABASE = {
    "a schema that is newer": Trouble(_newer_schema, "authority.db", CONFIGURATION),
    "a folder in its place": Trouble(_folder_for_a_file("authority.db"), "authority.db", CONFIGURATION),
    "garbage": Trouble(_overwritten("authority.db", b"garbage " * 1000), "authority.db", DAMAGE),
    "nothing in it": Trouble(_overwritten("authority.db", b""), "authority.db", DAMAGE),
    "its head only": Trouble(_cut("authority.db", 4096), "authority.db", DAMAGE),
    "half of its head": Trouble(_cut("authority.db", 50), "authority.db", DAMAGE),
    "somebody else's database": Trouble(_foreign_database, "authority.db", DAMAGE),
}
OF_THE_KEY = {
    "garbage": Trouble(_overwritten("key-encryption.key", b"garbage\n"), "key-encryption.key", DAMAGE),
    "nothing in it": Trouble(_overwritten("key-encryption.key", b""), "key-encryption.key", DAMAGE),
    "half of it": Trouble(_cut("key-encryption.key", 40), "key-encryption.key", DAMAGE),
    "it is missing": Trouble(
        lambda store: (store / "key-encryption.key").unlink(), "key-encryption.key", CONFIGURATION
    ),
    "a folder in its place": Trouble(_folder_for_a_file("key-encryption.key"), "key-encryption.key", CONFIGURATION),
    "others may read it": Trouble(
        lambda store: (store / "key-encryption.key").chmod(0o640), "key-encryption.key", CONFIGURATION
    ),
}


def commands(estate: Estate) -> dict[str, tuple[str, ...]]:
    """Return a command that reads, one that makes a key, one that uses a key, and one that makes stores."""
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=x}"
    issue = ("--csr", "fileb://www.example.com.csr", "--signing-algorithm", "SHA256WITHECDSA")
    return {
        "list": ("list-certificate-authorities",),
        "create": (
            "create-certificate-authority",
            "--certificate-authority-type=ROOT",
            f"--certificate-authority-configuration={configuration}",
        ),
        "issue": (
            "issue-certificate",
            f"--certificate-authority-arn={estate.issuing}",
            *issue,
            "--validity=Value=1,Type=DAYS",
        ),
        "init": ("local", "init"),
    }


def refuse(estate: Estate, names: tuple[str, ...], trouble: Trouble) -> None:
    """Let the trouble happen and see that each command refuses it and leaves every byte as it was."""
    trouble.happens(estate.store)
    before = raw_dump(estate.store)
    for name in names:
        refused = estate.run(*commands(estate)[name])
        assert (refused.exit_code, refused.out) == (trouble.exit_code, ""), f"{name}: {refused.err}"
        assert str(estate.store / trouble.file) in refused.err, name
        assert "Traceback" not in refused.err
        assert "bug in pcacli" not in refused.err
        assert raw_dump(estate.store) == before, name


@pytest.mark.parametrize("trouble", OF_THE_DATABASE.values(), ids=OF_THE_DATABASE)
def test_a_database_that_cannot_be_used_is_named_and_kept(estate: Estate, trouble: Trouble) -> None:
    refuse(estate, ("list", "create", "init"), trouble)


@pytest.mark.parametrize("trouble", OF_THE_KEY.values(), ids=OF_THE_KEY)
def test_a_key_file_that_cannot_be_used_is_named_and_kept(estate: Estate, trouble: Trouble) -> None:
    """What needs no private key still works."""
    refuse(estate, ("create", "issue"), trouble)
    assert estate.text("list-certificate-authorities", "--query", "length(CertificateAuthorities)") == "2"


def test_a_log_without_its_database_is_kept(estate: Estate) -> None:
    _without_log_of_its_own(estate.store)
    before = raw_dump(estate.store)
    for name in ("create", "init"):
        refused = estate.run(*commands(estate)[name])
        assert refused.exit_code == DAMAGE, refused.err
        assert str(estate.store / "authority.db-wal") in refused.err
        assert raw_dump(estate.store) == before


def test_the_key_of_another_store_opens_nothing(estate: Estate, tmp_path: Path) -> None:
    other = f"local:{tmp_path}/other"
    estate.ok("local", "init", "--endpoint-url", other)
    shutil.copy2(tmp_path / "other" / "key-encryption.key", estate.store)
    before = raw_dump(estate.store)
    refused = estate.run(*commands(estate)["issue"])
    assert refused.exit_code == CONFIGURATION
    assert "holds another key than that of the store" in refused.err
    assert raw_dump(estate.store) == before


def test_a_store_in_the_place_of_a_file_cannot_be_made(estate: Estate, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("precious")
    for words in (("local", "init"), ("list-certificate-authorities",)):
        refused = estate.run(*words, "--endpoint-url", f"local:{file}")
        assert refused.exit_code == CONFIGURATION, refused.err
        assert str(file) in refused.err
    assert file.read_text() == "precious"


def test_a_store_whose_folder_cannot_be_made_is_named(estate: Estate, tmp_path: Path) -> None:
    place = tmp_path / "link"
    place.symlink_to(tmp_path / "nowhere")
    refused = estate.run("local", "init", "--endpoint-url", f"local:{place}")
    assert (refused.exit_code, refused.out) == (CONFIGURATION, "")
    assert f"{place} cannot be used" in refused.err


def test_a_bucket_that_cannot_be_written_does_not_undo_a_revocation(estate: Estate) -> None:
    """The revocation stands, a line says what is left to do, and `local refresh` does it."""
    folder = estate.store / "buckets" / "pki-bucket" / "crl"
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("not a folder")
    words = ("revoke-certificate", "--certificate-authority-arn", estate.issuing)
    serial = estate.leaf.rpartition("/")[2]
    revoked = estate.run(*words, "--certificate-serial", serial, "--revocation-reason", "SUPERSEDED")
    assert (revoked.exit_code, revoked.out) == (0, "")
    assert "pcacli local refresh" in revoked.err
    assert estate.run("local", "refresh").exit_code == 1
    folder.unlink()
    aside.rename(folder)
    assert estate.issuing in estate.ok("local", "refresh")
