"""The log of `--debug`, on standard error, without what signs or authenticates a request.

The AWS libraries log requests whole. What is secret in them is a session token and the signature (whoever has both can
repeat the request for minutes), and in a request to a sign-in service also its password or token.
"""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from pcacli.output.safe_text import on_lines
from pcacli.service.port import Service

LOGGERS = ("pcacli", "botocore", "boto3", "s3transfer", "urllib3")
FORMAT = "%(asctime)s - %(threadName)s - %(name)s - %(levelname)s - %(message)s"
HIDDEN = "[hidden]"

# "name": "value", 'name': b'value', name: value and name=value, for each name that stands for a secret.
_SECRET = re.compile(
    r"(?i)(x-amz-security-token|secret_?access_?key|session_?token|access_?token|client_?secret|refresh_?token|"
    r"signature|authorization|aws_session_token|passphrase)"
    r"""(['"]?\s*[:=]\s*)(b?'[^']*'|b?"[^"]*"|[^\s,&}]+)"""
)
_PEM_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL)


def without_secrets(text: str) -> str:
    """Return a line of the log with every secret in it hidden."""
    return _PEM_KEY.sub(HIDDEN, _SECRET.sub(rf"\1\2{HIDDEN}", text))


class LoggedService:
    """A backend whose calls are logged: the action, the members that the request has, and how long it took."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._log = logging.getLogger("pcacli")

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one action and log it; a refusal is logged by whoever reports it."""
        self._log.debug("%s with %s on %s", operation, ", ".join(request) or "nothing", type(self._service).__name__)
        started = time.monotonic()
        response = self._service.call(operation, request)
        self._log.debug("%s answered after %.0f ms", operation, (time.monotonic() - started) * 1000)
        return response

    def close(self) -> None:
        """Close the backend."""
        self._service.close()

    def __getattr__(self, name: str) -> Any:
        """Offer what else this backend can do, such as telling its time."""
        return getattr(self._service, name)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Write one record, its traceback included."""
        return on_lines(without_secrets(super().format(record)))


def start_debug_log() -> None:
    """Write what pcacli and the AWS libraries log to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(FORMAT))
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
