"""Files that are encrypted in pieces: what was written comes back, and nothing that was changed does."""

from io import BytesIO

import pytest

from pcacli.engine.keys.passphrase import Derivation
from pcacli.engine.keys.sealed_file import PIECE_BYTES, SealingWriter, UnsealingReader
from pcacli.errors import ConfigurationProblem, DamagedStore

KIND = "kind:1"
SEALED_PIECE_BYTES = PIECE_BYTES + 16


def cheap() -> Derivation:
    return Derivation(b"salt" * 4, 2, 8, 1)


def sealed(content: bytes, kind: str = KIND) -> bytes:
    file = BytesIO()
    writer = SealingWriter(file, kind, b"passphrase", cheap)
    for start in range(0, len(content), 700_000):
        writer.write(content[start : start + 700_000])
    writer.finish()
    return file.getvalue()


def opened(file: bytes, passphrase: bytes = b"passphrase") -> bytes:
    reader = UnsealingReader(BytesIO(file), KIND, passphrase, "FILE")
    content = b""
    while more := reader.read(300_000):
        content += more
    reader.finish()
    return content


@pytest.fixture(scope="module")
def three_pieces() -> bytes:
    return sealed(bytes(range(256)) * 10_000)


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
def test_content_of_any_size_comes_back(size: int) -> None:
    content = (b"content" * (size // 7 + 1))[:size]
    file = sealed(content)
    assert opened(file) == content
    assert size < 100 or content[:100] not in file


def test_writer_and_reader_agree_about_the_content() -> None:
    file = BytesIO()
    writer = SealingWriter(file, KIND, b"passphrase", cheap)
    writer.write(b"content")
    digest = writer.finish()
    file.seek(0)
    assert UnsealingReader(file, KIND, b"passphrase", "FILE").finish() == digest


def _pieces(file: bytes) -> list[bytes]:
    header, _, rest = file.partition(b"\n")
    return [
        header + b"\n",
        *(rest[start : start + SEALED_PIECE_BYTES] for start in range(0, len(rest), SEALED_PIECE_BYTES)),
    ]


def test_a_changed_byte_is_found_wherever_it_is(three_pieces: bytes) -> None:
    start = three_pieces.index(b"\n") + 1
    for place in (start, start + 1000, start + SEALED_PIECE_BYTES + 5, len(three_pieces) - 1):
        changed = bytearray(three_pieces)
        changed[place] ^= 1
        with pytest.raises(DamagedStore, match="FILE is damaged or was cut off; nothing was changed"):
            opened(bytes(changed))


def test_pieces_cannot_be_left_out_exchanged_or_repeated(three_pieces: bytes) -> None:
    header, first, second, third = _pieces(three_pieces)
    for pieces in (
        (first, second),
        (first,),
        (),
        (second, first, third),
        (first, third),
        (first, first, second, third),
    ):
        with pytest.raises(DamagedStore, match="damaged or was cut off"):
            opened(b"".join((header, *pieces)))


def test_an_end_that_was_cut_off_is_found(three_pieces: bytes) -> None:
    for missing in (1, 17, SEALED_PIECE_BYTES):
        with pytest.raises(DamagedStore, match="damaged or was cut off"):
            opened(three_pieces[:-missing])


def test_a_wrong_passphrase_is_told_from_damage(three_pieces: bytes) -> None:
    with pytest.raises(ConfigurationProblem, match="The passphrase is not the one of FILE"):
        opened(three_pieces, b"other")


@pytest.mark.parametrize("file", [b"", b"{}\n", b"[]\n", b"\x00" * 3000, b"SQLite format 3\x00"])
def test_another_file_is_refused(file: bytes) -> None:
    with pytest.raises(ConfigurationProblem, match="FILE is not a file that pcacli local backup wrote"):
        opened(file)


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigurationProblem, match="not a file that"):
        opened(sealed(b"content", "other:1"))
