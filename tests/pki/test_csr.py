"""Requests that callers send: which are read, and which are refused as AWS refuses them."""

import re
import subprocess
import warnings
from base64 import b64encode
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from pcacli.errors import ServiceError
from pcacli.pki.csr import authority_csr, read_csr
from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import BIT_STRING, SEQUENCE, encode
from pcacli.pki.distinguished_names import rfc2253
from pcacli.pki.extensions import Extension
from pcacli.pki.pem import csr_pem
from tests.pki.issuing import SIGNING_ALGORITHM_OF, key, key_info, request

GOOD = request(key("subject"))
COMMON_NAME, ORGANIZATION, UNIQUE_IDENTIFIER = "550403", "55040a", "55042d"
OPENSSL_REQ = ("openssl", "req", "-new")
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def refusal(pem: bytes) -> ServiceError:
    with pytest.raises(ServiceError, match=r"^CSR .*\.$") as caught:
        read_csr(pem)
    assert caught.value.code == "MalformedCSRException"
    return caught.value


def crafted(info_fields: list[bytes]) -> bytes:
    """A request with these fields and a good signature over them."""
    info = encode(SEQUENCE, *info_fields)
    private_key: Any = key("subject")
    signature = private_key.sign(info, ec.ECDSA(hashes.SHA256()))
    return csr_pem(encode(SEQUENCE, info, ECDSA_WITH_SHA256, encode(BIT_STRING, b"\0", signature))).encode()


def info_fields(pem: bytes) -> list[bytes]:
    info = x509.load_pem_x509_csr(pem).tbs_certrequest_bytes
    (sequence,) = elements(info)
    return [element.encoded for element in elements(sequence.content)]


@pytest.mark.fact("3.3", "pem")
@pytest.mark.parametrize(
    "pem",
    [
        GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b" "),
        GOOD.rstrip(b"\n"),
        b"\n" + GOOD + b"\n\n",
    ],
    ids=["as openssl writes it", "CRLF", "one line joined by spaces", "no final newline", "blank lines around"],
)
def test_request_is_read_as_scripts_send_it(pem: bytes) -> None:
    csr = read_csr(pem)
    assert rfc2253(csr.subject) == "CN=leaf.example.com"
    assert csr.public_key == key_info(key("subject").public_key())
    assert csr.extensions == ()


@pytest.mark.fact("3.3", "pem")
@pytest.mark.parametrize(
    "pem",
    [
        GOOD.replace(b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"),
        GOOD.replace(b"CERTIFICATE REQUEST", b"CERTIFICATE"),
        x509.load_pem_x509_csr(GOOD).public_bytes(Encoding.DER),
        b64encode(x509.load_pem_x509_csr(GOOD).public_bytes(Encoding.DER)),
        b64encode(GOOD),
        GOOD + GOOD,
        GOOD[:200],
        GOOD.replace(b"MI", b"M?", 1),
        csr_pem(b"\x30\x03\x02\x01\x00").encode(),
        csr_pem(b"\x04\x00").encode(),
        csr_pem(b"").encode(),
        csr_pem(x509.load_pem_x509_csr(GOOD).public_bytes(Encoding.DER) + b"\0\0").encode(),
        b"",
        b"-----BEGIN",
    ],
)
def test_anything_but_one_pem_request_is_refused(pem: bytes) -> None:
    refusal(pem)


@pytest.mark.fact("3.3", "signature")
def test_changed_request_has_a_bad_signature() -> None:
    fields = info_fields(GOOD)
    fields[1] = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "evil.example.com")]).public_bytes()
    whole = x509.load_pem_x509_csr(GOOD)
    forged = encode(SEQUENCE, encode(SEQUENCE, *fields), ECDSA_WITH_SHA256, encode(BIT_STRING, b"\0", whole.signature))
    assert refusal(csr_pem(forged).encode()).message == "CSR signature is not valid."


@pytest.mark.fact("3.3", "attributes")
def test_request_without_the_field_of_attributes_gets_the_observed_sentence() -> None:
    """BouncyCastle leaves the field out when it is empty; AWS insists (aws/aws-sdk-net issue 1261)."""
    assert refusal(crafted(info_fields(GOOD)[:3])).message == "CSR is missing required element 'attributes'."


@pytest.mark.fact("3.3")
def test_request_of_another_version_is_refused() -> None:
    refusal(crafted([b"\x02\x01\x01", *info_fields(GOOD)[1:]]))


