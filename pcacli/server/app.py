"""The application behind the HTTP server: a request in, a response out, every failure told in AWS's way.

It is an ASGI application (ASGI specification 3.0, HTTP and lifespan). What the head of a request shows to be wrong is
refused before its body is read. Actions are prepared on the event loop only if nothing that a caller sends can make
that slow, else in threads; what they change is committed together (committer.py). This is the one place of the server
that catches everything.
"""

import asyncio
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from pcacli.api.shapes import Operation
from pcacli.engine.authority import EmbeddedAuthority, shown
from pcacli.engine.call import Change
from pcacli.engine.context import Caller, system_context
from pcacli.engine.keys.kept_open import KeptOpenKeys
from pcacli.errors import PcaError, ServiceError
from pcacli.limits.readers import HTTP_BODY, Limits
from pcacli.limits.readers import OCSP_REQUEST as OCSP_BODY
from pcacli.server import aws_json, log, refusals, rpc_cbor
from pcacli.server.asgi import request_head, send_response
from pcacli.server.body import SMALL_BYTES, Bodies, announced_bytes, require_size
from pcacli.server.committer import Committer
from pcacli.server.http_server import SecondPort
from pcacli.server.loopback import is_loopback_host
from pcacli.server.messages import Request, Response
from pcacli.server.metrics import Metrics
from pcacli.server.signatures import Signatures, claimed_scope, is_region
from pcacli.server.upkeep import Upkeep
from pcacli.server.verifier_endpoints import NOT_FOUND, OCSP_REQUEST, VerifierEndpoints
from pcacli.service.local import open_parts
from pcacli.service.serve_options import ServeOptions

if TYPE_CHECKING:
    import socket

    from pcacli.engine.call import Parts

THREADS = 8
"""How many requests that take long one process works on at once."""

ON_LOOP = frozenset(
    {
        "DescribeCertificateAuthority",
        "DescribeCertificateAuthorityAuditReport",
        "GetCertificate",
        "GetCertificateAuthorityCertificate",
        "GetCertificateAuthorityCsr",
        "GetPolicy",
        "IssueCertificate",
        "ListPermissions",
        "ListTags",
    }
)
"""Actions that read some records, and need one signature at most before their commit: less than what a thread costs."""
ON_LOOP_BYTES = 4096
"""The largest body that is read on the loop: a CSR of an RSA key of 4096 bits fits, one of a far larger does not."""

_UPKEEP_STOP_SECONDS = 10.0
_SUCCESS = "success"
_TEXT = (("Content-Type", "text/plain"),)
_Result = TypeVar("_Result")
_METHOD_NOT_ALLOWED = Response(405, b"", (("Allow", "GET, HEAD, POST"),))


class Exchange:
    """What is known of one request while it is answered, for the log and the metrics.

    `for_verifier` says that it came in where only verifiers are answered.
    """

    def __init__(self, *, for_verifier: bool = False) -> None:
        self.for_verifier = for_verifier
        self.request_id = str(uuid.uuid4())
        self.action: str | None = None
        self.caller: Caller | None = None
        self.access_key_id: str | None = None
        self.result = _SUCCESS
        # What was read of the request's body, which others then have no memory for.
        self.body = b""
        self.is_cut_off = False


