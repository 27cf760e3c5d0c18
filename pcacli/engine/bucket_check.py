"""The check of a bucket before a CA or a report is given it."""

from pcacli.engine.artifacts.port import Artifacts, BucketProblem
from pcacli.errors import ServiceError


def require_writable(artifacts: Artifacts, bucket: str) -> None:
    """Let the call pass if the bucket can be written to.

    Raises:
        ServiceError: ValidationException in AWS's words (terraform-provider-aws issue 33306), our reason as the hint.
    """
    try:
        artifacts.check(bucket)
    except BucketProblem as problem:
        raise ServiceError(
            "ValidationException",
            f"Permission error with your S3 bucket '{bucket}'. Check that your bucket policy, encryption settings, "
            "S3 Block Public Access settings, and global account permissions are configured correctly. "
            "For more information, check the service documentation.",
            hint=str(problem),
        ) from problem
