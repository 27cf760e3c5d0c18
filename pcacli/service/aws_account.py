"""What AWS tells of an account beside ACM PCA: who calls, and in which regions there are CAs."""

from pcacli.errors import PcaError
from pcacli.service.aws import client_of, new_session, our_errors
from pcacli.service.settings import Settings

_TIMEOUT_SECONDS = 3
_DEFAULT_PARTITION = "aws"


def caller_identity(settings: Settings) -> dict[str, str] | None:
    """Return the account and the ARN of the caller, None where AWS does not say.

    It is asked only if ACM PCA is AWS's own: credentials for an emulator are none of AWS's business.
    """
    if settings.endpoint_url is not None:
        return None
    transport = settings.transport._replace(
        connect_timeout_seconds=_TIMEOUT_SECONDS, read_timeout_seconds=_TIMEOUT_SECONDS
    )
    try:
        with our_errors():
            client = client_of(new_session(settings), "sts", settings._replace(transport=transport), endpoint_url=None)
            identity = client.get_caller_identity()
            return {"Account": identity["Account"], "Arn": identity["Arn"]}
    except PcaError:
        return None


def regions(settings: Settings) -> list[str]:
    """Return the regions of ACM PCA that botocore knows, in the partition of the region in the settings."""
    with our_errors():
        session = new_session(settings)
        partition = session.get_partition_for_region(settings.region) if settings.region else _DEFAULT_PARTITION
        found: list[str] = session.get_available_regions("acm-pca", partition_name=partition)
    return found
