"""The declarations in `pcacli.api` against their oracle, the API model that botocore installs."""

import itertools
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from pcacli.api.catalogue import OPERATIONS, PAGINATORS, WAITERS, command_name
from pcacli.api.shapes import Blob, Boolean, Integer, List, Operation, Shape, String, Structure, Timestamp

MODEL = Loader().load_service_model("acm-pca", "service-2")
MODEL_SHAPES = {name: shape for name, shape in MODEL["shapes"].items() if not shape.get("exception")}
MODEL_WAITERS = Loader().load_service_model("acm-pca", "waiters-2")["waiters"]
MODEL_PAGINATORS = Loader().load_service_model("acm-pca", "paginators-1")["pagination"]

# One sentence that starts with a verb; a further verb is welcome here, a noun is not.
SUMMARY = re.compile(
    r"(Add|Allow|Create|Delete|Enable|End|Fetch|Install|Issue|List|Revoke|Share|Show|Take|Undo|Wait|Write) [^.]+\."
)
LIMIT = re.compile(r"(?:up|(?P<minimum>\d+)) to (?P<maximum>\d+)", re.IGNORECASE)
GLOBAL_OPTIONS = {"--output", "--query"}


def shapes_within(shape: Shape) -> Iterator[Shape]:
    """Yield the shape and every shape that it is made of."""
    yield shape
    if isinstance(shape, List):
        yield from shapes_within(shape.member)
    if isinstance(shape, Structure):
        for member in shape.members:
            yield from shapes_within(member.shape)


OUR_SHAPES = [
    shape
    for operation in OPERATIONS.values()
    for top in (operation.input, operation.output)
    if top is not None
    for shape in shapes_within(top)
]


def as_model(shape: Shape) -> dict[str, Any]:
    """Say in the words of botocore's model what a declared shape is."""
    limits = {
        "min": getattr(shape, "minimum", None),
        "max": getattr(shape, "maximum", None),
    }
    match shape:
        case String():
            facts: dict[str, Any] = {"type": "string", "pattern": shape.pattern, "enum": list(shape.choices) or None}
        case Integer():
            facts = {"type": "long" if shape.long else "integer"}
        case Boolean():
            facts = {"type": "boolean"}
        case Timestamp():
            facts = {"type": "timestamp"}
        case Blob():
            facts = {"type": "blob"}
        case List():
            facts = {"type": "list", "member": shape.member.name}
        case Structure():
            facts = {
                "type": "structure",
                "members": [(member.name, member.shape.name) for member in shape.members],
                "required": {member.name for member in shape.members if member.required},
            }
    return {name: fact for name, fact in (facts | limits).items() if fact is not None}


def without_prose(name: str) -> dict[str, Any]:
    """Reduce a shape of botocore's model to the facts that `as_model` states."""
    shape = {key: fact for key, fact in MODEL_SHAPES[name].items() if key not in {"documentation", "box"}}
    if shape["type"] == "list":
        shape["member"] = shape["member"]["shape"]
    if shape["type"] == "structure":
        shape["members"] = [(member, reference["shape"]) for member, reference in shape["members"].items()]
        shape["required"] = set(shape.get("required", ()))
    return shape


def test_operations_are_those_of_the_model_in_its_order() -> None:
    assert list(OPERATIONS) == list(MODEL["operations"])


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_operation_has_the_input_output_and_errors_of_the_model(operation: Operation) -> None:
    model = MODEL["operations"][operation.name]
    assert operation.input.name == model["input"]["shape"]
    assert (operation.output and operation.output.name) == model.get("output", {}).get("shape")
    assert list(operation.errors) == [error["shape"] for error in model["errors"]]


def test_declared_shapes_are_all_shapes_of_the_model() -> None:
    assert {shape.name for shape in OUR_SHAPES} == set(MODEL_SHAPES)


@pytest.mark.parametrize("name", MODEL_SHAPES)
def test_shape_is_declared_as_in_the_model(name: str) -> None:
    declared = [as_model(shape) for shape in OUR_SHAPES if shape.name == name]
    assert declared
    assert all(shape == without_prose(name) for shape in declared), (declared[0], without_prose(name))


def test_only_operations_that_describe_get_or_list_leave_everything_as_it_is() -> None:
    readers = {operation.name for operation in OPERATIONS.values() if not operation.changes}
    assert readers == {name for name in MODEL["operations"] if name.startswith(("Describe", "Get", "List"))}


