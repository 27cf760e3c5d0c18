"""The key-encryption key: the one secret under which the software key store keeps private keys.

It stands in a file of its own, so that a database or a dump alone gives no key away, or is derived from a passphrase
(source.py says which). The file is a line of text that says what it is, readable by its owner only. Only while the key
is being replaced are there two lines: the old key and the new one.
"""

import os
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from pathlib import Path

from pcacli.engine.files import file_problem, publish_once, publish_over, read_private, temporary_beside
from pcacli.errors import DamagedStore
from pcacli.limits.readers import KEY_ENCRYPTION_FILE
from pcacli.limits.reading import OverLimit

FILE_NAME = "key-encryption.key"
"""The name of the file in a store's directory."""

KEY_SIZE_BYTES = 32

_LABEL = b"pcacli-key-encryption-key:1:"
_ID_PREFIX = b"pcacli key-encryption key id:"
_ID_LETTERS = 16


def new_key() -> bytes:
    """Make a key."""
    return os.urandom(KEY_SIZE_BYTES)


def key_id(key: bytes) -> str:
    """Return what tells one key from another and is no secret: it says as little as a ciphertext under the key."""
    from hashlib import sha256

    return sha256(_ID_PREFIX + key).hexdigest()[:_ID_LETTERS]


def create_key(path: Path) -> bytes:
    """Return the key in the file, after making the file if there is none; two processes may do so at once.

    Call it before a store is made and at no other time: a new key opens none of the private keys of an old one, and
    who finds a store must find its key.

    Raises:
        ConfigurationProblem: the file cannot be made or may not be used.
        DamagedStore: the file holds no such key.
    """
    try:
        if not path.exists():
            with temporary_beside(path) as temporary:
                temporary.write_bytes(_line(new_key()))
                publish_once(temporary, path)
    except OSError as error:
        raise file_problem(f"The key file {path}", "made", error) from error
    return read_key(path)


def write_keys(path: Path, keys: Iterable[bytes]) -> None:
    """Let the file hold these keys, in place of whatever it holds; it is on disk before this returns.

    Raises:
        ConfigurationProblem: the file cannot be written.
    """
    try:
        with temporary_beside(path) as temporary:
            temporary.write_bytes(b"".join(map(_line, keys)))
            publish_over(temporary, path)
    except OSError as error:
        raise file_problem(f"The key file {path}", "written", error) from error


def read_key(path: Path) -> bytes:
    """Return the first key in the file.

    Raises:
        ConfigurationProblem: the file is missing, or not readable by us, or readable by others.
        DamagedStore: the file holds no such key.
    """
    return read_keys(path)[0]


def read_keys(path: Path) -> list[bytes]:
    """Return every key in the file, of which there is one unless the key is being replaced.

    Raises:
        ConfigurationProblem: the file is missing, or not readable by us, or readable by others.
        DamagedStore: the file holds anything else.
    """
    try:
        content = read_private(path, "key file", KEY_ENCRYPTION_FILE)
    except OverLimit as error:
        raise _damaged(path) from error
    return [_parse(line, path) for line in content.splitlines() or [b""]]


def _line(key: bytes) -> bytes:
    return _LABEL + b2a_base64(key)


def _parse(line: bytes, path: Path) -> bytes:
    try:
        key = a2b_base64(line.removeprefix(_LABEL), strict_mode=True)
    except Base64Error:
        key = b""
    if not line.startswith(_LABEL) or len(key) != KEY_SIZE_BYTES:
        # The cause is left out on purpose: nothing of the file's content may reach a traceback.
        raise _damaged(path)
    return key


def _damaged(path: Path) -> DamagedStore:
    return DamagedStore(f"The key file {path} is damaged: it does not hold a key-encryption key.")