@pytest.mark.fact("3.3", "names")
def test_request_needs_a_subject_or_alternative_names() -> None:
    names = x509.SubjectAlternativeName([x509.DNSName("only.example.com")])
    assert "subject" in refusal(request(key("subject"), common_name=None)).message
    assert read_csr(request(key("subject"), None, ((names, True),))).extensions[0].oid == "2.5.29.17"


@pytest.mark.fact("3.3", "lengths")
def test_common_name_of_more_than_64_characters_is_refused_without_a_warning() -> None:
    fields = info_fields(GOOD)
    attribute = x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "a" * 65)
    fields[1] = x509.Name([attribute]).public_bytes().replace(b"\x55\x04\x0a", b"\x55\x04\x03")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "64 characters" in refusal(crafted(fields)).message


@pytest.mark.fact("3.3", "lengths")
def test_dns_names_have_at_most_253_characters() -> None:
    longest, too_long = (
        x509.SubjectAlternativeName([x509.DNSName("short.example.com"), x509.DNSName("a" * length)])
        for length in (253, 254)
    )
    (extension,) = read_csr(request(key("subject"), extensions=((longest, False),))).extensions
    assert extension.value == longest.public_bytes()
    assert "253" in refusal(request(key("subject"), extensions=((too_long, False),))).message


@pytest.mark.fact("3.3")
@pytest.mark.parametrize(
    ("oid", "value"),
    [("2.5.29.17", b"\x30\x03\x87\x01\x00"), ("2.5.29.15", b"\x04\x00"), ("2.5.29.19", b"")],
    ids=["IP address of one octet", "key usage that is no bit string", "empty basic constraints"],
)
def test_extension_that_cannot_be_parsed_is_refused(oid: str, value: bytes) -> None:
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)
    refusal(request(key("subject"), extensions=((extension, False),)))


@pytest.mark.fact("3.3")
def test_extension_that_is_requested_twice_is_refused() -> None:
    extension = encode(SEQUENCE, bytes.fromhex("0603551d11"), encode(0x04, bytes.fromhex("3003820161")))
    requests = encode(0x31, encode(SEQUENCE, extension, extension))
    attribute = encode(SEQUENCE, bytes.fromhex("06092a864886f70d01090e"), requests)
    refusal(crafted([*info_fields(GOOD)[:3], encode(0xA0, attribute)]))


@pytest.mark.fact("2.6", "not-checked")
def test_alternative_names_of_unknown_kinds_are_kept_unread() -> None:
    edi_party_name = bytes.fromhex("300ba509a1070c055061727479")
    names = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), edi_party_name)
    (extension,) = read_csr(request(key("subject"), extensions=((names, False),))).extensions
    assert extension.value == edi_party_name


@pytest.mark.fact("3.3", "any-key")
@pytest.mark.parametrize(
    "private_key",
    [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256K1())],
    ids=["short RSA", "a curve that no CA has"],
)
def test_any_key_that_can_be_read_is_accepted(private_key: Any) -> None:
    assert read_csr(request(private_key)).public_key == key_info(private_key.public_key())


@pytest.mark.fact("3.3")
def test_key_that_signs_without_a_hash_is_accepted() -> None:
    private_key = ed25519.Ed25519PrivateKey.generate()
    csr = read_csr(request(private_key, signing_algorithm="ML_DSA_44"))
    assert csr.public_key == key_info(private_key.public_key())


@pytest.mark.fact("1.5")
@pytest.mark.parametrize("key_algorithm", SIGNING_ALGORITHM_OF)
def test_request_of_a_ca_is_read_back(key_algorithm: str) -> None:
    private_key = key(f"authority {key_algorithm}", key_algorithm)
    der = authority_csr(private_key, SIGNING_ALGORITHM_OF[key_algorithm], {"Organization": "Example"}, None)
    csr = read_csr(csr_pem(der).encode())
    assert csr.public_key == key_info(private_key.public_key())
    assert rfc2253(csr.subject) == "O=Example"


@pytest.mark.fact("1.5", "extensions")
def test_csr_extensions_of_a_ca_follow_its_basic_constraints() -> None:
    csr_extensions = {
        "KeyUsage": {"KeyCertSign": True, "CRLSign": True},
        "SubjectInformationAccess": [
            {"AccessMethod": {"CustomObjectIdentifier": "1.2.3"}, "AccessLocation": {"DnsName": "example.com"}}
        ],
    }
    der = authority_csr(key("subject"), "SHA256WITHECDSA", {"CommonName": "CA"}, csr_extensions)
    found = read_csr(csr_pem(der).encode()).extensions
    assert [(each.oid, each.critical) for each in found] == [
        ("2.5.29.19", True),
        ("2.5.29.15", True),
        ("1.3.6.1.5.5.7.1.11", False),
    ]


