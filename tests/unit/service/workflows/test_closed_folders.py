"""Files that a user names and may not even look at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pcacli.errors import UsageProblem
from pcacli.service.port import Service
from pcacli.service.workflows.certificate_folder import folder_of
from pcacli.service.workflows.certificate_source import Reading, is_source, read_source
from tests.unit.engine.ordinary_user import ordinary_user


def _no_service() -> Service:
    raise AssertionError("a file needs no service")


READING = Reading(service=_no_service, standard_input=bytes, timeout_seconds=1)


@pytest.mark.parametrize("look", [lambda path: read_source(str(path), READING), folder_of], ids=["source", "folder"])
def test_a_file_in_a_folder_that_is_closed_cannot_be_read(look: Callable[[Path], object]) -> None:
    with ordinary_user() as home:
        file = home / "closed" / "cert.pem"
        file.parent.mkdir(mode=0o000)
        assert is_source(str(file))
        with pytest.raises(UsageProblem, match=rf"^{file} cannot be read: Permission denied\.$"):
            look(file)


@pytest.mark.parametrize("word", ["x" * 300, "a\0b"], ids=["too long", "NUL"])
def test_a_word_that_can_be_no_file_is_none(word: str) -> None:
    assert not is_source(word)
    with pytest.raises(UsageProblem, match="is none of these: a file that is there"):
        read_source(word, READING)
