"""Whatever fuzzing found stays harmless."""

from pathlib import Path

import pytest

from tests.fuzz.corpus import inputs
from tests.fuzz.targets import TARGETS, run


@pytest.mark.parametrize(("target", "file"), [pytest.param(*pair, id=f"{pair[0]}/{pair[1].name}") for pair in inputs()])
def test_input_is_accepted_or_refused(target: str, file: Path) -> None:
    run(target, file.read_bytes())


def test_every_target_begins_from_an_input_that_it_accepts() -> None:
    for name, target in TARGETS.items():
        begun = [file for of, file in inputs() if of == name and file.name.startswith("good-")]
        assert begun, name
        for file in begun:
            target(file.read_bytes())
