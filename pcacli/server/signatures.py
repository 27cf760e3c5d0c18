"""Who signed a request: Signature Version 4, verified with botocore's own canonical form.

What is signed must cover the host, the time and every `x-amz-` header that came, so that a request cannot be sent
again as another action. The hash of the body is always worked out from the body that came.
Sources: AWS IAM User Guide, "Create a signed AWS API request"; "Common Error Types" for the exceptions. The texts are
those that AWS services have been seen to answer with.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import NamedTuple

from botocore.auth import SigV4Auth

from pcacli.engine import credentials
from pcacli.engine.call import Parts
from pcacli.engine.context import Caller
from pcacli.errors import ServiceError
from pcacli.server.messages import Request

SERVICE = "acm-pca"
MAXIMUM_SKEW = timedelta(minutes=15)

_ALGORITHM = "AWS4-HMAC-SHA256"
_SCOPE_END = "aws4_request"
_PARTS = ("Credential", "SignedHeaders", "Signature")
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}")
_TIME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_EXPLAINED = "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."


class Scope(NamedTuple):
    """What a signature is for: the parts of "Credential=" in a header Authorization."""

    access_key_id: str
    date: str
    region: str
    service: str


class _Signature(NamedTuple):
    scope: Scope
    signed_headers: tuple[str, ...]
    signature: str


class _Credentials(NamedTuple):
    """What botocore's signer asks of credentials."""

    access_key: str
    secret_key: str
    token: None = None


class _SignedHeaders(dict[str, str]):
    """Headers as botocore's signer reads them."""

    def get_all(self, name: str) -> Iterable[str]:
        """Return the values of a header."""
        return [self[name]]


class _Signer(SigV4Auth):  # type: ignore[misc] # botocore has no types
    """botocore's signer, told which headers are signed instead of choosing them."""

    def __init__(self, secret: str, scope: Scope, signed_headers: Mapping[str, str]) -> None:
        super().__init__(_Credentials(scope.access_key_id, secret), scope.service, scope.region)
        self._signed_headers = _SignedHeaders(signed_headers)

    def headers_to_sign(self, request: SimpleNamespace) -> _SignedHeaders:
        """Return the headers that the client has signed."""
        del request
        return self._signed_headers


class Signatures:
    """Finds out who signed a request. `now` is real time, also where a test store keeps another."""

    def __init__(self, parts: Parts, now: Callable[[], datetime]) -> None:
        self._parts = parts
        self._now = now

    def caller(self, request: Request) -> Caller:
        """Return in whose name a request is made.

        Raises:
            ServiceError: it is not signed, not by somebody known, not well, or not just now.
        """
        signature = _read(request.headers.get("authorization"))
        if "x-amz-security-token" in request.headers:
            raise _unrecognized_client()  # There are no temporary credentials here.
        timestamp, signed_at = _time(request.headers)
        _check_scope(signature.scope, timestamp)
        _check_coverage(signature.signed_headers, request.headers)
        self._check_time(timestamp, signed_at)
        access_key = credentials.find(self._parts, signature.scope.access_key_id)
        if access_key is None:
            raise _unrecognized_client()
        expected = _signature(request, signature, timestamp, credentials.secret(self._parts, access_key))
        if not hmac.compare_digest(expected.encode(), signature.signature.encode()):
            raise _invalid(
                f"The request signature we calculated does not match the signature you provided. {_EXPLAINED}"
            )
        return credentials.caller(access_key, signature.scope.region)

    def _check_time(self, timestamp: str, signed_at: datetime) -> None:
        now, minutes = self._now(), int(MAXIMUM_SKEW.total_seconds() / 60)
        if signed_at < now - MAXIMUM_SKEW:
            earliest = f"{now - MAXIMUM_SKEW:{_TIME_FORMAT}} ({now:{_TIME_FORMAT}} - {minutes} min.)"
            raise _invalid(f"Signature expired: {timestamp} is now earlier than {earliest}")
        if signed_at > now + MAXIMUM_SKEW:
            latest = f"{now + MAXIMUM_SKEW:{_TIME_FORMAT}} ({now:{_TIME_FORMAT}} + {minutes} min.)"
            raise _invalid(f"Signature not yet current: {timestamp} is still later than {latest}")


