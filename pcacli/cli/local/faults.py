"""`pcacli local faults`: what a test store does instead of working, and how fast it is."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from pcacli.api.catalogue import OPERATIONS, command_name
from pcacli.cli.lazy_group import CommandGroup
from pcacli.cli.session import Session
from pcacli.cli.showing import say, show
from pcacli.engine import throttling
from pcacli.engine.faults import CREATION, FAILURE_REASONS, Fault, add, described, faults, put_faults, require_error_of
from pcacli.engine.timing import AT_ONCE, AWS, Timing, put_timing, timing
from pcacli.errors import UsageProblem
from pcacli.params.durations import parse_duration

if TYPE_CHECKING:
    from datetime import timedelta

    from pcacli.engine.store.port import Transaction

_ACTIONS = {command_name(name): name for name in OPERATIONS}
_AS_AWS = "aws"
_THROTTLE, _TIMING = "throttle", "timing"


@click.group("faults", cls=CommandGroup)
def command() -> None:
    """Let a test store answer with errors, fail, throttle, or take its time."""


@command.command(
    "add",
    epilog="\b\nExample:\n  pcacli local faults add --operation list-tags --error ThrottlingException --times 2",
)
@click.option("--error", metavar="CODE", help="Answer with this exception, such as InternalFailure.")
@click.option("--operation", type=click.Choice(list(_ACTIONS)), help="The action that is meant.  [default: every one]")
@click.option("--message", metavar="TEXT", help="The text of the exception.  [default: AWS's]")
@click.option("--failure-reason", type=click.Choice(FAILURE_REASONS), help="Let the next new CAs end FAILED.")
@click.option("--times", metavar="NUMBER", type=click.IntRange(min=1), help="How often.  [default: always]")
@click.option("--throttle", metavar="RATE", help="Calls per second of an action and caller, or aws for AWS's rates.")
@click.option("--timing", "durations", metavar="TIMING", help="aws, or phases such as creation=5s,issuance=2s,crl=10m.")
@click.pass_obj
def add_fault(session: Session, /, **given: Any) -> None:
    """Add an error, a failure, throttling or timing; give one of --error, --failure-reason, --throttle and --timing.

    Errors are tried in the order in which they were added. The phases of --timing are creation, issuance, report,
    report-interval (from one report to the next) and crl (from a revocation to its CRL).

    Prints the number of an error or a failure, by which it can be cleared.
    """
    kind = _kind(given)
    given["operation"] = _ACTIONS.get(given["operation"])
    with session.test_store_parts.store.write() as transaction:
        number = _ADDING[kind](transaction, given)
    if number is not None:
        say(number)


@command.command("list", epilog="\b\nExample:\n  pcacli local faults list")
@click.pass_obj
def list_faults(session: Session) -> None:
    """List the faults with their numbers, the throttled actions and the timing."""
    with session.test_store_parts.store.read() as snapshot:
        found = described(snapshot)
    show(session, found, lines(found))


@command.command("clear", epilog="\b\nExample:\n  pcacli local faults clear")
@click.argument("what", metavar="[WHAT]...", nargs=-1)
@click.pass_obj
def clear(session: Session, what: tuple[str, ...]) -> None:
    """Take away faults by their numbers, or "throttle" or "timing"; without an argument everything."""
    with session.test_store_parts.store.write() as transaction:
        known = {str(fault.number): fault for fault in faults(transaction)}
        unknown = [word for word in what if word not in (*known, _THROTTLE, _TIMING)]
        if unknown:
            raise UsageProblem(f'{unknown[0]!r} is neither the number of a fault nor "{_THROTTLE}" nor "{_TIMING}".')
        put_faults(transaction, [fault for name, fault in known.items() if what and name not in what])
        if not what or _THROTTLE in what:
            throttling.put_rates(transaction, {})
        if not what or _TIMING in what:
            put_timing(transaction, AT_ONCE)


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Write faults, throttling and timing for people."""
    for fault in found["Faults"]:
        action = command_name(fault["Operation"]) if fault["Operation"] else "every action"
        effect = fault["Error"] or f"ends FAILED, {fault['FailureReason']}"
        times = "always" if fault["TimesLeft"] is None else f"left: {fault['TimesLeft']}"
        yield f"{fault['Number']}  {action}: {effect} ({times})"
    for operation, rate in found["CallsPerSecond"].items():
        yield f"{_THROTTLE}  {command_name(operation)}: {rate:g} per second"
    for phase, duration in found["Timing"].items():
        yield f"{_TIMING}  {phase}: {duration}"


def _kind(given: Mapping[str, Any]) -> str:
    """Return which of the four kinds is asked for."""
    kinds = [name for name in _COMPANIONS if given[name] is not None]
    if len(kinds) != 1:
        raise UsageProblem("Give one of --error, --failure-reason, --throttle and --timing.")
    others = {name for name, value in given.items() if value is not None} - {kinds[0]} - _COMPANIONS[kinds[0]]
    if others:
        raise UsageProblem(f"--{min(others)} does not go with that.")
    return kinds[0]


def _add_error(transaction: "Transaction", given: Mapping[str, Any]) -> int:
    error, operation = given["error"], given["operation"]
    require_error_of(operation, error)
    return add(transaction, Fault(0, operation, error, given["message"], times_left=given["times"])).number


def _add_failure(transaction: "Transaction", given: Mapping[str, Any]) -> int:
    fault = Fault(0, CREATION, failure_reason=given["failure_reason"], times_left=given["times"])
    return add(transaction, fault).number


def _add_throttling(transaction: "Transaction", given: Mapping[str, Any]) -> None:
    per_second = _rates(given["throttle"], given["operation"])
    throttling.put_rates(transaction, {**throttling.rates(transaction), **per_second})


def _add_timing(transaction: "Transaction", given: Mapping[str, Any]) -> None:
    put_timing(transaction, _timing(transaction, given["durations"]))


_ADDING: Mapping[str, Callable[["Transaction", Mapping[str, Any]], int | None]] = {
    "error": _add_error,
    "failure_reason": _add_failure,
    "throttle": _add_throttling,
    "durations": _add_timing,
}
"""How each kind is added, and the number that it gets."""
# Which options may stand beside the one that names the kind.
_COMPANIONS: Mapping[str, frozenset[str]] = {
    "error": frozenset({"operation", "message", "times"}),
    "failure_reason": frozenset({"times"}),
    "throttle": frozenset({"operation"}),
    "durations": frozenset(),
}


def _rates(rate: str, operation: str | None) -> dict[str, float]:
    operations = OPERATIONS if operation is None else (operation,)
    if rate == _AS_AWS:
        return {name: throttling.AWS_RATES_PER_SECOND[name] for name in operations}
    try:
        per_second = float(rate)
    except ValueError:
        per_second = 0.0
    if not 0 < per_second < float("inf"):
        raise UsageProblem(f'A rate is a number of calls per second above zero, or "{_AS_AWS}", not {rate!r}.')
    return dict.fromkeys(operations, per_second)


def _timing(transaction: "Transaction", text: str) -> Timing:
    if text == _AS_AWS:
        return AWS
    phases: dict[str, timedelta] = {}
    for part in text.split(","):
        name, _, duration = part.partition("=")
        field = name.replace("-", "_")
        if field not in Timing._fields:
            known = ", ".join(field.replace("_", "-") for field in Timing._fields)
            raise UsageProblem(f"{name!r} is no phase of the timing; there are: {known}.")
        phases[field] = parse_duration(duration)
    return timing(transaction)._replace(**phases)
