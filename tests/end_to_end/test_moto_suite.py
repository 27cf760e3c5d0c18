"""moto's own tests of ACM PCA pass against `pcacli local serve`, as far as they assert what AWS does.

`moto_suite.json` says of each test whether it does; of those that do not, what moto invents, what AWS does instead (by
the sections of the facts) and how the test fails. A new test of moto has to be looked at and listed there.
"""

import json
from pathlib import Path

import pytest

from tests.support import moto_suite
from tests.support.command_line import Pcacli
from tests.support.serving import serving

TABLE = json.loads(Path(__file__).with_name("moto_suite.json").read_text())
INVENTIONS = {test: entry for entry in TABLE["inventions"] for test in entry["tests"]}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each of moto's tests failed with; nothing for those that passed."""
    suite = moto_suite.source_of_suite(tmp_path_factory.mktemp("moto"))
    pcacli = Pcacli(tmp_path_factory.mktemp("serve"))
    pcacli.environment["AWS_ACCOUNT_ID"] = moto_suite.ACCOUNT
    pcacli.ok("local", "init", "--test")
    with serving(pcacli) as server:
        pcacli.ok("local", "snapshot", "save", moto_suite.FRESH)
        return moto_suite.run_suite(suite, pcacli, server, though_skipped=TABLE["skipped by moto in server mode"])


def test_what_moto_asserts_of_aws_holds_and_what_it_invents_fails_as_listed(failures: dict[str, str]) -> None:
    assert failures.keys() == {*TABLE["what AWS does"], *INVENTIONS}
    assert {name for name, failure in failures.items() if not failure} == set(TABLE["what AWS does"])
    wrong = {name: failures[name] for name, entry in INVENTIONS.items() if entry["fails with"] not in failures[name]}
    assert not wrong
