"""botocore clients without a network: what they would send is answered by an embedded authority in this process.

Requests are written, signed and repeated, and responses and errors read, as on AWS; only the wire is missing. The
signature is not verified: its region counts, and who calls is for the test to say. Clients of our own are answered by
a handler of botocore's event `before-send`, all others in the place where botocore would open a connection.
Source: `botocore/endpoint.py`, Endpoint._do_get_response and Endpoint._send.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from os import devnull
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.context import Caller
from pcacli.errors import ServiceError
from pcacli.server import aws_json
from pcacli.server.messages import Request
from pcacli.server.signatures import claimed_scope, is_region

SERVICE = "acm-pca"

Handler = Callable[..., AWSResponse]
"""Something that answers a request of botocore's, also as a handler of its event."""

# Stands in the header X-Amz-Target or, in the other protocol that the model of ACM PCA names, in the path.
_TARGET = "ACMPrivateCA"

# Neither files nor profile of whoever runs the tests, in the form in which botocore declares its settings.
_NO_CONFIGURATION = {
    "config_file": (None, None, devnull, None),
    "credentials_file": (None, None, devnull, None),
    "profile": (None, None, None, None),
}
_QUICK = Config(ignore_configured_endpoint_urls=True, retries={"total_max_attempts": 1})


def handler(authority: EmbeddedAuthority, caller: Caller) -> Handler:
    """Return what answers requests as the authority answers this caller, in the region of the request."""

    def answer(request: Any, **_event: object) -> AWSResponse:
        received = _received(request)
        try:
            operation = aws_json.operation(received)
            parameters = aws_json.parameters(operation, received.body)
            response = aws_json.result(operation, authority.call(operation.name, parameters, _in_region_of(received)))
        except ServiceError as refusal:
            response = aws_json.refusal(refusal)
        headers = {**dict(response.headers), "x-amzn-RequestId": str(uuid.uuid4())}
        return AWSResponse(request.url, response.status, headers, _Body(response.body))

    def _in_region_of(request: Request) -> Caller:
        scope = claimed_scope(request)
        return caller._replace(region=scope.region) if scope and is_region(scope.region) else caller

    return answer


def client(answer: Handler, region: str, **arguments: Any) -> Any:
    """Return a new client of boto3 that is answered for as long as it lives.

    Unless `config` says otherwise it does not repeat what failed, so that an error arrives at once.
    """
    config = _QUICK.merge(arguments.pop("config", None) or Config())
    made = _session().client(SERVICE, region_name=region, config=config, **arguments)
    made.meta.events.register(f"before-send.{SERVICE}", answer)
    return made


@contextmanager
def every_client_answered(answer: Handler) -> Iterator[None]:
    """Answer what any client in this process asks ACM PCA within the block, whenever and however it was made.

    What goes to other services is sent.
    """
    send = URLLib3Session.send

    def answer_or_send(session: URLLib3Session, request: Any) -> Any:
        is_ours = _TARGET in f"{_text(request.headers.get('X-Amz-Target', ''))} {request.url}"
        return answer(request) if is_ours else send(session, request)

    URLLib3Session.send = answer_or_send
    try:
        yield
    finally:
        URLLib3Session.send = send


class _Body(BytesIO):
    """A body as botocore reads it."""

    def stream(self, *_arguments: object, **_options: object) -> Iterator[bytes]:
        yield self.getvalue()


def _received(request: Any) -> Request:
    """Return a request of botocore's as the server would get it."""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    body = request.body or b""
    return Request(request.method, "/", "", headers, body.encode() if isinstance(body, str) else body, "")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


@cache
def _session() -> Any:
    """Return a session with made-up credentials. To read the model of ACM PCA costs 60 ms, so it is kept."""
    session = Session(session_vars=_NO_CONFIGURATION)
    session.set_credentials("testing", "testing")
    return boto3.Session(botocore_session=session)
