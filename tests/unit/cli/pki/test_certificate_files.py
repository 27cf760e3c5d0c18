from pathlib import Path

import pytest

from pcacli.cli.pki.certificate_files import require_room
from pcacli.errors import UsageProblem
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
