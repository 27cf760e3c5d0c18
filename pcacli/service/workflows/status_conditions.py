"""What must not be the case, as in `expires<60d,crl-stale,expired`, so that a CI job fails in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.errors import UsageProblem
from pcacli.params.durations import parse_duration
from pcacli.service.surroundings import CrlState
from pcacli.service.workflows.authority_status import AuthorityStatus

_EXPIRES, _CRL_STALE, _EXPIRED = "expires<", "crl-stale", "expired"
EXAMPLES = (f"{_EXPIRES}60d", _CRL_STALE, _EXPIRED)
"""One condition of each kind."""
# What works today; a CA that is not active yet cannot cease to be.
_WORKING = ("ACTIVE", "DISABLED")


class Conditions(NamedTuple):
    """When a CA is not as it should be: it expires within a time, its CRL is stale, it has expired."""

    expires_within: timedelta | None = None
    crl_stale: bool = False
    expired: bool = False


def parse_conditions(text: str) -> Conditions:
    """Read conditions with commas between them.

    Raises:
        UsageProblem: there is none of that name.
    """
    conditions = Conditions()
    for word in text.split(","):
        if word.startswith(_EXPIRES):
            conditions = conditions._replace(expires_within=parse_duration(word.removeprefix(_EXPIRES)))
        elif word == _CRL_STALE:
            conditions = conditions._replace(crl_stale=True)
        elif word == _EXPIRED:
            conditions = conditions._replace(expired=True)
        else:
            raise UsageProblem(
                f"{word!r} is no condition: --fail-if takes expires<DURATION, crl-stale and expired, with commas "
                "between them."
            )
    return conditions


def complaints(conditions: Conditions, statuses: Sequence[AuthorityStatus], now: datetime) -> Iterator[str]:
    """Yield a line for each CA and condition that it meets."""
    for status in statuses:
        where = f"{status.name} ({status.arn})"
        if status.status == "EXPIRED" and (conditions.expired or conditions.expires_within is not None):
            yield f"{where} has expired"
        elif _expires_within(conditions.expires_within, status, now):
            yield f"{where} expires at {status.not_after:%Y-%m-%d %H:%M} UTC"
        if conditions.crl_stale:
            yield from (f"{where} has a stale CRL, {crl.place}" for crl in status.crls if is_stale(crl, now))


def is_stale(crl: CrlState, now: datetime) -> bool:
    """Tell whether verifiers find no CRL that is valid; of one that could not be fetched nobody knows."""
    if crl.problem is not None:
        return False
    return crl.generated_at is None or (crl.next_update is not None and crl.next_update <= now)


def _expires_within(duration: timedelta | None, status: AuthorityStatus, now: datetime) -> bool:
    if duration is None or status.not_after is None or status.status not in _WORKING:
        return False
    return status.not_after < now + duration
