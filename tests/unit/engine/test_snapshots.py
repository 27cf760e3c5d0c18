"""Snapshots of a test store: exact, private, and safe while others use the store."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from pcacli.api.arns import authority_arn
from pcacli.engine import clock, crl_numbers, publication, trail
from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.endpoint_setting import KMS, S3, Endpoint
from pcacli.engine.faults import Fault, add, faults
from pcacli.engine.home import Home
from pcacli.engine.keys.places import TokenPlace, new_keys_place, use_kms, use_token
from pcacli.engine.snapshots import Snapshots
from pcacli.errors import ConfigurationProblem, UsageProblem
from pcacli.service.local import LocalService
from tests.support.crafted import leaf_csr
from tests.support.dump import LogicalDump, logical_dump
from tests.support.hierarchy_plans import Hierarchy, made_hierarchy
from tests.support.waiting import LONGEST_SECONDS


class Place:
    """A test store with a hierarchy whose issuing CA publishes CRLs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        home = Home(directory)
        home.create(test=True)
        self.parts = home.open(system_context(), lambda _notice: None)
        self.service = LocalService(self.parts, root_of_account("111122223333", "eu-central-1"))
        self.snapshots = Snapshots(home)

    def build(self) -> Hierarchy:
        made = made_hierarchy(self.service)
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "bucket"}
        request = {"CertificateAuthorityArn": made.issuing, "RevocationConfiguration": {"CrlConfiguration": crl}}
        self.service.call("UpdateCertificateAuthority", request)
        return made

    def issue(self, arn: str) -> str:
        request = {
            "CertificateAuthorityArn": arn,
            "Csr": leaf_csr(),
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Validity": {"Type": "DAYS", "Value": 30},
        }
        certificate: str = self.service.call("IssueCertificate", request)["CertificateArn"]
        return certificate

    def revoke(self, certificate: str) -> None:
        arn, _, serial = certificate.partition("/certificate/")
        request = {"CertificateAuthorityArn": arn, "CertificateSerial": serial, "RevocationReason": "SUPERSEDED"}
        self.service.call("RevokeCertificate", request)

    def dump(self) -> LogicalDump:
        """Dump everything but locks, which are never removed, the snapshots themselves, and which CRLs are due."""
        dump = logical_dump(self.directory)
        files = {name: content for name, content in dump.files.items() if not name.startswith(("locks", "snapshots"))}
        settings = [row for row in dump.tables["settings"] if row[0] != crl_numbers.SETTING]
        return LogicalDump({**dump.tables, "settings": settings}, files)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "store")


@pytest.fixture(autouse=True)
def _closed(place: Place) -> object:
    yield
    place.service.close()


def test_a_snapshot_brings_everything_back(place: Place) -> None:
    made = place.build()
    certificate = place.issue(made.issuing)
    place.revoke(certificate)
    clock.advance(place.parts.store, timedelta(days=1), place.parts.context.now)
    saved = place.dump()
    assert any(name.endswith(".crl") for name in saved.files)
    place.snapshots.save("here")
    place.revoke(place.issue(made.issuing))
    place.build()
    clock.reset(place.parts.store)
    with place.parts.store.write() as transaction:
        add(transaction, Fault(0, None, "InternalFailure"))
    (place.directory / "buckets" / "bucket" / "stray").write_bytes(b"stray")
    assert place.dump() != saved
    place.snapshots.load("here")
    assert place.dump() == saved
    place.snapshots.load("here")
    assert place.dump() == saved


def test_a_store_works_after_it_was_put_back(place: Place) -> None:
    place.snapshots.save("empty")
    made = place.build()
    place.snapshots.save("built")
    place.snapshots.load("empty")
    assert place.service.call("ListCertificateAuthorities", {}) == {"CertificateAuthorities": []}
    place.build()
    place.snapshots.load("built")
    certificate = place.issue(made.issuing)
    place.revoke(certificate)
    with place.parts.store.read() as snapshot:
        published = snapshot.published_crl(authority_arn(made.issuing), made.issuing.rpartition("/")[2])
        trail.verify(snapshot.trail())
    assert published is not None
    assert published.entries == 1


def test_a_spoiled_bucket_does_not_spoil_the_snapshot(place: Place) -> None:
    made = place.build()
    place.issue(made.issuing)
    (crl,) = place.directory.glob("buckets/bucket/crl/*.crl")
    content = crl.read_bytes()
    place.snapshots.save("whole")
    with crl.open("r+b") as file:
        file.write(b"spoiled")
    place.snapshots.load("whole")
    assert crl.read_bytes() == content


