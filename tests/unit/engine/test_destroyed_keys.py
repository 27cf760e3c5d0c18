"""The key of a CA that never worked goes with it, wherever it is."""

from datetime import timedelta

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine.clones import Original, clone
from pcacli.engine.faults import Fault, add
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.timing import Timing, put_timing
from pcacli.errors import ConfigurationProblem, ServiceError
from tests.support.embedded import Embedded


class WatchedKeys(SoftwareKeyStore):
    """Keys of which it is known which were destroyed; they may be out of reach."""

    def __init__(self) -> None:
        super().__init__(lambda: b"k" * 32)
        self.destroyed: list[str] = []
        self.is_out_of_reach = False

    def destroy(self, reference: str) -> None:
        if self.is_out_of_reach:
            raise ConfigurationProblem("The token is not there.")
        self.destroyed.append(reference)


@pytest.fixture
def keys() -> WatchedKeys:
    return WatchedKeys()


@pytest.fixture
def embedded(keys: WatchedKeys) -> Embedded:
    return Embedded(is_test_store=True, keys=keys)


def failed(embedded: Embedded) -> str:
    with embedded.store.write() as transaction:
        add(transaction, Fault(0, None, None, failure_reason="OTHER", times_left=1))
    return embedded.create()


def creating(embedded: Embedded) -> str:
    with embedded.store.write() as transaction:
        put_timing(transaction, Timing(creation=timedelta(hours=1)))
    return embedded.create()


def delete(embedded: Embedded, authority: str) -> None:
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=authority)


def reference_of(embedded: Embedded, authority: str) -> str | None:
    with embedded.store.read() as snapshot:
        found = snapshot.authority(authority_arn(authority))
    return found and found.key_reference


@pytest.mark.parametrize("make", [failed, creating])
def test_a_ca_that_never_worked_is_deleted_with_its_key(embedded: Embedded, keys: WatchedKeys, make: object) -> None:
    assert callable(make)
    authority = make(embedded)
    reference = reference_of(embedded, authority)
    delete(embedded, authority)
    assert keys.destroyed == [reference]
    assert reference_of(embedded, authority) is None


def test_a_ca_stays_if_its_key_cannot_be_destroyed(embedded: Embedded, keys: WatchedKeys) -> None:
    authority = failed(embedded)
    keys.is_out_of_reach = True
    with pytest.raises(ConfigurationProblem):
        delete(embedded, authority)
    assert embedded.describe(authority)["Status"] == "FAILED"
    keys.is_out_of_reach = False
    delete(embedded, authority)
    assert len(keys.destroyed) == 1


def test_what_is_refused_or_can_be_restored_destroys_no_key(embedded: Embedded, keys: WatchedKeys) -> None:
    root, waiting = embedded.active_root(), embedded.create()
    with pytest.raises(ServiceError, match="valid state for deletion"):
        delete(embedded, root)
    delete(embedded, waiting)
    other = failed(embedded)
    stranger = embedded.owner._replace(account="999988887777", arn="arn:aws:iam::999988887777:root")
    with pytest.raises(ServiceError, match="not authorized"):
        embedded.call("DeleteCertificateAuthority", stranger, CertificateAuthorityArn=other)
    assert keys.destroyed == []


def test_a_clone_that_fails_leaves_no_keys_behind(embedded: Embedded, keys: WatchedKeys) -> None:
    originals = [Original(embedded.describe(embedded.create()), None, (), (), (), None) for _ in range(2)]
    with pytest.raises(ConfigurationProblem, match="is in the store already"):
        clone(embedded.parts, originals)
    assert len(set(keys.destroyed)) == len(originals)
    assert keys.destroyed != [reference_of(embedded, original.authority["Arn"]) for original in originals]
