"""Bringing about what the file of `pcacli local seed` declares, and no more: what is so already stays as it is.

A CA counts as there by its type and subject, as for `pki init`. Tags, permissions, policy and revocation configuration
follow the file; what the file does not speak of is left alone, and nothing is deleted but a permission whose actions
change.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pcacli.api.arns import authority_arn
from pcacli.api.catalogue import OPERATIONS, PAGINATORS
from pcacli.engine import constraints
from pcacli.errors import PcaError, ServiceError, UsageProblem
from pcacli.params.seed_file import AUTHORITIES, SEED, read_seed
from pcacli.service.paging import pages
from pcacli.service.port import Service
from pcacli.service.workflows.activation import ROOT_TEMPLATE, activate
from pcacli.service.workflows.hierarchy import AuthorityPlan, Standing, survey
from pcacli.service.workflows.workflow import Workflow

Entry = Mapping[str, Any]
"""One CA of the file, with its defaults filled in."""

_CONFIGURATION = ("KeyAlgorithm", "SigningAlgorithm", "Subject", "CsrExtensions")
_CREATED_WITH = ("RevocationConfiguration", "KeyStorageSecurityStandard", "Tags", "UsageMode")


class Seeded(NamedTuple):
    """A CA of the file: its name there, its ARN, and what had to be changed; nothing if it was so already."""

    name: str
    arn: str
    changes: tuple[str, ...]


def declared(content: bytes, file: str) -> list[Entry]:
    """Read a seed file and hold it against every limit of the API, before anything is made.

    Raises:
        UsageProblem: it is not what a seed is; the message names the file and the line or the path.
    """
    document = read_seed(content, file)
    try:
        constraints.check(SEED, document)
    except ServiceError as refusal:
        raise UsageProblem(f"{file}: {refusal.message}") from refusal
    entries: list[Entry] = document[AUTHORITIES]
    return entries


def seed(workflow: Workflow, entries: Sequence[Entry]) -> Iterator[Seeded]:
    """Make and change CAs until they are as the entries say; yield each one when it is.

    Raises:
        AnswerIsNo: a CA of that type and subject is there, but cannot become what the entry says.
        PcaError: the service refuses; what was done before stays.
    """
    plans = [_plan(entry) for entry in entries]
    standings = {standing.plan.role: standing for standing in survey(workflow, plans)}
    arns: dict[str, str] = {}
    for entry in entries:
        name, issuer = entry["Name"], entry.get("Issuer")
        standing = standings[name]
        try:
            arn = arns[name] = standing.arn or _created(workflow.service, standing)
            if not standing.is_active:
                above = standings[issuer or name].plan
                activate(workflow, arn, standing.signing(issuer and arns[issuer], above))
            changes = tuple(what for what, settle in _SETTLING.items() if settle(workflow.service, arn, entry))
        except PcaError as problem:
            problem.hint = problem.hint or (
                f"That was the CA {name!r}. What was done before stays, and the next run goes on from there."
            )
            raise
        yield Seeded(name, arn, _done_to(standing) or changes)


def _plan(entry: Entry) -> AuthorityPlan:
    is_root = entry.get("Issuer") is None
    request = {
        "CertificateAuthorityType": "ROOT" if is_root else "SUBORDINATE",
        "CertificateAuthorityConfiguration": {name: entry[name] for name in _CONFIGURATION if name in entry},
        **{name: entry[name] for name in _CREATED_WITH if name in entry},
    }
    template = ROOT_TEMPLATE if is_root else f"SubordinateCACertificate_PathLen{entry.get('PathLength', 0)}/V1"
    return AuthorityPlan(entry["Name"], request, template, entry["Validity"])


def _created(service: Service, standing: Standing) -> str:
    arn: str = service.call("CreateCertificateAuthority", standing.create_request)["CertificateAuthorityArn"]
    return arn


def _done_to(standing: Standing) -> tuple[str, ...]:
    if standing.is_active:
        return ()
    return ("created",) if standing.arn is None else ("activated",)


def _settle_revocation(service: Service, arn: str, entry: Entry) -> bool:
    named, wanted = {"CertificateAuthorityArn": arn}, entry.get("RevocationConfiguration", {})
    described = service.call("DescribeCertificateAuthority", named)["CertificateAuthority"]
    if _holds(described.get("RevocationConfiguration", {}), wanted):
        return False
    service.call("UpdateCertificateAuthority", {**named, "RevocationConfiguration": wanted})
    return True


def _settle_tags(service: Service, arn: str, entry: Entry) -> bool:
    present = {tag["Key"]: tag.get("Value") or "" for tag in _listed(service, "ListTags", arn)}
    missing = [tag for tag in entry.get("Tags", []) if present.get(tag["Key"]) != (tag.get("Value") or "")]
    if missing:
        service.call("TagCertificateAuthority", {"CertificateAuthorityArn": arn, "Tags": missing})
    return bool(missing)


def _settle_permissions(service: Service, arn: str, entry: Entry) -> bool:
    named, changed = {"CertificateAuthorityArn": arn}, False
    present = {
        (permission["Principal"], permission["SourceAccount"]): set(permission["Actions"])
        for permission in _listed(service, "ListPermissions", arn)
    }
    for permission in entry.get("Permissions", []):
        holder = {"SourceAccount": authority_arn(arn).account, **permission}
        actions = present.get((holder["Principal"], holder["SourceAccount"]))
        if actions == set(holder.pop("Actions")):
            continue
        if actions is not None:
            service.call("DeletePermission", {**named, **holder})
        service.call("CreatePermission", {**named, **permission})
        changed = True
    return changed


def _settle_policy(service: Service, arn: str, entry: Entry) -> bool:
    if "Policy" not in entry:
        return False
    wanted = _about(arn, entry["Policy"])
    if _policy(service, arn) == wanted:
        return False
    service.call("PutPolicy", {"ResourceArn": arn, "Policy": wanted})
    return True


_SETTLING: Mapping[str, Callable[[Service, str, Entry], bool]] = {
    "revocation configuration": _settle_revocation,
    "tags": _settle_tags,
    "permissions": _settle_permissions,
    "policy": _settle_policy,
}


def _holds(present: object, wanted: object) -> bool:
    """Tell whether everything wanted is there; the service adds defaults."""
    if isinstance(present, Mapping) and isinstance(wanted, Mapping):
        return all(name in present and _holds(present[name], value) for name, value in wanted.items())
    return present == wanted


def _listed(service: Service, operation: str, arn: str) -> list[dict[str, Any]]:
    listing = pages(service, OPERATIONS[operation], {"CertificateAuthorityArn": arn})
    return [item for page in listing for item in page[PAGINATORS[operation].result_key]]


def _policy(service: Service, arn: str) -> str | None:
    try:
        policy: str = service.call("GetPolicy", {"ResourceArn": arn})["Policy"]
    except ServiceError as refusal:
        if refusal.code != "ResourceNotFoundException":
            raise
        return None
    return policy


def _about(arn: str, policy: str) -> str:
    """Return a policy whose statements are about the CA where they do not say what they are about."""
    try:
        document = json.loads(policy)
    except ValueError:
        # The service says what is wrong with it.
        return policy
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            statement.setdefault("Resource", arn)
    return json.dumps(document)
