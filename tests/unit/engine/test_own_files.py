"""A file is believed only if nobody else can have put it there."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from pcacli.engine.files import read_private
from pcacli.engine.own_files import PlantedFile, place_of, read_own, safe_rights
from pcacli.errors import ConfigurationProblem
from pcacli.limits.readers import Limits

NOBODY = 65534
LIMITS = Limits("file of a test", 99)
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")


def made(path: Path, mode: int = 0o600) -> Path:
    path.write_bytes(b"secret")
    path.chmod(mode)
    return path


def given_away(path: Path) -> None:
    made(path)
    os.chown(path, NOBODY, NOBODY)


def linked(path: Path) -> None:
    path.symlink_to(made(path.with_name("target")))


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


PLANTED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (linked, "is a symbolic link"),
    "a dangling link": (lambda path: path.symlink_to("nowhere"), "is a symbolic link"),
    "a pipe": (os.mkfifo, "is not a regular file"),
    "a folder": (Path.mkdir, "is not a regular file"),
    "a file that others read": (lambda path: made(path, 0o604), "is readable by others"),
    "a file that a group reads": (lambda path: made(path, 0o640), "is readable by others"),
}


@pytest.mark.parametrize(("plant", "reason"), PLANTED.values(), ids=PLANTED)
def test_a_planted_secret_is_refused(tmp_path: Path, plant: Callable[[Path], object], reason: str) -> None:
    plant(tmp_path / "key")
    with pytest.raises(PlantedFile, match=reason):
        read_own(tmp_path / "key", "key", LIMITS, is_secret=True)


@AS_ROOT
def test_the_file_of_another_user_is_refused(tmp_path: Path) -> None:
    given_away(tmp_path / "key")
    with pytest.raises(PlantedFile, match="belongs to another user"):
        read_own(tmp_path / "key", "key", LIMITS)
    with pytest.raises(PlantedFile, match="belongs to another user"):
        read_private(tmp_path / "key", "key file", LIMITS)


def test_ones_own_file_is_read(tmp_path: Path) -> None:
    assert read_own(made(tmp_path / "key"), "key", LIMITS, is_secret=True) == b"secret"
    assert read_own(made(tmp_path / "note", 0o644), "note", LIMITS) == b"secret"


def test_a_note_that_others_can_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlantedFile, match="is writable by others"):
        read_own(made(tmp_path / "note", 0o646), "note", LIMITS)


def test_ones_own_links_lead_to_the_place(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to(tmp_path / "target")
    assert place_of(tmp_path / "one", "file") == tmp_path / "target"
    made(tmp_path / "target")
    assert read_private(tmp_path / "one", "key file", LIMITS) == b"secret"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(PlantedFile, match="not yours"):
        place_of(tmp_path / "one", "file")


@AS_ROOT
def test_a_link_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(made(tmp_path / "target"))
    os.chown(tmp_path / "link", NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(PlantedFile, match="a symbolic link that is not yours"):
        place_of(tmp_path / "link", "file")
    with pytest.raises(PlantedFile, match="a symbolic link that is not yours"):
        read_private(tmp_path / "link", "passphrase file", LIMITS)


def test_a_link_into_a_folder_of_everybody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open" / "key")
    with pytest.raises(PlantedFile, match="others may write"):
        place_of(tmp_path / "link", "file")


@pytest.mark.parametrize(("mode", "is_safe"), [(0o600, True), (0o640, True), (0o644, False), (0o660, False)])
def test_a_private_file_takes_rights_over_from_a_closed_one_only(tmp_path: Path, mode: int, is_safe: bool) -> None:  # noqa: FBT001 - a column
    rights = safe_rights(made(tmp_path / "key", mode))
    assert (rights is not None) is is_safe


def test_a_key_file_that_others_may_read_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationProblem, match="open to others") as refused:
        read_private(made(tmp_path / "key", 0o644), "key file", LIMITS)
    assert refused.value.hint == f"chmod 600 {tmp_path / 'key'}"
