"""What must not be the case, as in `expires<60d,crl-stale,expired`, so that a CI job fails in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pcacli.errors import UsageProblem
from pcacli.params.durations import parse_duration
from pcacli.pki.revocation_evidence import MAXIMUM_SKEW
from pcacli.service.surroundings import CrlState, CrlTrouble
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
    """Read conditions with commas between them; of several times the longest counts, which includes the others.

    Raises:
        UsageProblem: there is none of that name.
    """
    conditions = Conditions()
    for word in text.split(","):
        if word.startswith(_EXPIRES):
            within = parse_duration(word.removeprefix(_EXPIRES))
            conditions = conditions._replace(expires_within=max(within, conditions.expires_within or within))
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
        if _has_expired(status, now) and (conditions.expired or conditions.expires_within is not None):
            yield f"{where} has expired"
        elif _expires_within(conditions.expires_within, status, now):
            yield f"{where} expires at {status.not_after:%Y-%m-%d %H:%M} UTC"
        if conditions.crl_stale:
            fitness = ((crl.place, crl_fitness(crl, now)) for crl in status.crls)
            yield from (f"{where}: the CRL {place} {found.sentence}" for place, found in fitness if not found.is_good)


class Fitness(NamedTuple):
    """Whether verifiers find a CRL that is valid, and why not: in a few words, and as the end of a sentence."""

    is_good: bool
    words: str = ""
    sentence: str = ""


def crl_fitness(crl: CrlState, now: datetime) -> Fitness:
    """Judge a CRL at an instant; one that cannot be had, or from the future, proves nothing (RFC 5280, 6.3.3)."""
    if crl.trouble is not None:
        words, sentence = _TROUBLES[crl.trouble]
        why = f" ({crl.problem.rstrip('.')})" if crl.problem else ""
        return Fitness(is_good=False, words=words, sentence=f"{sentence}{why}")
    if crl.generated_at is not None and crl.generated_at > now + MAXIMUM_SKEW:
        sentence = f"is from the future, made at {_utc(crl.generated_at)}"
        return Fitness(is_good=False, words="from the future", sentence=sentence)
    if crl.next_update is None:
        return Fitness(is_good=False, words="without an end", sentence="does not say until when it is valid")
    if crl.next_update <= now:
        return Fitness(is_good=False, words="stale", sentence=f"is stale since {_utc(crl.next_update)}")
    return Fitness(is_good=True)


_TROUBLES = {
    CrlTrouble.NEVER_MADE: ("not yet published", "was never made, though certificates name it"),
    CrlTrouble.GONE: ("gone", "was published and is gone"),
    CrlTrouble.ABSENT: ("not there", "is not there: it is gone, or was never made"),
    CrlTrouble.DAMAGED: ("damaged", "is none that can be read"),
    CrlTrouble.UNREACHABLE: ("not reachable", "cannot be reached"),
}


def _has_expired(status: AuthorityStatus, now: datetime) -> bool:
    """Tell whether a CA has expired, by its state or by its end, whichever is known first."""
    ended = status.not_after is not None and status.not_after <= now
    return status.status == "EXPIRED" or (status.status in _WORKING and ended)


def _expires_within(duration: timedelta | None, status: AuthorityStatus, now: datetime) -> bool:
    if duration is None or status.not_after is None or status.status not in _WORKING:
        return False
    return status.not_after - now < duration


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
