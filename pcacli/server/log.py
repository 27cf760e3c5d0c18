"""The server's log: lines of JSON on standard error. No header, no body and no secret ever gets into it."""

import json
import logging
import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

_STANDARD_ERROR = 2
_LOGGER_OF_UVICORN = "uvicorn.error"


def write(**members: Any) -> None:
    """Write one line; members that are None are left out. A log that cannot be written to stops nothing."""
    entry = {"time": datetime.now(UTC).isoformat(timespec="milliseconds")}
    entry.update((name, value) for name, value in members.items() if value is not None)
    line = f"{json.dumps(entry, separators=(',', ':'))}\n".encode()
    with suppress(OSError):
        # One call for a line, so that those of several processes do not mix (POSIX, write(): PIPE_BUF).
        os.write(_STANDARD_ERROR, line)


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
