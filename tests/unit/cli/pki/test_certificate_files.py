from pathlib import Path

import pytest

from pcacli.cli.pki.certificate_files import CertificateFiles, require_room
from pcacli.errors import PcaError, UsageProblem
from pcacli.service.workflows.certificate_request import Issued
from tests.unit.engine.ordinary_user import ordinary_user


@pytest.mark.parametrize("mode", [0o500, 0o600, 0o000])
@pytest.mark.parametrize("below", ["", "new/newer"])
def test_a_folder_that_may_not_be_written_to_is_refused(mode: int, below: str) -> None:
    with ordinary_user() as home:
        folder = home / "locked"
        folder.mkdir()
        folder.chmod(mode)
        with pytest.raises(UsageProblem, match="locked cannot be written to"):
            require_room(folder / below, force=False)


def test_room_is_not_made(tmp_path: Path) -> None:
    require_room(tmp_path / "new" / "newer", force=False)
    assert list(tmp_path.iterdir()) == []


ISSUED = Issued("arn:of:it", "certificate", ("issuing", "root"))


def test_the_key_is_there_before_the_certificate_and_alone_until_then(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path / "new")
    files.write_key(b"key")
    (waiting,) = (tmp_path / "new").iterdir()
    assert (waiting.read_bytes(), waiting.stat().st_mode & 0o777) == (b"key", 0o600)
    files.finish(ISSUED)
    found = {path.name: path.read_text() for path in (tmp_path / "new").iterdir()}
    assert found == {
        "key.pem": "key",
        "cert.pem": "certificate\n",
        "chain.pem": "issuing\nroot\n",
        "fullchain.pem": "certificate\nissuing\n",
        "root.pem": "root\n",
    }


def test_a_certificate_that_is_not_issued_leaves_nothing(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path / "new")
    files.write_key(b"key")
    files.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_chain_that_cannot_be_written_leaves_the_key_and_says_where(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path)
    files.write_key(b"key")
    (tmp_path / "chain.pem").mkdir()
    with pytest.raises(PcaError, match="can be fetched: arn:of:it") as problem:
        files.finish(ISSUED)
    kept = Path(problem.value.message.rpartition(" ")[2])
    assert kept.read_bytes() == b"key"
