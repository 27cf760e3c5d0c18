"""Fetch the beginning of a CRL from where a CA of AWS publishes it: over HTTP as verifiers do, else from its bucket."""

from collections.abc import Mapping
from typing import Any

from pcacli.api.arns import authority_arn
from pcacli.engine.crl_location import CrlPlace, crl_place
from pcacli.engine.revocation_settings import crl_configuration
from pcacli.errors import PcaError
from pcacli.limits.readers import CRL
from pcacli.pki.crl_header import HEADER_BYTES
from pcacli.service.http_fetch import fetch
from pcacli.service.settings import Settings

TIMEOUT_SECONDS = 3


def complete_crl_place(authority: Mapping[str, Any]) -> CrlPlace | None:
    """Return where the complete CRL of a CA (API CertificateAuthority) is, None if it publishes none.

    Where partitions are, only AWS knows.
    """
    configuration = authority.get("RevocationConfiguration", {}).get("CrlConfiguration", {"Enabled": False})
    if not configuration["Enabled"] or configuration.get("CrlType") == "PARTITIONED":
        return None
    arn = authority_arn(authority["Arn"])
    return crl_place(crl_configuration(configuration), arn, arn.authority_id)


def partitions_place(authority: Mapping[str, Any]) -> str | None:
    """Return the bucket of the partitioned CRLs of a CA (API CertificateAuthority), None if it publishes none."""
    configuration = authority.get("RevocationConfiguration", {}).get("CrlConfiguration", {"Enabled": False})
    if not configuration["Enabled"] or configuration.get("CrlType") != "PARTITIONED":
        return None
    bucket: str = configuration["S3BucketName"]
    return bucket


def crl_beginning(place: CrlPlace, settings: Settings) -> bytes:
    """Return the first bytes of a CRL.

    Raises:
        PcaError: neither the URL nor the bucket gives it; the message is the bucket's.
    """
    beginning = {"Range": f"bytes=0-{HEADER_BYTES - 1}"}
    try:
        return fetch(place.url, timeout_seconds=TIMEOUT_SECONDS, maximum_bytes=HEADER_BYTES, headers=beginning)
    except PcaError:
        return _from_bucket(place, settings)


def _from_bucket(place: CrlPlace, settings: Settings) -> bytes:
    from pcacli.service.aws_s3 import AwsBuckets

    transport = settings.transport._replace(
        connect_timeout_seconds=TIMEOUT_SECONDS, read_timeout_seconds=TIMEOUT_SECONDS
    )
    buckets = AwsBuckets(settings._replace(transport=transport))
    content = buckets.content(place.s3_bucket_name, place.key, CRL, first_bytes=HEADER_BYTES)
    if not content:
        raise PcaError("The CRL is empty.")
    return content
