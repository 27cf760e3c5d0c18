"""The setting of a store that sends its CRLs and audit reports to S3 instead of directories."""

from typing import NamedTuple

from pcacli.engine.store.port import Snapshot, Transaction
from pcacli.errors import UsageProblem

AWS = "aws"
"""What stands in place of a URL for AWS's own S3."""

_ENDPOINT_URL = "s3_endpoint_url"
_REGION = "s3_region"


class S3Endpoint(NamedTuple):
    """An S3 endpoint. No `url` means AWS's own, no `region` the one that the AWS settings name."""

    url: str | None
    region: str | None


def endpoint_named(url: str, region: str | None) -> S3Endpoint:
    """Return the endpoint that a person has named.

    Raises:
        UsageProblem: it is neither "aws" nor an http or https URL of a host, or it holds credentials.
    """
    from urllib.parse import urlsplit

    if url == AWS:
        return S3Endpoint(None, region)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UsageProblem(f"Bad S3 endpoint {url}: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageProblem(f"Bad S3 endpoint {url}: it is http://<hostname>, https://<hostname>, or {AWS} for AWS.")
    if parts.username is not None:
        raise UsageProblem("The S3 endpoint must not hold credentials: they come from where the AWS CLI finds them.")
    return S3Endpoint(url, region)


def put(transaction: Transaction, url: str | None, region: str | None) -> None:
    """Let the store write to this endpoint from now on."""
    transaction.put_setting(_ENDPOINT_URL, url or AWS)
    transaction.put_setting(_REGION, region)


def read(snapshot: Snapshot) -> S3Endpoint | None:
    """Return the endpoint that the store writes to, or None if it writes to directories."""
    url = snapshot.setting(_ENDPOINT_URL)
    return None if url is None else S3Endpoint(None if url == AWS else url, snapshot.setting(_REGION))
