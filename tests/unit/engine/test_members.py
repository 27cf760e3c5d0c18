"""Every member of every request is honoured or refused: giving it another value changes what happens.

Each member is tried in two worlds that are equal to the last signature (RSA, fixed clock and random numbers), once
with and once without it or with another value. The request is sent twice, which is what idempotency tokens are about.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Boolean, List, Shape, Structure
from pcacli.errors import ServiceError
from tests.support.dump import dump_of_records
from tests.support.world import REQUESTS, World

TABLE = json.loads(Path(__file__).with_name("members.json").read_text(encoding="utf-8"))
# What a structure needs beside the member in question, where the request of the table does not have it.
COMPANIONS: Mapping[str, Mapping[str, Any]] = TABLE["companions"]
# A value for each member, unlike the one among the companions; texts of no particular form get "another".
SAMPLES: Mapping[str, Any] = TABLE["samples"]
# Members that stand alone, and structures that hold exactly one.
STAND_ALONE = ("CustomAttributes",)
ONE_OF = ("AccessMethod", "GeneralName")
OPEN_TEMPLATE = {
    "TemplateArn": "arn:aws:acm-pca:::template/BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough/V1"
}


class Place(NamedTuple):
    """Where a member is: the operation, and the names on the way; lists have one element."""

    operation: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.operation, *self.path))


def places(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths of all members that hold a value and no further members."""
    if isinstance(shape, Structure):
        for member in shape.members:
            yield from places(member.shape, (*path, member.name))
    elif isinstance(shape, List):
        yield from places(shape.member, path)
    else:
        yield path


EVERY_MEMBER = [Place(operation.name, path) for operation in OPERATIONS.values() for path in places(operation.input)]


def sample(structure: Structure, name: str, shape: Shape) -> Any:
    if isinstance(shape, Boolean) and name not in SAMPLES:
        return True
    return SAMPLES.get(f"{structure.name}.{name}", SAMPLES.get(name, "another"))


def with_and_without(structure: Structure, given: Mapping[str, Any] | None, path: tuple[str, ...]) -> tuple[Any, Any]:
    """Return the structure with another value of a member, and as it is without that."""
    name, *rest = path
    if given is None:
        given = COMPANIONS.get(structure.name, {})
    if name in STAND_ALONE or structure.name in ONE_OF:
        given = {}
    member = structure.member(name)
    assert member is not None
    shape, inside = member.shape, given.get(name)
    is_list = isinstance(shape, List)
    if isinstance(shape, List):
        shape, inside = shape.member, inside[0] if inside else None
    if isinstance(shape, Structure):
        changed, plain = with_and_without(shape, inside, tuple(rest))
        return {**given, name: [changed] if is_list else changed}, {**given, name: [plain] if is_list else plain}
    value = sample(structure, name, shape)
    assert value != inside, "the sample has to differ"
    return {**given, name: [value] if is_list else value}, given


def outcome(operation: str, request: Mapping[str, Any]) -> list[Any]:
    """Return what two such requests are answered and what they leave behind in a world of their own."""
    world = World()
    ready = world.named("root"), world.named("pending")
    filled = world.filled_in(request)
    return [ready, *(answer(world, operation, filled) for _ in range(2)), dump_of_records(world)]


def answer(world: World, operation: str, request: Mapping[str, Any]) -> Any:
    try:
        return world.call(operation, **request)
    except ServiceError as refusal:
        return refusal.code, refusal.message


@pytest.mark.parametrize("place", EVERY_MEMBER, ids=str)
def test_no_member_is_silently_dropped(place: Place) -> None:
    declared, request = OPERATIONS[place.operation].input, REQUESTS[place.operation]
    if place.path[0] == "ApiPassthrough":
        request = {**request, **OPEN_TEMPLATE}
    changed, plain = with_and_without(declared, request, place.path)
    assert outcome(place.operation, changed) != outcome(place.operation, plain)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_request_of_the_table_works_and_can_be_repeated_in_an_equal_world(operation: str) -> None:
    """The comparison above would prove nothing if worlds differed by themselves, or if nothing worked in them."""
    first, second = (outcome(operation, REQUESTS[operation]) for _ in range(2))
    assert first == second
    assert isinstance(first[1], dict), first[1]
