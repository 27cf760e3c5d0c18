"""How the CAs of one region are: state, expiry, issuer, CRLs, certificates, and what ACM may do with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.progress import Phase, Progress, unwatched, watched
from pcacli.errors import PcaError, ServiceError
from pcacli.service.paging import pages
from pcacli.service.port import Service
from pcacli.service.surroundings import CrlState, Surroundings
from pcacli.service.workflows.authorities import Description, name_of, visible_authorities
from pcacli.service.workflows.shell_script import ShellScript, aws, work_file

# Source: AWS Private CA User Guide, "Assign permissions": what ACM needs to issue and renew.
ACM_PRINCIPAL = "acm.amazonaws.com"
ACM_ACTIONS = ("IssueCertificate", "GetCertificate", "ListPermissions")
CERTIFIED = ("ACTIVE", "DISABLED", "EXPIRED")
_AT_ONCE = 8

_TAGS, _CERTIFICATES, _CRLS = Phase("Reading tags"), Phase("Reading CAs"), Phase("Reading CRLs and permissions")
_REGIONS = Phase("Reading regions")

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


class AuthorityStatus(NamedTuple):
    """One CA. Its issuer is told by ARN where that is among the CAs asked about, else by name (RFC 2253).

    `missing_acm_permissions` and `certificates` are None where nobody knows; the former counts for active CAs. `owner`
    is the account that shares it, None for one of the caller's.
    """

    arn: str
    name: str
    type: str
    status: str
    not_after: datetime | None
    issuer_arn: str | None
    issuer_name: str | None
    certificates: int | None
    crls: tuple[CrlState, ...]
    missing_acm_permissions: tuple[str, ...] | None
    owner: str | None = None
    problem: str | None = None


class _Certified(NamedTuple):
    """The key identifier of a CA, and of whoever signed it (with the name); a root has no issuer but itself.

    `problem` says that its certificate or chain cannot be read.
    """

    own_key: bytes | None
    issuer_key: bytes | None = None
    issuer_name: str | None = None
    problem: str | None = None


def authority_statuses(
    service: Service, surroundings: Surroundings, tags: Mapping[str, str], progress: Progress = unwatched
) -> list[AuthorityStatus]:
    """Ask about every CA of the region that the caller sees and that has all of these tags; deleted ones are left out.

    CAs that other accounts share come behind the caller's.
    """
    wanted = chosen_by_tags(service, tags, progress)
    certified = concurrently(lambda seen: _certified(service, seen), wanted, progress, _CERTIFICATES)
    pairs = [(one, found) for one, found in zip(wanted, certified, strict=True) if found is not None]
    by_key = {found.own_key: one.description["Arn"] for one, found in pairs if found.own_key is not None}

    def ask(pair: tuple[SeenAuthority, _Certified | None]) -> AuthorityStatus:
        seen, found = pair
        issuer_key = found and found.issuer_key
        issuer_arn = None if issuer_key is None else by_key.get(issuer_key)
        return _status(service, surroundings, seen, issuer_arn, found)

    return concurrently(ask, list(zip(wanted, certified, strict=True)), progress, _CRLS)


class SeenAuthority(NamedTuple):
    """A CA (API CertificateAuthority), and the account that shares it, None for one of the caller's."""

    description: Description
    owner: str | None


def chosen_by_tags(service: Service, tags: Mapping[str, str], progress: Progress = unwatched) -> list[SeenAuthority]:
    """Return the CAs of the region that the caller sees, that have all of these tags and are not deleted."""
    visible = visible_authorities(service)
    seen = [SeenAuthority(each, visible.owner_of(each["Arn"])) for each in visible.everything]
    present = [one for one in seen if one.description["Status"] != "DELETED"]
    fits = concurrently(lambda one: _has(service, one, tags), present, progress, _TAGS)
    return [one for one, fit in zip(present, fits, strict=True) if fit]


def write_status(script: ShellScript, authorities: Iterable[Description]) -> None:
    """Write down the calls that tell of each CA its state and expiry, its certificates' issuer, and what ACM may do."""
    granted = f"Permissions[?Principal=='{ACM_PRINCIPAL}'].Actions[]"
    for authority in authorities:
        script.comment(name_of(authority))
        this_authority = {"CertificateAuthorityArn": authority["Arn"]}
        state = "CertificateAuthority.[Arn,Type,Status,NotAfter]"
        script.run(*aws("DescribeCertificateAuthority", this_authority, query=state))
        if authority["Status"] in CERTIFIED:
            own = aws("GetCertificateAuthorityCertificate", this_authority, query="Certificate")
            script.run(*own, output=work_file("ca.pem"))
            script.run("openssl", "x509", "-in", work_file("ca.pem"), "-noout", "-issuer")
        script.run(*aws("ListPermissions", this_authority, query=granted))


