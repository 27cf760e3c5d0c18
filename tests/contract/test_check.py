"""Every store can be checked as a whole, and damage that any of them can have is found in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine import credentials
from pcacli.engine.checking.findings import Kind
from pcacli.engine.checking.store import StoreCheck
from pcacli.engine.home import Home
from pcacli.engine.store.port import Store
from tests.contract.store_kinds import STORES
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = STORES[request.param](request)
    yield opened
    opened.close()


def test_a_store_that_was_used_is_clean_until_a_certificate_is_exchanged(store: Store, tmp_path: Path) -> None:
    embedded = Embedded(store=store)
    root = embedded.active_root()
    embedded.publish_crls(root)
    leaves = [embedded.issue(root, leaf_csr()) for _ in range(3)]
    embedded.revoke(root, leaves[0])
    credentials.create(embedded.parts, embedded.owner)
    check = StoreCheck(embedded.parts, Home(tmp_path / "nowhere"), pause=lambda: None)
    assert list(check.findings()) == []
    assert check.counts.certificates == 4

    arn = authority_arn(root)
    with store.write() as transaction:
        *_, last = transaction.certificates(arn)
        transaction.add_certificate(last._replace(serial=last.serial + 1))
    found = {finding.kind for finding in check.findings()}
    assert found == {Kind.CERTIFICATE, Kind.TRAIL}
