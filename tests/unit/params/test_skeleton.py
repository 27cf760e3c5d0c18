import json
import re
from datetime import datetime
from typing import Any

import botocore.session
import botocore.utils
import pytest
from ruamel.yaml import YAML

from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Blob, Boolean, Integer, List, Member, Operation, String, Structure, Timestamp
from pcacli.errors import UsageProblem
from pcacli.params.remarks import remark
from pcacli.params.skeleton import sample_response, skeleton

MODEL = botocore.session.get_session().get_service_model("acm-pca")
EVERY_OPERATION = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.name)

WORD = String("Word")
COLOUR = String("Colour", choices=("RED", "GREEN"))
PART = Structure("Part", (Member("Size", Integer("Size"), "Number of things."), Member("On", Boolean("On"), "Switch.")))
WHOLE = Operation(
    "MakeWhole",
    summary="",
    returns="",
    example="",
    input=Structure(
        "MakeWholeRequest",
        (
            Member("Name", WORD, "What it is called: a word.", required=True),
            Member("Colour", COLOUR, "Its <i>colour</i>\nin daylight. Or not.", required=True),
            Member("Bytes", Blob("Bytes"), "Content."),
            Member("Since", Timestamp("Since"), "Birthday."),
            Member("Part", PART, "One part."),
            Member("Parts", List("Parts", PART), "More parts."),
            Member("Colours", List("Colours", COLOUR), "More colours."),
        ),
    ),
    output=None,
    errors=(),
    changes=True,
)


@EVERY_OPERATION
def test_json_skeleton_is_that_of_botocore_with_first_choices(operation: Operation) -> None:
    text = skeleton(operation, "input")
    expected = botocore.utils.ArgumentGenerator().generate_skeleton(MODEL.operation_model(operation.name).input_shape)
    given = json.loads(text)
    assert with_first_choices(expected, operation.input) == given
    assert text == json.dumps(given, indent=4) + "\n"


def with_first_choices(value: Any, shape: Any) -> Any:
    """Replace the choices that botocore made by the first ones."""
    if isinstance(shape, Structure):
        return {member.name: with_first_choices(value[member.name], member.shape) for member in shape.members}
    if isinstance(shape, List):
        return [with_first_choices(value[0], shape.member)]
    if isinstance(shape, String) and shape.choices:
        assert value in shape.choices
        return shape.choices[0]
    return value


@EVERY_OPERATION
def test_yaml_skeleton_holds_what_the_json_skeleton_holds(operation: Operation) -> None:
    document = YAML(typ="safe", pure=True).load(skeleton(operation, "yaml-input"))
    blobs_as_null = {name: None if value == b"" else value for name, value in document.items()}
    assert blobs_as_null == json.loads(skeleton(operation, "input"))


@EVERY_OPERATION
def test_remarks_of_the_yaml_skeleton_are_words_of_the_model(operation: Operation) -> None:
    shape = MODEL.operation_model(operation.name).input_shape
    for member in operation.input.members:
        documentation = re.sub(r"<[^>]*>", "", shape.members[member.name].documentation)
        sentence = remark(operation.input, member).removeprefix("[REQUIRED] ").split(" Valid values are: ")[0]
        assert " ".join(documentation.split()).startswith(sentence.strip().removesuffix("."))


def test_yaml_skeleton_has_the_layout_of_aws() -> None:
    assert skeleton(WHOLE, "yaml-input") == (
        "Name: ''  # [REQUIRED] What it is called.\n"
        "Colour: RED # [REQUIRED] Its colour in daylight. Valid values are: RED, GREEN.\n"
        "Bytes: !!binary '' # Content.\n"
        "Since: 1970-01-01 00:00:00 # Birthday.\n"
        "Part: # One part.\n"
        "  Size: 0  # Number of things.\n"
        "  On: true # Switch.\n"
        "Parts: # More parts.\n"
        "- Size: 0  # Number of things.\n"
        "  On: true # Switch.\n"
        "Colours: # More colours.\n"
        "- RED\n"
    )


def test_sample_response_holds_names() -> None:
    assert sample_response(OPERATIONS["ListPermissions"]) == {
        "NextToken": "NextToken",
        "Permissions": [
            {
                "CertificateAuthorityArn": "CertificateAuthorityArn",
                "CreatedAt": datetime.fromisoformat("1970-01-01T00:00:00"),
                "Principal": "Principal",
                "SourceAccount": "SourceAccount",
                "Actions": ["ActionType"],
                "Policy": "Policy",
            }
        ],
    }


def test_operation_without_response_has_no_sample() -> None:
    assert sample_response(OPERATIONS["PutPolicy"]) is None


def test_sample_that_breaks_the_response_is_refused_as_by_aws() -> None:
    with pytest.raises(UsageProblem) as raised:
        sample_response(OPERATIONS["DescribeCertificateAuthority"])
    assert raised.value.message == (
        "Parameter validation failed:\n"
        "Invalid length for parameter CertificateAuthority.Arn, value: 3, valid min length: 5\n"
        "Invalid value for parameter CertificateAuthority.RevocationConfiguration.CrlConfiguration.ExpirationInDays, "
        "value: 0, valid min value: 1"
    )
