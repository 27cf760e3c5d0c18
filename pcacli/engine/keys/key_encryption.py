"""The key-encryption key: the one secret under which the software key store keeps private keys.

It stands in a file of its own, so that a database, a dump or a backup alone gives no key away. The file is one line of
text that says what it is; it is made once, readable by its owner only, and never overwritten.
"""

import os
import stat
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from pathlib import Path

from pcacli.engine.files import publish_once, temporary_beside
from pcacli.errors import ConfigurationProblem, DamagedStore

FILE_NAME = "key-encryption.key"
"""The name of the file in a store's directory."""

KEY_SIZE_BYTES = 32

_LABEL = b"pcacli-key-encryption-key:1:"
_MAXIMUM_FILE_SIZE_BYTES = 200


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
                temporary.write_bytes(_LABEL + b2a_base64(os.urandom(KEY_SIZE_BYTES)))
                publish_once(temporary, path)
    except OSError as error:
        raise ConfigurationProblem(f"The key file {path} cannot be made: {error.strerror}.") from error
    return read_key(path)


def read_key(path: Path) -> bytes:
    """Return the key in the file.

    Raises:
        ConfigurationProblem: the file is missing, or not readable by us, or readable by others.
        DamagedStore: the file holds no such key.
    """
    return _parse(_read_private(path), path)


def _read_private(path: Path) -> bytes:
    """Read a file that nobody but its owner may read; the check and the reading are of one open file."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigurationProblem(
                    f"The key file {path} is open to others (mode {mode:04o}); it must be readable by its owner only.",
                    hint=f"chmod 600 {path}",
                )
            return file.read(_MAXIMUM_FILE_SIZE_BYTES)
    except OSError as error:
        raise ConfigurationProblem(f"The key file {path} cannot be read: {error.strerror}.") from error


def _parse(line: bytes, path: Path) -> bytes:
    try:
        key = a2b_base64(line.removeprefix(_LABEL).rstrip(b"\n"), strict_mode=True)
    except Base64Error:
        key = b""
    if not line.startswith(_LABEL) or len(key) != KEY_SIZE_BYTES:
        # The cause is left out on purpose: nothing of the file's content may reach a traceback.
        raise DamagedStore(f"The key file {path} is damaged: it does not hold a key-encryption key.")
    return key
