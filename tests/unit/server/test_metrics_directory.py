"""Folders for the numbers of servers: those of the living stay, those of the killed go."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pcacli.engine.store.locks import hold
from pcacli.server.metrics_directory import metrics_directory

LONG_AGO = (0, 0)
# A server as far as this is concerned: it makes its folder, says where, and waits.
SERVER = """
from pcacli.server.metrics_directory import metrics_directory
with metrics_directory() as made:
    print(made, flush=True)
    input()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def folder(place: Path, name: str) -> Path:
    """Make a folder as a server leaves it that was killed long ago."""
    made = place / f"pcacli-metrics-{name}"
    made.mkdir()
    (made / "counter_1.db").touch()
    (made / "server.lock").touch()
    os.utime(made / "server.lock", LONG_AGO)
    return made


def test_the_folder_of_a_server_that_was_killed_is_removed_by_the_next_one(place: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        left = Path(server.stdout.readline().strip())
        os.utime(left / "server.lock", LONG_AGO)
        with metrics_directory():
            assert left.is_dir()
        server.kill()
        server.wait()
    assert left.is_dir()
    with metrics_directory() as own:
        assert list(place.iterdir()) == [Path(own)]
    assert list(place.iterdir()) == []


def test_what_may_belong_to_somebody_stays(place: Path) -> None:
    held, young, of_another_program = (folder(place, name) for name in ("held", "young", "other"))
    os.utime(young / "server.lock")
    (of_another_program / "server.lock").unlink()
    with hold(held / "server.lock"), metrics_directory():
        pass
    assert {held, young, of_another_program} == set(place.iterdir())
