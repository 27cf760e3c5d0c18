from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pcacli.pki.certificate_names import Names, certificate_names

KEY = generate_private_key(SECP256R1())
SUBJECT = x509.Name(
    [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A, Inc."), x509.NameAttribute(NameOID.COMMON_NAME, "x")]
)
KINDS: list[tuple[x509.GeneralName, str]] = [
    (x509.DNSName("www.example.com"), "www.example.com"),
    (x509.RFC822Name("a@example.com"), "a@example.com"),
    (x509.UniformResourceIdentifier("spiffe://example/x"), "spiffe://example/x"),
    (x509.IPAddress(ip_address("192.0.2.7")), "192.0.2.7"),
    (x509.IPAddress(ip_address("2001:db8::7")), "2001:db8::7"),
    (x509.DirectoryName(SUBJECT), r"directoryName:CN=x,O=A\, Inc."),
    (x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4")), "registeredID:1.2.3.4"),
    (x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x0c\x01y"), "otherName:#06022a03a0030c0179"),
]


def certificate(*names: x509.GeneralName, critical: bool = False, misleading: bytes = b"") -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(SUBJECT)
        .issuer_name(SUBJECT)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    )
    if misleading:
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), misleading)
        builder = builder.add_extension(extension, critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=critical)
    return builder.sign(KEY, SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("critical", [True, False])
def test_every_kind_of_alternative_name_is_read(critical: bool) -> None:  # noqa: FBT001 - a case of the table
    der = certificate(*(name for name, _ in KINDS), critical=critical)
    assert certificate_names(der) == Names(r"CN=x,O=A\, Inc.", tuple(text for _, text in KINDS))


def test_a_certificate_may_have_no_extensions_or_others() -> None:
    for der in (certificate(), certificate(misleading=b"\x05\x00")):
        assert certificate_names(der).alternative_names == ()


def test_an_extension_that_looks_like_names_inside_does_not_mislead() -> None:
    fake = bytes.fromhex("0603551d110406300482026162")
    found = certificate_names(certificate(x509.DNSName("real.example"), misleading=fake))
    assert found.alternative_names == ("real.example",)


def test_something_else_is_refused() -> None:
    der = certificate(x509.DNSName("a.example"))
    for broken in (der[:-200], b"", b"0\x00", b"0\x020\x00", b"0\x040\x02\xa0\x00"):
        with pytest.raises(ValueError, match=r"DER element|no certificate"):
            certificate_names(broken)
