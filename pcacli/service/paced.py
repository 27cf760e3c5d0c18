"""A backend that is called often: each action keeps below AWS's rate, and slows down when AWS says so.

Source: Service Quotas of AWS Private CA (facts, section 3.6), in `engine.throttling`.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from pcacli.engine.throttling import AWS_RATES_PER_SECOND
from pcacli.errors import ServiceError
from pcacli.service.port import Service

_THROTTLED = "ThrottlingException"
# Others call too; the quota is the account's.
_SHARE_OF_QUOTA = 0.8
_SLOWEST_PER_SECOND = 0.5
# After so many refusals in a row something else is wrong.
_MAXIMUM_TRIES = 30
# A success makes the next calls a little faster, a refusal makes them much slower (additive increase, multiplicative
# decrease, as TCP does it: RFC 5681 section 3.1).
_FASTER_BY_PER_SECOND = 0.1
_SLOWER_BY = 0.5
# Threads that were refused together were refused for one reason.
_SECONDS_BETWEEN_SLOWING = 1.0


class PacedService:
    """Calls a backend in turn; threads share it.

    `clock` tells seconds and `sleep` waits for so many. With `unlimited` it begins without a limit, as the embedded
    authority has none unless a test store was told to throttle.
    """

    def __init__(
        self, service: Service, *, clock: Callable[[], float], sleep: Callable[[float], object], unlimited: bool
    ) -> None:
        self._service = service
        self._sleep = sleep
        self._paces = {
            operation: Pace(quota * _SHARE_OF_QUOTA, clock, unlimited=unlimited)
            for operation, quota in AWS_RATES_PER_SECOND.items()
        }

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one action, when it is its turn and as often as it is refused for coming too often.

        Raises:
            ServiceError: the service refuses for another reason, or again and again.
        """
        pace = self._paces[operation]
        for last_try in (False,) * (_MAXIMUM_TRIES - 1) + (True,):
            self._sleep(pace.seconds_to_wait())
            try:
                response = self._service.call(operation, request)
            except ServiceError as refusal:
                if refusal.code != _THROTTLED or last_try:
                    raise
                pace.slow_down()
            else:
                pace.speed_up()
                return response
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Close the backend."""
        self._service.close()


class Pace:
    """When the next call of one action may begin. `ceiling` is how many calls a second there are at the most."""

    def __init__(self, ceiling: float, clock: Callable[[], float], *, unlimited: bool) -> None:
        self._ceiling = ceiling
        self._per_second = float("inf") if unlimited else ceiling
        self._clock = clock
        self._next = self._slowed_at = float("-inf")
        self._lock = threading.Lock()

    def seconds_to_wait(self) -> float:
        """Take the next turn and return how far away it is."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + 1 / self._per_second
            return turn - now

    def slow_down(self) -> None:
        """Halve the rate, once a second at the most."""
        with self._lock:
            now = self._clock()
            if now - self._slowed_at >= _SECONDS_BETWEEN_SLOWING:
                self._slowed_at = now
                self._per_second = max(
                    min(self._per_second, self._ceiling / _SLOWER_BY) * _SLOWER_BY, _SLOWEST_PER_SECOND
                )
                self._next = max(self._next, now + 1 / self._per_second)

    def speed_up(self) -> None:
        """Come back to the ceiling little by little."""
        with self._lock:
            if self._per_second < self._ceiling:
                self._per_second = min(self._per_second + _FASTER_BY_PER_SECOND, self._ceiling)
