"""Certificates, requests and CRLs are found in every form in which programs hand them on."""

import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)

from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, encode, object_identifier
from pcacli.pki.documents import Document, DocumentProblem, PasswordWanted, read_documents
from pcacli.pki.x509_fields import Kind
from tests.pki.crafting import DAY, NOW, entity

SHA256 = "2.16.840.1.101.3.4.2.1"
ROOT = entity("root")
LEAF = entity("leaf", ROOT)
CRL = (
    x509.CertificateRevocationListBuilder()
    .issuer_name(ROOT.certificate.subject)
    .last_update(NOW)
    .next_update(NOW + DAY)
    .sign(ROOT.key, hashes.SHA256())
)
KEY = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LEAF_AND_ROOT = [Document(Kind.CERTIFICATE, LEAF.der), Document(Kind.CERTIFICATE, ROOT.der)]
CSR_DER = LEAF.csr
CSR = x509.load_der_x509_csr(CSR_DER).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (LEAF.pem + ROOT.pem, LEAF_AND_ROOT),
        (KEY + LEAF.pem + b"text between\n" + ROOT.pem, LEAF_AND_ROOT),
        (json.dumps({"Certificate": LEAF.pem.decode(), "CertificateChain": ROOT.pem.decode()}).encode(), LEAF_AND_ROOT),
        (LEAF.pem.replace(b"\n", b" ") + b"\t" + ROOT.pem, LEAF_AND_ROOT),
        (LEAF.der, LEAF_AND_ROOT[:1]),
        (CSR_DER, [Document(Kind.CERTIFICATE_REQUEST, CSR_DER)]),
        (CSR, [Document(Kind.CERTIFICATE_REQUEST, CSR_DER)]),
        (
            CSR.replace(b"BEGIN CERT", b"BEGIN NEW CERT").replace(b"END CERT", b"END NEW CERT"),
            [Document(Kind.CERTIFICATE_REQUEST, CSR_DER)],
        ),
        (CRL.public_bytes(Encoding.DER), [Document(Kind.CRL, CRL.public_bytes(Encoding.DER))]),
        (CRL.public_bytes(Encoding.PEM), [Document(Kind.CRL, CRL.public_bytes(Encoding.DER))]),
    ],
)
def test_what_programs_write_is_read(data: bytes, expected: list[Document]) -> None:
    assert read_documents(data) == expected


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_the_certificates_of_a_pkcs7_bundle_are_read(encoding: Encoding) -> None:
    found = read_documents(pkcs7.serialize_certificates([LEAF.certificate, ROOT.certificate], encoding))
    assert set(found) == set(LEAF_AND_ROOT)


def test_a_pkcs12_file_opens_with_its_password_only() -> None:
    sealed = pkcs12.serialize_key_and_certificates(
        b"name", LEAF.key, LEAF.certificate, [ROOT.certificate], BestAvailableEncryption(b"secret")
    )
    assert read_documents(sealed, b"secret") == LEAF_AND_ROOT
    with pytest.raises(PasswordWanted, match="needs a password"):
        read_documents(sealed)
    with pytest.raises(PasswordWanted, match="does not open"):
        read_documents(sealed, b"wrong")


def test_a_pkcs12_file_that_asks_for_hours_of_work_is_given_up() -> None:
    sealed = pkcs12.serialize_key_and_certificates(b"name", None, LEAF.certificate, None, NoEncryption())
    with pytest.raises(DocumentProblem, match="takes more than 10 s to open: it asks for too many iterations"):
        read_documents(with_iterations(sealed, 2**31 - 1), b"secret")


def with_iterations(pfx: bytes, iterations: int) -> bytes:
    """Return a file with a MAC of so many iterations, whatever the MAC is (RFC 7292, section 4)."""
    (whole,) = elements(pfx)
    version, content, *_ = (element.encoded for element in elements(whole.content))
    algorithm = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(SHA256)), encode(NULL))
    digest = encode(SEQUENCE, algorithm, encode(OCTET_STRING, bytes(32)))
    count = encode(INTEGER, iterations.to_bytes(4, "big"))
    return encode(SEQUENCE, version, content, encode(SEQUENCE, digest, encode(OCTET_STRING, bytes(8)), count))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "neither as PEM nor as DER"),
        (b"hello", "neither as PEM nor as DER"),
        (LEAF.der[:-1], "neither as PEM nor as DER"),
        (KEY, "only PRIVATE KEY"),
        (LEAF.pem.replace(b"END", b"BEGIN"), "do not pair up"),
        (LEAF.pem.replace(b"M", b"!"), "not valid base64"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "cannot be read as X.509"),
        (b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "is empty"),
        (b"\x30\x03\x02\x01\x03", "needs a password"),
    ],
)
def test_what_cannot_be_read_has_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentProblem, match=reason):
        read_documents(data)
