"""Fetches what CAs publish: CRLs and OCSP responses.

Only `http` is followed, as RFC 5280 section 8 advises against `https` for this; answers have a limit in time and size.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pcacli.errors import PcaError


def fetch(
    url: str,
    *,
    timeout_seconds: float,
    maximum_bytes: int,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return the first bytes, so many at the most, of what a URL answers; with a body it is asked by POST.

    Raises:
        PcaError: it is no http address, or does not answer.
    """
    from http.client import HTTPException
    from urllib.request import Request, urlopen

    if urlsplit(url).scheme != "http":
        raise PcaError(f"{url} is no http address.")
    request = Request(url, body, dict(headers or {}))  # noqa: S310 - the scheme is checked above
    try:
        with urlopen(request, timeout=timeout_seconds) as response:  # noqa: S310 - as above
            content: bytes = response.read(maximum_bytes)
            return content
    except (OSError, HTTPException, ValueError) as error:
        cause = getattr(error, "reason", None) or error
        raise PcaError(f"{url} cannot be fetched: {getattr(cause, 'strerror', None) or cause}.") from error
