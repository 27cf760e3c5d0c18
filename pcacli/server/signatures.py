"""Who signed a request: Signature Version 4. botocore's signer is the oracle in the tests.

What is signed must cover the host, the time and every `x-amz-` header that came, so that a request cannot be sent
again as another action. The hash of the body is always worked out from the body that came.
Sources: AWS IAM User Guide, "Create a signed AWS API request"; "Common Error Types" for the exceptions. The texts are
those that AWS services have been seen to answer with.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from pcacli.engine import credentials
from pcacli.engine.call import Parts
from pcacli.engine.context import Caller
from pcacli.engine.records import AccessKey
from pcacli.errors import ServiceError
from pcacli.server.http_dates import read_http_date
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
        signature, timestamp, access_key = self._claimed(request)
        expected = _signature(request, signature, timestamp, credentials.secret(self._parts, access_key))
        if not hmac.compare_digest(expected.encode(), signature.signature.encode()):
            raise _invalid(
                f"The request signature we calculated does not match the signature you provided. {_EXPLAINED}"
            )
        return credentials.caller(access_key, signature.scope.region)

    def require_plausible(self, request: Request) -> None:
        """Refuse what the head of a request shows to be wrong, before its body is there.

        Raises:
            ServiceError: as `caller`, but nothing is said about the signature itself.
        """
        self._claimed(request)

    def _claimed(self, request: Request) -> tuple[_Signature, str, AccessKey]:
        """Return the signature of a request, when it was made, and the key that it claims."""
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
        return signature, timestamp, access_key

    def _check_time(self, timestamp: str, signed_at: datetime) -> None:
        now = self._now()
        if now - MAXIMUM_SKEW <= signed_at <= now + MAXIMUM_SKEW:
            return
        minutes = int(MAXIMUM_SKEW.total_seconds() / 60)
        if signed_at < now - MAXIMUM_SKEW:
            earliest = f"{now - MAXIMUM_SKEW:{_TIME_FORMAT}} ({now:{_TIME_FORMAT}} - {minutes} min.)"
            raise _invalid(f"Signature expired: {timestamp} is now earlier than {earliest}")
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


@lru_cache(maxsize=32)
def _read(authorization: str | None) -> _Signature:
    """Take the header Authorization apart; one request asks twice."""
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
    signed_at = read_http_date(headers.get("date")) if text is None else _read_time(text)
    if signed_at is not None:
        return text or f"{signed_at:{_TIME_FORMAT}}", signed_at
    raise _incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        return None


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
    scope = claimed.scope
    names = sorted(set(claimed.signed_headers))
    canonical_request = (
        request.method,
        _canonical_path(request.path),
        _canonical_query(request.query),
        *(f"{name}:{' '.join(request.headers[name].split())}" for name in names),
        "",
        ";".join(names),
        # Not the header X-Amz-Content-SHA256, which a client may fill in as it likes.
        sha256(request.body).hexdigest(),
    )
    string_to_sign = (
        _ALGORITHM,
        timestamp,
        f"{scope.date}/{scope.region}/{scope.service}/{_SCOPE_END}",
        sha256("\n".join(canonical_request).encode()).hexdigest(),
    )
    key = _signing_key(secret, scope.date, scope.region, scope.service)
    return _hmac(key, "\n".join(string_to_sign)).hex()


@lru_cache(maxsize=1024)
def _signing_key(secret: str, *scope: str) -> bytes:
    """Return the key of a day, a region and a service, which depends on nothing else than these and the secret."""
    key = f"AWS4{secret}".encode()
    for part in (*scope, _SCOPE_END):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


@lru_cache
def _canonical_path(path: str) -> str:
    """Write a path without empty and dotted segments, and encode it once more as every service but S3 has it."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    end = "/" if segments and path.endswith("/") else ""
    return quote(f"/{'/'.join(segments)}{end}", safe="/~")


def _canonical_query(query: str) -> str:
    """Sort the parameters of a query, which are encoded already, by name and value."""
    parameters = sorted(parameter.partition("=")[::2] for parameter in query.split("&")) if query else []
    return "&".join(map("=".join, parameters))


def _unrecognized_client() -> ServiceError:
    return ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.")


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidSignatureException", message)


def _incomplete(message: str) -> ServiceError:
    return ServiceError("IncompleteSignatureException", message)
