"""The CAs that a workflow is about: the one that was named, or every CA that the caller sees in the region."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pcacli.api.catalogue import OPERATIONS
from pcacli.service.paging import pages
from pcacli.service.port import Service

_ARN_SEPARATOR, _ACCOUNT = ":", 4

Description = Mapping[str, Any]
"""A CA as the API describes it (CertificateAuthority)."""


class VisibleAuthorities(NamedTuple):
    """The CAs of the caller's account in the region, and those that other accounts share with it."""

    own: list[Description]
    shared: list[Description]

    @property
    def everything(self) -> list[Description]:
        """All of them, the caller's first."""
        return [*self.own, *self.shared]

    def owner_of(self, arn: str) -> str | None:
        """Return the account that shares the CA with that ARN, None for any other CA."""
        return account_of(arn) if any(each["Arn"] == arn for each in self.shared) else None


def chosen_authorities(service: Service, arn: str | None) -> list[Description]:
    """Return the CA with that ARN, or without one all CAs of the caller's account in the region.

    Raises:
        ServiceError: there is no such CA.
    """
    if arn is not None:
        return [service.call("DescribeCertificateAuthority", {"CertificateAuthorityArn": arn})["CertificateAuthority"]]
    return _listed(service, {})


def visible_authorities(service: Service) -> VisibleAuthorities:
    """Return the CAs of the caller's account in the region, and those of others that are shared with it.

    Source: API reference, ListCertificateAuthorities, ResourceOwner. Emulators that do not know it list the same CAs
    twice.

    Raises:
        ServiceError: the service refuses.
    """
    own = _listed(service, {})
    arns = {each["Arn"] for each in own}
    others = _listed(service, {"ResourceOwner": "OTHER_ACCOUNTS"})
    return VisibleAuthorities(own, [each for each in others if each["Arn"] not in arns])


def account_of(arn: str) -> str:
    """Return the account in an ARN."""
    return arn.split(_ARN_SEPARATOR)[_ACCOUNT]


def name_of(authority: Description) -> str:
    """Return the common name of a CA, else its organization, else that it has none."""
    subject = authority["CertificateAuthorityConfiguration"]["Subject"]
    name: str = subject.get("CommonName") or subject.get("Organization") or "(no common name)"
    return name


def _listed(service: Service, request: Mapping[str, Any]) -> list[Description]:
    listing = pages(service, OPERATIONS["ListCertificateAuthorities"], request)
    return [authority for page in listing for authority in page["CertificateAuthorities"]]