def test_waiters_are_those_of_the_model() -> None:
    declared = {
        waiter.name: {
            "operation": waiter.operation,
            "delay": waiter.delay_seconds,
            "maxAttempts": waiter.max_attempts,
            "acceptors": [
                {name: fact for name, fact in acceptor._asdict().items() if fact is not None}
                for acceptor in waiter.acceptors
            ],
        }
        for waiter in WAITERS.values()
    }
    assert declared == {
        name: {key: fact for key, fact in waiter.items() if key != "description"}
        for name, waiter in MODEL_WAITERS.items()
    }


def test_paginators_are_those_of_the_model() -> None:
    declared = {name: paginator._asdict() for name, paginator in PAGINATORS.items()}
    assert declared == {name: {"operation": name, **paginator} for name, paginator in MODEL_PAGINATORS.items()}


STRUCTURES = {shape.name: shape for shape in OUR_SHAPES if isinstance(shape, Structure)}
DESCRIBED = {f"{name}.{member.name}": member for name, shape in STRUCTURES.items() for member in shape.members}
SUMMARIES = {name: operation.summary for name, operation in OPERATIONS.items()} | {
    name: waiter.summary for name, waiter in WAITERS.items()
}
PROSE = (
    {place: member.help for place, member in DESCRIBED.items()}
    | SUMMARIES
    | {f"{name} returns": operation.returns for name, operation in OPERATIONS.items()}
)


def test_command_and_option_names_are_those_of_the_aws_cli() -> None:
    names = [*OPERATIONS, *WAITERS, *(member.name for member in DESCRIBED.values())]
    assert {name: command_name(name) for name in names} == {name: xform_name(name, "-") for name in names}


def eight_word_runs(text: str) -> set[tuple[str, ...]]:
    """Collect every run of eight words, without regard to case, mark-up and punctuation."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"<[^>]+>", " ", text).lower())
    return set(zip(*(words[start:] for start in range(8)), strict=False))


def documentation(node: Any) -> Iterator[str]:
    """Yield every documentation text in a part of botocore's model."""
    if isinstance(node, dict):
        if isinstance(node.get("documentation"), str):
            yield node["documentation"]
        for part in node.values():
            yield from documentation(part)


AWS_RUNS = set(itertools.chain.from_iterable(map(eight_word_runs, documentation(MODEL))))


def test_search_for_borrowed_words_finds_a_sentence_of_aws() -> None:
    assert eight_word_runs("You cannot revoke a root CA self-signed certificate.") & AWS_RUNS


def test_no_text_shares_eight_words_in_a_row_with_the_documentation_of_aws() -> None:
    borrowed = {place: eight_word_runs(text) & AWS_RUNS for place, text in PROSE.items()}
    assert {place: runs for place, runs in borrowed.items() if runs} == {}


def test_every_text_is_one_to_three_sentences() -> None:
    assert [place for place, text in PROSE.items() if not re.fullmatch(r"[A-Z].*\.", text)] == []
    assert [place for place, text in PROSE.items() if len(re.split(r"(?<=\.) (?=[A-Z])", text)) > 3] == []
    assert [place for place, text in PROSE.items() if "TODO" in text] == []


def test_every_summary_is_one_sentence_that_starts_with_a_verb() -> None:
    assert [name for name, text in SUMMARIES.items() if not SUMMARY.fullmatch(text)] == []


@pytest.mark.parametrize("place", [place for place, member in DESCRIBED.items() if LIMIT.search(member.help)])
def test_limit_named_in_help_is_the_declared_one(place: str) -> None:
    member = DESCRIBED[place]
    named = LIMIT.search(member.help)
    assert named
    assert int(named["maximum"]) == getattr(member.shape, "maximum", None)
    assert named["minimum"] is None or int(named["minimum"]) == getattr(member.shape, "minimum", None)


REQUESTS_OF_EXAMPLES = {
    **{operation.example: (command_name(name), operation.input) for name, operation in OPERATIONS.items()},
    **{
        waiter.example: (f"wait {command_name(name)}", OPERATIONS[waiter.operation].input)
        for name, waiter in WAITERS.items()
    },
}


@pytest.mark.parametrize("example", REQUESTS_OF_EXAMPLES)
def test_example_gives_every_required_option_and_no_unknown_one(example: str) -> None:
    command, request_shape = REQUESTS_OF_EXAMPLES[example]
    options = {f"--{command_name(member.name)}": member.required for member in request_shape.members}
    given = {word for word in shlex.split(example) if word.startswith("--")}
    assert example.startswith(f"pcacli {command} ")
    assert {option for option, required in options.items() if required} <= given
    assert given <= options.keys() | GLOBAL_OPTIONS
