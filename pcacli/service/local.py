"""The embedded authority behind the service port."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.call import Parts
from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.home import Home

DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT = "000000000000"


class LocalService:
    """Calls the embedded authority as the owner of one account in one region."""

    def __init__(self, parts: Parts, *, account: str | None, region: str | None) -> None:
        self._store = parts.store
        self._authority = EmbeddedAuthority(parts)
        self._caller = root_of_account(account or DEFAULT_ACCOUNT, region or DEFAULT_REGION)

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one action of the API.

        Raises:
            PcaError: the service refuses or the store cannot be used.
        """
        return self._authority.call(operation, request, self._caller)

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def open_parts(
    directory: Path | None,
    *,
    default_directory: Path,
    notify: Callable[[str], None],
    create_buckets: bool = True,
) -> Parts:
    """Open the store in a directory; None means the default store, which may not be there yet.

    `create_buckets` says whether writing to a bucket makes it, as no bucket of AWS does.
    """
    if directory is None:
        return Home(default_directory, create_buckets=create_buckets).open_or_await_first_use(system_context(), notify)
    return Home(directory, create_buckets=create_buckets).open(system_context(), notify)
