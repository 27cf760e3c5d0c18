"""Several real processes on one store."""

import subprocess
import sys
from pathlib import Path

import pytest

from pcacli.engine.store import sqlite
from tests.contract.store_records import ROOT, authority, certificate

START = """
import sys
from pathlib import Path
from pcacli.engine.store import sqlite
from tests.contract.store_records import *
directory = Path(sys.argv[1])
"""
REPOSITORY = Path(__file__).parents[4]

ISSUE = (
    START
    + """
store = sqlite.open_store(directory)
for serial in range(int(sys.argv[2]), int(sys.argv[2]) + 40):
    with store.write() as transaction:
        transaction.add_certificate(certificate(serial))
store.close()
"""
)
HANG_IN_A_WRITE = (
    START
    + """
store = sqlite.open_store(directory)
with store.exclusive("crl", wait=True), store.write() as transaction:
    transaction.add_certificate(certificate(1))
    transaction.put_authority(authority(state="ACTIVE"))
    print("written", flush=True)
    sys.stdin.read()
"""
)
CREATE = (
    START
    + """
sys.stdin.read(1)
sqlite.create(directory).close()
"""
)
WRITE_WITHOUT_ROOM = (
    START
    + """
import resource, signal
from pcacli.errors import PcaError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = sqlite.open_store(directory)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with store.write() as transaction:
        for serial in range(1000):
            transaction.add_certificate(certificate(serial))
except PcaError as problem:
    print(problem.message)
"""
)


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    store = sqlite.create(tmp_path / "store")
    with store.write() as transaction:
        transaction.put_authority(authority())
    store.close()
    return tmp_path / "store"


def test_two_processes_that_write_at_once_lose_nothing(directory: Path) -> None:
    writers = [start(ISSUE, directory, first) for first in (1000, 2000)]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    store = sqlite.open_store(directory)
    with store.read() as snapshot:
        assert snapshot.certificate_count(ROOT) == 80
        assert len(list(snapshot.certificates(ROOT))) == 80
    store.close()


def test_two_processes_that_create_at_once_agree_on_one_store(tmp_path: Path) -> None:
    creators = [start(CREATE, tmp_path / "store") for _ in range(2)]
    assert [creator.communicate("go")[1] for creator in creators] == ["", ""]
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["authority.db"]
    sqlite.open_store(tmp_path / "store").close()


def test_a_killed_writer_was_never_seen_and_frees_its_locks(directory: Path) -> None:
    store = sqlite.open_store(directory)
    with start(HANG_IN_A_WRITE, directory) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        with store.read() as snapshot:
            assert snapshot.authority(ROOT) == authority()
            assert snapshot.certificate(ROOT, 1) is None
        with store.exclusive("crl", wait=False) as taken:
            assert not taken
        writer.kill()
    with store.exclusive("crl", wait=False) as taken, store.write() as transaction:
        assert taken
        assert transaction.authority(ROOT) == authority()
        transaction.add_certificate(certificate(1))
    store.close()


def test_a_write_that_finds_no_room_leaves_the_store_as_it_was(directory: Path) -> None:
    output, complaint = start(WRITE_WITHOUT_ROOM, directory).communicate()
    assert complaint == ""
    assert output == f"{directory}/authority.db cannot be read or written (disk I/O error); nothing was changed.\n"
    store = sqlite.open_store(directory)
    with store.read() as snapshot:
        assert snapshot.certificate_count(ROOT) == 0
    store.close()
