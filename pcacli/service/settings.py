"""Settle the settings of one command, for both backends: options win over the environment, which wins over the profile.

What only the path to AWS needs (credentials, retries, proxies, data path) is left to botocore, which reads it itself.
Sources: AWS CLI User Guide, "Configuration and credential file settings" and "Environment variables";
`awscli/clidriver.py` of the AWS CLI v2 for the order.
"""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import PcaError
from pcacli.output import timestamps
from pcacli.service.endpoints import configured_endpoint, default_directory, endpoint_option
from pcacli.service.profiles import Section, read_profile_files

BINARY_FORMATS = ("base64", "raw-in-base64-out")
ERROR_FORMATS = ("legacy", "json", "yaml", "text", "table", "enhanced")

# Where a setting is looked for, in this order: dashes are an option, capitals a variable of the environment, small
# letters a setting of the profile.
_SOURCES = {
    "region": ("--region", "AWS_REGION", "AWS_DEFAULT_REGION", "region"),
    "account_id": ("AWS_ACCOUNT_ID", "aws_account_id"),
    "organization_id": ("PCACLI_ORGANIZATION_ID", "pcacli_organization_id"),
    "organizational_unit": ("PCACLI_ORGANIZATIONAL_UNIT", "pcacli_organizational_unit"),
    "service_principal": ("PCACLI_SERVICE_PRINCIPAL", "pcacli_service_principal"),
    "key_file": ("PCACLI_KEY_FILE", "pcacli_key_file"),
    "passphrase_file": ("PCACLI_PASSPHRASE_FILE", "pcacli_passphrase_file"),
    "pkcs11_pin_file": ("PCACLI_PKCS11_PIN_FILE", "pcacli_pkcs11_pin_file"),
    "output": ("--output", "AWS_DEFAULT_OUTPUT", "output"),
    "cli_timestamp_format": ("cli_timestamp_format",),
    "cli_binary_format": ("--cli-binary-format", "cli_binary_format"),
    "cli_error_format": ("--cli-error-format", "AWS_CLI_ERROR_FORMAT", "cli_error_format"),
    "cli_pager": ("AWS_PAGER", "cli_pager", "PAGER"),
}


class Transport(NamedTuple):
    """How requests travel to AWS. A timeout of None waits for ever.

    `ca_bundle` is a file; None leaves it to AWS_CA_BUNDLE and the profile.
    """

    verify_ssl: bool = True
    ca_bundle: str | None = None
    sign_request: bool = True
    read_timeout_seconds: int | None = 60
    connect_timeout_seconds: int | None = 60


class Settings(NamedTuple):
    """The settings of one command.

    `profile` is what --profile names: its credentials win over those in the environment. None leaves it to AWS_PROFILE.
    `region` and `account_id` are None where nothing names them, `endpoint_url` is None for AWS's own endpoint.
    `organization_id`, `organizational_unit` (`ou-…/ou-…`, from the top) and `service_principal` say who calls the
    embedded authority, beside the account; AWS knows by itself.
    `key_file` holds the key-encryption key of an embedded authority on a database.
    `passphrase_file` holds the passphrase that protects the keys of the embedded authority, if one does,
    `pkcs11_pin_file` the PIN of the PKCS #11 token in which they are, if they are in one.
    `output` is any name: which formats exist, plug-ins decide. `cli_pager` is a command line, empty for no pager.
    `default_directory` is where the embedded authority's default store lies. `strict` turns every leniency off.
    """

    profile: str | None
    region: str | None
    account_id: str | None
    organization_id: str | None
    organizational_unit: str | None
    service_principal: str | None
    key_file: Path | None
    passphrase_file: Path | None
    pkcs11_pin_file: Path | None
    endpoint_url: str | None
    default_directory: Path
    output: str
    cli_timestamp_format: str
    cli_binary_format: str
    cli_error_format: str
    cli_pager: str
    transport: Transport
    strict: bool


_OFF = ("", "0", "false", "no", "off")


def is_strict(options: Container[str], environment: Mapping[str, str]) -> bool:
    """Tell whether the user wants exactly what aws accepts and nothing more."""
    return "--strict" in options or environment.get("PCACLI_STRICT", "").lower() not in _OFF


def read_settings(options: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """Settle all settings.

    `options` holds the global options that were given, by name ("--region"); the value of a flag does not matter.

    Raises:
        UsageProblem: the endpoint given as an option is none.
        ConfigurationProblem: the profile names a timestamp format that does not exist.
        PcaError: a file cannot be parsed, the profile does not exist, or a setting in it cannot be understood.
    """
    endpoint_url = endpoint_option(options)
    files = read_profile_files(environment)
    # An empty --profile counts as none, an empty AWS_PROFILE as a name that does not exist.
    chosen_profile = options.get("--profile") or None
    profile = files.profile(chosen_profile or environment.get("AWS_PROFILE", environment.get("AWS_DEFAULT_PROFILE")))

    def find(setting: str) -> str | None:
        return _first_of(_SOURCES[setting], options, environment, profile)

    return Settings(
        profile=chosen_profile,
        region=find("region"),
        account_id=find("account_id"),
        organization_id=find("organization_id"),
        organizational_unit=find("organizational_unit"),
        service_principal=find("service_principal"),
        key_file=_path(find("key_file")),
        passphrase_file=_path(find("passphrase_file")),
        pkcs11_pin_file=_path(find("pkcs11_pin_file")),
        endpoint_url=endpoint_url or configured_endpoint(files, profile, environment),
        default_directory=default_directory(environment),
        output=_or("json", find("output")),
        cli_timestamp_format=_timestamp_format(_or("iso8601", find("cli_timestamp_format"))),
        cli_binary_format=_binary_format(_or("base64", find("cli_binary_format"))),
        cli_error_format=_error_format(_or("enhanced", find("cli_error_format"))),
        cli_pager="" if "--no-cli-pager" in options else _or("less", find("cli_pager")),
        transport=_transport(options),
        strict=is_strict(options, environment),
    )


def _first_of(
    sources: tuple[str, ...], options: Mapping[str, str], environment: Mapping[str, str], profile: Section
) -> str | None:
    """Return the first value that there is, an empty one included."""
    for source in sources:
        places: Mapping[str, object] = profile
        if source.startswith("--"):
            places = options
        elif source.isupper():
            places = environment
        value = places.get(source)
        if isinstance(value, str):
            return value
    return None


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def _or(default: str, value: str | None) -> str:
    return default if value is None else value


def _timestamp_format(value: str) -> str:
    timestamps.check(value)
    return value


def _binary_format(value: str) -> str:
    if value not in BINARY_FORMATS:
        # The AWS CLI says the quoted value and nothing else.
        raise PcaError(repr(value), hint=f"cli_binary_format is one of: {', '.join(BINARY_FORMATS)}.")
    return value


def _error_format(value: str) -> str:
    """Take what the AWS CLI does not know for "enhanced", as it does."""
    return value.lower() if value.lower() in ERROR_FORMATS else "enhanced"


def _transport(options: Mapping[str, str]) -> Transport:
    return Transport(
        verify_ssl="--no-verify-ssl" not in options,
        ca_bundle=options.get("--ca-bundle"),
        sign_request="--no-sign-request" not in options,
        read_timeout_seconds=int(options.get("--cli-read-timeout", 60)) or None,
        connect_timeout_seconds=int(options.get("--cli-connect-timeout", 60)) or None,
    )