def concurrently(
    ask: Callable[[_Item], _Answer], items: Sequence[_Item], progress: Progress, phase: Phase
) -> list[_Answer]:
    """Ask about several things at once; the answers come in the order of the things."""
    if len(items) <= 1:
        return [ask(item) for item in items]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(watched(pool.map(ask, items), progress, phase, len(items)))


def _has(service: Service, seen: SeenAuthority, wanted: Mapping[str, str]) -> bool:
    """Tell whether a CA has all of the tags; a shared one whose tags are not shown has none."""
    if not wanted:
        return True
    listing = pages(service, OPERATIONS["ListTags"], {"CertificateAuthorityArn": seen.description["Arn"]})
    try:
        tags = {tag["Key"]: tag.get("Value", "") for page in listing for tag in page["Tags"]}
    except ServiceError as refusal:
        _require_hidden(refusal, seen)
        return False
    return wanted.items() <= tags.items()


def _require_hidden(refusal: ServiceError, seen: SeenAuthority) -> None:
    """Let pass what the owner of a shared CA shows to nobody else.

    Raises:
        ServiceError: it is another refusal.
    """
    if seen.owner is None or refusal.code != "AccessDeniedException":
        raise refusal


def _certified(service: Service, seen: SeenAuthority) -> _Certified | None:
    """Read the CA's certificate and the one above it; None for a CA that has none, or shows it to its owner only."""
    if seen.description["Status"] not in CERTIFIED:
        return None
    named = {"CertificateAuthorityArn": seen.description["Arn"]}
    try:
        found = service.call("GetCertificateAuthorityCertificate", named)
    except ServiceError as refusal:
        _require_hidden(refusal, seen)
        return None
    try:
        return _read(found)
    except ValueError:
        return _Certified(None, problem="its certificate or chain cannot be read")


def _read(found: Mapping[str, Any]) -> _Certified:
    """Read the answer to GetCertificateAuthorityCertificate.

    Raises:
        ValueError: what is in it is something else.
    """
    from pcacli.pki.certificate_facts import certificate_facts
    from pcacli.pki.distinguished_names import rfc2253
    from pcacli.pki.pem import read_pem

    (own,) = read_pem(found["Certificate"].encode(), "CERTIFICATE")
    own_key = certificate_facts(own).subject_key_identifier
    if not found.get("CertificateChain"):
        return _Certified(own_key)
    above = certificate_facts(read_pem(found["CertificateChain"].encode(), "CERTIFICATE")[0])
    return _Certified(own_key, above.subject_key_identifier, rfc2253(above.subject))


def _status(
    service: Service,
    surroundings: Surroundings,
    seen: SeenAuthority,
    issuer_arn: str | None,
    certified: _Certified | None,
) -> AuthorityStatus:
    authority = seen.description
    issued = surroundings.issued(authority)
    return AuthorityStatus(
        arn=authority["Arn"],
        name=name_of(authority),
        type=authority["Type"],
        status=authority["Status"],
        not_after=authority.get("NotAfter"),
        issuer_arn=issuer_arn,
        issuer_name=certified and certified.issuer_name,
        # What others have from it, and what ACM may do in its account, is its owner's business.
        certificates=issued.certificates if seen.owner is None else None,
        crls=issued.crls,
        missing_acm_permissions=_missing_acm_permissions(service, authority) if seen.owner is None else None,
        owner=seen.owner,
        problem=certified and certified.problem,
    )


def _missing_acm_permissions(service: Service, authority: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return what ACM may not do with an active CA; None where that cannot be told."""
    if authority["Status"] != "ACTIVE":
        return None
    try:
        listing = pages(service, OPERATIONS["ListPermissions"], {"CertificateAuthorityArn": authority["Arn"]})
        granted = {action for page in listing for action in _acm_actions(page["Permissions"])}
    except ServiceError:
        # Whoever may look at CAs need not be allowed to see this.
        return None
    return tuple(action for action in ACM_ACTIONS if action not in granted)


def _acm_actions(permissions: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (action for one in permissions if one["Principal"] == ACM_PRINCIPAL for action in one["Actions"])


class RegionStatus(NamedTuple):
    """The CAs of one region, or why they cannot be told."""

    region: str | None
    authorities: list[AuthorityStatus]
    problem: str | None = None


def region_statuses(
    regions: Sequence[str], look: Callable[[str], list[AuthorityStatus]], progress: Progress = unwatched
) -> list[RegionStatus]:
    """Look at several regions at once; one that refuses does not keep the others from being told.

    Raises:
        PcaError: every region refuses, this one first.
    """
    refusals: list[PcaError] = []

    def ask(region: str) -> RegionStatus:
        try:
            return RegionStatus(region, look(region))
        except PcaError as refusal:
            refusals.append(refusal)
            return RegionStatus(region, [], refusal.message)

    found = concurrently(ask, regions, progress, _REGIONS)
    if refusals and len(refusals) == len(found):
        raise refusals[0]
    return found
