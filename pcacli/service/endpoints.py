"""Find the endpoint, and tell from it which backend is meant: one setting chooses between AWS and the embedded CA.

Sources: AWS SDKs and Tools Reference Guide, "Service-specific endpoints", for names and order;
`botocore/configprovider.py`, ConfiguredEndpointProvider, for the corners. The scheme `local:` is ours.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import ConfigurationProblem, PcaError, UsageProblem
from pcacli.service.profiles import ProfileFiles, Section

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
_DATABASE_SCHEMES = ("postgresql://", "postgres://")
# Source: PostgreSQL, "Parameter Key Words" of libpq.
_PASSWORDS = frozenset({"password", "sslpassword"})


class Aws(NamedTuple):
    """AWS, or whatever speaks its protocol at `endpoint_url`; None means AWS's own endpoint of the region."""

    endpoint_url: str | None


class Local(NamedTuple):
    """The embedded authority: in a directory, on a database, or (neither is given) in the default store."""

    directory: Path | None = None
    database_url: str | None = None


def endpoint_option(options: Mapping[str, str]) -> str | None:
    """Read the endpoint from the options --endpoint-url and --local, None without either.

    Raises:
        UsageProblem: both are given, or the URL has no scheme, or it cannot name a store.
    """
    endpoint_url = options.get("--endpoint-url")
    if "--local" in options:
        if endpoint_url is not None:
            raise UsageProblem("--local is short for --endpoint-url local: and cannot stand beside --endpoint-url.")
        return "local:"
    if endpoint_url is None:
        return None
    if not re.match(_SCHEME, endpoint_url):
        raise UsageProblem(
            f'Bad value for --endpoint-url "{endpoint_url}": scheme is missing.  '
            "Must be of the form http://<hostname>/ or https://<hostname>/"
        )
    try:
        backend_of(endpoint_url)
    except ConfigurationProblem as problem:
        raise UsageProblem(problem.message) from problem
    return endpoint_url


def configured_endpoint(files: ProfileFiles, profile: Section, environment: Mapping[str, str]) -> str | None:
    """Find the endpoint in the environment, then in the profile; what is meant for ACM PCA alone comes first.

    Raises:
        PcaError: the profile refers to a `services` section that is not there.
    """
    ignored = environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile.get("ignore_configured_endpoint_urls"))
    if str(ignored).lower() == "true":
        return None
    return (
        environment.get("AWS_ENDPOINT_URL_ACM_PCA")
        or environment.get("AWS_ENDPOINT_URL")
        or _text(_service_section(files, profile).get("endpoint_url"))
        or _text(profile.get("endpoint_url"))
        or None
    )


def backend_of(endpoint_url: str | None) -> Aws | Local:
    """Tell which backend an endpoint means.

    Raises:
        ConfigurationProblem: it is a `local:` URL, but neither a directory nor a database.
    """
    scheme, _, place = (endpoint_url or "").partition(":")
    if scheme.lower() != "local":
        return Aws(endpoint_url)
    if not place:
        return Local()
    if place.startswith(_DATABASE_SCHEMES):
        return Local(database_url=_without_password(place))
    directory = _absolute(place)
    if directory is None:
        raise ConfigurationProblem(
            f'Bad endpoint "local:{place}": a store is named by an absolute path (local:/path/of/store), '
            "a database (local:postgresql://host/name), or nothing (local:) for the default store."
        )
    return Local(directory=directory)


def default_directory(environment: Mapping[str, str]) -> Path:
    """Return the directory of the default store.

    Source: XDG Base Directory Specification, which has relative paths in its variables ignored.

    Raises:
        ConfigurationProblem: PCACLI_HOME is a relative path.
    """
    if home := environment.get("PCACLI_HOME"):
        directory = _absolute(home)
        if directory is None:
            raise ConfigurationProblem(f"PCACLI_HOME must be an absolute path, not {home}.")
        return directory
    data_home = Path(environment.get("XDG_DATA_HOME", ""))
    return (data_home if data_home.is_absolute() else Path("~/.local/share").expanduser()) / "pcacli"


def _service_section(files: ProfileFiles, profile: Section) -> Mapping[str, str]:
    """Return what the profile's `services` section says about ACM PCA."""
    name = profile.get("services")
    if name is None:
        return {}
    services = files.services.get(str(name))
    if not services:
        raise PcaError(
            f'The profile is configured to use the services section but the "{name}" services configuration '
            "does not exist."
        )
    settings = services.get("acm_pca", {})
    if isinstance(settings, str):
        raise PcaError(f'In the services section "{name}", acm_pca must be followed by indented settings.')
    return settings


def _text(setting: str | dict[str, str] | None) -> str | None:
    return setting if isinstance(setting, str) else None


def _absolute(place: str) -> Path | None:
    """Return an absolute path; None for any other, which would depend on where a command happens to run."""
    directory = Path(place).expanduser()
    is_host = place.startswith("//") and not place.startswith("///")
    return None if is_host or not directory.is_absolute() else Path("/", *directory.parts[1:])


def _without_password(database_url: str) -> str:
    """Refuse a password, which would show in process lists and in shell histories."""
    from urllib.parse import parse_qs, urlsplit

    try:
        parts = urlsplit(database_url)
        has_password = parts.password is not None or not _PASSWORDS.isdisjoint(parse_qs(parts.query))
    except ValueError as error:
        raise ConfigurationProblem(f"Bad database URL in the endpoint: {error}") from error
    if has_password:
        raise ConfigurationProblem(
            "The database URL of the endpoint holds a password. Leave it out: PostgreSQL takes it from PGPASSFILE "
            "(~/.pgpass) or PGPASSWORD."
        )
    return database_url
