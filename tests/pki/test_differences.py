"""Two certificates differ in what was decided about them, not in what every certificate has for itself."""

from pcacli.pki.descriptions import describe
from pcacli.pki.differences import Difference, differences
from pcacli.pki.documents import Document
from pcacli.pki.issuance import issue
from pcacli.pki.x509_fields import Kind
from tests.pki import issuing


def described(template: str, key: str, common_name: str = "leaf.example.com") -> dict[str, object]:
    order = issuing.order(template, issuing.request(issuing.key(key), common_name))
    return describe(Document(Kind.CERTIFICATE, issue(order, issuing.root())))


def test_another_key_and_serial_number_are_no_difference() -> None:
    assert list(differences(described("EndEntityCertificate", "a"), described("EndEntityCertificate", "b"))) == []


def test_everything_else_is() -> None:
    ours, theirs = described("EndEntityCertificate", "a", "ours"), described("CodeSigningCertificate", "a", "theirs")
    assert list(differences(ours, theirs)) == [
        Difference("Subject", "CN=ours", "CN=theirs"),
        Difference("keyUsage", "DigitalSignature, KeyEncipherment (critical)", "DigitalSignature (critical)"),
        Difference("extKeyUsage", "SERVER_AUTH, CLIENT_AUTH", "CODE_SIGNING (critical)"),
    ]
