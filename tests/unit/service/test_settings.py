from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcacli.errors import ConfigurationProblem, PcaError, UsageProblem
from pcacli.service.settings import Transport, read_settings

CONFIG = """
[default]
region = eu-west-1
output = text
[profile dev]
region = eu-central-1
aws_account_id = 111122223333
pcacli_organization_id = o-abc
pcacli_organizational_unit = ou-ab12-11111111
pcacli_service_principal = acm.amazonaws.com
cli_timestamp_format = wire
cli_binary_format = raw-in-base64-out
cli_error_format = JSON
cli_pager = more
services = laptop
endpoint_url = https://global.example
[profile "two words"]
output = yaml
[services laptop]
acm_pca =
    endpoint_url = local:
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Profile files of the test's own, the credentials file not there yet."""
    (tmp_path / "config").write_text(CONFIG)
    return {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}


@pytest.mark.parametrize(
    ("options", "variables", "expected"),
    [
        ({}, {}, {"profile": None, "region": "eu-west-1", "output": "text", "endpoint_url": None}),
        ({}, {"AWS_DEFAULT_REGION": "b"}, {"region": "b"}),
        ({}, {"AWS_DEFAULT_REGION": "b", "AWS_REGION": "a"}, {"region": "a"}),
        ({"--region": "o"}, {"AWS_REGION": "a"}, {"region": "o"}),
        ({"--region": ""}, {"AWS_REGION": "a"}, {"region": ""}),
        ({"--profile": ""}, {}, {"profile": None, "region": "eu-west-1"}),
        ({"--profile": "dev"}, {"AWS_PROFILE": "two words"}, {"profile": "dev", "region": "eu-central-1"}),
        ({}, {"AWS_PROFILE": "dev", "AWS_DEFAULT_PROFILE": "x"}, {"profile": None, "region": "eu-central-1"}),
        ({}, {"AWS_DEFAULT_PROFILE": "two words"}, {"profile": None, "output": "yaml", "region": None}),
        ({}, {"AWS_DEFAULT_OUTPUT": "table"}, {"output": "table"}),
        ({"--output": "json"}, {"AWS_DEFAULT_OUTPUT": "table"}, {"output": "json"}),
        ({"--profile": "dev"}, {}, {"account_id": "111122223333", "cli_timestamp_format": "wire"}),
        ({"--profile": "dev"}, {"AWS_ACCOUNT_ID": "444455556666"}, {"account_id": "444455556666"}),
        ({"--profile": "dev"}, {}, {"organization_id": "o-abc", "organizational_unit": "ou-ab12-11111111"}),
        ({"--profile": "dev"}, {"PCACLI_ORGANIZATION_ID": "o-x"}, {"organization_id": "o-x"}),
        ({"--profile": "dev"}, {"PCACLI_ORGANIZATIONAL_UNIT": ""}, {"organizational_unit": ""}),
        ({"--profile": "dev"}, {}, {"service_principal": "acm.amazonaws.com"}),
        ({}, {"PCACLI_SERVICE_PRINCIPAL": "acm.amazonaws.com"}, {"service_principal": "acm.amazonaws.com"}),
        ({}, {}, {"organization_id": None, "organizational_unit": None, "service_principal": None}),
        ({"--profile": "dev"}, {}, {"cli_binary_format": "raw-in-base64-out", "cli_error_format": "json"}),
        ({"--profile": "dev", "--cli-binary-format": "base64"}, {}, {"cli_binary_format": "base64"}),
        ({"--profile": "dev"}, {"AWS_CLI_ERROR_FORMAT": "yaml"}, {"cli_error_format": "yaml"}),
        ({}, {"AWS_CLI_ERROR_FORMAT": "xml"}, {"cli_error_format": "enhanced"}),
        ({"--profile": "dev"}, {"PAGER": "most"}, {"cli_pager": "more"}),
        ({}, {"PAGER": "most"}, {"cli_pager": "most"}),
        ({}, {}, {"cli_pager": "less", "cli_binary_format": "base64", "cli_timestamp_format": "iso8601"}),
        ({"--profile": "dev"}, {"AWS_PAGER": ""}, {"cli_pager": ""}),
        ({"--no-cli-pager": ""}, {"AWS_PAGER": "less"}, {"cli_pager": ""}),
        ({"--profile": "dev"}, {}, {"endpoint_url": "local:"}),
        ({"--profile": "dev"}, {"AWS_ENDPOINT_URL": "http://a"}, {"endpoint_url": "http://a"}),
        (
            {},
            {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_ACM_PCA": "http://b"},
            {"endpoint_url": "http://b"},
        ),
        ({}, {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_ACM_PCA": ""}, {"endpoint_url": "http://a"}),
        (
            {"--profile": "dev"},
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE", "AWS_ENDPOINT_URL": "http://a"},
            {"endpoint_url": None},
        ),
        (
            {"--endpoint-url": "http://o"},
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://a"},
            {"endpoint_url": "http://o"},
        ),
        ({"--local": ""}, {"AWS_ENDPOINT_URL": "http://a"}, {"endpoint_url": "local:"}),
        ({}, {"PCACLI_HOME": "/store"}, {"default_directory": Path("/store")}),
        ({}, {"XDG_DATA_HOME": "/data"}, {"default_directory": Path("/data/pcacli")}),
        ({}, {"XDG_DATA_HOME": "data"}, {"default_directory": Path.home() / ".local/share/pcacli"}),
        ({}, {}, {"transport": Transport()}),
        (
            {"--no-verify-ssl": "", "--no-sign-request": "", "--cli-read-timeout": "0", "--cli-connect-timeout": "5"},
            {},
            {"transport": Transport(False, None, False, None, 5)},  # noqa: FBT003 - the fields in order
        ),
    ],
)
def test_options_win_over_the_environment_which_wins_over_the_profile(
    environment: dict[str, str], options: dict[str, str], variables: dict[str, str], expected: dict[str, Any]
) -> None:
    found = read_settings(options, environment | variables)._asdict()
    assert {name: found[name] for name in expected} == expected


def test_without_any_file_there_are_the_defaults(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none")
    found = read_settings({}, {"AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere})
    assert (found.profile, found.region, found.output, found.endpoint_url) == (None, None, "json", None)


def test_the_credentials_file_makes_profiles_and_wins_over_the_config_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text("[dev]\nregion = us-west-2\n[other]\noutput = yaml\n")
    assert read_settings({"--profile": "dev"}, environment).region == "us-west-2"
    assert read_settings({"--profile": "other"}, environment).output == "yaml"


@pytest.mark.parametrize(
    ("options", "variables", "config", "problem", "exit_code", "message"),
    [
        ({"--profile": "no"}, {}, "", PcaError, 255, "The config profile (no) could not be found"),
        ({}, {"AWS_PROFILE": "default"}, "", PcaError, 255, "The config profile (default) could not be found"),
        ({}, {"AWS_PROFILE": ""}, "", PcaError, 255, "The config profile () could not be found"),
        ({}, {}, "[default\nregion=x\n", PcaError, 255, "Unable to parse config file: {config}"),
        ({}, {}, "[default]\ns3 =\n  nonsense\n", PcaError, 255, "Unable to parse config file: {config}"),
        ({}, {}, "[default]\na = 1\na = 2\n", PcaError, 255, "Unable to parse config file: {config}"),
        (
            {},
            {},
            "[default]\nservices = x\n",
            PcaError,
            255,
            'The profile is configured to use the services section but the "x" services configuration does not exist.',
        ),
        (
            {},
            {},
            "[default]\nservices = x\n[services x]\nacm_pca = y\n",
            PcaError,
            255,
            'In the services section "x", acm_pca must be followed by indented settings.',
        ),
        ({}, {}, "[default]\ncli_binary_format = hex\n", PcaError, 255, "'hex'"),
        (
            {},
            {},
            "[default]\ncli_timestamp_format = unix\n",
            ConfigurationProblem,
            253,
            'Unknown cli_timestamp_format value: unix, valid values are "wire" or "iso8601"',
        ),
        (
            {"--endpoint-url": "127.0.0.1:8080"},
            {},
            "",
            UsageProblem,
            252,
            (
                'Bad value for --endpoint-url "127.0.0.1:8080": scheme is missing.  '
                "Must be of the form http://<hostname>/ or https://<hostname>/"
            ),
        ),
        (
            {"--endpoint-url": "http://a", "--local": ""},
            {},
            "",
            UsageProblem,
            252,
            "--local is short for --endpoint-url local: and cannot stand beside --endpoint-url.",
        ),
    ],
)
def test_what_is_not_set_up_is_said_in_the_aws_clis_words(
    environment: dict[str, str],
    options: dict[str, str],
    variables: dict[str, str],
    config: str,
    problem: type[PcaError],
    exit_code: int,
    message: str,
) -> None:
    path = environment["AWS_CONFIG_FILE"]
    Path(path).write_text(config)
    with pytest.raises(problem) as caught:
        read_settings(options, environment | variables)
    assert (caught.value.message, caught.value.exit_code) == (message.format(config=path), exit_code)


_NAMES = st.sampled_from(["region", "output", "Region", "services", "endpoint_url", "x", "s3", "acm_pca"])
_TITLES = st.sampled_from(
    ["default", "profile dev", "profile 'dev'", "profile", "profiledev", "services a", "services b c", "DEFAULT", "dev"]
)
_VALUES = st.sampled_from(["a", "", "http://a", "a # b", "\n  endpoint_url = local:\n  y=z", "\n  nested", "a\n  b=c"])
_LINES = st.builds("{} {} {}".format, _NAMES, st.sampled_from(["=", ":", " "]), _VALUES) | st.sampled_from(
    ["# comment", "; comment", "", "nonsense", "[broken"]
)
_SECTIONS = st.builds("[{}]\n{}".format, _TITLES, st.lists(_LINES, max_size=4).map("\n".join))
_FILES = st.lists(_SECTIONS, max_size=5).map("\n".join)


@settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(config=_FILES, credentials=_FILES, profile=st.sampled_from([None, "default", "dev"]))
def test_any_profile_files_are_understood_as_by_botocore(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, config: str, credentials: str, profile: str | None
) -> None:
    for variable, content in (("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", credentials)):
        Path(environment[variable]).write_text(content)
        monkeypatch.setenv(variable, environment[variable])
    options = {} if profile is None else {"--profile": profile}
    assert _ours(options, environment) == _botocores(profile)


def _ours(options: dict[str, str], environment: dict[str, str]) -> object:
    try:
        found = read_settings(options, environment)
    except PcaError as problem:
        return _kind(problem.message)
    return found.region or "", found.output, found.endpoint_url


def _botocores(profile: str | None) -> object:
    """What botocore makes of the files in the environment."""
    session = Session(profile=profile)
    try:
        scoped = session.get_scoped_config()
        endpoint_url = _configured_endpoint(session)
    except (BotoCoreError, AttributeError) as error:
        return _kind(str(error))
    except TypeError:
        # Settings below `services`, where the name of a section belongs; no section is called so.
        return _kind("The profile is configured to use the services section")
    plain = {name: value for name, value in scoped.items() if isinstance(value, str)}
    return plain.get("region", ""), plain.get("output", "json"), endpoint_url


def _configured_endpoint(session: Session) -> str | None:
    from botocore.configprovider import ConfiguredEndpointProvider

    provider = ConfiguredEndpointProvider(session.full_config, session.get_scoped_config(), "acm-pca", environ={})
    found = provider.provide()
    return found if isinstance(found, str) else None


def _kind(message: str) -> str:
    """The beginning of a message: what follows differs, where botocore shows Python's own words or more detail."""
    return "acm_pca" if "has no attribute 'get'" in message else message[:20].replace("In the services sect", "acm_pca")
