"""The server's log: lines of JSON on standard error. No header, no body and no secret ever gets into it."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from pcacli.server.line_writer import LineWriter

MAXIMUM_WAITING_LINES = 10_000
"""How many lines are kept while nobody reads them: about 3 MB."""

_STANDARD_ERROR = 2
_FLUSH_SECONDS = 2.0
_LOGGER_OF_UVICORN = "uvicorn.error"


def write(**members: Any) -> None:
    """Write one line, a few milliseconds later; members that are None are left out."""
    _LINES.put(_line(members))


def flush() -> None:
    """Wait until everything is written, for a moment at most. The last lines of a process need it."""
    _LINES.flush(_FLUSH_SECONDS)


def notice(text: str) -> None:
    """Log what the embedded authority has to say."""
    write(event="notice", message=text)


def failure(error: BaseException, **members: Any) -> None:
    """Log something unexpected: its kind and where it happened, but not its text, which may quote a request."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    write(event="failure", error=type(error).__name__, at=places[-5:], **members)


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write what uvicorn logs."""
        kind = record.exc_info[0] if record.exc_info else None
        message = record.getMessage()
        write(event="server", level=record.levelname, message=message, error=kind.__name__ if kind else None)


def take_over_uvicorn() -> None:
    """Let uvicorn's warnings and errors go to this log."""
    logger = logging.getLogger(_LOGGER_OF_UVICORN)
    logger.handlers = [_Handler(logging.WARNING)]
    logger.propagate = False


def _line(members: dict[str, Any]) -> bytes:
    entry = {"time": datetime.now(UTC).isoformat(timespec="milliseconds")}
    entry.update((name, value) for name, value in members.items() if value is not None)
    return f"{_ENCODER.encode(entry)}\n".encode()


def _dropped_line(lines: int) -> bytes:
    return _line({"event": "notice", "message": f"{lines} lines of this log were dropped, because nobody read it."})


_ENCODER = json.JSONEncoder(separators=(",", ":"))
_LINES = LineWriter(_STANDARD_ERROR, MAXIMUM_WAITING_LINES, _dropped_line)
