"""The check of a bucket before a CA or a report is given it, and the object that proves that it can be written to."""

from collections.abc import Iterator
from contextlib import contextmanager

from pcacli.engine.artifacts.port import Artifacts, BucketProblem
from pcacli.engine.records import CrlConfiguration
from pcacli.errors import ServiceError

# Source: User Guide, "Access policies for CRLs in Amazon S3" and "Encrypting your CRLs" (the two keys).
# Assumption: each belongs to one S3ObjectAcl, and the object is empty.
_PROBE_KEYS = {
    "PUBLIC_READ": "acm-pca-permission-test-key",
    "BUCKET_OWNER_FULL_CONTROL": "acm-pca-permission-test-key-private",
}
_PROBE_CONTENT_TYPE = "application/octet-stream"


def require_writable(artifacts: Artifacts, bucket: str) -> None:
    """Let the call pass if the bucket can be written to, as far as can be told without writing.

    Raises:
        ServiceError: ValidationException in AWS's words, our reason as the hint.
    """
    with _refusals(bucket):
        artifacts.check(bucket)


def write_probe(artifacts: Artifacts, crl: CrlConfiguration | None) -> None:
    """Write the object that shows whether CRLs can be written to the bucket with their access list.

    It changes the bucket, so it comes after every other check.

    Raises:
        ServiceError: ValidationException in AWS's words, our reason as the hint.
    """
    if crl is None or not crl.enabled or crl.s3_bucket_name is None or crl.s3_object_acl is None:
        return
    bucket, key = crl.s3_bucket_name, _PROBE_KEYS[crl.s3_object_acl]
    with _refusals(bucket):
        artifacts.put(bucket, key, [], content_type=_PROBE_CONTENT_TYPE, object_acl=crl.s3_object_acl)


@contextmanager
def _refusals(bucket: str) -> Iterator[None]:
    """Refuse the call when the bucket cannot be used in the block (the text: terraform-provider-aws issue 33306)."""
    try:
        yield
    except BucketProblem as problem:
        raise ServiceError(
            "ValidationException",
            f"Permission error with your S3 bucket '{bucket}'. Check that your bucket policy, encryption settings, "
            "S3 Block Public Access settings, and global account permissions are configured correctly. "
            "For more information, check the service documentation.",
            hint=str(problem),
        ) from problem
