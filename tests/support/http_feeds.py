"""What the readers of `local serve` are fed with (reader_feeds.py)."""

import asyncio
import json
import socket
from typing import Any

from pcacli.errors import PcaError
from pcacli.limits import readers
from pcacli.limits.readers import MIB
from pcacli.server.body import Bodies
from pcacli.server.refusals import status
from tests.support.reader_feeds import Feed, World
from tests.support.reader_table import ENDS
from tests.support.serving import STOP_SECONDS
from tests.support.signing import signed


def policy(text: str) -> Feed:
    """Give the issuing CA a policy over HTTP."""

    def fed(world: World) -> str:
        body = json.dumps({"ResourceArn": world.estate.issuing, "Policy": text}).encode()
        return posted(body, **{"X-Amz-Target": "ACMPrivateCA.PutPolicy"})(world)

    return fed


def posted(body: bytes, **headers: str) -> Feed:
    """Send a call with that body and a good signature."""

    def fed(world: World) -> str:
        response, content = world.server.send("POST", "/", body, **signed(world.server, body, headers=headers))
        assert json.loads(content)["__type"]
        return f"HTTP {response.status}"

    return fed


def raw(world: World, octets: bytes) -> bytes:
    """Send octets and return what comes back before the server ends the connection."""
    host, _, port = world.server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as connection:
        connection.sendall(octets)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def answered(octets: bytes) -> Feed:
    def fed(world: World) -> str:
        return "HTTP " + raw(world, octets).split()[1].decode()

    return fed


def pipelined(world: World) -> str:
    answer = raw(world, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
    # One is being answered while so many wait.
    answered = answer.count(b"HTTP/1.1 200")
    return ENDS if answered == answer.count(b"HTTP/1.1") == (readers.HTTP_PIPELINE.items or 0) + 1 else "other"


def cbor(body: bytes) -> Feed:
    def fed(world: World) -> str:
        path = "/service/ACMPrivateCA/operation/ListCertificateAuthorities"
        given = {"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor"}
        headers = signed(world.server, body, path, headers={**given, "X-Amz-Target": ""})
        headers["Authorization"] = headers["Authorization"].replace(";x-amz-target", "")
        response, _ = world.server.send("POST", path, body, **headers)
        return f"HTTP {response.status}"

    return fed


def ocsp(world: World) -> str:
    body = b"x" * (readers.OCSP_REQUEST.maximum_bytes + 1)
    response, _ = world.server.send("POST", "/", body, Content_Type="application/ocsp-request")
    return f"HTTP {response.status}"


def too_many_bodies(_world: World) -> str:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * (4 * MIB)}

    async def read_all() -> None:
        bodies = Bodies()
        for _ in range(readers.HTTP_BODIES.maximum_bytes // (4 * MIB) + 1):
            await bodies.read(receive, readers.HTTP_BODY)

    try:
        asyncio.run(read_all())
    except PcaError as refused:
        return f"HTTP {status(str(refused.code))}"
    return "nothing was refused"


def deep_cbor(depth: int | None) -> bytes:
    return b"\xa1\x61a" + b"\x81" * (depth or 0) + b"\x00"
