"""What is fuzzed: functions of bytes, which may refuse with an exception of ours and raise no other.

What a reader accepts is taken a step further (issued, answered, asked), because later layers trust it. Where there is
something to choose, the first byte chooses.
"""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pcacli.api.arns import authority_arn
from pcacli.api.catalogue import OPERATIONS
from pcacli.api.shapes import Blob
from pcacli.engine.context import root_of_account
from pcacli.engine.policies import document as policies
from pcacli.engine.policies.access import Access
from pcacli.engine.policies.lockout import refuse_lockout
from pcacli.errors import PcaError
from pcacli.params.arguments import argument_value
from pcacli.params.seed_file import read_seed
from pcacli.params.target_list import target_rows
from pcacli.pki import ocsp
from pcacli.pki.certificate_names import certificate_names
from pcacli.pki.crl_evidence import evidence_of_crl
from pcacli.pki.csr import read_csr
from pcacli.pki.der_writer import encode, object_identifier
from pcacli.pki.descriptions import describe
from pcacli.pki.documents import DocumentProblem, certificates_in, read_documents
from pcacli.pki.importing import imported_certificate
from pcacli.pki.issuance import Issuer, Order, issue
from pcacli.pki.ocsp_evidence import evidence_of_ocsp
from pcacli.pki.path_validation import Wanted, judge
from pcacli.pki.pem import certificate_pem, csr_pem
from pcacli.pki.revocation_evidence import EvidenceProblem, locations
from pcacli.pki.templates import TEMPLATES
from pcacli.pki.validity import Window
from pcacli.server import aws_json, rpc_cbor
from tests.pki.crafting import Entity, entity
from tests.support.readers import complaints, complaints_of_cryptography

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AUTHORITY = authority_arn(
    "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
)
_ACTIONS = [OPERATIONS[name] for name in sorted(OPERATIONS)]
_MEMBERS = [member for action in _ACTIONS for member in action.input.members if not isinstance(member.shape, Blob)]
_TEMPLATES = [TEMPLATES[name] for name in sorted(TEMPLATES) if not TEMPLATES[name].profile.self_signed]
_NAME = bytes.fromhex("300c310a300806035504030c0161")
_SAMPLE = 2  # of 256 certificates
_OTHER_ACCOUNT = root_of_account("444455556666", "us-east-1")


def shorthand(data: bytes) -> None:
    """Read the value of an option, which is shorthand or JSON; a file is none of our business here."""
    text = data[1:].decode("utf-8", "surrogateescape")
    if data and not text.startswith(("file://", "fileb://")):
        argument_value(_MEMBERS[data[0] % len(_MEMBERS)], [text])


def csr_der(data: bytes) -> None:
    """Issue a certificate for a CSR from any template."""
    if data:
        _issue(csr_pem(data[1:]).encode(), data[0])


def csr_fields(data: bytes) -> None:
    """Issue a certificate for a subject and extensions (the octets before and behind the length in the first two)."""
    if len(data) > 2:
        subject, extensions = data[2 : 2 + data[1]], data[2 + data[1] :]
        _issue(csr_pem(_signed_request(subject, extensions)).encode(), data[0])


def passthrough(data: bytes) -> None:
    """Issue a certificate with an extension of the API: a length, an object identifier in text, and the value."""
    if data:
        oid, value = data[1 : 1 + data[0]].decode("ascii", "replace"), b64encode(data[1 + data[0] :]).decode()
        custom = {"ObjectIdentifier": oid, "Value": value}
        _issue(csr_pem(_signed_request(_NAME, b"")).encode(), 0, {"Extensions": {"CustomExtensions": [custom]}})


def csr_text(data: bytes) -> None:
    """Issue a certificate for the PEM of a CSR."""
    _issue(data, 0)


def certificate_der(data: bytes) -> None:
    """Import a certificate for a CA; read the names in what is one, as lists show them."""
    with suppress(ValueError, x509.InvalidVersion):
        x509.load_der_x509_certificate(data)
        certificate_names(data)
    root = _root()
    imported_certificate(certificate_pem(data).encode(), None, authority_type="ROOT", csr=root.csr, now=NOW)


def certificate_text(data: bytes) -> None:
    """Import PEM as a subordinate CA's certificate and as the chain above it."""
    root, subordinate = _root(), _subordinate()
    with suppress(PcaError):
        imported_certificate(data, root.pem, authority_type="SUBORDINATE", csr=subordinate.csr, now=NOW)
    imported_certificate(subordinate.pem, data, authority_type="SUBORDINATE", csr=subordinate.csr, now=NOW)


def policy(data: bytes) -> None:
    """Read a resource policy and ask it."""
    loaded = policies.load(data.decode("utf-8", "replace"))
    statements = policies.read_statements(loaded, AUTHORITY)
    policies.allows(statements, Access(_OTHER_ACCOUNT, "DescribeCertificateAuthority", AUTHORITY))
    refuse_lockout(loaded, _OTHER_ACCOUNT)


