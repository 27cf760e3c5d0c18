"""Requests and responses as ASGI has them (ASGI specification 3.0, HTTP)."""

from http import HTTPStatus
from typing import Any

from pcacli.server.messages import Request, Response


def request_head(scope: Any) -> Request:
    """Return what is known of a request before its body. Fields of one name are joined by commas, as SigV4 has them."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip(" \t")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    client = scope.get("client")
    return Request(
        scope["method"],
        scope["raw_path"].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        headers,
        b"",
        client[0] if client else "",
    )


async def send_response(send: Any, response: Response, request_id: str) -> None:
    """Send a response, with its length and the identifier of the request.

    304 has no length: that would have to be the length of what is not sent (RFC 9110, section 8.6).
    """
    headers = [*response.headers, ("x-amzn-RequestId", request_id)]
    if response.status != HTTPStatus.NOT_MODIFIED:
        headers.append(("Content-Length", str(len(response.body))))
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})
