"""The settings of a store that uses a service of AWS, or what speaks its protocol: where that is."""

from typing import NamedTuple

from pcacli.engine.store.port import Snapshot, Transaction
from pcacli.errors import UsageProblem

AWS = "aws"
"""What stands in place of a URL for AWS's own endpoint."""


class Endpoint(NamedTuple):
    """An endpoint of a service. No `url` means AWS's own, no `region` the one that the AWS settings name."""

    url: str | None
    region: str | None


class EndpointSetting:
    """The settings of a store for one service ("S3")."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._url_name, self._region_name = f"{service.lower()}_endpoint_url", f"{service.lower()}_region"
        self.names = (self._url_name, self._region_name)

    def named(self, url: str, region: str | None) -> Endpoint:
        """Return the endpoint that a person has named.

        Raises:
            UsageProblem: it is neither "aws" nor an http or https URL of a host, or it holds credentials.
        """
        from urllib.parse import urlsplit

        if url == AWS:
            return Endpoint(None, region)
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise UsageProblem(f"Bad {self._service} endpoint {url}: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageProblem(
                f"Bad {self._service} endpoint {url}: it is http://<hostname>, https://<hostname>, or {AWS} for AWS."
            )
        if parts.username is not None:
            raise UsageProblem(
                f"The {self._service} endpoint must not hold credentials: they come from where the AWS CLI finds them."
            )
        return Endpoint(url, region)

    def put(self, transaction: Transaction, endpoint: Endpoint) -> None:
        """Let the store use this endpoint from now on."""
        transaction.put_setting(self._url_name, endpoint.url or AWS)
        transaction.put_setting(self._region_name, endpoint.region)

    def read(self, snapshot: Snapshot) -> Endpoint | None:
        """Return the endpoint that the store uses, None if it does without the service."""
        url = snapshot.setting(self._url_name)
        return None if url is None else Endpoint(None if url == AWS else url, snapshot.setting(self._region_name))


S3 = EndpointSetting("S3")
"""Where CRLs and audit reports go instead of directories."""

KMS = EndpointSetting("KMS")
"""Where keys are made instead of in software."""
