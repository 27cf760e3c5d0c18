"""A key that is derived from a passphrase with scrypt (RFC 7914), and files that hold passphrases.

The parameters are no secret and are kept beside what the key protects. They cost 64 MB and, on a core of 2026, about a
third of a second for each guess.
Source: OWASP Password Storage Cheat Sheet, "scrypt" (N = 2^16, r = 8, p = 2 among the recommended minima).
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.engine.files import file_problem, read_private
from pcacli.engine.keys.key_encryption import KEY_SIZE_BYTES
from pcacli.errors import ConfigurationProblem
from pcacli.limits.readers import PASSPHRASE_FILE
from pcacli.limits.reading import OverLimit

VARIABLE = "PCACLI_PASSPHRASE_FILE"
"""The variable of the environment that names the file with a store's passphrase."""

_SALT_SIZE_BYTES = 16
_N, _R, _P = 2**16, 8, 2
# A backup may come from others: its parameters may cost little more than ours, which is 128 MiB and a second.
_MAXIMUM_N, _MAXIMUM_R, _MAXIMUM_P = 2**17, 8, 4


class Derivation(NamedTuple):
    """The parameters of one derivation, named as in RFC 7914."""

    salt: bytes
    n: int
    r: int
    p: int

    def key(self, passphrase: bytes) -> bytes:
        """Return the key."""
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        return Scrypt(salt=self.salt, length=KEY_SIZE_BYTES, n=self.n, r=self.r, p=self.p).derive(passphrase)

    def members(self) -> dict[str, Any]:
        """Return the parameters as JSON takes them."""
        return {**self._asdict(), "salt": b64encode(self.salt).decode()}


def new_derivation() -> Derivation:
    """Return parameters with a salt of their own."""
    return Derivation(os.urandom(_SALT_SIZE_BYTES), _N, _R, _P)


def derivation(members: Mapping[str, Any]) -> Derivation:
    """Return the parameters that JSON held.

    Raises:
        ValueError: they are none, or would cost more than any of ours.
    """
    try:
        salt, numbers = b64decode(members["salt"], validate=True), [members[name] for name in "nrp"]
    except (KeyError, TypeError) as error:
        raise ValueError("parameters are missing") from error
    if not all(type(number) is int for number in numbers):
        raise ValueError("parameters are no numbers")
    found = Derivation(salt, *numbers)
    is_power_of_two = found.n > 1 and found.n & (found.n - 1) == 0
    if not (is_power_of_two and found.n <= _MAXIMUM_N and 0 < found.r <= _MAXIMUM_R and 0 < found.p <= _MAXIMUM_P):
        raise ValueError("parameters are out of range")
    return found


def read_passphrase(path: Path, *, what: str = "passphrase") -> bytes:
    """Return the first line of a file, without its end; `what` is what the user calls that.

    Raises:
        ConfigurationProblem: the file cannot be read, is readable by others, or has nothing in its first line.
    """
    try:
        content = read_private(path, f"{what} file", PASSPHRASE_FILE)
    except OverLimit as error:
        raise file_problem(f"The {what} file {path}", "read", error) from error
    passphrase = content.partition(b"\n")[0].removesuffix(b"\r")
    if not passphrase:
        raise ConfigurationProblem(f"The {what} file {path} holds no {what} in its first line.")
    return passphrase