def named_by(oid: str, tag: int, value: bytes) -> bytes:
    """A request whose subject has this one attribute; `oid` and `value` as DER has them, the former in hexadecimal."""
    attribute = encode(SEQUENCE, encode(0x06, bytes.fromhex(oid)), encode(tag, value))
    fields = info_fields(GOOD)
    fields[1] = encode(SEQUENCE, encode(0x31, attribute))
    return crafted(fields)


@pytest.mark.fact("3.3", "names")
@pytest.mark.parametrize(
    ("oid", "tag", "value"),
    [
        (COMMON_NAME, 0x0C, b"\xe9"),
        (COMMON_NAME, 0x16, b"\xe9"),
        (COMMON_NAME, 0x02, b"\1"),
        (COMMON_NAME, 0x04, b"a"),
        (COMMON_NAME, 0x17, b"260101000000Z"),
        (COMMON_NAME, BIT_STRING, b"\0a"),
        (COMMON_NAME, 0x0C, b"a\0b"),
        (COMMON_NAME, 0x13, b"a\nb"),
        (COMMON_NAME, 0x0C, "a\x9bb".encode()),
        (COMMON_NAME, 0x1E, "a\x1bb".encode("utf-16-be")),
        (COMMON_NAME, 0x1E, b"\xd8\x00"),
        ("55048003", 0x0C, b"a"),
    ],
    ids=[
        "text that is no UTF-8",
        "IA5String beyond ASCII",
        "number",
        "octets",
        "time",
        "bits",
        "NUL",
        "line end",
        "C1 control character",
        "escape in UTF-16",
        "half a character in UTF-16",
        "identifier with padding",
    ],
)
def test_subject_that_cannot_be_read_is_refused(oid: str, tag: int, value: bytes) -> None:
    message = refusal(named_by(oid, tag, value)).message
    assert re.fullmatch(r"CSR cannot be read: (the attribute [\d.]+ of the name|an object identifier) .+\.", message)


@pytest.mark.fact("3.3", "lengths")
@pytest.mark.parametrize(
    ("oid", "tag", "value"),
    [
        (COMMON_NAME, 0x0C, ("é" * 64).encode()),
        (COMMON_NAME, 0x1E, ("é" * 64).encode("utf-16-be")),
        (ORGANIZATION, 0x0C, b"o" * 200),
        (UNIQUE_IDENTIFIER, BIT_STRING, b"\0a"),
    ],
    ids=["64 characters", "64 of two bytes each", "long organization", "bits where they belong"],
)
def test_subject_of_any_kind_of_text_is_taken_bit_for_bit(oid: str, tag: int, value: bytes) -> None:
    assert encode(tag, value) in read_csr(named_by(oid, tag, value)).subject


