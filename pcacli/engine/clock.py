"""The clock of a test store: real time and an offset that the store keeps, so that time moves for all who use it.

Whatever the engine decides by time follows: deletion windows, expiry, the midpoint of a CRL, idempotency tokens.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pcacli.engine.store.port import Snapshot, Store
from pcacli.errors import UsageProblem

Clock = Callable[[], datetime]

_SETTING = "clock-offset-microseconds"
_MICROSECOND = timedelta(microseconds=1)
# Certificates that are issued then still end before 9999-12-31, the last day of X.509 (RFC 5280 section 4.1.2.5).
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def offset(snapshot: Snapshot) -> timedelta:
    """Return how far the clock is ahead of real time."""
    return int(snapshot.setting(_SETTING) or 0) * _MICROSECOND


def moved(real_time: Clock, store: Store) -> Clock:
    """Return the store's clock, which looks up the offset whenever it is asked: another process may have moved it."""

    def now() -> datetime:
        with store.read() as snapshot:
            return real_time() + offset(snapshot)

    return now


def advance(store: Store, by: timedelta, clock: Clock) -> None:
    """Move the store's clock on.

    Raises:
        UsageProblem: that would be after the year 9000.
    """
    if by > _LATEST - clock():
        raise UsageProblem("The clock cannot be moved beyond the year 9000.")
    with store.write() as transaction:
        transaction.put_setting(_SETTING, str((offset(transaction) + by) // _MICROSECOND))


def reset(store: Store) -> None:
    """Let the store's clock show real time again."""
    with store.write() as transaction:
        transaction.put_setting(_SETTING, None)
