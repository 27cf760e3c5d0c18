import os
from pathlib import Path

import pytest

from pcacli.errors import PcaError
from pcacli.params.paramfile import is_readable_once, load_paramfile


@pytest.mark.parametrize(
    "value", ["", "plain", "http://example.com/a", "https://example.com/a", "FILE://a", " file://a"]
)
def test_other_values_name_no_file(value: str) -> None:
    assert load_paramfile(value) is None


def test_home_stands_for_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "name").write_text("text")
    assert load_paramfile("file://~/name") == "text"


def test_variables_in_the_path_are_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHERE", str(tmp_path))
    (tmp_path / "name").write_bytes(b"\x00")
    assert load_paramfile("fileb://$WHERE/name") == b"\x00"
    assert load_paramfile("fileb://${WHERE}/name") == b"\x00"


def test_encoding_of_text_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "name").write_bytes("größe".encode("latin-1"))
    monkeypatch.setenv("AWS_CLI_FILE_ENCODING", "ISO-8859-1")
    assert load_paramfile(f"file://{tmp_path}/name") == "größe"


def test_unknown_encoding_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "name").write_text("text")
    monkeypatch.setenv("AWS_CLI_FILE_ENCODING", "klingon")
    with pytest.raises(PcaError, match="unknown encoding: klingon"):
        load_paramfile(f"file://{tmp_path}/name")


def test_binary_file_given_as_text_names_the_other_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CLI_FILE_ENCODING", "UTF-8")
    (tmp_path / "name").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(PcaError) as raised:
        load_paramfile(f"file://{tmp_path}/name")
    assert raised.value.message == (
        f"Unable to load paramfile ({tmp_path}/name), text contents could not be decoded.  If this is a binary file, "
        "please use the fileb:// prefix instead of the file:// prefix."
    )


def test_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PcaError) as raised:
        load_paramfile(f"file://{tmp_path}")
    assert (
        raised.value.message == f"Unable to load paramfile file://{tmp_path}: [Errno 21] Is a directory: '{tmp_path}'"
    )


def test_path_with_nul_is_refused() -> None:
    with pytest.raises(PcaError, match=r"embedded null (byte|character)"):
        load_paramfile("fileb://a\x00b")


def test_only_pipes_and_the_like_are_readable_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("")
    assert is_readable_once(f"file://{tmp_path}/pipe")
    assert not is_readable_once(f"file://{tmp_path}/file")
    assert not is_readable_once(f"file://{tmp_path}/missing")
    assert not is_readable_once("file://a\x00b")
    assert not is_readable_once("plain")
