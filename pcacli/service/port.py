"""The port in front of every backend: one action, plain dictionaries in and out."""

from collections.abc import Mapping
from typing import Any, Protocol


class Service(Protocol):
    """Something that performs the actions of ACM PCA.

    Requests and responses are the API's own dictionaries: member names as in `pcacli.api`, blobs as bytes, instants as
    aware datetimes. A response holds its members in the order of the API, and nothing about how it travelled.
    """

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one action.

        Raises:
            ServiceError: the service refuses.
            PcaError: the service cannot be reached, or is not set up.
        """
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...
