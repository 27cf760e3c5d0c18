"""A service whose answers are written down beforehand, and which remembers what it was asked."""

from collections.abc import Mapping
from typing import Any


class ScriptedService:
    """Implements the service port; the last answer of the script is repeated, exceptions are raised."""

    def __init__(self, *script: dict[str, Any] | Exception) -> None:
        self._script = script
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._script[min(len(self.requests), len(self._script) - 1)]
        self.requests.append((operation, dict(request)))
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    def close(self) -> None:
        pass
