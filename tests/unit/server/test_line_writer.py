"""Lines to somebody who may not read them."""

import os
import select
import threading

import pytest

from pcacli.server.line_writer import LineWriter

LIMIT = 50
PUT = 500
LINE = b"x" * 999 + b"\n"
SECONDS = 60.0


@pytest.fixture
def pipe() -> tuple[int, int]:
    """A pipe that stays open, because a thread may be writing to it."""
    return os.pipe()


def writer(file_descriptor: int) -> LineWriter:
    return LineWriter(file_descriptor, LIMIT, lambda lines: b"dropped %d\n" % lines)


def test_lines_arrive_in_order(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    lines = [b"%d\n" % number for number in range(LIMIT)]
    log = writer(writing)
    for line in lines:
        log.put(line)
    log.flush(SECONDS)
    assert os.read(reading, 65536) == b"".join(lines)


def test_nobody_waits_for_a_reader_and_what_was_dropped_is_counted(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    log = writer(writing)

    def fill() -> None:
        for _ in range(PUT):
            log.put(LINE)

    filler = threading.Thread(target=fill, daemon=True)
    filler.start()
    filler.join(SECONDS)
    assert not filler.is_alive()
    received, dropped = b"", 0
    while received.count(LINE) + dropped < PUT:
        assert select.select([reading], [], [], SECONDS)[0], "it stands still"
        received += os.read(reading, 65536)
        whole_lines = received[: received.rfind(b"\n")].splitlines()
        dropped = sum(int(line.split()[1]) for line in whole_lines if line.startswith(b"dropped"))
    assert dropped > 0


def test_a_log_that_cannot_be_written_to_stops_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    log = writer(writing)
    for _ in range(2):
        log.put(LINE)
        assert log.flush(SECONDS)


def test_who_flushes_does_not_wait_for_ever(pipe: tuple[int, int]) -> None:
    log = writer(pipe[1])
    for _ in range(LIMIT * 4):
        log.put(LINE)
    assert not log.flush(0.01)
