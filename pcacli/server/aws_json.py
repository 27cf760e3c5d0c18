"""The protocol awsJson1.1, which boto3, the AWS CLI and most SDKs speak.

Sources: Smithy, "AWS JSON 1.1 protocol"; facts, section 10.1 (an action without a result answers with an empty body).
"""

import json
from base64 import b64encode
from binascii import a2b_base64
from datetime import UTC, datetime
from typing import Any, NoReturn

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Operation
from pcacli.errors import ServiceError
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import JSON_CALL
from pcacli.server import refusals
from pcacli.server.messages import Request, Response
from pcacli.server.shape_decoder import Leaves, decode

CONTENT_TYPE = "application/x-amz-json-1.1"

_TARGET_PREFIX = "ACMPrivateCA."
_HEADERS = (("Content-Type", CONTENT_TYPE),)
# Assumption: denials come from the front end, which writes this member in capitals on several services.
_CAPITAL_MESSAGE = frozenset({"AccessDeniedException"})


def operation(request: Request) -> Operation:
    """Return the action that a request names.

    Raises:
        ServiceError: UnknownOperationException, UnsupportedMediaTypeException.
    """
    target = request.headers.get("x-amz-target", "")
    name = target.removeprefix(_TARGET_PREFIX)
    if name == target or name not in OPERATIONS:
        raise refusals.unknown_operation(target)
    if request.content_type != CONTENT_TYPE:
        raise refusals.unsupported_media_type(CONTENT_TYPE)
    return OPERATIONS[name]


def parameters(called: Operation, body: bytes) -> dict[str, Any]:
    """Read the request of an action from a body.

    Raises:
        ServiceError: SerializationException.
    """
    try:
        value = load_json(body or b"{}", JSON_CALL, parse_constant=_no_number)
    except ValueError as error:
        raise refusals.serialization("The body is not JSON.") from error
    decoded: dict[str, Any] = decode(called.input, value, _LEAVES)
    return decoded


def result(called: Operation, response: dict[str, Any]) -> Response:
    """Write the response of an action."""
    if called.output is None:
        return Response(200, b"", _HEADERS)
    return Response(200, _ENCODER.encode(response).encode(), _HEADERS)


def refusal(error: ServiceError) -> Response:
    """Write a refusal."""
    code = error.code or refusals.INTERNAL_FAILURE
    message = "Message" if code in _CAPITAL_MESSAGE else "message"
    body = json.dumps({"__type": code, message: error.message}, separators=(",", ":")).encode()
    return Response(refusals.status(code), body, _HEADERS)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON.")


def _blob(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError("A blob is base64 in a string.")
    return a2b_base64(value.encode("ascii"), strict_mode=True)


def _timestamp(value: Any) -> datetime:
    return datetime.fromtimestamp(value, UTC)


def _json_value(value: Any) -> Any:
    """Write what JSON has no form for: instants as seconds since 1970 with milliseconds, bytes as base64."""
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    return b64encode(value).decode()


_LEAVES = Leaves(_blob, _timestamp)
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_json_value)
