"""The application behind the HTTP server: a request in, a response out, every failure told in AWS's way.

It is an ASGI application (ASGI specification 3.0, HTTP and lifespan). The engine blocks, so what may wait is answered
in threads. This is the one place of the server that catches everything.
"""

import asyncio
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.context import Caller, system_context
from pcacli.engine.keys.kept_open import KeptOpenKeys
from pcacli.errors import PcaError, ServiceError
from pcacli.server import aws_json, log, refusals, rpc_cbor
from pcacli.server.body import read_body
from pcacli.server.messages import Request, Response
from pcacli.server.metrics import Metrics
from pcacli.server.signatures import Signatures, claimed_scope, is_region
from pcacli.server.upkeep import Upkeep
from pcacli.server.verifier_endpoints import NOT_FOUND, OCSP_REQUEST, VerifierEndpoints
from pcacli.service.local import open_parts
from pcacli.service.serve_options import ServeOptions

if TYPE_CHECKING:
    from pcacli.engine.call import Parts

THREADS = 8
"""How many requests that may wait one process answers at once; measured in CONTRIBUTING, "The HTTP server"."""

_UPKEEP_STOP_SECONDS = 10.0
_SUCCESS = "success"
_TEXT = (("Content-Type", "text/plain"),)
_METHOD_NOT_ALLOWED = Response(405, b"", (("Allow", "GET, HEAD, POST"),))


class Exchange:
    """What is known of one request while it is answered, for the log and the metrics."""

    def __init__(self) -> None:
        self.request_id = str(uuid.uuid4())
        self.action: str | None = None
        self.caller: Caller | None = None
        self.access_key_id: str | None = None
        self.result = _SUCCESS


class Application:
    """One process's server of a store. The store is opened when it starts, so after any fork."""

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._metrics = Metrics()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take part in the server's life or answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._exchange(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            self._open()
        except PcaError as problem:
            await send({"type": "lifespan.startup.failed", "message": problem.message})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._close()
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self) -> None:
        options = self._options
        parts = open_parts(
            Path(options.directory),
            default_directory=Path(options.default_directory),
            notify=log.notice,
            aws_profile=options.aws_profile,
        )
        self._parts: Parts = parts._replace(keys=KeptOpenKeys(parts.keys), observe=self._metrics.observe)
        self._authority = EmbeddedAuthority(self._parts)
        self._signatures = Signatures(self._parts, system_context().now)
        self._verifiers = VerifierEndpoints(self._parts)
        self._upkeep = Upkeep(self._parts)
        self._upkeep.start()

    def _close(self) -> None:
        self._upkeep.stop(_UPKEEP_STOP_SECONDS)
        self._threads.shutdown()
        self._parts.store.close()

    async def _exchange(self, scope: Any, receive: Any, send: Any) -> None:
        started, exchange = time.perf_counter(), Exchange()
        request = _request(scope)
        try:
            request = request._replace(body=await read_body(receive))
        except ServiceError as error:
            exchange.result = str(error.code)
            response = _protocol(request).refusal(error)
            response = response._replace(headers=(*response.headers, ("Connection", "close")))
        else:
            if _may_wait(request):
                loop = asyncio.get_running_loop()
                response = await loop.run_in_executor(self._threads, self._answer, request, exchange)
            else:
                response = self._answer(request, exchange)
        await _send(send, response, exchange.request_id)
        self._account(request, response, exchange, time.perf_counter() - started)

    def _answer(self, request: Request, exchange: Exchange) -> Response:
        """Answer a request, whatever happens."""
        try:
            return self._route(request, exchange)
        except ServiceError as error:
            refusal = error
        except Exception as error:  # noqa: BLE001 - the edge of the program
            message = error.message if isinstance(error, PcaError) else None
            log.failure(error, request_id=exchange.request_id, action=exchange.action, message=message)
            refusal = refusals.internal_failure()
        exchange.result = str(refusal.code)
        response: Response = _protocol(request).refusal(refusal)
        return response

    def _route(self, request: Request, exchange: Exchange) -> Response:
        if request.method == "POST":
            if request.content_type == OCSP_REQUEST:
                exchange.action = "OCSP"
                return self._verifiers.ocsp_over_post(request)
            return self._call(request, exchange)
        if request.method in ("GET", "HEAD"):
            return self._get(request, exchange)
        return _METHOD_NOT_ALLOWED

    def _get(self, request: Request, exchange: Exchange) -> Response:
        if request.path == "/healthz":
            return self._health()
        if request.path == "/metrics":
            return self._metrics.exposition()
        crl = self._verifiers.crl(request)
        if crl is not None:
            exchange.action = "CRL"
            return crl
        response = self._verifiers.ocsp_over_get(request)
        if response is not NOT_FOUND:
            exchange.action = "OCSP"
        return response

    def _call(self, request: Request, exchange: Exchange) -> Response:
        protocol = _protocol(request)
        operation = protocol.operation(request)
        exchange.action = operation.name
        scope = claimed_scope(request)
        exchange.access_key_id = scope.access_key_id if scope else None
        exchange.caller = self._caller(request)
        parameters = protocol.parameters(operation, request.body)
        result = self._authority.call(operation.name, parameters, exchange.caller)
        response: Response = protocol.result(operation, result)
        return response

    def _caller(self, request: Request) -> Caller:
        if self._options.authenticate:
            return self._signatures.caller(request)
        scope, caller = claimed_scope(request), self._options.caller
        return caller._replace(region=scope.region) if scope and is_region(scope.region) else caller

    def _health(self) -> Response:
        try:
            with self._parts.store.read():
                return Response(200, b"ok\n", _TEXT)
        except PcaError as problem:
            log.notice(problem.message)
            return Response(503, b"The store cannot be read.\n", _TEXT)

    def _account(self, request: Request, response: Response, exchange: Exchange, seconds: float) -> None:
        """Count a request and write it to the access log."""
        if exchange.action is not None:
            self._metrics.count(exchange.action, exchange.result, seconds)
        log.write(
            event="request",
            request_id=exchange.request_id,
            client=request.client,
            method=request.method,
            path=request.path[:200],
            action=exchange.action,
            access_key_id=exchange.access_key_id,
            account=exchange.caller and exchange.caller.account,
            region=exchange.caller and exchange.caller.region,
            status=response.status,
            result=exchange.result if exchange.action or exchange.result != _SUCCESS else None,
            bytes=len(response.body),
            milliseconds=round(seconds * 1000, 2),
        )


def _protocol(request: Request) -> ModuleType:
    """Return the protocol that a request speaks; both modules have the same functions."""
    return rpc_cbor if rpc_cbor.is_spoken(request) else aws_json


def _may_wait(request: Request) -> bool:
    """Tell whether an answer takes longer than a thread costs: waiting for a disk, a turn to write, or a signature.

    Reading the store waits for nobody (store/port.py), and an answer that only reads takes half of the time if no
    thread has to take it over.
    """
    if request.method != "POST" or request.content_type == OCSP_REQUEST:
        return request.path != "/healthz"
    try:
        may_change: bool = _protocol(request).operation(request).changes
    except ServiceError:
        return False
    return may_change


def _request(scope: Any) -> Request:
    """Return what is known of a request before its body."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
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


async def _send(send: Any, response: Response, request_id: str) -> None:
    headers = [
        *response.headers,
        ("Content-Length", str(len(response.body))),
        ("x-amzn-RequestId", request_id),
    ]
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})
