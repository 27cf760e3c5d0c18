"""Clients of AWS's services for what a store keeps there, as the S3 and KMS adapters share them.

Credentials come from where botocore finds them: environment, profile, role. An endpoint that is configured for other
clients is never taken over, because `AWS_ENDPOINT_URL=local:` means this very authority.
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.session import Session

from pcacli import __version__
from pcacli.engine.endpoint_setting import Endpoint

_CONNECT_TIMEOUT_SECONDS = 10
_DEFAULT_REGION = "us-east-1"


def client(service: str, endpoint: Endpoint, profile: str | None, **config: Any) -> Any:
    """Return a client of one service ("s3"); the profile, if one is given, is where credentials come from."""
    session = Session(profile=profile)
    session.user_agent_name, session.user_agent_version = "pcacli", __version__
    # For the clients of the credential chain too, such as STS.
    session.set_config_variable("ignore_configured_endpoint_urls", True)  # noqa: FBT003 - botocore's signature
    region = endpoint.region or session.get_config_variable("region") or _DEFAULT_REGION
    return boto3.Session(botocore_session=session).client(
        service,
        endpoint_url=endpoint.url,
        region_name=region,
        config=Config(connect_timeout=_CONNECT_TIMEOUT_SECONDS, retries={"mode": "standard"}, **config),
    )
