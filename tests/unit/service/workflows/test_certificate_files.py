from pathlib import Path

import pytest

from pcacli.errors import PcaError, UsageProblem
from pcacli.service.workflows.certificate_files import FILES, CertificateFiles, contents_of
from pcacli.service.workflows.certificate_folder import require_room
from pcacli.service.workflows.certificate_request import Issued
from tests.unit.engine.ordinary_user import ordinary_user

ISSUED = Issued("arn:of:it", "certificate", ("issuing", "root"))
NEW = {"key.pem": b"new key", **contents_of(ISSUED)}


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("mode", [0o500, 0o600, 0o000])
@pytest.mark.parametrize("below", ["", "new/newer"])
def test_a_folder_that_may_not_be_written_to_is_refused(mode: int, below: str) -> None:
    with ordinary_user() as home:
        folder = home / "locked"
        folder.mkdir()
        folder.chmod(mode)
        with pytest.raises(UsageProblem, match="locked cannot be written to"):
            require_room(folder / below, FILES, force=False)


def test_room_is_not_made(tmp_path: Path) -> None:
    require_room(tmp_path / "new" / "newer", FILES, force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_would_belong_to_another_certificate_is_refused_even_with_force(tmp_path: Path) -> None:
    (tmp_path / "cert.p12").write_text("of the old key")
    with pytest.raises(UsageProblem, match="would not belong to the new certificate"):
        require_room(tmp_path, ["key.pem", "cert.pem"], force=True)
    require_room(tmp_path, ["key.pem", "cert.pem"], force=True, kept=["cert.p12"])


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").mkdir()
    with pytest.raises(UsageProblem, match="is a folder"):
        require_room(tmp_path, FILES, force=True)


def test_the_key_is_there_before_the_certificate_and_alone_until_then(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path / "new")
    files.begin(b"key")
    (waiting,) = (tmp_path / "new").iterdir()
    assert (waiting.read_bytes(), waiting.stat().st_mode & 0o777) == (b"key", 0o600)
    files.finish(contents_of(ISSUED))
    assert content(tmp_path / "new") == {
        "key.pem": "key",
        "cert.pem": "certificate\n",
        "chain.pem": "issuing\nroot\n",
        "fullchain.pem": "certificate\nissuing\n",
        "root.pem": "root\n",
    }


def test_a_certificate_that_is_not_issued_leaves_nothing(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path / "new")
    files.begin(b"key")
    files.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_chain_that_cannot_be_written_leaves_the_key_and_says_where(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path)
    files.begin(b"key")
    (tmp_path / "chain.pem").mkdir()
    with pytest.raises(PcaError, match="cannot be written to: Is a directory"):
        files.finish(contents_of(ISSUED))
    assert files.key_file is not None
    assert files.key_file.read_bytes() == b"key"


# --- recovery


def interrupted(folder: Path, renamed: list[str], waiting: list[str]) -> CertificateFiles:
    """Leave a folder as a renewal does that was cut off: some files in their places, some still beside them."""
    for name in FILES:
        (folder / name).write_text("old")
    for name in renamed:
        (folder / name).write_bytes(NEW[name])
    for name in waiting:
        (folder / f".{name}.renewal").write_bytes(NEW[name])
        (folder / f".{name}.renewal").chmod(0o600)
    return CertificateFiles(folder, mark="renewal")


@pytest.mark.parametrize("renamed", [1, 2, 3, 4])
def test_what_was_cut_off_between_the_renames_is_finished(tmp_path: Path, renamed: int) -> None:
    names = [name for name in FILES if name in NEW]
    files = interrupted(tmp_path, names[:renamed], names[renamed:])
    assert files.recover()
    assert content(tmp_path) == {"cert.p12": "old", **{name: text.decode() for name, text in NEW.items()}}


@pytest.mark.parametrize("waiting", [["key.pem"], ["key.pem", "cert.pem"], list(NEW)])
def test_what_was_cut_off_before_the_renames_is_removed(tmp_path: Path, waiting: list[str]) -> None:
    assert not interrupted(tmp_path, [], waiting).recover()
    assert content(tmp_path) == dict.fromkeys(FILES, "old")


def test_a_waiting_key_is_found_by_its_mark_only(tmp_path: Path) -> None:
    CertificateFiles(tmp_path, mark="request").begin(b"key")
    assert CertificateFiles(tmp_path, mark="request").waiting_key() == b"key"
    assert CertificateFiles(tmp_path, mark="renewal").waiting_key() is None


KEY = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


def test_a_key_that_waits_survives_recovery_and_a_failure_of_who_goes_on_with_it(tmp_path: Path) -> None:
    CertificateFiles(tmp_path, mark="request").begin(KEY)
    next_run = CertificateFiles(tmp_path, mark="request")
    assert not next_run.recover()
    next_run.begin(KEY)
    next_run.discard()
    assert next_run.waiting_key() == KEY


def test_a_key_that_was_cut_off_is_removed(tmp_path: Path) -> None:
    CertificateFiles(tmp_path, mark="request").begin(KEY[:40])
    assert not CertificateFiles(tmp_path, mark="request").recover()
    assert content(tmp_path) == {}


def test_a_key_that_another_process_just_wrote_is_not_replaced(tmp_path: Path) -> None:
    CertificateFiles(tmp_path, mark="request").begin(KEY)
    with pytest.raises(PcaError, match="Another process is requesting this certificate"):
        CertificateFiles(tmp_path, mark="request").begin(b"another key")
    assert CertificateFiles(tmp_path, mark="request").waiting_key() == KEY


def test_a_note_is_read_only_when_it_is_whole(tmp_path: Path) -> None:
    files = CertificateFiles(tmp_path, mark="request")
    files.note_issued("arn:of:it")
    assert CertificateFiles(tmp_path, mark="request").issued_arn() == "arn:of:it"
    (tmp_path / ".certificate-arn.request").write_text("arn:of")
    assert files.issued_arn() is None
