"""The buckets that AWS writes audit reports to, read with the same credentials as ACM PCA is called with.

The endpoint is S3's own setting (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile), never the one that was given for
ACM PCA, and never `local:`, which is no address of S3.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.session import Session

from pcacli.engine.progress import Phase, Progress, unwatched
from pcacli.errors import PcaError
from pcacli.limits.readers import REPORT_LINE, Limits
from pcacli.limits.reading import OverLimit, read_stream
from pcacli.service.aws import client_of, new_session, our_errors
from pcacli.service.endpoints import Aws, backend_of
from pcacli.service.settings import Settings

_CHUNK_BYTES = 256 * 1024
_READING = Phase("Reading from S3", in_bytes=True)


class AwsBuckets:
    """Reads objects; prepared when the first is asked for."""

    def __init__(self, settings: Settings, progress: Progress = unwatched) -> None:
        self._settings = settings
        self._progress = progress

    def lines(self, bucket: str, key: str) -> Iterator[bytes]:
        """Open an object; its lines, with their ends, are read as they are asked for.

        Raises:
            ServiceError: S3 refuses; NoSuchKey where the object is gone.
            PcaError: S3 cannot be reached, or a line is too long; the lines raise it, too.
        """
        with our_errors():
            found = _client(self._settings).get_object(Bucket=bucket, Key=key)
        return _lines(found["Body"], found["ContentLength"], self._progress)

    def content(self, bucket: str, key: str, limits: Limits, *, first_bytes: int | None = None) -> bytes:
        """Return an object, or only its first bytes.

        Raises:
            ServiceError: S3 refuses; NoSuchKey where the object is gone.
            PcaError: S3 cannot be reached, or the object is too large.
        """
        part = {} if first_bytes is None else {"Range": f"bytes=0-{first_bytes - 1}"}
        with our_errors():
            found = _client(self._settings).get_object(Bucket=bucket, Key=key, **part)
            try:
                return read_stream(found["Body"], limits)
            except OverLimit as error:
                raise PcaError(f"s3://{bucket}/{key} has more than {limits.size}.") from error


def _client(settings: Settings) -> Any:
    session = new_session(settings)
    if not isinstance(backend_of(_configured_endpoint(session)), Aws):
        # For the clients of the credential chain too, such as STS.
        session.set_config_variable("ignore_configured_endpoint_urls", True)  # noqa: FBT003 - botocore's signature
    return client_of(session, "s3", settings, endpoint_url=None)


def _configured_endpoint(session: Session) -> str | None:
    provider = ConfiguredEndpointProvider(session.full_config, session.get_scoped_config(), "s3")
    endpoint_url: str | None = provider.provide()
    return endpoint_url


def _lines(body: Any, size_bytes: int, progress: Progress) -> Iterator[bytes]:
    done_bytes = 0
    with our_errors():
        for line in short_lines(body.iter_chunks(_CHUNK_BYTES)):
            yield line
            done_bytes += len(line)
            progress(_READING, done_bytes, size_bytes)


def short_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut pieces into lines, with their ends.

    Raises:
        PcaError: one is too long.
    """
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in lines)
        if len(rest) > REPORT_LINE.maximum_bytes:
            raise PcaError(f"A line of the audit report has more than {REPORT_LINE.size}.")
    if rest:
        yield rest
