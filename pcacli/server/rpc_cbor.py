"""The protocol Smithy RPC v2 CBOR, which AWS's newer SDKs prefer where a service offers it.

Sources: Smithy, "Smithy RPC v2 CBOR protocol"; facts, section 10.2.
"""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NoReturn

import cbor2

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Operation
from pcacli.errors import ServiceError
from pcacli.limits.readers import CBOR_CALL, KIB
from pcacli.server import refusals
from pcacli.server.cbor_items import has_more_items
from pcacli.server.messages import Request, Response
from pcacli.server.shape_decoder import Leaves, decode

CONTENT_TYPE = "application/cbor"
PROTOCOL = "rpc-v2-cbor"

_NAMESPACE = "com.amazonaws.acmpca"
# Only the last four segments of the path say what is called; the service's name may carry its namespace.
_PATH = re.compile(rf".*/service/(?:{re.escape(_NAMESPACE)}\.)?ACMPrivateCA/operation/(\w+)", re.ASCII)
_PROTOCOL_HEADER = ("smithy-protocol", PROTOCOL)
_HEADERS = (_PROTOCOL_HEADER, ("Content-Type", CONTENT_TYPE))
# What cbor2 would make objects of, regular expressions of the client's among them; the protocol knows tag 1 only.
_OTHER_TAGS = (0, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799)
# Fewer bytes cannot be so many items that it matters.
_COUNTED_BYTES = 64 * KIB


def is_spoken(request: Request) -> bool:
    """Tell whether a request is one of this protocol."""
    return "smithy-protocol" in request.headers or request.content_type == CONTENT_TYPE


def operation(request: Request) -> Operation:
    """Return the action that a request names.

    Raises:
        ServiceError: UnknownOperationException, UnsupportedMediaTypeException, SerializationException.
    """
    match = _PATH.fullmatch(request.path)
    if match is None or match[1] not in OPERATIONS:
        raise refusals.unknown_operation(match[1] if match else "")
    if "x-amz-target" in request.headers:
        raise refusals.serialization("A request of this protocol must not carry X-Amz-Target.")
    if request.headers.get("smithy-protocol") != PROTOCOL:
        raise refusals.serialization(f"The header Smithy-Protocol must be {PROTOCOL}.")
    if request.content_type != CONTENT_TYPE:
        raise refusals.unsupported_media_type(CONTENT_TYPE)
    return OPERATIONS[match[1]]


def parameters(called: Operation, body: bytes) -> dict[str, Any]:
    """Read the request of an action from a body.

    Raises:
        ServiceError: SerializationException.
    """
    decoded: dict[str, Any] = decode(called.input, _loaded(body), _LEAVES)
    return decoded


def result(called: Operation, response: dict[str, Any]) -> Response:
    """Write the response of an action; one without a result has neither a body nor a type."""
    if called.output is None:
        return Response(200, b"", (_PROTOCOL_HEADER,))
    return Response(200, cbor2.dumps(response, datetime_as_timestamp=True), _HEADERS)


def refusal(error: ServiceError) -> Response:
    """Write a refusal.

    Assumption: exceptions that are not in the model are in the namespace of the others.
    """
    code = error.code or refusals.INTERNAL_FAILURE
    body = cbor2.dumps({"__type": f"{_NAMESPACE}#{code}", "message": error.message})
    return Response(refusals.status(code), body, _HEADERS)


def _loaded(body: bytes) -> Any:
    if not body:
        return {}
    if len(body) > _COUNTED_BYTES and has_more_items(body, CBOR_CALL.items or 0):
        raise refusals.serialization(f"The body has more than {CBOR_CALL.items} values.")
    stream = BytesIO(body)
    decoder = cbor2.CBORDecoder(
        stream,
        max_depth=CBOR_CALL.depth or 0,
        strict_hashable_types=True,
        allow_duplicate_keys=False,
        semantic_decoders=_NO_OTHER_TAGS,
    )
    try:
        value = decoder.decode()
    except (cbor2.CBORDecodeError, ValueError, RecursionError) as error:
        raise refusals.serialization("The body is not CBOR.") from error
    if stream.tell() != len(body):
        raise refusals.serialization("The body goes on behind the CBOR.")
    return value


def _refuse_tag(_value: Any, _immutable: bool) -> NoReturn:  # noqa: FBT001 - cbor2's signature
    raise ValueError("The protocol has no such tag.")


def _blob(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("A blob is a byte string.")
    return value


def _timestamp(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("A timestamp has the tag 1.")
    return value.astimezone(UTC)


_LEAVES = Leaves(_blob, _timestamp)
_NO_OTHER_TAGS = dict.fromkeys(_OTHER_TAGS, _refuse_tag)
