"""Who wins when template, CA, API request and CSR all want to say something about one extension."""

from base64 import b64encode
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from pcacli.pki.issuance import issue
from tests.pki.issuing import CRL_URL, Fact, certificate_facts, key, order, request, root, root_request

OTHER_CRL = "http://other.example.com/a.crl"
DISTRIBUTION_POINTS = x509.CRLDistributionPoints(
    [x509.DistributionPoint([x509.UniformResourceIdentifier(OTHER_CRL)], None, None, None)]
)
OTHER_OCSP = x509.AuthorityInformationAccess(
    [
        x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://other.example.com")
        )
    ]
)
NON_REPUDIATION = b"\x03\x02\x06\x40"
EMAIL_PURPOSE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
CSR_NAMES = x509.SubjectAlternativeName([x509.DNSName("csr.example.com")])
GREEDY_REQUEST = (
    (x509.BasicConstraints(ca=True, path_length=None), True),
    (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), NON_REPUDIATION), False),
    (EMAIL_PURPOSE, False),
    (CSR_NAMES, True),
    (DISTRIBUTION_POINTS, False),
    (OTHER_OCSP, False),
    (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),
)
API_NAMES = {"SubjectAlternativeNames": [{"DnsName": "api.example.com"}]}


def custom(value: x509.ExtensionType, *, critical: bool = False) -> dict[str, Any]:
    text = b64encode(value.public_bytes()).decode()
    return {"ObjectIdentifier": value.oid.dotted_string, "Value": text, "Critical": critical}


def issued(template: str, crl_url: str | None = CRL_URL, **passthrough: Any) -> bytes:
    pem = request(key("subject"), extensions=GREEDY_REQUEST)
    return issue(order(template, pem, api_passthrough=passthrough), root(configured=True)._replace(crl_url=crl_url))


def fact(der: bytes, oid: str) -> Fact | None:
    return next((each for each in certificate_facts(der) if each.oid == oid), None)


def value_of(extension: x509.ExtensionType) -> str:
    return extension.public_bytes().hex()


@pytest.mark.fact("2.4", "base-takes-san")
def test_base_template_takes_nothing_but_the_alternative_names_of_a_request() -> None:
    der = issued("EndEntityCertificate")
    assert [each.oid for each in certificate_facts(der)] == [
        "2.5.29.19",
        "2.5.29.35",
        "2.5.29.14",
        "2.5.29.15",
        "2.5.29.37",
        "2.5.29.31",
        "1.3.6.1.5.5.7.1.1",
        "2.5.29.17",
    ]
    assert fact(der, "2.5.29.17") == Fact("2.5.29.17", critical=True, value=value_of(CSR_NAMES))


@pytest.mark.fact("2.4", "api-ignored")
def test_base_template_ignores_the_api_request_silently() -> None:
    der = issued("EndEntityCertificate", Subject={"CommonName": "api"}, Extensions=API_NAMES)
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "CN=leaf.example.com"
    assert fact(der, "2.5.29.17") == Fact("2.5.29.17", critical=True, value=value_of(CSR_NAMES))


@pytest.mark.fact("2.4", "csr-passthrough")
def test_csr_passthrough_carries_unfixed_extensions_with_their_criticality() -> None:
    der = issued("BlankEndEntityCertificate_CSRPassthrough")
    assert fact(der, "2.5.29.19") == Fact("2.5.29.19", critical=False, value="3000")
    assert fact(der, "2.5.29.15") == Fact("2.5.29.15", critical=False, value="03020640")
    assert fact(der, "2.5.29.37") == Fact("2.5.29.37", critical=False, value=value_of(EMAIL_PURPOSE))
    assert fact(der, "1.2.3.4") == Fact("1.2.3.4", critical=True, value="0500")


@pytest.mark.fact("2.4", "precedence")
def test_template_overrides_api_and_csr() -> None:
    purposes = {"ExtendedKeyUsage": [{"ExtendedKeyUsageType": "CODE_SIGNING"}]}
    der = issued("EndEntityClientAuthCertificate_APICSRPassthrough", Extensions=purposes)
    assert fact(der, "2.5.29.37") == Fact("2.5.29.37", critical=False, value="300a06082b06010505070302")
    assert fact(der, "2.5.29.15") == Fact("2.5.29.15", critical=True, value="030205a0")


@pytest.mark.fact("2.4", "precedence")
def test_api_overrides_csr_as_a_whole_and_subject_too() -> None:
    der = issued(
        "BlankEndEntityCertificate_APICSRPassthrough", Extensions=API_NAMES, Subject={"Organization": "By API"}
    )
    api_names = x509.SubjectAlternativeName([x509.DNSName("api.example.com")])
    assert fact(der, "2.5.29.17") == Fact("2.5.29.17", critical=False, value=value_of(api_names))
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "O=By API"
    assert fact(der, "2.5.29.37") == Fact("2.5.29.37", critical=False, value=value_of(EMAIL_PURPOSE))


