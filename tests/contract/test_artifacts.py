"""What every kind of bucket must do; one that joins is added to KINDS."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pcacli.engine.artifacts.directory import DirectoryArtifacts
from pcacli.engine.artifacts.memory import MemoryArtifacts
from pcacli.engine.artifacts.port import Artifacts, BucketProblem
from pcacli.engine.artifacts.s3 import S3Artifacts
from pcacli.engine.endpoint_setting import Endpoint

if TYPE_CHECKING:
    from pcacli.engine.artifacts.postgresql import PostgreSQLArtifacts

CRL = "application/pkix-crl"


def strict_directory(request: pytest.FixtureRequest) -> Artifacts:
    artifacts = DirectoryArtifacts(request.getfixturevalue("tmp_path") / "buckets", create_buckets=False)
    for _ in range(2):
        artifacts.create_bucket("there")
    return artifacts


def s3(request: pytest.FixtureRequest) -> Artifacts:
    """Return buckets of an S3 server, which has those that the tests below use."""
    for bucket in ("bucket", "my.bucket", "there"):
        request.getfixturevalue("s3_buckets").create_bucket(Bucket=bucket)
    return S3Artifacts(Endpoint(request.getfixturevalue("s3_url"), None))


def postgresql(request: pytest.FixtureRequest, *, create_buckets: bool = True) -> "PostgreSQLArtifacts":
    from pcacli.engine.artifacts.postgresql import PostgreSQLArtifacts
    from pcacli.engine.store.postgresql import PostgreSQLStore

    server, database = map(request.getfixturevalue, ("postgresql", "database"))
    store = PostgreSQLStore(server.url(database))
    request.addfinalizer(store.close)
    store.set_up(tuple)
    return PostgreSQLArtifacts(store, create_buckets=create_buckets)


def strict_postgresql(request: pytest.FixtureRequest) -> Artifacts:
    artifacts = postgresql(request, create_buckets=False)
    artifacts.create_bucket("there")
    return artifacts


Kind = Callable[[pytest.FixtureRequest], Artifacts]
Use = Callable[[], object]
KINDS: dict[str, Kind] = {
    "memory": lambda _: MemoryArtifacts(),
    "directory": lambda request: DirectoryArtifacts(request.getfixturevalue("tmp_path") / "buckets"),
    "s3": s3,
    "postgresql": postgresql,
}
STRICT_KINDS: dict[str, Kind] = {
    "memory": lambda _: MemoryArtifacts(["there"]),
    "directory": strict_directory,
    "s3": s3,
    "postgresql": strict_postgresql,
}


@pytest.fixture(params=KINDS)
def artifacts(request: pytest.FixtureRequest) -> Artifacts:
    return KINDS[request.param](request)


@pytest.fixture(params=STRICT_KINDS)
def strict_artifacts(request: pytest.FixtureRequest) -> Artifacts:
    return STRICT_KINDS[request.param](request)


def test_an_object_comes_back_whole_and_is_replaced(artifacts: Artifacts) -> None:
    artifacts.put("my.bucket", "crl/1.crl", [b"first"], content_type=CRL)
    artifacts.put("my.bucket", "crl/1.crl", (part for part in (b"sec", b"", b"ond")), content_type=CRL)
    artifacts.put("my.bucket", "top", [], content_type=CRL)
    assert artifacts.get("my.bucket", "crl/1.crl") == b"second"
    assert artifacts.get("my.bucket", "top") == b""


@pytest.mark.parametrize(("bucket", "key"), [("bucket", "other"), ("other", "a/b"), ("bucket", "a"), ("bucket", "c/d")])
def test_an_object_that_is_not_there_is_none(artifacts: Artifacts, bucket: str, key: str) -> None:
    artifacts.put("bucket", "a/b", [b"content"], content_type=CRL)
    assert artifacts.get(bucket, key) is None


def test_an_object_whose_content_breaks_off_leaves_the_older_one(artifacts: Artifacts) -> None:
    def content() -> Iterator[bytes]:
        yield b"new"
        raise LookupError("the store is closed")

    artifacts.put("bucket", "a/b", [b"old"], content_type=CRL)
    with pytest.raises(LookupError, match="closed"):
        artifacts.put("bucket", "a/b", content(), content_type=CRL)
    assert artifacts.get("bucket", "a/b") == b"old"


@pytest.mark.parametrize("bucket", ["", "..", "../..", "a/b", "/etc", "a\0bc", ".hidden", "ab", "b" * 256, "bücket"])
def test_a_name_that_is_no_bucket_is_refused(artifacts: Artifacts, tmp_path: Path, bucket: str) -> None:
    uses: tuple[Use, ...] = (
        lambda: artifacts.check(bucket),
        lambda: artifacts.put(bucket, "key", [b"content"], content_type=CRL),
        lambda: artifacts.get(bucket, "key"),
    )
    for use in uses:
        with pytest.raises(BucketProblem, match="is not the name of a bucket"):
            use()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "key", ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "./x", "a//b", "a/", "a\0b", "a\nb", "ü"]
)
def test_a_key_that_leads_elsewhere_is_refused(artifacts: Artifacts, tmp_path: Path, key: str) -> None:
    uses: tuple[Use, ...] = (
        lambda: artifacts.put("bucket", key, [b"content"], content_type=CRL),
        lambda: artifacts.get("bucket", key),
    )
    for use in uses:
        with pytest.raises(BucketProblem, match="cannot be the key of an object"):
            use()
    assert list(tmp_path.iterdir()) == []


def test_strict_buckets_must_exist(strict_artifacts: Artifacts) -> None:
    strict_artifacts.check("there")
    strict_artifacts.put("there", "key", [b"content"], content_type=CRL)
    uses: tuple[Use, ...] = (
        lambda: strict_artifacts.check("missing"),
        lambda: strict_artifacts.put("missing", "key", [b"content"], content_type=CRL),
    )
    for use in uses:
        with pytest.raises(BucketProblem, match="There is no bucket missing"):
            use()
    assert strict_artifacts.get("missing", "key") is None
