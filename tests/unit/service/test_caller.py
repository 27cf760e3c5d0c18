"""Who a command is to the embedded authority."""

from pathlib import Path

import pytest

from pcacli.errors import ConfigurationProblem
from pcacli.service.local import caller_of
from pcacli.service.settings import Settings, read_settings


def settings(tmp_path: Path, **variables: str) -> Settings:
    return read_settings({}, {"AWS_CONFIG_FILE": str(tmp_path / "none"), "HOME": str(tmp_path), **variables})


def test_without_settings_a_command_is_the_root_of_the_default_account(tmp_path: Path) -> None:
    caller = caller_of(settings(tmp_path, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none")))
    assert (caller.account, caller.region) == ("000000000000", "us-east-1")
    assert caller.arn == "arn:aws:iam::000000000000:root"
    assert (caller.service_principal, caller.organization_id, caller.organization_path) == (None, None, None)


@pytest.mark.parametrize(
    ("unit", "path"),
    [
        ("", None),
        ("ou-ab12-11111111", "o-abc/r-ab12/ou-ab12-11111111/"),
        ("ou-ab12-11111111/ou-ab12-22222222/", "o-abc/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"),
        ("r-ab12/ou-ab12-11111111", "o-abc/r-ab12/ou-ab12-11111111/"),
    ],
)
def test_the_path_of_a_unit_is_written_as_policies_write_it(tmp_path: Path, unit: str, path: str | None) -> None:
    found = settings(tmp_path, PCACLI_ORGANIZATION_ID="o-abc", PCACLI_ORGANIZATIONAL_UNIT=unit)
    caller = caller_of(found)
    assert (caller.organization_id, caller.organization_path) == ("o-abc", path)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PCACLI_ORGANIZATION_ID": "abc"}, "must be given as o-…, and is 'abc'"),
        ({"PCACLI_ORGANIZATIONAL_UNIT": "ou-ab12-11111111"}, "must be given as o-…, and is ''"),
        ({"PCACLI_ORGANIZATION_ID": "o-abc", "PCACLI_ORGANIZATIONAL_UNIT": "sales"}, "sales is not an organizational"),
        (
            {"PCACLI_ORGANIZATION_ID": "o-abc", "PCACLI_ORGANIZATIONAL_UNIT": "ou-ab12-1/ou-cd34-2"},
            "is not an organizational unit",
        ),
        ({"PCACLI_SERVICE_PRINCIPAL": "acm"}, "acm is not a service of AWS"),
    ],
)
def test_what_cannot_be_a_caller_is_a_mistake_in_the_settings(
    tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationProblem, match=message):
        caller_of(settings(tmp_path, **variables))


def test_a_service_calls_for_the_account_in_its_own_name(tmp_path: Path) -> None:
    caller = caller_of(settings(tmp_path, AWS_ACCOUNT_ID="444455556666", PCACLI_SERVICE_PRINCIPAL="acm.amazonaws.com"))
    assert (caller.account, caller.arn, caller.service_principal) == ("444455556666", *["acm.amazonaws.com"] * 2)