def claimed_scope(request: Request) -> Scope | None:
    """Return what a request says about its signature, without looking whether it is true."""
    try:
        return _read(request.headers.get("authorization")).scope
    except ServiceError:
        return None


def is_region(name: str) -> bool:
    """Tell whether this can be the name of a region."""
    return _REGION.fullmatch(name) is not None


def _read(authorization: str | None) -> _Signature:
    if not authorization:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != _ALGORITHM:
        raise _incomplete(f"Unsupported AWS 'algorithm': '{algorithm[:32]}'")
    given = dict(_name_and_value(part) for part in rest.split(","))
    for name in _PARTS:
        if not given.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    scope = given["Credential"].split("/")
    if len(scope) != len(Scope._fields) + 1 or scope[-1] != _SCOPE_END:
        raise _incomplete("Credential must have exactly 5 slash-delimited elements, the last one of them aws4_request.")
    return _Signature(Scope(*scope[:-1]), tuple(given["SignedHeaders"].lower().split(";")), given["Signature"])


def _name_and_value(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value


def _time(headers: Mapping[str, str]) -> tuple[str, datetime]:
    """Return when the request was signed, as text and as an instant. `X-Amz-Date` wins over `Date`."""
    text = headers.get("x-amz-date")
    try:
        if text is None:
            signed_at = parsedate_to_datetime(headers["date"])
            return f"{signed_at:{_TIME_FORMAT}}", signed_at
        if _TIME.fullmatch(text):
            return text, datetime.fromisoformat(text)
    except (KeyError, ValueError, TypeError):
        pass
    raise _incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")


def _check_scope(scope: Scope, timestamp: str) -> None:
    if scope.service != SERVICE:
        raise _invalid(f"Credential should be scoped to correct service: '{SERVICE}'.")
    if not is_region(scope.region):
        raise _invalid("Credential should be scoped to a valid region.")
    if scope.date != timestamp[:8]:
        raise _invalid(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date}' != '{timestamp[:8]}', from '{timestamp}'."
        )


def _check_coverage(signed: tuple[str, ...], headers: Mapping[str, str]) -> None:
    """Make sure that what makes a request this request is signed, and that every signed header is there."""
    needed = {"host", *(name for name in headers if name.startswith("x-amz-"))}
    if "x-amz-date" not in headers:
        needed.add("date")
    if not needed <= set(signed) or not headers.keys() >= set(signed):
        raise _invalid(
            f"'Host', the date and every 'X-Amz-' header must be a 'SignedHeader' of the request. {_EXPLAINED}"
        )


def _signature(request: Request, claimed: _Signature, timestamp: str, secret: str) -> str:
    """Return the signature that the request should have."""
    signed_headers = {name: request.headers[name] for name in claimed.signed_headers}
    signer = _Signer(secret, claimed.scope, signed_headers)
    query = f"?{request.query}" if request.query else ""
    foreign = SimpleNamespace(
        method=request.method,
        url=f"http://host{request.path}{query}",
        params=None,
        # Without the header X-Amz-Content-SHA256, which a client may fill in as it likes, the body itself is hashed.
        headers={},
        body=request.body,
        context={"timestamp": timestamp},
    )
    text = signer.string_to_sign(foreign, signer.canonical_request(foreign))
    signature: str = signer.signature(text, foreign)
    return signature


def _unrecognized_client() -> ServiceError:
    return ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.")


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidSignatureException", message)


def _incomplete(message: str) -> ServiceError:
    return ServiceError("IncompleteSignatureException", message)
