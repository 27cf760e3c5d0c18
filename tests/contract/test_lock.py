"""The locks of the gate: `.ci/lock` writes them, and both fit pyproject.toml."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENTS = sorted(
    {
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *chain.from_iterable(PROJECT["project"]["optional-dependencies"].values()),
        *PROJECT["dependency-groups"]["ci"],
    }
)
# The newest libraries that were looked at, and the oldest that pyproject.toml admits.
LOCKS = {
    name: [
        line
        for line in (ROOT / ".ci" / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
        if not line.startswith("#")
    ]
    for name in ("requirements.txt", "requirements-lowest.txt")
}
# A version, perhaps a condition, and hashes; no place on this machine or another.
PINNED = re.compile(r"(?P<pin>[a-z0-9.-]+(\[[a-z]+\])?==[^\s;]+( ; [^/\\]+?)?) +(--hash=sha256:[0-9a-f]{64} *)+")


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_versions_and_hashes_and_nothing_else(lock: str) -> None:
    assert [line for line in LOCKS[lock] if PINNED.fullmatch(line) is None] == []


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("wanted", REQUIREMENTS)
def test_the_lock_has_a_version_that_fits(wanted: str, lock: str) -> None:
    requirement = Requirement(wanted)
    pins = [Requirement(found["pin"]) for line in LOCKS[lock] if (found := PINNED.fullmatch(line))]
    fitting = [pin for pin in pins if canonicalize_name(pin.name) == canonicalize_name(requirement.name)]
    assert fitting, "run .ci/lock"
    for pin in fitting:
        (version,) = pin.specifier
        assert requirement.specifier.contains(version.version), "run .ci/lock"
