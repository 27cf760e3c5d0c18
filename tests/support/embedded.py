"""An embedded authority in memory with a clock that the test moves."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509

from pcacli.engine import clock
from pcacli.engine.artifacts.memory import MemoryArtifacts
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.call import Parts
from pcacli.engine.context import Caller, Context, root_of_account
from pcacli.engine.keys.port import KeyStore
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.port import Store

ACCOUNT, REGION = "111122223333", "eu-central-1"
START = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
ROOT_TEMPLATE = "arn:aws:acm-pca:::template/RootCACertificate/V1"
SUBORDINATE_TEMPLATE = "arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1"


class BreakableBuckets(MemoryArtifacts):
    """Buckets that a test can make fail; `writes` are the places that were written to, with their access lists."""

    def __init__(self) -> None:
        super().__init__()
        self._broken: dict[str, type[BucketProblem]] = {}
        self.writes: list[tuple[str, str, str | None]] = []

    def break_bucket(self, bucket: str, problem: type[BucketProblem] = BucketProblem) -> None:
        self._broken[bucket] = problem

    def mend_bucket(self, bucket: str) -> None:
        del self._broken[bucket]

    def check(self, bucket: str) -> None:
        if bucket in self._broken:
            raise self._broken[bucket](f"The bucket {bucket} is broken.")
        super().check(bucket)

    def put(
        self, bucket: str, key: str, content: Iterable[bytes], *, content_type: str, object_acl: str | None = None
    ) -> None:
        super().put(bucket, key, content, content_type=content_type, object_acl=object_acl)
        self.writes.append((bucket, key, object_acl))


class Embedded:
    """The authority under test: `call` performs an action as the owner of the account, `advance` moves real time."""

    key_algorithm, signing_algorithm = "EC_prime256v1", "SHA256WITHECDSA"

    def __init__(
        self, *, is_test_store: bool = False, store: Store | None = None, keys: KeyStore | None = None
    ) -> None:
        self.now = START
        self.notices: list[str] = []
        self.store = store or MemoryStore()
        self.artifacts = BreakableBuckets()
        self._drawn = 0
        context = Context(now=lambda: self.now, random_bytes=self._random_bytes, new_uuid=self._new_uuid)
        if is_test_store:
            context = context._replace(now=clock.moved(context.now, self.store))
        keys = keys or SoftwareKeyStore(lambda: b"k" * 32)
        self.parts = Parts(self.store, keys, self.artifacts, context, self.notices.append, is_test_store)
        self.authority = EmbeddedAuthority(self.parts)
        self.owner = root_of_account(ACCOUNT, REGION)

    def repeat_last_draw(self) -> None:
        self._drawn -= 1

    def call(self, operation: str, caller: Caller | None = None, **request: Any) -> dict[str, Any]:
        return self.authority.call(operation, request, caller or self.owner)

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)

    def create(self, authority_type: str = "ROOT", name: str = "Test", **members: Any) -> str:
        response = self.call(
            "CreateCertificateAuthority",
            CertificateAuthorityType=authority_type,
            CertificateAuthorityConfiguration={
                "KeyAlgorithm": self.key_algorithm,
                "SigningAlgorithm": self.signing_algorithm,
                "Subject": {"CommonName": name},
            },
            **members,
        )
        arn: str = response["CertificateAuthorityArn"]
        return arn

    def active_root(self, **members: Any) -> str:
        arn = self.create(**members)
        self.install(arn, arn, ROOT_TEMPLATE, years=10)
        return arn

    def active_subordinate(self, root: str, **members: Any) -> str:
        arn = self.create("SUBORDINATE", **members)
        self.install(arn, root, SUBORDINATE_TEMPLATE, years=5)
        return arn

    def install(self, arn: str, issuer: str, template: str, *, years: int) -> None:
        csr = self.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=arn)["Csr"].encode()
        certificate = self.issue(issuer, csr, TemplateArn=template, Validity={"Type": "YEARS", "Value": years})
        found = self.call("GetCertificate", CertificateAuthorityArn=issuer, CertificateArn=certificate)
        blobs = {"Certificate": found["Certificate"].encode()}
        if "CertificateChain" in found:
            blobs["CertificateChain"] = found["CertificateChain"].encode()
        self.call("ImportCertificateAuthorityCertificate", CertificateAuthorityArn=arn, **blobs)

    def issue(self, arn: str, csr: bytes, **members: Any) -> str:
        request = {"SigningAlgorithm": self.signing_algorithm, "Validity": {"Type": "DAYS", "Value": 30}, **members}
        response = self.call("IssueCertificate", CertificateAuthorityArn=arn, Csr=csr, **request)
        certificate_arn: str = response["CertificateArn"]
        return certificate_arn

    def fetch(self, arn: str, certificate: str) -> dict[str, str]:
        return self.call("GetCertificate", CertificateAuthorityArn=arn, CertificateArn=certificate)

    def certificate(self, arn: str, certificate: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.fetch(arn, certificate)["Certificate"].encode())

    def revoke(self, arn: str, certificate: str, reason: str = "KEY_COMPROMISE") -> None:
        serial = certificate.rpartition("/")[2]
        self.call("RevokeCertificate", CertificateAuthorityArn=arn, CertificateSerial=serial, RevocationReason=reason)

    def publish_crls(self, arn: str, bucket: str = "bucket", **members: Any) -> None:
        """Configure the CA's CRLs: those of ten days if nothing else is said."""
        crl = {"Enabled": True, "ExpirationInDays": 10, "S3BucketName": bucket, **members}
        revocation = {"CrlConfiguration": crl}
        self.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, RevocationConfiguration=revocation)

    def describe(self, arn: str) -> dict[str, Any]:
        described = self.call("DescribeCertificateAuthority", CertificateAuthorityArn=arn)
        authority: dict[str, Any] = described["CertificateAuthority"]
        return authority

    def _random_bytes(self, count: int) -> bytes:
        self._drawn += 1
        return self._drawn.to_bytes(4, "big").rjust(count, b"\x9a")

    def _new_uuid(self) -> str:
        self._drawn += 1
        return f"00000000-0000-4000-8000-{self._drawn:012x}"
