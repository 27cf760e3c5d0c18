import os
import stat
from pathlib import Path

import pytest

from pcacli.engine.artifacts.directory import DirectoryArtifacts
from pcacli.engine.artifacts.port import BucketProblem
from tests.unit.engine.ordinary_user import ordinary_user

CRL = "application/pkix-crl"


def put(artifacts: DirectoryArtifacts, key: str = "crl/1.crl", *content: bytes) -> None:
    artifacts.put("bucket", key, content or (b"content",), content_type=CRL)


def test_an_object_is_a_private_file_in_private_directories(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        put(DirectoryArtifacts(tmp_path / "buckets"))
    finally:
        os.umask(previous)
    assert {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")} == {
        "buckets": 0o700,
        "buckets/bucket": 0o700,
        "buckets/bucket/crl": 0o700,
        "buckets/bucket/crl/1.crl": 0o600,
    }


def test_checking_a_bucket_makes_nothing(tmp_path: Path) -> None:
    DirectoryArtifacts(tmp_path / "buckets").check("bucket")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("link", ["bucket", "bucket/crl", "bucket/crl/1.crl"])
def test_a_symbolic_link_leads_nowhere(tmp_path: Path, link: str) -> None:
    artifacts = DirectoryArtifacts(tmp_path / "buckets")
    outside = tmp_path / "outside"
    (outside / "crl").mkdir(parents=True)
    (outside / "1.crl").write_text("secret")
    place = tmp_path / "buckets" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(outside / "1.crl" if link.endswith(".crl") else outside)
    with pytest.raises(BucketProblem, match="bucket bucket cannot be used"):
        artifacts.get("bucket", "crl/1.crl")
    if link.endswith(".crl"):
        put(artifacts)
        assert not place.is_symlink()
    else:
        with pytest.raises(BucketProblem, match="bucket bucket cannot be used"):
            put(artifacts)
    assert (outside / "1.crl").read_text() == "secret"
    assert list((outside / "crl").iterdir()) == []


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "buckets").symlink_to(tmp_path / "elsewhere")
    put(DirectoryArtifacts(tmp_path / "buckets"))
    assert (tmp_path / "elsewhere/bucket/crl/1.crl").read_bytes() == b"content"


def test_an_object_in_the_way_is_reported(tmp_path: Path) -> None:
    artifacts = DirectoryArtifacts(tmp_path)
    put(artifacts, "crl")
    with pytest.raises(BucketProblem, match="Not a directory"):
        put(artifacts, "crl/1.crl")
    assert artifacts.get("bucket", "crl") == b"content"


def test_an_object_that_cannot_take_its_place_leaves_no_temporary_file(tmp_path: Path) -> None:
    artifacts = DirectoryArtifacts(tmp_path)
    put(artifacts, "crl/1.crl")
    with pytest.raises(BucketProblem, match="Is a directory"):
        put(artifacts, "crl")
    assert [path.name for path in (tmp_path / "bucket").iterdir()] == ["crl"]


def test_a_bucket_that_may_not_be_written_is_found_beforehand() -> None:
    with ordinary_user() as home:
        artifacts = DirectoryArtifacts(home / "buckets")
        put(artifacts)
        (home / "buckets/bucket").chmod(0o500)
        with pytest.raises(BucketProblem, match="bucket bucket cannot be written to: permission denied"):
            artifacts.check("bucket")
        with pytest.raises(BucketProblem, match="Permission denied"):
            put(artifacts, "other")
        (home / "buckets").chmod(0o500)
        with pytest.raises(BucketProblem, match="bucket another cannot be written to"):
            artifacts.check("another")
