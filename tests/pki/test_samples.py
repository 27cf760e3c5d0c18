"""Real certificates and a real request of AWS Private CA, made again from what went into them.

`root-ca-*.pem` come from the AWS Private CA User Guide; the `nitro-*.der` certificates belong to the public chain of
AWS Nitro Enclaves. Signatures differ of course, and so do key identifiers, which follow from keys that we do not have.
"""

from pathlib import Path

import pytest
from cryptography import x509

from pcacli.pki.algorithms import generate_private_key
from pcacli.pki.certificate_facts import certificate_facts as facts_of
from pcacli.pki.csr import Csr, authority_csr, read_csr
from pcacli.pki.distinguished_names import rfc2253
from pcacli.pki.issuance import Issuer, Order, issue
from pcacli.pki.names import subject_name
from pcacli.pki.profile import KeyIdentifiers, Sources, certificate_extensions
from pcacli.pki.templates import TEMPLATES
from pcacli.pki.validity import Window
from tests.pki.issuing import facts, key, key_info

SAMPLES = Path(__file__).with_name("samples")
GUIDE_SUBJECT = {
    "CommonName": "www.example.com",
    "Locality": "Seattle",
    "State": "WA",
    "OrganizationalUnit": "Sales",
    "Organization": "Example Corp",
    "Country": "US",
}
PATH_LENGTH_2 = ("nitro-subordinate-pathlen2.der", "SubordinateCACertificate_PathLen2")
PATH_LENGTH_1 = ("nitro-subordinate-pathlen1.der", "SubordinateCACertificate_PathLen1")


def sample(name: str) -> x509.Certificate:
    data = (SAMPLES / name).read_bytes()
    return x509.load_pem_x509_certificate(data) if name.endswith(".pem") else x509.load_der_x509_certificate(data)


def crl_url(certificate: x509.Certificate) -> str | None:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return None
    (point,) = points
    assert point.full_name is not None
    return str(point.full_name[0].value)


@pytest.mark.fact("1.5", "sample")
def test_request_of_a_ca_is_the_observed_one_but_for_the_key() -> None:
    observed = x509.load_pem_x509_csr((SAMPLES / "root-ca-csr.pem").read_bytes())
    private_key = generate_private_key("RSA_2048")
    made = x509.load_der_x509_csr(authority_csr(private_key, "SHA256WITHRSA", GUIDE_SUBJECT, None))
    assert made.subject.public_bytes() == observed.subject.public_bytes()
    assert facts(made.extensions) == facts(observed.extensions)
    assert [(each.oid, each.value) for each in made.attributes] == [
        (each.oid, each.value) for each in observed.attributes
    ]
    assert made.signature_algorithm_oid == observed.signature_algorithm_oid
    # All that is signed has the same length, so nothing was added that the assertions above do not see.
    assert len(made.tbs_certrequest_bytes) == len(observed.tbs_certrequest_bytes)


@pytest.mark.fact("1.5")
def test_observed_request_is_read() -> None:
    request = read_csr((SAMPLES / "root-ca-csr.pem").read_bytes())
    assert rfc2253(request.subject) == "L=Seattle,CN=www.example.com,ST=WA,OU=Sales,O=Example Corp,C=US"
    assert [(each.oid, each.critical, each.value.hex()) for each in request.extensions] == [
        ("2.5.29.19", True, "30030101ff")
    ]


@pytest.mark.fact("2.5", "subject-key")
@pytest.mark.fact("2.2", "samples")
@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("root-ca-certificate.pem", "RootCACertificate"),
        ("nitro-root.der", "RootCACertificate"),
        PATH_LENGTH_2,
        PATH_LENGTH_1,
    ],
)
def test_extensions_of_the_observed_certificates_come_out_byte_for_byte(name: str, template: str) -> None:
    observed = sample(name)
    subject = x509.SubjectKeyIdentifier.from_public_key(observed.public_key()).digest
    authority = b""
    if "Subordinate" in template:
        identifier = observed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        assert identifier is not None
        authority = identifier
    made = certificate_extensions(
        TEMPLATES[template], KeyIdentifiers(subject, authority), Sources(crl_url(observed), None, (), ())
    )
    assert [(each.oid, each.critical, each.value.hex()) for each in made] == [
        tuple(fact) for fact in facts(observed.extensions)
    ]


@pytest.mark.fact("2.5", "authority-key")
def test_subordinate_below_the_real_root_repeats_its_name_and_key_identifier() -> None:
    """nitro root → our certificate: name, window and serial of the observed one, signed by a key of ours."""
    observed, above = sample(PATH_LENGTH_2[0]), sample("nitro-root.der")
    window = Window(observed.not_valid_before_utc, observed.not_valid_after_utc)
    csr = Csr(observed.subject.public_bytes(), key_info(observed.public_key()), ())
    order = Order(csr, TEMPLATES[PATH_LENGTH_2[1]], window, observed.serial_number, "SHA384WITHECDSA")
    root_der = (SAMPLES / "nitro-root.der").read_bytes()
    issuer = Issuer(root_der, key("nitro", "EC_secp384r1"), "EC_secp384r1", crl_url(observed))
    made = issue(order, issuer)
    assert x509.load_der_x509_certificate(made).tbs_certificate_bytes == observed.tbs_certificate_bytes
    assert facts_of(made).subject == observed.subject.public_bytes()
    assert above.subject == observed.issuer


@pytest.mark.fact("2.4", "csr-subject")
def test_subject_of_a_request_is_copied_in_its_own_order() -> None:
    """nitro pathlen 2 → nitro pathlen 1, whose CN comes first: AWS did not sort it."""
    observed = sample(PATH_LENGTH_1[0])
    window = Window(observed.not_valid_before_utc, observed.not_valid_after_utc)
    csr = Csr(observed.subject.public_bytes(), key_info(observed.public_key()), ())
    order = Order(csr, TEMPLATES[PATH_LENGTH_1[1]], window, observed.serial_number, "SHA384WITHECDSA")
    issuer_der = (SAMPLES / "nitro-subordinate-pathlen2.der").read_bytes()
    issuer = Issuer(issuer_der, key("nitro", "EC_secp384r1"), "EC_secp384r1", crl_url(observed))
    made = x509.load_der_x509_certificate(issue(order, issuer))
    assert made.tbs_certificate_bytes == observed.tbs_certificate_bytes


@pytest.mark.fact("1.5", "string-types")
def test_subject_of_the_real_root_has_the_observed_string_types() -> None:
    subject = {
        "CommonName": "aws.nitro-enclaves",
        "OrganizationalUnit": "AWS",
        "Organization": "Amazon",
        "Country": "US",
    }
    assert subject_name(subject) == sample("nitro-root.der").subject.public_bytes()
