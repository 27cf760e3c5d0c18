"""Requests that work for every action, and a world in which they do: CAs in several states and what belongs to them.

`requests.json` beside this has one request for each action. A text in braces, such as `{leaf}`, stands for something
of the world, which makes it when it is first asked for.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.pki.algorithms import generate_private_key
from tests.support.crafted import leaf_csr
from tests.support.embedded import ACCOUNT, REGION, ROOT_TEMPLATE, SUBORDINATE_TEMPLATE, Embedded
from tests.support.policies import for_account

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

REQUESTS: Mapping[str, Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("requests.json").read_text(encoding="utf-8")
)
OTHER_ACCOUNT = "444455556666"
ACM = "acm.amazonaws.com"


class SharedKeys(SoftwareKeyStore):
    """A key store with one key of each algorithm: what is signed with RSA is the same each time."""

    def __init__(self) -> None:
        super().__init__(lambda: b"k" * 32)

    def generate(self, algorithm: str) -> str:
        return algorithm

    def require_current(self, reference: str) -> None:
        pass

    def open(self, reference: str) -> "PrivateKey":
        return _key(reference)


@cache
def _key(algorithm: str) -> "PrivateKey":
    return generate_private_key(algorithm)


class World(Embedded):
    """An embedded authority that knows by name what the requests are about."""

    key_algorithm, signing_algorithm = "RSA_2048", "SHA256WITHRSA"
    makers: ClassVar[Mapping[str, Callable[[Any], Any]]]

    def __init__(self, **parts: Any) -> None:
        super().__init__(keys=SharedKeys(), **parts)
        self._known: dict[str, Any] = {}

    def filled_in(self, value: Any) -> Any:
        """Return a request, or a part of one, with the things of this world in place of their names."""
        if isinstance(value, Mapping):
            return {name: self.filled_in(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.filled_in(element) for element in value]
        if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
            return self.named(value[1:-1])
        return value

    def named(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self.makers[name](self)
        return self._known[name]

    def disable(self, arn: str) -> None:
        self.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")

    def pem(self, authority: str, certificate: str, member: str = "Certificate") -> bytes:
        return self.fetch(authority, certificate)[member].encode()

    def pem_of_authority(self, arn: str) -> bytes:
        pem: str = self.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=arn)["Certificate"]
        return pem.encode()


def _root(world: World) -> str:
    """Make a CA with two of everything of which there can be several, so that lists have two pages."""
    arn = world.active_root(Tags=[{"Key": "team", "Value": "pki"}, {"Key": "stage", "Value": "test"}])
    for account in (ACCOUNT, OTHER_ACCOUNT):
        granted: dict[str, Any] = {"Principal": ACM, "SourceAccount": account, "Actions": ["IssueCertificate"]}
        world.call("CreatePermission", CertificateAuthorityArn=arn, **granted)
    world.call("PutPolicy", ResourceArn=arn, Policy=for_account(arn, OTHER_ACCOUNT))
    return arn


def _disabled(world: World) -> str:
    arn = world.active_root()
    world.disable(arn)
    return arn


def _deleted(world: World) -> str:
    arn = world.create()
    world.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
    return arn


def _for_pending(world: World) -> str:
    csr = world.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=world.named("pending"))["Csr"].encode()
    return world.issue(world.named("root"), csr, TemplateArn=SUBORDINATE_TEMPLATE)


def _revoked(world: World) -> str:
    certificate = world.issue(world.named("root"), leaf_csr())
    world.revoke(world.named("root"), certificate)
    return certificate.rpartition("/")[2]


def _own_serial(world: World) -> str:
    return f"{int(world.describe(world.named('root'))['Serial']):x}"


def _report(world: World) -> str:
    request = world.filled_in(REQUESTS["CreateCertificateAuthorityAuditReport"])
    report_id: str = world.call("CreateCertificateAuthorityAuditReport", **request)["AuditReportId"]
    return report_id


World.makers = {
    "account": lambda _: OTHER_ACCOUNT,
    "root": _root,
    "pending-root": lambda world: world.create(),
    # Its name is its own: with the root's name and the one key it would pass for self-signed.
    "pending": lambda world: world.create("SUBORDINATE", "Pending"),
    "disabled": _disabled,
    "deleted": _deleted,
    "missing": lambda _: (
        f"arn:aws:acm-pca:{REGION}:{ACCOUNT}:certificate-authority/0a1b2c3d-0000-4000-8000-000000000000"
    ),
    "csr": lambda _: leaf_csr(),
    "other-csr": lambda _: leaf_csr("other.example.com"),
    "root-template": lambda _: ROOT_TEMPLATE,
    "leaf": lambda world: world.issue(world.named("root"), leaf_csr()),
    "leaf-serial": lambda world: world.named("leaf").rpartition("/")[2],
    "own-serial": _own_serial,
    "revoked-serial": _revoked,
    "for-pending": _for_pending,
    "for-pending-pem": lambda world: world.pem(world.named("root"), world.named("for-pending")),
    "chain-pem": lambda world: world.pem(world.named("root"), world.named("for-pending"), "CertificateChain"),
    "leaf-pem": lambda world: world.pem(world.named("root"), world.named("leaf")),
    "report": _report,
    "policy": lambda world: for_account(world.named("root"), OTHER_ACCOUNT),
}
