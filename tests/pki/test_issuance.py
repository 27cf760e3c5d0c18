"""Issuing: chains that other programs accept, keys that never show their bytes, and what is refused."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from pcacli.errors import ServiceError
from pcacli.pki.issuance import Issuer, issue, new_serial
from pcacli.pki.pem import certificate_pem
from tests.pki.issuing import (
    SIGNING_ALGORITHM_OF,
    WINDOW,
    KeyWithoutBytes,
    key,
    order,
    request,
    root,
    root_request,
)


def chain(key_algorithm: str, leaf_algorithm: str | None = None) -> tuple[bytes, bytes, bytes]:
    """Root → subordinate of path length 0 → leaf, all keys of one algorithm."""
    signing_algorithm = SIGNING_ALGORITHM_OF[key_algorithm]
    above = root(key_algorithm)
    assert above.certificate is not None
    subordinate_key = key(f"subordinate {key_algorithm}", key_algorithm)
    pem = request(subordinate_key, "Issuing CA", signing_algorithm=signing_algorithm)
    subordinate = issue(order("SubordinateCACertificate_PathLen0", pem, signing_algorithm=signing_algorithm), above)
    issuing = Issuer(subordinate, subordinate_key, key_algorithm)
    names = x509.SubjectAlternativeName([x509.DNSName("leaf.example.com")])
    leaf_key = key(f"leaf {key_algorithm}", key_algorithm)
    leaf_request = request(leaf_key, extensions=((names, False),), signing_algorithm=signing_algorithm)
    algorithm = leaf_algorithm or signing_algorithm
    leaf = issue(order("EndEntityCertificate", leaf_request, 5, signing_algorithm=algorithm), issuing)
    return above.certificate, subordinate, leaf


def openssl_verify(folder: Path, certificates: tuple[bytes, bytes, bytes]) -> str:
    for name, der in zip(("root", "subordinate", "leaf"), certificates, strict=True):
        (folder / f"{name}.pem").write_text(certificate_pem(der) + "\n")
    command = "openssl verify -x509_strict -purpose sslserver -verify_hostname leaf.example.com -attime 1772400000"
    files = ["-CAfile", "root.pem", "-untrusted", "subordinate.pem", "leaf.pem"]
    finished = subprocess.run([*command.split(), *files], cwd=folder, capture_output=True, text=True, check=False)
    return finished.stdout + finished.stderr


@pytest.mark.fact("2.2")
@pytest.mark.parametrize("key_algorithm", [name for name in SIGNING_ALGORITHM_OF if not name.startswith("ML_DSA")])
def test_openssl_accepts_a_chain_of_three(key_algorithm: str, tmp_path: Path) -> None:
    assert openssl_verify(tmp_path, chain(key_algorithm)) == "leaf.pem: OK\n"


@pytest.mark.fact("3.2", "pss")
@pytest.mark.parametrize(
    ("signing_algorithm", "salt_bytes"),
    [("SHA256WITHRSA_PSS", 32), ("SHA384WITHRSA_PSS", 48), ("SHA512WITHRSA_PSS", 64)],
)
def test_pss_uses_one_hash_throughout_and_a_salt_of_its_length(
    signing_algorithm: str, salt_bytes: int, tmp_path: Path
) -> None:
    certificates = chain("RSA_2048", signing_algorithm)
    leaf = x509.load_der_x509_certificate(certificates[2])
    parameters = leaf.signature_algorithm_parameters
    assert isinstance(parameters, padding.PSS)
    assert parameters._salt_length == salt_bytes  # noqa: SLF001 - there is no public way to ask
    assert parameters.mgf._algorithm.name == signing_algorithm[:6].lower()  # noqa: SLF001 - as above
    assert leaf.signature_hash_algorithm is not None
    assert leaf.signature_hash_algorithm.name == signing_algorithm[:6].lower()
    assert openssl_verify(tmp_path, certificates) == "leaf.pem: OK\n"


@pytest.mark.fact("3.2", "ml-dsa")
@pytest.mark.parametrize("key_algorithm", ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"])
def test_chain_of_ml_dsa_keys_verifies(key_algorithm: str) -> None:
    """OpenSSL knows ML-DSA from 3.5 on; here `cryptography` checks each signature."""
    certificates = [x509.load_der_x509_certificate(der) for der in chain(key_algorithm)]
    for certificate, issuer in zip(certificates[1:], certificates, strict=False):
        certificate.verify_directly_issued_by(issuer)


@pytest.mark.fact("3.3", "any-key")
def test_key_type_of_a_request_is_independent_of_the_ca() -> None:
    pem = request(key("rsa", "RSA_2048"), signing_algorithm="SHA256WITHRSA")
    certificate = x509.load_der_x509_certificate(issue(order("EndEntityCertificate", pem), root()))
    assert certificate.public_key() == key("rsa", "RSA_2048").public_key()


@pytest.mark.fact("2.6", "not-checked")
def test_key_that_is_declared_for_pss_alone_stays_so(tmp_path: Path) -> None:
    """RFC 4055 section 1.2: the identifier in the key restricts its use; the certificate must repeat it."""
    generate = "openssl req -new -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -nodes -keyout pss.key -subj /CN=pss"
    pem = subprocess.run(generate.split(), cwd=tmp_path, capture_output=True, check=True).stdout
    certificate = x509.load_der_x509_certificate(issue(order("EndEntityCertificate", pem), root()))
    assert certificate.public_key_algorithm_oid.dotted_string == "1.2.840.113549.1.1.10"


@pytest.mark.fact("2.4")
def test_openssl_shows_all_kinds_of_alternative_names(tmp_path: Path) -> None:
    names = [
        {"DnsName": "a.example.com"},
        {"Rfc822Name": "user@example.com"},
        {"IpAddress": "192.0.2.7"},
        {"UniformResourceIdentifier": "spiffe://example.com/a"},
        {"RegisteredId": "1.2.3.4"},
        {"DirectoryName": {"CommonName": "Directory", "Country": "DE"}},
        {"EdiPartyName": {"PartyName": "Party"}},
        {"OtherName": {"TypeId": "1.3.6.1.4.1.311.20.2.3", "Value": "user@domain"}},
    ]
    passthrough = {"Extensions": {"SubjectAlternativeNames": names}}
    der = issue(
        order("EndEntityCertificate_APIPassthrough", request(key("subject")), api_passthrough=passthrough), root()
    )
    (tmp_path / "leaf.pem").write_text(certificate_pem(der))
    command = "openssl x509 -in leaf.pem -noout -ext subjectAltName"
    shown = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[1].split(", ") == [
        "    DNS:a.example.com",
        "email:user@example.com",
        "IP Address:192.0.2.7",
        "URI:spiffe://example.com/a",
        "Registered ID:1.2.3.4",
        "DirName:/C=DE/CN=Directory",
        "EdiPartyName:<unsupported>",
        "othername: UPN::user@domain",
    ]


@pytest.mark.fact("2.4", "nine-bits")
def test_nine_bits_of_key_usage_reach_the_certificate() -> None:
    passthrough = {"Extensions": {"KeyUsage": {"DigitalSignature": True}}}
    pem = request(key("subject"))
    der = issue(order("BlankEndEntityCertificate_APIPassthrough", pem, api_passthrough=passthrough), root())
    assert bytes.fromhex("300f0603551d0f0101ff04050303078000") in der


def test_key_without_private_bytes_signs_certificates() -> None:
    private_key = KeyWithoutBytes(ec.SECP256R1())
    pending = Issuer(None, private_key, "EC_prime256v1")
    certificate = issue(order("RootCACertificate", root_request(private_key)), pending)
    leaf = issue(order("EndEntityCertificate", request(key("subject"))), pending._replace(certificate=certificate))
    above = x509.load_der_x509_certificate(certificate)
    x509.load_der_x509_certificate(leaf).verify_directly_issued_by(above)
    above.verify_directly_issued_by(above)


@pytest.mark.fact("2.5", "authority-key")
def test_authority_without_key_identifier_gets_one_from_its_key() -> None:
    private_key = key("bare")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Bare CA")])
    bare = x509.CertificateBuilder().issuer_name(name).subject_name(name).serial_number(1)
    bare = bare.not_valid_before(WINDOW.not_before).not_valid_after(WINDOW.not_after)
    assert isinstance(private_key, ec.EllipticCurvePrivateKey)
    bare = bare.public_key(private_key.public_key())
    issuer = Issuer(bare.sign(private_key, SHA256()).public_bytes(Encoding.DER), private_key, "EC_prime256v1")
    leaf = x509.load_der_x509_certificate(issue(order("EndEntityCertificate", request(key("subject"))), issuer))
    identifier = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert identifier == x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()).digest


@pytest.mark.fact("2.4")
def test_renewed_root_takes_its_subject_from_the_api_for_issuer_and_subject() -> None:
    issuer = root()
    ordered = order("RootCACertificate_APIPassthrough", root_request(issuer.private_key))
    renewed = x509.load_der_x509_certificate(
        issue(ordered._replace(api_passthrough={"Subject": {"CommonName": "New root"}}), issuer)
    )
    assert renewed.subject.rfc4514_string() == renewed.issuer.rfc4514_string() == "CN=New root"


def test_pending_ca_signs_nothing_but_its_own_certificate() -> None:
    with pytest.raises(ValueError, match="signs its own root certificate only"):
        issue(order("EndEntityCertificate", request(key("subject"))), root()._replace(certificate=None))


@pytest.mark.fact("3.4", "root-template")
def test_root_template_with_another_key_is_refused() -> None:
    with pytest.raises(ServiceError, match="certificate signing request of the certificate authority") as refusal:
        issue(order("RootCACertificate", request(key("subject"))), root())
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("3.4", "path-length")
@pytest.mark.parametrize(
    "template", ["SubordinateCACertificate_PathLen0", "BlankSubordinateCACertificate_PathLen0_CSRPassthrough"]
)
def test_ca_of_path_length_0_signs_no_ca(template: str) -> None:
    _, subordinate, _ = chain("EC_prime256v1")
    issuer = Issuer(subordinate, key("subordinate EC_prime256v1"), "EC_prime256v1")
    with pytest.raises(ServiceError, match="path length 0 of the certificate authority") as refusal:
        issue(order(template, request(key("subject"))), issuer)
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("3.2", "family")
def test_signing_algorithm_of_another_family_is_refused() -> None:
    ordered = order("EndEntityCertificate", request(key("subject")), signing_algorithm="SHA256WITHRSA")
    with pytest.raises(ServiceError, match="cannot be used with key type EC_prime256v1") as refusal:
        issue(ordered, root())
    assert refusal.value.code == "InvalidArgsException"


@pytest.mark.fact("3", "serial")
@given(st.binary(min_size=16, max_size=16).filter(any))
def test_serial_numbers_are_positive_and_keep_128_bits(random_bytes: bytes) -> None:
    serial = new_serial(random_bytes)
    assert serial > 0
    assert serial.to_bytes(16, "big") == random_bytes


@pytest.mark.fact("3")
@pytest.mark.parametrize("first_byte", [0x00, 0x01, 0x7F, 0x80, 0xFF])
def test_serial_numbers_survive_in_certificates(first_byte: int) -> None:
    serial = new_serial(bytes((first_byte, *range(1, 16))))
    der = issue(order("EndEntityCertificate", request(key("subject")), serial), root())
    assert x509.load_der_x509_certificate(der).serial_number == serial


@pytest.mark.parametrize("random_bytes", [b"", bytes(16), b"a" * 15, b"a" * 17])
def test_serial_numbers_need_sixteen_random_bytes(random_bytes: bytes) -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        new_serial(random_bytes)