class Application:
    """One process's server of a store. The store is opened when it starts, so after any fork.

    `verifier_listener` is the socket of one more port, on which only verifiers are answered.
    """

    def __init__(self, options: ServeOptions, verifier_listener: "socket.socket | None" = None) -> None:
        self._options = options
        self._verifier_port = SecondPort(self._verify, verifier_listener) if verifier_listener else None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        # Who publishes a CRL may have to wait for another who does; nobody else is to wait for that.
        self._publishers = ThreadPoolExecutor(THREADS, thread_name_prefix="publish")
        self._metrics = Metrics()
        self._bodies = Bodies()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take part in the server's life or answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._exchange(scope, receive, send, Exchange())

    async def _verify(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request on the port that is for verifiers."""
        await self._exchange(scope, receive, send, Exchange(for_verifier=True))

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            self._open()
        except PcaError as problem:
            await send({"type": "lifespan.startup.failed", "message": problem.message})
            log.flush()
            return
        if self._verifier_port:
            self._verifier_port.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._verifier_port:
            await self._verifier_port.close()
        self._close()
        log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self) -> None:
        parts = open_parts(self._options.place, log.notice)
        self._parts: Parts = parts._replace(keys=KeptOpenKeys(parts.keys), observe=self._metrics.observe)
        self._on_loop = ON_LOOP - {"IssueCertificate"} if parts.keys.signs_elsewhere() else ON_LOOP
        self._authority = EmbeddedAuthority(self._parts)
        self._committer = Committer(self._parts.store)
        self._signatures = Signatures(self._parts, system_context().now)
        self._verifiers = VerifierEndpoints(self._parts)
        self._upkeep = Upkeep(self._parts)
        self._upkeep.start()

    def _close(self) -> None:
        self._upkeep.stop(_UPKEEP_STOP_SECONDS)
        self._threads.shutdown()
        self._publishers.shutdown()
        self._committer.close()
        self._parts.store.close()

    async def _exchange(self, scope: Any, receive: Any, send: Any, exchange: Exchange) -> None:
        started = time.perf_counter()
        request = request_head(scope)
        # A client that waits for "100 Continue" and gets a refusal may send the body or keep it back: nobody can tell.
        exchange.is_cut_off = "expect" in request.headers
        try:
            response = await self._answer(request, receive, exchange)
        finally:
            self._bodies.release(exchange.body)
        if exchange.is_cut_off:
            response = response._replace(headers=(*response.headers, ("Connection", "close")))
        await send_response(send, response, exchange.request_id)
        self._account(request, response, exchange, time.perf_counter() - started)

    async def _in_thread(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """Do what may wait for a disk or another machine, or takes longer than a signature."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def _at_store(self, read: Callable[..., _Result], *arguments: Any) -> _Result:
        """Do what reads the store: at once, since that waits for nobody, unless it is on another machine."""
        if self._options.place.database_url is None:
            return read(*arguments)
        return await self._in_thread(read, *arguments)

    async def _answer(self, request: Request, receive: Any, exchange: Exchange) -> Response:
        """Answer a request, whatever happens."""
        try:
            return await self._route(request, receive, exchange)
        except ServiceError as error:
            refusal = error
        except Exception as error:  # noqa: BLE001 - the edge of the program
            message = error.message if isinstance(error, PcaError) else None
            log.failure(error, request_id=exchange.request_id, action=exchange.action, message=message)
            refusal = refusals.internal_failure()
        exchange.result = str(refusal.code)
        response: Response = _protocol(request).refusal(refusal)
        return response

    async def _route(self, request: Request, receive: Any, exchange: Exchange) -> Response:
        """Answer a request of which the head is there; a body is read where one belongs, else it is dropped unread."""
        if "," in request.host:
            raise refusals.serialization("The request has more than one header Host.")
        if request.method == "POST":
            if request.content_type == OCSP_REQUEST:
                exchange.action = "OCSP"
                request = await self._with_body(request, receive, exchange, OCSP_BODY)
                return await self._in_thread(self._verifiers.ocsp_over_post, request)
            return NOT_FOUND if exchange.for_verifier else await self._call(request, receive, exchange)
        if request.method not in ("GET", "HEAD"):
            return _METHOD_NOT_ALLOWED
        if request.path == "/healthz":
            return await self._at_store(self._health)
        return await self._in_thread(self._get, request, exchange)

    def _get(self, request: Request, exchange: Exchange) -> Response:
        if request.path == "/metrics" and not exchange.for_verifier:
            return self._metrics.exposition()
        crl = self._verifiers.crl(request)
        if crl is not None:
            exchange.action = "CRL"
            return crl
        response = self._verifiers.ocsp_over_get(request)
        if response is not NOT_FOUND:
            exchange.action = "OCSP"
        return response

    async def _with_body(self, request: Request, receive: Any, exchange: Exchange, limits: Limits) -> Request:
        """Read the body of a request.

        Raises:
            ServiceError: it is too large, or did not arrive in time or at all.
        """
        require_size(request, limits)
        exchange.is_cut_off = True
        exchange.body = await self._bodies.read(receive, limits)
        exchange.is_cut_off = False
        return request._replace(body=exchange.body)

    async def _call(self, request: Request, receive: Any, exchange: Exchange) -> Response:
        """Perform an action of the API and return its response, when what it changes has been committed."""
        protocol = _protocol(request)
        operation = protocol.operation(request)
        exchange.action = operation.name
        scope = claimed_scope(request)
        exchange.access_key_id = scope.access_key_id if scope else None
        announced = announced_bytes(request)
        if announced is None or announced > SMALL_BYTES:
            await self._at_store(self._require_plausible, request)
        request = await self._with_body(request, receive, exchange, HTTP_BODY)
        is_quick = operation.name in self._on_loop and len(request.body) <= ON_LOOP_BYTES
        prepare = partial(self._prepared, protocol, operation, request, exchange)
        prepared = await (self._at_store(prepare) if is_quick else self._in_thread(prepare))
        if isinstance(prepared, Response):
            return prepared
        committed = await self._committer.commit(prepared)
        if await self._at_store(self._authority.has_to_publish, prepared):
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._publishers, self._authority.publish_after, prepared)
        response: Response = protocol.result(operation, shown(operation.name, committed))
        return response

    def _prepared(
        self, protocol: ModuleType, operation: Operation, request: Request, exchange: Exchange
    ) -> Change | Response:
        """Find out who calls, read the request, and do all of an action but its commit."""
        exchange.caller = self._caller(request)
        parameters = protocol.parameters(operation, request.body)
        result = self._authority.prepare(operation.name, parameters, exchange.caller)
        return result if isinstance(result, Change) else protocol.result(operation, result)

    def _require_plausible(self, request: Request) -> None:
        """Refuse a large body from somebody who has no key, before it is read."""
        if self._options.authenticate:
            self._signatures.require_plausible(request)
        else:
            _require_from_here(request)

    def _caller(self, request: Request) -> Caller:
        if self._options.authenticate:
            return self._signatures.caller(request)
        _require_from_here(request)
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


def _require_from_here(request: Request) -> None:
    if not is_loopback_host(request.host):
        raise refusals.not_from_here(request.host)


def _protocol(request: Request) -> ModuleType:
    """Return the protocol that a request speaks; both modules have the same functions."""
    return rpc_cbor if rpc_cbor.is_spoken(request) else aws_json
