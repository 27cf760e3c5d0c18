"""Passphrases: where they stand, and the keys that are derived from them."""

from pathlib import Path
from typing import Any

import pytest

from pcacli.engine.keys.passphrase import Derivation, derivation, new_derivation, read_passphrase
from pcacli.errors import ConfigurationProblem


def test_the_derivation_is_scrypt() -> None:
    """RFC 7914, section 12, the third test vector, of which the first 32 bytes do not depend on the rest."""
    vector = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    assert Derivation(b"SodiumChloride", 16384, 8, 1).key(b"pleaseletmein").hex() == vector


def test_parameters_come_back_from_json_and_have_a_salt_of_their_own() -> None:
    first, second = new_derivation(), new_derivation()
    assert derivation(first.members()) == first
    assert first.salt != second.salt


COSTLY = [{"n": 2**21}, {"n": 2**18}, {"r": 9}, {"p": 17}, {"p": 5}]
NONE = [{"n": 1000}, {"n": 1}, {"n": None}, {"n": float("inf")}, {"r": 0}, {"r": True}, {"p": "2"}, {"salt": "?"}]


@pytest.mark.parametrize("changes", [*COSTLY, *NONE])
def test_parameters_that_would_cost_too_much_or_are_none_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"parameters|base64|padding"):
        derivation({**new_derivation().members(), **changes})


@pytest.mark.parametrize("content", [b"correct horse", b"correct horse\n", b"correct horse\r\nand more\n"])
def test_the_passphrase_is_the_first_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passphrase"
    file.touch(0o600)
    file.write_bytes(content)
    assert read_passphrase(file) == b"correct horse"


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (b"", 0o600, "holds no passphrase"),
        (b"\nsecond line", 0o600, "holds no passphrase"),
        (b"secret", 0o640, "open to others"),
        (None, 0o600, "cannot be read: No such file"),
    ],
)
def test_a_file_without_a_secret_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes | None, mode: int, sentence: str
) -> None:
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    with pytest.raises(ConfigurationProblem, match=sentence):
        read_passphrase(file)
