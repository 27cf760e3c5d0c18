"""Standard streams that never fail."""

import os
import select

import pytest

from pcacli.cli.standard_streams import Lossy


def test_what_has_no_room_for_the_moment_is_written_when_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # Much more than a pipe takes at once.
    filling = os.write(writing, bytes(10_000_000))

    def somebody_reads(_read: object, waiting: list[Lossy], _failed: object) -> None:
        assert [stream.fileno() for stream in waiting] == [writing]
        assert len(os.read(reading, filling)) == filling

    monkeypatch.setattr(select, "select", somebody_reads)
    with os.fdopen(reading, "rb", closefd=True), Lossy(writing, "wb") as stream:
        assert stream.write(b"late") == 4
        assert os.read(reading, 9) == b"late"
        assert stream.failure is None
