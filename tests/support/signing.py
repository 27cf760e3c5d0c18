"""Requests to a server with signatures that are right, or wrong in one way."""

from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.serving import REGION, Server

JSON_TYPE = "application/x-amz-json-1.1"
LIST = "ACMPrivateCA.ListCertificateAuthorities"


class Signer(SigV4Auth):  # type: ignore[misc] # botocore has no types
    """botocore's signer at another time."""

    def __init__(self, server: Server, *, late: timedelta, service: str, region: str, **key: str) -> None:
        known = {"access_key": server.access_key["AccessKeyId"], "secret_key": server.access_key["SecretAccessKey"]}
        super().__init__(Credentials(**{**known, **key}), service, region)
        self._late = late

    def add_auth(self, request: AWSRequest) -> None:
        request.context["timestamp"] = (datetime.now(UTC) - self._late).strftime(SIGV4_TIMESTAMP)
        self._modify_request_before_signing(request)
        signature = self.signature(self.string_to_sign(request, self.canonical_request(request)), request)
        self._inject_signature_to_request(request, signature)


def signed(server: Server, body: bytes = b"{}", path: str = "/", **changes: Any) -> dict[str, str]:
    """Return the headers of a request that is well signed, but for what `changes` says."""
    headers = {"Content-Type": JSON_TYPE, "X-Amz-Target": LIST, **changes.pop("headers", {})}
    request = AWSRequest("POST", server.url + path, headers=headers, data=body)
    how = {"late": timedelta(0), "service": "acm-pca", "region": REGION, **changes}
    Signer(server, **how).add_auth(request)
    return dict(request.headers.items())
