"""uvicorn's HTTP protocol with limits on what a client may send, and on how long it may take to send or to read.

Counted is everything that is not body: request line, header fields, sizes and extensions of chunks, trailer fields.
Trailer fields are dropped: what came behind a body was not there when the request was judged (RFC 9110, section 6.5.1).
"""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from pcacli.limits.readers import HTTP_BODY, HTTP_HEAD, HTTP_PIPELINE
from pcacli.server import aws_json, refusals

# Large reads are taken in pieces, so that a limit is noticed soon after it is passed.
_PIECE_BYTES = 16 * 1024
_TOO_LARGE = f"The head of the request is larger than {HTTP_HEAD.maximum_bytes} bytes."
# The application gives up on a body first, and says so.
_BODY_SECONDS = (HTTP_BODY.seconds or 0) + 5
# How long a client may leave a response unread, and a connection that is being closed open.
_STALL_SECONDS = 30.0
# How long, and up to how much, what comes behind a refusal is dropped, so that an honest client gets to read that.
_LINGER_SECONDS = 2.0
_DROPPED_BYTES = 2 * HTTP_BODY.maximum_bytes


class _RefusedHead(Exception):
    """The head has too much of something; httptools takes any exception for a request that is none."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. A client that sends too much, too slowly or nothing, or does not read, is shown the door."""

    maximum_head_seconds = HTTP_HEAD.seconds or 0
    maximum_body_seconds = _BODY_SECONDS
    maximum_stall_seconds = _STALL_SECONDS
    maximum_linger_seconds = _LINGER_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # Of the connection; what a request has of them is the difference to its beginning.
        self._received_bytes = self._body_bytes = 0
        self._received_before = self._body_before = 0
        self._others_bytes = 0
        self._in_head = self._in_message = self._has_ended = self._is_over = False
        self._dropped_bytes = 0
        self._refusal: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread_bytes = 0
        self._stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._start_timer(self.maximum_head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_timer()
        self._stop_stall_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived, unless a request becomes too large; behind one that was refused all is dropped."""
        if self._is_over:
            self._dropped_bytes += len(data)
            if self._dropped_bytes > _DROPPED_BYTES:
                self._close()
            return
        if len(data) <= _PIECE_BYTES:
            self._take(data)
            return
        for start in range(0, len(data), _PIECE_BYTES):
            if self._is_over or self.transport.is_closing():
                return
            self._take(data[start : start + _PIECE_BYTES])

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a request's head."""
        super().on_message_begin()
        self._in_head = self._in_message = True
        self._received_before, self._body_before = self._received_bytes, self._body_bytes
        # So much of the piece in which it begins may be the request before it.
        self._others_bytes = _PIECE_BYTES if self._has_ended else 0
        if self._timer is None:
            self._start_timer(self.maximum_head_seconds)

    def on_headers_complete(self) -> None:
        """Stop waiting for the head and count what is in it.

        Raises:
            _RefusedHead: it is too large, has too many header fields, or too many requests wait for their answers.
        """
        # The pieces before this one tell whether it can be too large at all.
        may_be_too_large = self._received_bytes - self._received_before > HTTP_HEAD.maximum_bytes - 2 * _PIECE_BYTES
        if may_be_too_large and self._is_too_large():
            self._refusal = _TOO_LARGE
            raise _RefusedHead
        if len(self.headers) > (HTTP_HEAD.items or 0):
            self._refusal = f"The request has more than {HTTP_HEAD.items} header fields."
            raise _RefusedHead
        if len(self.pipeline) >= (HTTP_PIPELINE.items or 0):
            self._refusal = f"More than {HTTP_PIPELINE.items} requests wait for their answers."
            raise _RefusedHead
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()
        self.headers = _Dropped()

    def on_body(self, body: bytes) -> None:
        """Count what is body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting for the body."""
        self._in_message, self._has_ended = False, True
        self._stop_timer()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP request as AWS would refuse it, and close the connection.

        Requests before it get their answers first: what is written now would be taken for one of them.
        """
        if self._is_answer_due():
            self._let_answer()
            return
        body = json.dumps({"__type": refusals.SERIALIZATION, "message": self._refusal or msg}).encode()
        head = f"content-type: {aws_json.CONTENT_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[400] + head.encode() + body)
        self._linger()

    def pause_writing(self) -> None:
        """Watch that a client which reads slowly goes on reading."""
        super().pause_writing()
        self._unread_bytes = self.transport.get_write_buffer_size()
        self._stall_timer = self.loop.call_later(self.maximum_stall_seconds, self._require_progress)

    def resume_writing(self) -> None:
        """Stop watching."""
        self._stop_stall_timer()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing comes."""
        self._close()

    def _take(self, data: bytes) -> None:
        self._has_ended = False
        super().data_received(data)
        self._received_bytes += len(data)
        if self._is_over or self.transport.is_closing():
            return
        if self._in_message:
            self._require_bounds()
        if self._timer is None and (self._in_message or self._is_idle()):
            self._start_timer(self.maximum_body_seconds)

    def _let_answer(self) -> None:
        """Read no further, and close the connection behind the last answer."""
        if self._is_in_body():
            self._close()
        else:
            self.cycle.keep_alive = False
            self.flow.pause_reading()

    def _require_bounds(self) -> None:
        """Refuse the request that is coming in if it has become too large."""
        body_bytes = self._body_bytes - self._body_before
        if self._received_bytes - self._received_before - body_bytes > HTTP_HEAD.maximum_bytes + self._others_bytes:
            self.send_400_response(_TOO_LARGE)
        elif body_bytes > _DROPPED_BYTES:
            self._close()

    def _is_too_large(self) -> bool:
        fields = sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)
        return len(self.url) + fields > HTTP_HEAD.maximum_bytes

    def _is_answer_due(self) -> bool:
        """Tell whether an earlier request than the one that is coming in waits for its answer, or gets it just now."""
        if self.cycle is None or self.cycle.response_complete:
            return False
        return bool(self.pipeline) or not self._is_in_body() or self.cycle.response_started

    def _is_in_body(self) -> bool:
        return self._in_message and not self._in_head

    def _is_idle(self) -> bool:
        """Tell whether nothing is to be done and uvicorn does not wait either: it stops when anything arrives."""
        return self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete)

    def _require_progress(self) -> None:
        """Cut off a client that has read nothing since the last look."""
        unread_bytes = self.transport.get_write_buffer_size()
        if unread_bytes >= self._unread_bytes:
            self.transport.abort()
            return
        self._unread_bytes = unread_bytes
        self._stall_timer = self.loop.call_later(self.maximum_stall_seconds, self._require_progress)

    def _linger(self) -> None:
        """Close the connection when the client has read what was written.

        A connection that is closed while data comes in is reset, and the client may lose the answer (RFC 9112, section
        9.6).
        """
        self._is_over = True
        self._stop_timer()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not self.transport.can_write_eof():
            self._close()
        elif not self.transport.is_closing():
            self.transport.write_eof()
            self._start_timer(self.maximum_linger_seconds)

    def _close(self) -> None:
        """Close the connection, and cut it off if what was written is not read."""
        if not self.transport.is_closing():
            self.transport.close()
            self.loop.call_later(self.maximum_stall_seconds, self.transport.abort)

    def _start_timer(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None


class _Dropped(list[tuple[bytes, bytes]]):
    """What takes the place of a request's header fields when they are complete: the fields of its trailer are lost."""

    def append(self, _field: tuple[bytes, bytes]) -> None:
        """Keep nothing."""