@pytest.mark.fact("2.4", "csr-fallback")
def test_api_template_without_values_takes_subject_and_names_from_the_request() -> None:
    der = issued("BlankEndEntityCertificate_APIPassthrough")
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "CN=leaf.example.com"
    assert fact(der, "2.5.29.17") == Fact("2.5.29.17", critical=True, value=value_of(CSR_NAMES))
    assert fact(der, "2.5.29.37") is None


@pytest.mark.fact("2.4", "ocsp-wins")
@pytest.mark.parametrize(
    "template", ["BlankEndEntityCertificate_CSRPassthrough", "EndEntityCertificate_APIPassthrough"]
)
def test_ocsp_pointer_of_the_ca_wins_over_passthrough(template: str) -> None:
    with_custom = {"CustomExtensions": [custom(OTHER_OCSP)]}
    own = fact(issued("EndEntityCertificate"), "1.3.6.1.5.5.7.1.1")
    assert own is not None
    assert fact(issued(template, Extensions=with_custom), "1.3.6.1.5.5.7.1.1") == own


@pytest.mark.fact("2.3", "sources")
@pytest.mark.parametrize(
    ("template", "crl_url", "expected"),
    [
        ("EndEntityCertificate", CRL_URL, CRL_URL),
        ("EndEntityCertificate", None, None),
        ("EndEntityCertificate_CSRPassthrough", CRL_URL, CRL_URL),
        ("EndEntityCertificate_CSRPassthrough", None, OTHER_CRL),
        ("EndEntityCertificate_APIPassthrough", CRL_URL, CRL_URL),
        ("EndEntityCertificate_APIPassthrough", None, None),
        ("EndEntityCertificate_APICSRPassthrough", None, OTHER_CRL),
        ("BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough", CRL_URL, CRL_URL),
        ("BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough", None, "http://api.example.com/a.crl"),
        ("BlankEndEntityCertificate_CriticalBasicConstraints_APICSRPassthrough", None, "http://api.example.com/a.crl"),
        ("BlankEndEntityCertificate_CriticalBasicConstraints_CSRPassthrough", None, OTHER_CRL),
    ],
)
def test_crl_distribution_points_come_from_where_the_variety_says(
    template: str, crl_url: str | None, expected: str | None
) -> None:
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier("http://api.example.com/a.crl")], None, None, None)
    ]
    extensions = {"CustomExtensions": [custom(x509.CRLDistributionPoints(points))]}
    found = fact(issued(template, crl_url, Extensions=extensions), "2.5.29.31")
    assert (None if found is None else bytes.fromhex(found.value)[10:].decode()) == expected


@pytest.mark.fact("2.2", "root-key-identifier")
@pytest.mark.parametrize(
    ("template", "points"),
    [
        ("RootCACertificate_APIPassthrough", []),
        ("BlankRootCACertificate_PathLen0_APIPassthrough", ["2.5.29.31"]),
    ],
)
def test_root_gets_its_authority_key_identifier_only_through_the_api(template: str, points: list[str]) -> None:
    issuer = root(configured=True)
    identifier = x509.AuthorityKeyIdentifier(b"0123456789abcdefghij", None, None)
    extensions = {"CustomExtensions": [custom(identifier), custom(DISTRIBUTION_POINTS)]}
    der = issue(order(template, root_request(issuer.private_key), api_passthrough={"Extensions": extensions}), issuer)
    assert fact(der, "2.5.29.35") == Fact("2.5.29.35", critical=False, value=value_of(identifier))
    assert [each.oid for each in certificate_facts(der) if each.oid == "2.5.29.31"] == points


@pytest.mark.fact("2.4", "custom-extensions")
def test_custom_extensions_keep_value_criticality_and_order() -> None:
    constraints = x509.NameConstraints([x509.DNSName("example.com")], None)
    statements = {"ObjectIdentifier": "1.3.6.1.5.5.7.1.3", "Value": "MAA="}
    extensions = {"CustomExtensions": [statements, custom(constraints, critical=True)]}
    pem = request(key("subject"))
    ordered = order("SubordinateCACertificate_PathLen0_APIPassthrough", pem, api_passthrough={"Extensions": extensions})
    assert certificate_facts(issue(ordered, root()))[-2:] == [
        Fact("1.3.6.1.5.5.7.1.3", critical=False, value="3000"),
        Fact("2.5.29.30", critical=True, value=value_of(constraints)),
    ]


@pytest.mark.fact("2.4")
def test_certificate_with_empty_subject_has_critical_alternative_names() -> None:
    names = ((x509.SubjectAlternativeName([x509.DNSName("csr.example.com")]), True),)
    pem = request(key("subject"), common_name=None, extensions=names)
    ordered = order("EndEntityCertificate_APIPassthrough", pem, api_passthrough={"Extensions": API_NAMES})
    found = fact(issue(ordered, root()), "2.5.29.17")
    assert found is not None
    assert found.critical
