"""Files, pipes and devices are read as far as their readers go, and no further."""

import io
import os
import threading
from pathlib import Path

import pytest

from pcacli.limits.readers import Limits
from pcacli.limits.reading import OverLimit, open_pieces, read_file, read_lines, read_stream

LIMITS = Limits("test", 10)


def test_a_file_up_to_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    assert read_file(tmp_path / "file", LIMITS) == b"0123456789"
    (tmp_path / "file").write_bytes(b"0123456789a")
    with pytest.raises(OverLimit, match="more than 10 bytes"):
        read_file(tmp_path / "file", LIMITS)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full"])
def test_a_device_without_an_end_is_given_up(device: str) -> None:
    with pytest.raises(OverLimit):
        read_file(device, LIMITS)


def test_a_device_may_be_read_and_may_be_refused() -> None:
    assert read_file("/dev/null", LIMITS) == b""
    with pytest.raises(OSError, match="not a regular file"):
        read_file("/dev/null", LIMITS, only_regular=True)


def test_a_file_that_says_to_be_empty_is_read_all_the_same() -> None:
    """Those in /proc do."""
    assert read_file("/proc/self/comm", Limits("test", 100)).endswith(b"\n")
    with pytest.raises(OverLimit):
        read_file("/proc/self/status", LIMITS)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as folder:
        read_file(tmp_path, LIMITS)
    assert (folder.value.filename, folder.value.strerror) == (str(tmp_path), "Is a directory")
    with pytest.raises(FileNotFoundError) as missing:
        read_file(tmp_path / "missing", LIMITS)
    assert missing.value.filename == str(tmp_path / "missing")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("content", [b"", b"0", b"0123456789"])
def test_a_named_pipe_gives_what_is_written_to_it(pipe: Path, content: bytes) -> None:
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert read_file(pipe, LIMITS) == content
    writer.join()


def test_a_named_pipe_to_which_nobody_writes_is_empty(pipe: Path) -> None:
    assert read_file(pipe, LIMITS) == b""


def test_a_pipe_is_refused_at_once_where_a_file_has_to_be(pipe: Path) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        read_file(pipe, LIMITS, only_regular=True)


def test_a_stream_is_read_to_its_end_or_to_the_limit() -> None:
    assert read_stream(io.BytesIO(b"0123456789"), LIMITS) == b"0123456789"
    with pytest.raises(OverLimit):
        read_stream(io.BytesIO(b"0123456789a"), LIMITS)


def test_behind_a_line_that_is_too_long_nothing_is_read() -> None:
    with Path("/dev/zero").open("rb") as endless:
        assert list(read_lines(endless, LIMITS)) == [None]
    assert list(read_lines(io.BytesIO(b"one\n0123456789\ntwo\n"), LIMITS)) == [b"one\n", None]
    assert list(read_lines(io.BytesIO(b"one\ntwo"), LIMITS)) == [b"one\n", b"two"]


def test_a_pipe_is_read_in_pieces_when_somebody_writes_to_it(pipe: Path) -> None:
    writer = threading.Thread(target=pipe.write_bytes, args=(b"0123456789",))
    writer.start()
    with open_pieces(pipe) as file:
        assert file.read(4) + file.read(100) == b"0123456789"
    writer.join()
    with pytest.raises(OSError, match="Nobody writes to it"):
        open_pieces(pipe)
