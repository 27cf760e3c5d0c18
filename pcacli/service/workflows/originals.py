"""Reads CAs as a copy of them needs it, with calls that change nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.clones import Original
from pcacli.engine.progress import Phase, Progress, unwatched
from pcacli.errors import ServiceError
from pcacli.service.paging import pages
from pcacli.service.port import Service
from pcacli.service.workflows.authorities import chosen_authorities
from pcacli.service.workflows.authority_status import CERTIFIED, concurrently

_READING = Phase("Reading CAs")


def originals(service: Service, arns: Sequence[str], progress: Progress = unwatched) -> list[Original]:
    """Read the CAs with these ARNs, or all of the account and region.

    Raises:
        ServiceError: there is no such CA, or something may not be read.
    """
    wanted: Sequence[str | None] = arns or [None]
    chosen = [found for arn in wanted for found in chosen_authorities(service, arn)]
    return concurrently(lambda authority: _original(service, authority), chosen, progress, _READING)


def _original(service: Service, authority: Mapping[str, Any]) -> Original:
    path = _certificates(service, authority)
    deleted = authority["Status"] == "DELETED"
    return Original(
        authority,
        path[0] if path else None,
        tuple(path[1:]),
        () if deleted else tuple((tag["Key"], tag.get("Value")) for tag in _listed(service, "ListTags", authority)),
        () if deleted else tuple(_listed(service, "ListPermissions", authority)),
        None if deleted else _policy(service, authority),
    )


def _certificates(service: Service, authority: Mapping[str, Any]) -> list[bytes]:
    """Return the CA's certificate and those above it, none for a CA that has none or whose state hides it."""
    from pcacli.pki.pem import read_pem

    if authority["Status"] not in CERTIFIED:
        return []
    found = service.call("GetCertificateAuthorityCertificate", {"CertificateAuthorityArn": authority["Arn"]})
    bundle = "\n".join(found.get(name) or "" for name in ("Certificate", "CertificateChain"))
    return read_pem(bundle.encode(), "CERTIFICATE")


def _listed(service: Service, operation: str, authority: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return all items of a listing about a CA."""
    listing = pages(service, OPERATIONS[operation], {"CertificateAuthorityArn": authority["Arn"]})
    return [item for page in listing for item in page[operation.removeprefix("List")]]


def _policy(service: Service, authority: Mapping[str, Any]) -> str | None:
    try:
        policy: str = service.call("GetPolicy", {"ResourceArn": authority["Arn"]})["Policy"]
    except ServiceError as refusal:
        if refusal.code != "ResourceNotFoundException":
            raise
        return None
    return policy
