"""Buckets of an S3 endpoint: AWS itself or anything that speaks its protocol.

Nothing is said about encryption, so that the bucket's default (SSE-S3 or SSE-KMS) counts.
Sources: Amazon S3 User Guide, "Canned ACL" and "Setting default server-side encryption behavior"; User Guide, "Access
policies for CRLs in Amazon S3" (what AWS Private CA asks of a bucket: its location, its access list, writing).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from pcacli.engine import aws_client
from pcacli.engine.artifacts.names import check_bucket, key_segments
from pcacli.engine.artifacts.port import BucketProblem, BucketUnavailable
from pcacli.engine.endpoint_setting import Endpoint
from pcacli.limits.readers import BUCKET_OBJECT
from pcacli.limits.reading import OverLimit, read_stream

_CANNED_ACLS = {"PUBLIC_READ": "public-read", "BUCKET_OWNER_FULL_CONTROL": "bucket-owner-full-control"}
# Objects up to this size wait in memory until they are complete, larger ones in a temporary file; boto3 sends what is
# larger than this in several parts.
_IN_MEMORY_BYTES = 8 * 1024 * 1024
_MISSING = frozenset({"NoSuchKey", "NoSuchBucket"})
_NOT_IMPLEMENTED = 501
_SERVER_ERROR = 500


class S3Artifacts:
    """Buckets that somebody else has made. The profile, if one is given, is where credentials come from."""

    def __init__(self, endpoint: Endpoint, profile: str | None = None) -> None:
        self._endpoint = endpoint
        self._profile = profile

    def check(self, bucket: str) -> None:
        """Make sure that the bucket is there and shows its access list, without changing anything.

        Whether it takes an object is only known when one is written.
        """
        check_bucket(bucket)
        with _s3_problems(bucket):
            self._client.get_bucket_location(Bucket=bucket)
            try:
                self._client.get_bucket_acl(Bucket=bucket)
            except ClientError as error:
                # Some S3-compatible services have no access lists.
                if _status(error) != _NOT_IMPLEMENTED:
                    raise

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        """Write an object from pieces, in bounded memory, replacing one of the same key.

        Nothing is sent before the last piece is there.
        """
        check_bucket(bucket)
        key_segments(key)
        headers = {"ContentType": content_type}
        if object_acl is not None:
            headers["ACL"] = _CANNED_ACLS[object_acl]
        transfer = TransferConfig(multipart_threshold=_IN_MEMORY_BYTES, use_threads=False)
        with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
            for piece in content:
                file.write(piece)
            file.seek(0)
            with _s3_problems(bucket):
                self._client.upload_fileobj(file, bucket, key, ExtraArgs=headers, Config=transfer)

    def get(self, bucket: str, key: str) -> bytes | None:
        """Return an object, or None if there is none."""
        check_bucket(bucket)
        key_segments(key)
        with _s3_problems(bucket):
            try:
                content = read_stream(self._client.get_object(Bucket=bucket, Key=key)["Body"], BUCKET_OBJECT)
            except ClientError as error:
                if _code(error) not in _MISSING:
                    raise
                return None
            except OverLimit as error:
                raise BucketProblem(
                    f"The object {key} of the bucket {bucket} cannot be read: {error.strerror}."
                ) from error
        return content

    @cached_property
    def _client(self) -> Any:
        return aws_client.client(
            "s3",
            self._endpoint,
            self._profile,
            # Many S3-compatible services know neither host names of buckets nor the newer checksums.
            s3=None if self._endpoint.url is None else {"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )


@contextmanager
def _s3_problems(bucket: str) -> Iterator[None]:
    """Say which bucket could not be used when S3 refuses something in the block or does not answer."""
    try:
        yield
    except ClientError as error:
        if _code(error) == "NoSuchBucket":
            raise BucketProblem(f"There is no bucket {bucket}.") from error
        kind = BucketUnavailable if _status(error) >= _SERVER_ERROR else BucketProblem
        raise kind(f"The bucket {bucket} cannot be used: {error}") from error
    except (HTTPClientError, NoConnection) as error:
        raise BucketUnavailable(f"The bucket {bucket} cannot be reached: {error}") from error
    except BotoCoreError as error:
        raise BucketProblem(f"The bucket {bucket} cannot be used: {error}") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
