"""What a renewal asks for gives the same certificate again, whatever template it came from."""

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pcacli.errors import UsageProblem
from pcacli.pki.issuance import issue
from pcacli.pki.renewal_request import key_algorithm_of_certificate, renewal_csr, template_for_renewal
from pcacli.pki.templates import TEMPLATES
from tests.pki import issuing as ca

SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
END_ENTITIES = [name for name, template in TEMPLATES.items() if not template.profile.certificate_authority]
WISHES: tuple[tuple[x509.ExtensionType, bool], ...] = (
    (x509.SubjectAlternativeName([x509.DNSName("www.example.com"), x509.RFC822Name("a@example.com")]), False),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
    (x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), None)]), False),
)


@pytest.mark.parametrize("template", END_ENTITIES)
def test_a_renewal_has_the_subject_and_the_extensions_of_the_certificate_before(template: str) -> None:
    issuer = ca.root(configured=True)
    before = issue(ca.order(template, ca.request(ca.key("before"), extensions=WISHES)), issuer)
    found = template_for_renewal(before).removesuffix("/V1")
    after = issue(ca.order(found, renewal_csr(before, ca.key("after"))), issuer)
    assert [fact for fact in ca.certificate_facts(after) if fact.oid != SUBJECT_KEY_IDENTIFIER] == [
        fact for fact in ca.certificate_facts(before) if fact.oid != SUBJECT_KEY_IDENTIFIER
    ]
    parsed = x509.load_der_x509_certificate(after)
    assert parsed.subject == x509.load_der_x509_certificate(before).subject
    assert parsed.public_key() == ca.key("after").public_key()


@pytest.mark.parametrize(
    "template", [name for name in END_ENTITIES if not name.startswith("Blank") and "_" not in name]
)
def test_a_template_without_passthrough_is_recognized(template: str) -> None:
    certificate = issue(ca.order(template, ca.request(ca.key("leaf"), extensions=WISHES)), ca.root())
    assert template_for_renewal(certificate) == f"{template}/V1"


@pytest.mark.parametrize("template", ["SubordinateCACertificate_PathLen0", "RootCACertificate"])
def test_the_certificate_of_a_ca_is_refused(template: str) -> None:
    key = ca.root().private_key if template.startswith("Root") else ca.key("subordinate")
    certificate = issue(ca.order(template, ca.root_request(key)), ca.root())
    with pytest.raises(UsageProblem, match="certificate of a CA"):
        template_for_renewal(certificate)


@pytest.mark.parametrize("key_algorithm", ca.SIGNING_ALGORITHM_OF)
def test_the_kind_of_key_is_read_from_the_certificate(key_algorithm: str) -> None:
    key = ca.key(f"leaf {key_algorithm}", key_algorithm)
    signing_algorithm = ca.SIGNING_ALGORITHM_OF[key_algorithm]
    request = ca.request(key, signing_algorithm=signing_algorithm)
    certificate = issue(ca.order("EndEntityCertificate", request), ca.root())
    assert key_algorithm_of_certificate(certificate) == key_algorithm
