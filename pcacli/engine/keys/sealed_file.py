"""Files that are encrypted under a passphrase, written and read in pieces.

```
{"format": "…", "key_id": "…", "scrypt": {"salt": "…", "n": …, "r": …, "p": …}}   one line of JSON, and its end
piece, piece, …, last piece
```

A piece is 1 MiB of content encrypted with AES-256-GCM, and so 16 bytes longer; the last one may hold less. Its nonce is
its number, counted from 0, in 11 bytes (big-endian), then a byte that is 1 in the last piece and else 0; the first line
is authenticated with it. So pieces cannot be changed, exchanged, repeated or left out, nor the end cut off. The key
comes from the passphrase by scrypt with a salt of the file's own, so that no nonce is used twice under one key;
`key_id` tells a wrong passphrase from damage.
Sources: Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (2015), STREAM; NIST SP 800-38D, section 8.2.1 (nonces that count).
"""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pcacli.engine.keys.key_encryption import key_id
from pcacli.engine.keys.passphrase import Derivation, derivation, new_derivation
from pcacli.engine.progress import Reader
from pcacli.errors import ConfigurationProblem, DamagedStore
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import BACKUP_HEAD
from pcacli.pki.core_dumps import forbid_core_dumps

PIECE_BYTES = 1024 * 1024

_TAG_BYTES = 16
_NUMBER_BYTES = 11


class SealingWriter:
    """Encrypts what is written to it into a file. `finish` it: what was not finished does not open."""

    def __init__(
        self, file: BinaryIO, kind: str, passphrase: bytes, parameters: Callable[[], Derivation] = new_derivation
    ) -> None:
        forbid_core_dumps()
        chosen = parameters()
        key = chosen.key(passphrase)
        members = {"format": kind, "key_id": key_id(key), "scrypt": chosen.members()}
        self._header = json.dumps(members).encode() + b"\n"
        self._cipher = AESGCM(key)
        self._file = file
        self._number = 0
        self._waiting = bytearray()
        self._content_hash = sha256()
        file.write(self._header)

    def write(self, content: bytes) -> int:
        """Take some content and return how much that was."""
        self._content_hash.update(content)
        self._waiting += content
        # One full piece is kept back: it may be the last one.
        while len(self._waiting) > PIECE_BYTES:
            self._put(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(content)

    def finish(self) -> str:
        """Write the last piece and return the SHA-256 of all content in hexadecimal."""
        self._put(bytes(self._waiting), is_last=True)
        return self._content_hash.hexdigest()

    def _put(self, content: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), content, self._header))
        self._number += 1


class UnsealingReader:
    """Decrypts a file while it is read; `name` is what problems call it.

    Raises:
        ConfigurationProblem: it is no such file, or the passphrase is not that of the file.
        DamagedStore: something in it was changed or is missing; nothing that was changed is ever returned.
    """

    def __init__(self, file: Reader, kind: str, passphrase: bytes, name: object) -> None:
        forbid_core_dumps()
        self._file = file
        self._name = name
        self._header = file.readline(BACKUP_HEAD.maximum_bytes)
        self._cipher = AESGCM(self._key(kind, passphrase))
        self._number = 0
        self._content = b""
        self._following = file.read(PIECE_BYTES + _TAG_BYTES)
        self._is_over = False
        self._content_hash = sha256()

    def read(self, size: int) -> bytes:
        """Return so many bytes of the content, fewer at its end."""
        while len(self._content) < size and not self._is_over:
            self._content += self._next_piece()
        taken, self._content = self._content[:size], self._content[size:]
        return taken

    def finish(self) -> str:
        """Read to the end, which proves that it is there, and return the SHA-256 of all content in hexadecimal."""
        while not self._is_over:
            self._next_piece()
        return self._content_hash.hexdigest()

    def _next_piece(self) -> bytes:
        piece, self._following = self._following, self._file.read(PIECE_BYTES + _TAG_BYTES)
        self._is_over = not self._following
        try:
            content = self._cipher.decrypt(_nonce(self._number, is_last=self._is_over), piece, self._header)
        except (InvalidTag, ValueError) as error:
            raise DamagedStore(f"{self._name} is damaged or was cut off; nothing was changed.") from error
        self._number += 1
        self._content_hash.update(content)
        return content

    def _key(self, kind: str, passphrase: bytes) -> bytes:
        try:
            members = load_json(self._header, BACKUP_HEAD)
            is_ours = members["format"] == kind
            wanted, parameters = members["key_id"], derivation(members["scrypt"])
        except (ValueError, KeyError, TypeError):
            is_ours = False
        if not is_ours:
            raise ConfigurationProblem(f"{self._name} is not a file that pcacli local backup wrote.")
        key = parameters.key(passphrase)
        if key_id(key) != wanted:
            raise ConfigurationProblem(f"The passphrase is not the one of {self._name}; nothing was changed.")
        return key


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes((is_last,))
