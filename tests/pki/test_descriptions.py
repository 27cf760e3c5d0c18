"""A description holds what stands in a certificate, a request or a CRL, and survives whatever else stands there."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pcacli.pki.descriptions import describe
from pcacli.pki.documents import Document, DocumentProblem, read_documents
from pcacli.pki.extension_texts import extension_text
from pcacli.pki.extensions import Extension
from pcacli.pki.issuance import issue
from pcacli.pki.templates import TEMPLATES
from pcacli.pki.x509_fields import Kind
from tests.pki import issuing
from tests.pki.crafting import entity

SAMPLES = Path(__file__).parent / "samples"
HOSTS = x509.SubjectAlternativeName(
    [x509.DNSName("www.example.com"), x509.RFC822Name("a@example.com"), x509.UniformResourceIdentifier("urn:x")]
)


def described(der: bytes) -> dict[str, Any]:
    return describe(Document(Kind.CERTIFICATE, der))


def test_the_observed_root_is_described_in_the_words_of_the_api() -> None:
    (document,) = read_documents((SAMPLES / "root-ca-certificate.pem").read_bytes())
    found = describe(document)
    extensions = found.pop("Extensions")
    assert found == {
        "Kind": "CERTIFICATE",
        "Subject": "L=Seattle,CN=www.example.com,ST=WA,OU=Sales,O=Example Corp,C=US",
        "Issuer": "L=Seattle,CN=www.example.com,ST=WA,OU=Sales,O=Example Corp,C=US",
        "Serial": "822e39aae54044e551010e64919961d2",
        "NotBefore": datetime(2021, 3, 8, 15, 46, 27, tzinfo=UTC),
        "NotAfter": datetime(2022, 3, 8, 16, 46, 27, tzinfo=UTC),
        "KeyAlgorithm": "RSA_2048",
        "SigningAlgorithm": "SHA256WITHRSA",
        "CertificateAuthority": True,
        "KeyUsage": ["DigitalSignature", "KeyCertSign", "CRLSign"],
        "LikelyTemplate": "RootCACertificate/V1",
        "Sha1Fingerprint": "6194199ec378235f54c04c0375361ca88b9f8fd5",
        "Sha256Fingerprint": "de8280ab4fab25dc2dd1fa52ef3bede9d273b7cb16366c960902f04467dd0453",
    }
    assert [(each["Name"], each["Critical"]) for each in extensions] == [
        ("basicConstraints", True),
        ("subjectKeyIdentifier", False),
        ("keyUsage", True),
    ]


@pytest.mark.parametrize("family", ["EndEntityCertificate", "EndEntityClientAuthCertificate", "CodeSigningCertificate"])
def test_the_template_is_guessed_from_what_only_it_fixes(family: str) -> None:
    order = issuing.order(family, issuing.request(issuing.key("leaf"), extensions=((HOSTS, False),)))
    found = described(issue(order, issuing.root(configured=True)))
    assert found["LikelyTemplate"] == f"{family}/V1"
    assert found["SubjectAlternativeNames"] == ["www.example.com", "a@example.com", "urn:x"]
    texts = {each["Name"]: each["Values"] for each in found["Extensions"]}
    assert texts["cRLDistributionPoints"] == [issuing.CRL_URL]
    assert texts["authorityInfoAccess"] == [f"ocsp: {issuing.OCSP_URL}"]


def test_every_base_template_is_told_from_the_others() -> None:
    for name, template in TEMPLATES.items():
        if template.profile.key_usage and not template.variety.suffix and not template.profile.self_signed:
            order = issuing.order(name, issuing.request(issuing.key("leaf")))
            assert described(issue(order, issuing.root()))["LikelyTemplate"] == f"{name}/V1"


def test_no_template_is_guessed_where_none_fits() -> None:
    assert "LikelyTemplate" not in described(entity("any").der)


@pytest.mark.parametrize(
    ("kind", "key", "signature"),
    [
        ("EC", "EC_prime256v1", "SHA256WITHECDSA"),
        ("RSA", "RSA_2048", "SHA256WITHRSA"),
        ("RSA_PSS", "RSA_2048", "SHA256WITHRSA_PSS"),
        ("ML_DSA", "ML_DSA_44", "ML_DSA_44"),
    ],
)
def test_keys_and_signatures_have_the_names_of_the_api(kind: str, key: str, signature: str) -> None:
    found = described(entity("any", kind=kind).der)
    assert (found["KeyAlgorithm"], found["SigningAlgorithm"]) == (key, signature)


def test_a_request_tells_what_it_asks_for_or_why_aws_would_refuse_it() -> None:
    pem = issuing.request(issuing.key("leaf"), extensions=((HOSTS, False),))
    (document,) = read_documents(pem)
    assert describe(document)["SubjectAlternativeNames"][0] == "www.example.com"
    (nameless,) = read_documents(issuing.request(issuing.key("leaf"), common_name=None))
    assert describe(nameless)["Refusal"] == {
        "Code": "MalformedCSRException",
        "Message": "CSR must contain a subject or a subject alternative name.",
    }


@pytest.mark.parametrize(
    ("oid", "value", "name", "texts"),
    [
        ("2.5.29.19", "30030101ff", "basicConstraints", ("CA",)),
        ("2.5.29.19", "30060101ff020102", "basicConstraints", ("CA, path length 2",)),
        ("2.5.29.19", "3000", "basicConstraints", ("not a CA",)),
        ("2.5.29.19", "ffff", "basicConstraints", ("#ffff",)),
        ("2.5.29.15", "03020106", "keyUsage", ("KeyCertSign", "CRLSign")),
        ("2.5.29.37", "300a06082b06010505070301", "extKeyUsage", ("SERVER_AUTH",)),
        ("2.5.29.37", "3005060329030f", "extKeyUsage", ("1.1.3.15",)),
        ("2.5.29.17", "30068704c0000201", "subjectAltName", ("192.0.2.1",)),
        ("2.5.29.30", "300ea00c300a8708c0000200ffffff00", "nameConstraints", ("permitted: 192.0.2.0/24",)),
        ("2.5.29.30", "300fa10d300b82096578616d706c652e6f", "nameConstraints", ("excluded: example.o",)),
        ("2.5.29.20", "02020102", "cRLNumber", ("258",)),
        ("1.3.6.1.5.5.7.48.1.5", "0500", "ocspNoCheck", ()),
        ("1.2.3.4", "0500", "1.2.3.4", ("#0500",)),
    ],
)
def test_extensions_are_named_and_read(oid: str, value: str, name: str, texts: tuple[str, ...]) -> None:
    found = extension_text(Extension(oid, critical=True, value=bytes.fromhex(value)))
    assert (found.name, found.values) == (name, texts)


KNOWN = ["2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.35"]


@given(st.sampled_from([*KNOWN, "2.5.29.37", "1.3.6.1.5.5.7.1.1"]), st.binary(max_size=40))
def test_no_bytes_in_an_extension_do_harm(oid: str, value: bytes) -> None:
    assert all(isinstance(text, str) for text in extension_text(Extension(oid, critical=False, value=value)).values)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(st.integers(min_value=0), st.binary(min_size=1, max_size=3))
def test_a_damaged_certificate_is_described_or_refused(position: int, noise: bytes) -> None:
    der = entity_der()
    start = position % len(der)
    damaged = der[:start] + noise + der[start + len(noise) :]
    with suppress(DocumentProblem):
        for document in read_documents(damaged):
            assert describe(document)["Kind"]


@cache
def entity_der() -> bytes:
    return issue(issuing.order("EndEntityCertificate", issuing.request(issuing.key("leaf"))), issuing.root())
