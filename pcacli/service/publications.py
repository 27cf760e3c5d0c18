"""Where the publications of a CA are to be had: in the store of the embedded authority, or over HTTP and from S3."""

from collections.abc import Callable, Mapping
from typing import Any

from pcacli.limits.readers import CRL
from pcacli.service.port import Service
from pcacli.service.revocation_status import HttpPublications, Publications
from pcacli.service.settings import Settings
from pcacli.service.workflows.revocation_lookup import crl_in_bucket

PublicationsOf = Callable[[Mapping[str, Any] | None], Publications]
"""Takes a CA as the API describes it, None for one that is not ours."""


# The members of the API's RevocationConfiguration.
_MEANS = {"CRL": "CrlConfiguration", "OCSP": "OcspConfiguration"}


def published_by(authority: Mapping[str, Any]) -> tuple[str, ...]:
    """Return how a CA (API CertificateAuthority) publishes what it revokes: CRL, OCSP, both, or nothing at all."""
    configuration = authority.get("RevocationConfiguration", {})
    return tuple(means for means, member in _MEANS.items() if configuration.get(member, {}).get("Enabled"))


def over_http(timeout_seconds: float) -> PublicationsOf:
    """Return the publications of CAs of which nothing is known."""
    return lambda _authority: HttpPublications(timeout_seconds)


def publications_of(service: Service, settings: Settings, timeout_seconds: float) -> PublicationsOf:
    """Return the publications of CAs of a backend and of others."""
    local: Callable[[], Publications] | None = getattr(service, "publications", None)

    def of(authority: Mapping[str, Any] | None) -> Publications:
        if authority is None:
            return HttpPublications(timeout_seconds)
        if local is not None:
            return local()
        from pcacli.service.aws_s3 import AwsBuckets

        buckets = AwsBuckets(settings)
        read = crl_in_bucket(authority, lambda bucket, key: buckets.content(bucket, key, CRL))
        return HttpPublications(timeout_seconds, read)

    return of
