"""The comparison in docs/moto.md: each line is a probe that runs against both servers, through boto3.

`pytest tests/end_to_end/test_beside_moto.py` prints the table when the page no longer says what happens.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from moto import __version__ as moto_version
from moto.acmpca.responses import ACMPCAResponse

from pcacli.api.catalogue import OPERATIONS
from pcacli.engine.handlers.table import MODULES
from tests.support.command_line import Pcacli
from tests.support.documents import ROOT
from tests.support.moto_server import ENVIRONMENT, moto_server
from tests.support.serving import serving

PAGE = (ROOT / "docs" / "moto.md").read_text(encoding="utf-8")
CLIENT_AUTH = "arn:aws:acm-pca:::template/EndEntityClientAuthCertificate/V1"
ROOT_TEMPLATE = "arn:aws:acm-pca:::template/RootCACertificate/V1"
WRONG_KEYS = {"aws_access_key_id": "AKIDNOBODY", "aws_secret_access_key": "wrong"}


class Side:
    """One of the two servers, with a root CA that was made there as on AWS."""

    def __init__(self, client: Any, stranger: Any) -> None:
        self.client, self.stranger = client, stranger
        self.root = self.create("Root")
        self.certificate = self.activate(self.root)

    def create(self, name: str, **more: Any) -> str:
        configuration = {
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {"CommonName": name},
        }
        arn: str = self.client.create_certificate_authority(
            CertificateAuthorityConfiguration=configuration, CertificateAuthorityType="ROOT", **more
        )["CertificateAuthorityArn"]
        return arn

    def activate(self, arn: str) -> x509.Certificate:
        csr = self.client.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"].encode()
        issued = self.issue(arn, csr, days=3650, TemplateArn=ROOT_TEMPLATE)
        pem = self.client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=issued)["Certificate"].encode()
        self.client.import_certificate_authority_certificate(CertificateAuthorityArn=arn, Certificate=pem)
        return x509.load_pem_x509_certificate(pem)

    def issue(self, arn: str, csr: bytes, *, days: int = 30, **more: Any) -> str:
        request = {"SigningAlgorithm": "SHA256WITHRSA", "Validity": {"Type": "DAYS", "Value": days}, **more}
        issued: str = self.client.issue_certificate(CertificateAuthorityArn=arn, Csr=csr, **request)["CertificateArn"]
        return issued

    def leaf(self, **more: Any) -> x509.Certificate:
        arn = self.issue(self.root, CSR, **more)
        found = self.client.get_certificate(CertificateAuthorityArn=self.root, CertificateArn=arn)
        return x509.load_pem_x509_certificate(found["Certificate"].encode())


def leaf_csr() -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "www.example.com")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256()).public_bytes(Encoding.PEM)


CSR = leaf_csr()


def refuses(call: Callable[[], object], code: str) -> bool:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"]) == code
    return False


def is_signed_by_the_ca(side: Side) -> bool:
    leaf, key = side.leaf(), side.certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert leaf.signature_hash_algorithm is not None
    key.verify(leaf.signature, leaf.tbs_certificate_bytes, padding.PKCS1v15(), leaf.signature_hash_algorithm)
    return leaf.issuer == side.certificate.subject


def ends_when_it_was_asked_to(side: Side) -> bool:
    left = side.leaf(days=3).not_valid_after_utc - datetime.now(UTC)
    return timedelta(days=2) < left < timedelta(days=4)


def has_the_extensions_of_its_template(side: Side) -> bool:
    try:
        usages = side.leaf(TemplateArn=CLIENT_AUTH).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return list(usages) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def refuses_to_outlive_the_ca(side: Side) -> bool:
    return refuses(lambda: side.issue(side.root, CSR, days=4000), "ValidationException")


def refuses_in_the_wrong_state(side: Side) -> bool:
    arn = side.create("Pending")
    return refuses(lambda: side.issue(arn, CSR), "InvalidStateException")


def knows_a_token_again(side: Side) -> bool:
    return side.issue(side.root, CSR, IdempotencyToken="once") == side.issue(side.root, CSR, IdempotencyToken="once")


def refuses_an_unknown_serial(side: Side) -> bool:
    revoke = side.client.revoke_certificate
    unknown = {"CertificateSerial": "0a" * 16, "RevocationReason": "SUPERSEDED"}
    return refuses(lambda: revoke(CertificateAuthorityArn=side.root, **unknown), "ResourceNotFoundException")


def publishes_crls(side: Side) -> bool:
    crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"}
    try:
        arn = side.create("Publishing", RevocationConfiguration={"CrlConfiguration": crl})
        side.activate(arn)
        leaf = side.issue(arn, CSR)
    except ClientError:
        return False
    found = side.client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=leaf)["Certificate"].encode()
    try:
        x509.load_pem_x509_certificate(found).extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return False
    return True


def restores_what_was_deleted(side: Side) -> bool:
    arn = side.create("Deleted")
    side.client.delete_certificate_authority(CertificateAuthorityArn=arn)
    try:
        side.client.restore_certificate_authority(CertificateAuthorityArn=arn)
    except ClientError:
        return False
    return True


def verifies_signatures(side: Side) -> bool:
    listing = side.stranger.list_certificate_authorities
    return refuses(listing, "UnrecognizedClientException")


def has_keys_of_other_kinds(side: Side) -> bool:
    configuration = {
        "KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": {"CommonName": "P-256"},
    }  # fmt: skip
    try:
        arn = side.client.create_certificate_authority(
            CertificateAuthorityConfiguration=configuration, CertificateAuthorityType="ROOT"
        )["CertificateAuthorityArn"]
    except ClientError:
        return False
    csr = side.client.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"].encode()
    return not isinstance(x509.load_pem_x509_csr(csr).public_key(), rsa.RSAPublicKey)


PROBES: dict[str, Callable[[Side], bool]] = {
    "a certificate is signed by its CA": is_signed_by_the_ca,
    "and ends when it was asked to": ends_when_it_was_asked_to,
    "and has the extensions of its template": has_the_extensions_of_its_template,
    "and may not outlive its CA": refuses_to_outlive_the_ca,
    "CAs have elliptic-curve keys": has_keys_of_other_kinds,
    "a CA that is not active issues nothing": refuses_in_the_wrong_state,
    "an idempotency token is known again": knows_a_token_again,
    "an unknown serial number cannot be revoked": refuses_an_unknown_serial,
    "certificates name the CRL of their CA": publishes_crls,
    "a deleted CA can be restored": restores_what_was_deleted,
    "requests with a wrong signature are refused": verifies_signatures,
}


def actions_of_moto() -> int:
    """Count the actions that moto has a method for."""
    return sum(hasattr(ACMPCAResponse, xform_name(name)) for name in OPERATIONS)


@pytest.fixture
def sides(pcacli: Pcacli) -> Iterator[tuple[Side, Side]]:
    pcacli.ok("local", "bucket", "create", "crls")
    with serving(pcacli) as server, moto_server() as url:
        keys = {
            "aws_access_key_id": ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        }

        once = Config(retries={"total_max_attempts": 1})

        def moto(**keys: str) -> Any:
            return boto3.client("acm-pca", endpoint_url=url, region_name="us-east-1", config=once, **keys)

        yield Side(server.client(), server.client(**WRONG_KEYS)), Side(moto(**keys), moto(**WRONG_KEYS))


def test_the_comparison_with_moto_is_what_happens(sides: tuple[Side, Side]) -> None:
    ours, motos = sides
    rows = [f"| {text} | {_word(probe(ours))} | {_word(probe(motos))} |" for text, probe in PROBES.items()]
    table = "\n".join(
        (
            f"| probe | pcacli | moto {moto_version} |",
            "| --- | --- | --- |",
            f"| actions, of {len(OPERATIONS)} | {len(MODULES)} | {actions_of_moto()} |",
            *rows,
        )
    )
    assert table in PAGE, f"docs/moto.md should say:\n\n{table}"


def _word(answer: bool) -> str:  # noqa: FBT001 - a word for each of the two
    return "yes" if answer else "no"
