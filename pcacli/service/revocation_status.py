"""What the CA publishes about a certificate: its CRL or its OCSP responder, asked where the certificate says."""

from collections.abc import Callable
from typing import Protocol

from pcacli.errors import PcaError
from pcacli.limits.readers import CRL, OCSP_RESPONSE, Limits
from pcacli.service.http_fetch import fetch

OCSP_REQUEST = "application/ocsp-request"


class Publications(Protocol):
    """Where CRLs and OCSP responses come from."""

    def crl(self, url: str) -> bytes:
        """Return the CRL that is published under a URL.

        Raises:
            PcaError: it cannot be had.
        """
        ...

    def ocsp(self, url: str, request: bytes) -> bytes:
        """Return what the responder behind a URL answers to a request (DER).

        Raises:
            PcaError: it does not answer.
        """
        ...


class HttpPublications:
    """Asks over HTTP. `crl_elsewhere` is tried where a CRL's own URL leads nowhere: a bucket is often private."""

    def __init__(
        self, timeout_seconds: float, crl_elsewhere: Callable[[str], bytes | None] = lambda _url: None
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._crl_elsewhere = crl_elsewhere

    def crl(self, url: str) -> bytes:
        """Fetch a CRL."""
        try:
            return self._fetch(url, CRL)
        except PcaError:
            found = self._crl_elsewhere(url)
            if found is None:
                raise
            return found

    def ocsp(self, url: str, request: bytes) -> bytes:
        """Send an OCSP request by POST (RFC 6960, appendix A.1)."""
        return self._fetch(url, OCSP_RESPONSE, request)

    def _fetch(self, url: str, limits: Limits, body: bytes | None = None) -> bytes:
        content = fetch(
            url,
            timeout_seconds=self._timeout_seconds,
            maximum_bytes=limits.maximum_bytes + 1,
            body=body,
            headers=None if body is None else {"Content-Type": OCSP_REQUEST},
        )
        if len(content) > limits.maximum_bytes:
            raise PcaError(f"{url} answers with more than {limits.size}.")
        return content
