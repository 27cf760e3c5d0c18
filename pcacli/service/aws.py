"""The backend AWS, and whatever speaks its protocol: botocore calls, our errors and plain dictionaries come back.

Credentials, SSO, roles, retries and signing are botocore's. What differs from a bare botocore client is what differs in
the AWS CLI v2: parameters are validated before (by `pcacli.params`), a region may come from the instance metadata
service, and the sentences about missing credentials and regions say more.
Sources: `awscli/clidriver.py` and `awscli/errorhandler.py` of the AWS CLI v2.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    InvalidMaxRetryAttemptsError,
    InvalidRetryModeError,
    NoCredentialsError,
    NoRegionError,
)
from botocore.loaders import create_loader
from botocore.session import Session
from botocore.utils import IMDSRegionProvider, parse_timestamp

from pcacli import __version__
from pcacli.errors import PcaError, ServiceError
from pcacli.service.settings import Settings, Transport
from pcacli.service.unconfigured import no_credentials, no_region

# botocore lets these through from its parsers, from credential processes and from the standard library.
_FOREIGN_ERRORS = (
    BotoCoreError,
    ClientError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    OSError,
)
# Where botocore finds credentials without a program, a browser or a code of MFA; `sso` uses a session that is open.
_SILENT_PROVIDERS = ("env", "shared-credentials-file", "config-file", "sso")
# What the AWS CLI v2 says in other words than botocore (`awscli/botocore/exceptions.py`).
_OTHER_WORDS: dict[type[BotoCoreError], str] = {
    InvalidMaxRetryAttemptsError: 'Value provided to "max_attempts": {provided_max_attempts} must be an integer '
    "greater than or equal to one.",
    InvalidRetryModeError: 'Invalid value provided to "mode": "{provided_retry_mode}" must be one of: "standard" or '
    '"adaptive"',
}


class AwsService:
    """Calls ACM PCA through botocore."""

    def __init__(self, settings: Settings, *, silent: bool = False) -> None:
        """Prepare the calls; nothing is sent to ACM PCA yet.

        `silent` takes only credentials that nobody has to be asked for.

        Raises:
            ConfigurationProblem: there is no region.
            PcaError: the settings, the files or the credentials of AWS are wrong; the message is botocore's.
        """
        with our_errors():
            self._client = _client(settings, silent=silent)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one action.

        Raises:
            ServiceError: the service refuses.
            ConfigurationProblem: there are no credentials.
            PcaError: the endpoint cannot be reached, or its answer cannot be read; also when a member of the response
                is asked for that it lacks.
        """
        with our_errors():
            response: dict[str, Any] = getattr(self._client, xform_name(operation))(**request)
        response.pop("ResponseMetadata", None)
        return _Answer(operation, response)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class _Answer(dict[str, Any]):
    """A response, which notices that a member is needed and not there.

    botocore takes a body that was cut off for an empty one (`botocore/parsers.py`, BaseJSONParser), and so does the AWS
    CLI, which prints it: an empty response is no error by itself.
    """

    def __init__(self, operation: str, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self._operation = operation

    def __missing__(self, member: str) -> NoReturn:
        raise PcaError(f"The answer to {self._operation} lacks {member}: was the connection cut off?")


def new_session(settings: Settings) -> Session:
    """Return a session of botocore with the credentials of the profile, and with our name."""
    session = Session(profile=settings.profile)
    session.user_agent_name, session.user_agent_version = "pcacli", __version__
    session.register_component("data_loader", _loader(session))
    return session


def client_of(session: Session, service: str, settings: Settings, *, endpoint_url: str | None) -> Any:
    """Return a client of one service of AWS in the region and with the transport of the settings."""
    transport, region = settings.transport, settings.region
    return session.create_client(
        service,
        region_name=IMDSRegionProvider(session).provide() if region is None else region,
        endpoint_url=endpoint_url,
        verify=transport.ca_bundle if transport.verify_ssl else False,
        config=_config(transport),
    )


def _client(settings: Settings, *, silent: bool) -> Any:
    session = new_session(settings)
    if silent:
        resolver = session.get_component("credential_provider")
        resolver.providers = [provider for provider in resolver.providers if provider.METHOD in _SILENT_PROVIDERS]
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_instant)
    return client_of(session, "acm-pca", settings, endpoint_url=settings.endpoint_url)


def _config(transport: Transport) -> Config:
    return Config(
        parameter_validation=False,
        read_timeout=transport.read_timeout_seconds,
        connect_timeout=transport.connect_timeout_seconds,
        signature_version=None if transport.sign_request else UNSIGNED,
    )


def _loader(session: Session) -> Any:
    """Make a loader of botocore's data that takes every directory for a service.

    botocore looks into each of its 400 directories, twice, only to refuse a name that is none of them: 15 ms.
    """
    loader = create_loader(session.get_config_variable("data_path"))

    def list_available_services(_type_name: str) -> list[str]:
        return [entry.name for path in map(Path, loader.search_paths) if path.is_dir() for entry in path.iterdir()]

    loader.list_available_services = list_available_services
    return loader


def _instant(value: Any) -> datetime:
    """Read a timestamp of a response: epoch seconds in awsJson1.1, any other notation of botocore's else."""
    instant: datetime = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else parse_timestamp(value)
    return instant.astimezone(UTC)


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn every exception that comes out of botocore into one of ours, with the AWS CLI's sentence."""
    try:
        yield
    except _FOREIGN_ERRORS as error:
        raise _translated(error) from error


def _translated(error: Exception) -> PcaError:
    match error:
        case ClientError():
            return _service_error(error)
        case NoRegionError():
            return no_region()
        case NoCredentialsError():
            return no_credentials()
        case BotoCoreError() if type(error) in _OTHER_WORDS:
            return PcaError(_OTHER_WORDS[type(error)].format(**error.kwargs))
        case _:
            return PcaError(str(error))


def _service_error(error: ClientError) -> ServiceError:
    refusal = error.response.get("Error", {})
    code, message = refusal.get("Code", "Unknown"), refusal.get("Message", "Unknown")
    metadata = error.response.get("ResponseMetadata", {})
    if metadata.get("MaxAttemptsReached"):
        return ServiceError(code, message, operation=error.operation_name, retries=metadata["RetryAttempts"])
    return ServiceError(code, message, operation=error.operation_name)
