"""Every template: which extensions a certificate gets, in which order, how critical, and with which bytes.

Each certificate is issued by a root with CRL and OCSP, for a request that asks for nothing but a common name.
"""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509

from pcacli.pki.issuance import issue
from pcacli.pki.templates import TEMPLATES, template_named
from tests.pki.issuing import CRL_URL, OCSP_URL, Fact, certificate_facts, key, order, request, root, root_request

NAMES: dict[str, list[str]] = json.loads(Path(__file__).with_name("template_names.json").read_text())
ALL_NAMES = [name for names in NAMES.values() for name in names]

TLS_KEY_USAGE = "030205a0"
SIGNATURE_KEY_USAGE = "03020780"
AUTHORITY_KEY_USAGE = "03020186"
SERVER_AND_CLIENT = "301406082b0601050507030106082b06010505070302"
SERVER = "300a06082b06010505070301"
CLIENT = "300a06082b06010505070302"
CODE_SIGNING = "300a06082b06010505070303"
OCSP_SIGNING = "300a06082b06010505070309"
NO_AUTHORITY = "3000"
ANY_DEPTH = "30030101ff"
DEPTHS = {depth: f"30060101ff02010{depth}" for depth in range(4)}


class Expected(NamedTuple):
    """What one family fixes; values in hexadecimal, None for an extension that is absent."""

    constraints: str
    key_usage: str | None = None
    purposes: str | None = None
    critical_constraints: bool = False
    critical_purposes: bool = False
    root: bool = False


EXPECTED = {
    "EndEntityCertificate": Expected(NO_AUTHORITY, TLS_KEY_USAGE, SERVER_AND_CLIENT),
    "EndEntityClientAuthCertificate": Expected(NO_AUTHORITY, TLS_KEY_USAGE, CLIENT),
    "EndEntityServerAuthCertificate": Expected(NO_AUTHORITY, TLS_KEY_USAGE, SERVER),
    "CodeSigningCertificate": Expected(NO_AUTHORITY, SIGNATURE_KEY_USAGE, CODE_SIGNING, critical_purposes=True),
    "OCSPSigningCertificate": Expected(NO_AUTHORITY, SIGNATURE_KEY_USAGE, OCSP_SIGNING, critical_purposes=True),
    "RootCACertificate": Expected(ANY_DEPTH, AUTHORITY_KEY_USAGE, critical_constraints=True, root=True),
    "BlankRootCACertificate": Expected(ANY_DEPTH, critical_constraints=True, root=True),
    "BlankEndEntityCertificate": Expected(NO_AUTHORITY),
    "BlankEndEntityCertificate_CriticalBasicConstraints": Expected(NO_AUTHORITY, critical_constraints=True),
}
for depth, value in DEPTHS.items():
    EXPECTED[f"SubordinateCACertificate_PathLen{depth}"] = Expected(
        value, AUTHORITY_KEY_USAGE, critical_constraints=True
    )
    EXPECTED[f"BlankSubordinateCACertificate_PathLen{depth}"] = Expected(value, critical_constraints=True)
    EXPECTED[f"BlankRootCACertificate_PathLen{depth}"] = Expected(value, critical_constraints=True, root=True)


def issued(name: str) -> bytes:
    issuer = root(configured=True)
    is_root = "RootCA" in name
    pem = root_request(issuer.private_key) if is_root else request(key("subject"))
    return issue(order(name, pem), issuer)


def expected_facts(expected: Expected, subject: str, authority: str) -> list[Fact]:
    crl_url, ocsp_url = CRL_URL.encode(), OCSP_URL.encode()
    distribution = f"30{len(crl_url) + 8:02x}30{len(crl_url) + 6:02x}a0{len(crl_url) + 4:02x}a0{len(crl_url) + 2:02x}"
    access = f"30{len(ocsp_url) + 14:02x}30{len(ocsp_url) + 12:02x}06082b06010505073001"
    rows = (
        ("2.5.29.19", expected.critical_constraints, expected.constraints),
        ("2.5.29.35", False, None if expected.root else f"30168014{authority}"),
        ("2.5.29.14", False, f"0414{subject}"),
        ("2.5.29.15", True, expected.key_usage),
        ("2.5.29.37", expected.critical_purposes, expected.purposes),
        ("2.5.29.31", False, None if expected.root else f"{distribution}86{len(crl_url):02x}{crl_url.hex()}"),
        ("1.3.6.1.5.5.7.1.1", False, None if expected.root else f"{access}86{len(ocsp_url):02x}{ocsp_url.hex()}"),
    )
    return [Fact(oid, critical, value) for oid, critical, value in rows if value is not None]


@pytest.mark.fact("2.1", "names")
def test_the_table_has_exactly_the_61_documented_templates() -> None:
    assert len(TEMPLATES) == 61
    assert set(TEMPLATES) == set(ALL_NAMES)


@pytest.mark.fact("3", "version")
@pytest.mark.fact("2.2", "profiles")
@pytest.mark.parametrize("name", ALL_NAMES)
def test_certificate_of_a_template_has_exactly_its_extensions(name: str) -> None:
    certificate = x509.load_der_x509_certificate(issued(name))
    authority = x509.SubjectKeyIdentifier.from_public_key(root().private_key.public_key()).digest.hex()
    subject = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest.hex()
    family = max((family for family in EXPECTED if name.startswith(family)), key=len)
    assert certificate.version is x509.Version.v3
    assert certificate_facts(issued(name)) == expected_facts(EXPECTED[family], subject, authority)


@pytest.mark.fact("2.3", "omitted")
@pytest.mark.fact("2.2")
@pytest.mark.parametrize("name", ["EndEntityCertificate", "SubordinateCACertificate_PathLen0"])
def test_ca_without_crl_and_ocsp_leaves_no_pointers_in_certificates(name: str) -> None:
    der = issue(order(name, request(key("subject"))), root())
    assert {"2.5.29.31", "1.3.6.1.5.5.7.1.1"}.isdisjoint(fact.oid for fact in certificate_facts(der))


@pytest.mark.fact("2.1", "varieties")
@pytest.mark.parametrize("variety", ["base", "CSRPassthrough", "APIPassthrough", "APICSRPassthrough"])
def test_variety_in_the_name_says_what_may_be_passed_through(variety: str) -> None:
    for name in NAMES[variety]:
        template = template_named(f"arn:aws:acm-pca:::template/{name}/V1")
        assert template.variety.api_passthrough == variety.startswith("API")
        assert template.variety.csr_passthrough == ("CSR" in variety)