def cbor(data: bytes) -> None:
    """Decode the body of a request in CBOR."""
    if data:
        rpc_cbor.parameters(_ACTIONS[data[0] % len(_ACTIONS)], data[1:])


def json(data: bytes) -> None:
    """Decode the body of a request in JSON."""
    if data:
        aws_json.parameters(_ACTIONS[data[0] % len(_ACTIONS)], data[1:])


def ocsp_request(data: bytes) -> None:
    """Answer an OCSP request as the responder of a CA."""
    root = _root()
    try:
        asked = ocsp.asked_issuers(data)
    except ValueError:
        return
    if any(each == ocsp.issuer_id(root.der, each.hash_name) for each in asked):
        responder = ocsp.Responder(root.der, root.der, root.key, "SHA256WITHECDSA")
        ocsp.respond(data, lambda serial: ocsp.CertificateStatus() if serial % 2 else None, responder, NOW)


def document(data: bytes) -> None:
    """Describe whatever `pki inspect` finds in a file."""
    with suppress(DocumentProblem):
        for found in read_documents(data):
            describe(found)


def path(data: bytes) -> None:
    """Judge a certificate that a server showed, and find where its revocation would be told."""
    root = _root()
    wanted = Wanted(NOW, ("www.example.com",))
    with suppress(DocumentProblem):
        for shown in certificates_in(read_documents(data)):
            for look in (
                lambda der=shown: locations(der),
                lambda der=shown: judge(der, [_subordinate().der], [root.der], wanted),
                lambda der=shown: judge(_subordinate().der, [der], [der, root.der], wanted),
            ):
                with suppress(ValueError):
                    look()


def crl(data: bytes) -> None:
    """Look a certificate up in a CRL that was fetched."""
    with suppress(EvidenceProblem):
        evidence_of_crl(data, _subordinate().der, _root().der, url="http://crl.example/1.crl", now=NOW)


def ocsp_response(data: bytes) -> None:
    """Read a responder's answer."""
    with suppress(EvidenceProblem):
        evidence_of_ocsp(data, _subordinate().der, _root().der, now=NOW)


def seed(data: bytes) -> None:
    """Read the file of `local seed`."""
    read_seed(data, "seed.yaml")


def target_list(data: bytes) -> None:
    """Read the file of `pki revoke --from`."""
    list(target_rows(data.decode("utf-8", "replace")))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "shorthand": shorthand,
    "csr-der": csr_der,
    "csr-text": csr_text,
    "csr-fields": csr_fields,
    "passthrough": passthrough,
    "certificate-der": certificate_der,
    "certificate-text": certificate_text,
    "policy": policy,
    "cbor": cbor,
    "json": json,
    "ocsp-request": ocsp_request,
    "document": document,
    "path": path,
    "crl": crl,
    "ocsp-response": ocsp_response,
    "seed": seed,
    "target-list": target_list,
}


def run(name: str, data: bytes) -> None:
    """Run one target on one input; what is refused properly is fine."""
    with suppress(PcaError):
        TARGETS[name](data)


def _issue(csr: bytes, choice: int, passthrough: dict[str, object] | None = None) -> None:
    root = _root()
    templates = _TEMPLATES if passthrough is None else [TEMPLATES["BlankEndEntityCertificate_APIPassthrough"]]
    order = Order(
        csr=read_csr(csr),
        template=templates[choice % len(templates)],
        window=Window(NOW, NOW + timedelta(days=30)),
        serial=1 << 126,
        signing_algorithm="SHA256WITHECDSA",
        api_passthrough=passthrough,
    )
    issued = issue(order, Issuer(root.der, root.key, "EC_prime256v1"))
    # A sample for the other programs, which take a thousand times as long as what is fuzzed.
    said = complaints(issued) if sha256(csr).digest()[0] < _SAMPLE else complaints_of_cryptography(issued)
    assert not said, said


def _signed_request(subject: bytes, extensions: bytes) -> bytes:
    """Return a request (DER) with a good signature around whatever that is."""
    key = ec.derive_private_key(3, ec.SECP256R1())
    asked = encode(0x06, object_identifier("1.2.840.113549.1.9.14")), encode(0x31, extensions)
    key_info = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = encode(0x30, b"\2\1\0", subject, key_info, encode(0xA0, encode(0x30, *asked) if extensions else b""))
    algorithm = encode(0x30, encode(0x06, object_identifier("1.2.840.10045.4.3.2")))
    return encode(0x30, info, algorithm, encode(0x03, b"\0", key.sign(info, ec.ECDSA(hashes.SHA256()))))


# The keys are always the same, so that certificates for them can lie in the corpus.
@cache
def _root() -> Entity:
    return entity("Fuzz", key=ec.derive_private_key(1, ec.SECP256R1()))


@cache
def _subordinate() -> Entity:
    return entity("Fuzz below", _root(), key=ec.derive_private_key(2, ec.SECP256R1()))
