"""The CAs that a workflow is about: the one that was named, or every CA of the account and region."""

from collections.abc import Mapping
from typing import Any

from pcacli.api.catalogue import OPERATIONS
from pcacli.service.paging import pages
from pcacli.service.port import Service


def chosen_authorities(service: Service, arn: str | None) -> list[Mapping[str, Any]]:
    """Return the descriptions (API: CertificateAuthority) of the CA with that ARN, or of all CAs without one.

    Raises:
        ServiceError: there is no such CA.
    """
    if arn is not None:
        return [service.call("DescribeCertificateAuthority", {"CertificateAuthorityArn": arn})["CertificateAuthority"]]
    listing = pages(service, OPERATIONS["ListCertificateAuthorities"], {})
    return [authority for page in listing for authority in page["CertificateAuthorities"]]
