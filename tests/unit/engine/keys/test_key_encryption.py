import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pcacli.engine.keys import key_encryption
from pcacli.errors import ConfigurationProblem, DamagedStore
from tests.unit.engine.ordinary_user import ordinary_user


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / key_encryption.FILE_NAME


def test_the_key_is_made_once_and_read_again(file: Path) -> None:
    key = key_encryption.create_key(file)
    assert len(key) == 32
    assert key_encryption.create_key(file) == key_encryption.read_key(file) == key
    assert list(file.parent.iterdir()) == [file]


def test_two_stores_have_two_keys(tmp_path: Path) -> None:
    assert key_encryption.create_key(tmp_path / "a") != key_encryption.create_key(tmp_path / "b")


def test_the_file_is_one_line_that_says_what_it_is_and_only_its_owner_may_read(file: Path) -> None:
    previous = os.umask(0)
    try:
        key_encryption.create_key(file)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().startswith("pcacli-key-encryption-key:1:")
    assert file.read_text().count("\n") == 1


def test_all_who_create_at_once_get_the_same_key(file: Path) -> None:
    keys: list[bytes] = []
    barrier = threading.Barrier(8)

    def create() -> None:
        barrier.wait()
        keys.append(key_encryption.create_key(file))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_missing_key_file_is_named_and_not_made(file: Path) -> None:
    with pytest.raises(ConfigurationProblem, match=f"{file} cannot be read: No such file"):
        key_encryption.read_key(file)
    assert not file.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_key_file_that_is_open_to_others_is_refused(file: Path, mode: int) -> None:
    key_encryption.create_key(file)
    file.chmod(mode)
    with pytest.raises(ConfigurationProblem, match=rf"{file} is open to others \(mode {mode:04o}\)") as problem:
        key_encryption.read_key(file)
    assert problem.value.hint == f"chmod 600 {file}"


def test_a_key_file_that_may_not_be_read_is_named() -> None:
    with ordinary_user() as home:
        file = home / "key"
        key_encryption.create_key(file)
        file.chmod(0)
        with pytest.raises(ConfigurationProblem, match=f"{file} cannot be read: Permission denied"):
            key_encryption.read_key(file)
        home.chmod(0o500)
        with pytest.raises(ConfigurationProblem, match="other cannot be made: Permission denied"):
            key_encryption.create_key(home / "other")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"pcacli-key-encryption-key:1:\n",
        b"pcacli-key-encryption-key:1:QUJD\n",
        b"pcacli-key-encryption-key:2:" + b"QUJD" * 10 + b"QUI=\n",
        b"pcacli-key-encryption-key:1:!" + b"QUJD" * 10 + b"QUI=\n",
        b"QUJD" * 10 + b"QUI=\n",
        b"\xff" * 1000,
    ],
)
@pytest.mark.parametrize("reading", [key_encryption.read_key, key_encryption.create_key])
def test_a_damaged_key_file_is_named_and_left_alone(
    file: Path, content: bytes, reading: Callable[[Path], bytes]
) -> None:
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(DamagedStore, match=f"{file} is damaged"):
        reading(file)
    assert file.read_bytes() == content