def test_warnings_of_other_threads_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hides a warning exchanges a list that all threads of a server share."""
    monkeypatch.setattr(warnings, "catch_warnings", None)
    assert read_csr(named_by(ORGANIZATION, 0x0C, b"o" * 200)).extensions == ()


def requesting(*extensions: bytes) -> bytes:
    """The attribute that asks for extensions, each given as DER."""
    asked = encode(0x31, encode(SEQUENCE, *extensions))
    return encode(SEQUENCE, bytes.fromhex("06092a864886f70d01090e"), asked)


NAMED_A = encode(SEQUENCE, bytes.fromhex("0603551d11"), encode(0x04, bytes.fromhex("3003820161")))
CHALLENGE = encode(SEQUENCE, bytes.fromhex("06092a864886f70d010907"), encode(0x31, encode(0x0C, b"secret")))


@pytest.mark.parametrize(
    "attributes",
    [
        requesting(
            encode(SEQUENCE, bytes.fromhex("0603551d11"), b"\x01\x01\0", encode(0x04, bytes.fromhex("3003820161")))
        ),
        requesting(NAMED_A) + CHALLENGE,
        CHALLENGE + requesting(NAMED_A),
    ],
    ids=["critical is false and written out", "attributes in one order", "attributes in the other order"],
)
def test_what_openssl_and_go_read_is_read(attributes: bytes) -> None:
    csr = read_csr(crafted([*info_fields(GOOD)[:3], encode(0xA0, attributes)]))
    assert csr.extensions == (Extension("2.5.29.17", critical=False, value=bytes.fromhex("3003820161")),)


@pytest.mark.parametrize(
    ("tag", "value", "written"),
    [(0x14, b"M\xfcller", "Müller"), (0x13, b"*.a", "*.a"), (0x13, b"a_b@c&d", "a_b@c&d")],
    ids=["Latin-1 in a TeletexString", "a star", "other characters"],
)
def test_a_string_that_its_type_does_not_allow_becomes_utf8(tag: int, value: bytes, written: str) -> None:
    assert encode(0x0C, written.encode()) in read_csr(named_by(COMMON_NAME, tag, value)).subject


def test_an_attribute_without_a_character_is_left_out() -> None:
    assert refusal(named_by(COMMON_NAME, 0x0C, b"")).message.startswith("CSR must contain a subject")


@pytest.mark.parametrize("hashed", [hashes.SHA1(), hashes.SHA224(), hashes.SHA384()], ids=lambda each: each.name)
@pytest.mark.parametrize("family", ["ecdsa-with-", "pkcs1", "pss"])
def test_signatures_that_prove_the_key_are_good(hashed: Any, family: str) -> None:
    """Assumption: SHA-1 too, which proves no more than who holds the key (linkerd2 issue 2622)."""
    if family == "ecdsa-with-":
        options = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    else:
        options = ("-newkey", "rsa:2048", *(("-sigopt", "rsa_padding_mode:pss") if family == "pss" else ()))
    words = ("openssl", "req", "-new", *options, "-nodes", "-keyout", "/dev/null", f"-{hashed.name}", "-subj", "/CN=a")
    made = subprocess.run(words, capture_output=True, check=True).stdout
    assert rfc2253(read_csr(made).subject) == "CN=a"


def test_a_signature_with_md5_is_refused_for_its_algorithm() -> None:
    words = (*OPENSSL_REQ, "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-md5", "-subj", "/CN=a")
    made = subprocess.run(words, capture_output=True, check=True).stdout
    assert "signature has the algorithm MD5WITHRSA, which is not supported" in refusal(made).message


def test_without_a_subject_alternative_names_have_to_be_critical() -> None:
    """Seen in cert-manager/aws-privateca-issuer issue 6."""
    names = x509.SubjectAlternativeName([x509.DNSName("a.example.com")])
    assert read_csr(request(key("subject"), None, ((names, True),))).extensions
    refused = refusal(request(key("subject"), None, ((names, False),)))
    assert refused.message == "CSR must mark the SAN extension critical when it has an empty subject."


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (encode(0x82, b"a\0b"), "the dNSName holds a control character"),
        (encode(0x82, b"a\nb"), "the dNSName holds a control character"),
        (encode(0x82, b"\xe9"), "the dNSName holds characters beyond ASCII"),
        (encode(0x82, b""), "the dNSName is empty"),
        (encode(0x82, b"  "), "the dNSName is empty"),
        (encode(0x81, b"a@b\0c"), "the rfc822Name holds a control character"),
        (encode(0x86, b"no scheme"), "is no absolute URI"),
        (encode(0x86, b"http://a b/"), "is no absolute URI"),
        (encode(0x87, b"\1\2\3"), "the iPAddress does not have 4 or 16 octets"),
        (encode(0x88, b"\x80\x01"), "the registeredID an object identifier"),
        (encode(0xA4, encode(0x30)), "the directoryName is empty"),
        (encode(0xA0, b"\6\1\x2a"), "in the extension 2.5.29.17"),
        (encode(0xA3, encode(0x30)), "an alternative name is of no known kind"),
        (b"", "there is no alternative name in it"),
    ],
)
def test_names_that_readers_disagree_on_are_refused(name: bytes, reason: str) -> None:
    names = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), encode(SEQUENCE, name))
    assert reason in refusal(request(key("subject"), extensions=((names, False),))).message


@pytest.mark.parametrize("oid", ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32", "1.3.6.1.5.5.7.1.1"])
@pytest.mark.parametrize("beside", [b"\xa5\x09\xa1\x07\x0c\x05Party", encode(0x82, b"a.example.com")])
def test_no_name_switches_the_checks_of_the_rest_off(oid: str, beside: bytes) -> None:
    names = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), encode(SEQUENCE, beside))
    damaged = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x03\x02")
    message = refusal(request(key("subject"), extensions=((names, False), (damaged, False)))).message
    assert message == f"CSR cannot be read: the extension {oid} cannot be read."