def test_the_same_name_is_saved_again(place: Place) -> None:
    place.snapshots.save("name")
    place.build()
    place.snapshots.save("name")
    place.snapshots.reset()
    place.snapshots.load("name")
    assert len(place.service.call("ListCertificateAuthorities", {})["CertificateAuthorities"]) == 2
    assert [one.name for one in place.snapshots.saved()] == ["name"]


def test_whoever_reads_goes_on_with_what_was_there(place: Place) -> None:
    place.build()
    place.snapshots.save("built")
    with place.parts.store.read() as before:
        place.snapshots.reset()
        assert len(before.authorities()) == 2
        with place.parts.store.read() as after:
            assert after.authorities() == []
        place.snapshots.load("built")
        assert len(before.authorities()) == 2


def test_a_snapshot_is_one_state_while_others_write(place: Place) -> None:
    made = place.build()
    done = threading.Event()

    def keep_issuing() -> None:
        while not done.is_set():
            place.issue(made.issuing)

    writer = threading.Thread(target=keep_issuing)
    writer.start()
    try:
        for name in ("a", "b", "c"):
            place.snapshots.save(name)
    finally:
        done.set()
        writer.join()
    for name in ("a", "b", "c"):
        place.snapshots.load(name)
        with place.parts.store.read() as snapshot:
            issued = [entry for entry in snapshot.trail(made.issuing) if entry.action == "IssueCertificate"]
            assert snapshot.certificate_count(authority_arn(made.issuing)) == len(issued)
            trail.verify(snapshot.trail())


def test_loading_waits_for_a_crl_that_is_being_published(place: Place) -> None:
    made = place.build()
    place.snapshots.save("here")
    loading = threading.Thread(target=place.snapshots.load, args=("here",))
    with publication.turn_to_publish(place.parts.store, made.issuing.rpartition("/")[2]) as held:
        assert held
        loading.start()
        loading.join(timeout=0.2)
        assert loading.is_alive()
    loading.join(LONGEST_SECONDS)
    assert not loading.is_alive()


def test_a_reset_leaves_key_snapshots_and_choice_of_s3_and_key_stores(place: Place) -> None:
    endpoint, token = Endpoint("http://127.0.0.1:5000", "eu-central-1"), TokenPlace("/usr/lib/module.so", "pki")
    place.build()
    place.snapshots.save("built")
    with place.parts.store.write() as transaction:
        S3.put(transaction, endpoint)
        use_token(transaction, token)
        use_kms(transaction, endpoint)
        add(transaction, Fault(0, "ListTags", "InternalFailure"))
    clock.advance(place.parts.store, timedelta(days=1), place.parts.context.now)
    key = (place.directory / "key-encryption.key").read_bytes()
    place.snapshots.reset()
    with place.parts.store.read() as snapshot:
        assert (snapshot.authorities(), list(snapshot.trail())) == ([], [])
        assert (faults(snapshot), clock.offset(snapshot)) == ([], timedelta(0))
        assert (S3.read(snapshot), KMS.read(snapshot), TokenPlace.read(snapshot)) == (endpoint, endpoint, token)
        assert new_keys_place(snapshot) == "kms"
    assert (place.directory / "key-encryption.key").read_bytes() == key
    assert not (place.directory / "buckets").exists()
    assert [one.name for one in place.snapshots.saved()] == ["built"]
    again = Home(place.directory).open(system_context(), lambda _notice: None)
    assert again.is_test_store
    again.store.close()


def test_snapshots_are_private(place: Place) -> None:
    made = place.build()
    place.issue(made.issuing)
    place.snapshots.save("one")
    files = list((place.directory / "snapshots").rglob("*"))
    assert {path.name for path in files} >= {"authority.db", "key-encryption.key", "bucket"}
    for path in (place.directory / "snapshots", *files):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_deleted_snapshot_is_gone_and_nothing_is_left_of_it(place: Place) -> None:
    place.snapshots.save("one")
    place.snapshots.delete("one")
    assert place.snapshots.saved() == []
    assert list((place.directory / "snapshots").iterdir()) == []


def test_a_snapshot_that_is_not_there_is_named_with_those_that_are(place: Place) -> None:
    place.snapshots.save("one")
    for action in (place.snapshots.load, place.snapshots.delete):
        with pytest.raises(ConfigurationProblem, match="no snapshot other; there are: one"):
            action("other")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "a b", "x" * 65, "a\n"])
def test_a_name_never_leads_out_of_the_folder(place: Place, name: str) -> None:
    for action in (place.snapshots.save, place.snapshots.load, place.snapshots.delete):
        with pytest.raises(UsageProblem, match="cannot be the name of a snapshot"):
            action(name)
    assert not (place.directory / "snapshots").exists()
