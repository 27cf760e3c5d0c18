"""Whatever OpenSSL reads is shown, and what is odd about it is named; what cannot be interpreted is hexadecimal."""

import subprocess
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from pcacli.pki.der_writer import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    encode,
    object_identifier,
)
from pcacli.pki.descriptions import describe
from pcacli.pki.documents import find_documents, read_documents
from pcacli.pki.parsed_certificates import ParsedCertificate, why_unreadable
from tests.pki import raw
from tests.pki.raw import COMMON_NAME, COUNTRY, ORGANIZATION, PRINTABLE, SUBJECT_ALTERNATIVE_NAME, attribute

SAN = raw.extension(SUBJECT_ALTERNATIVE_NAME, raw.hosts(b"a.example.com"))
POLICIES, NAME_CONSTRAINTS, KEY_USAGE, BASIC_CONSTRAINTS = "2.5.29.32", "2.5.29.30", "2.5.29.15", "2.5.29.19"
ED25519_WITHOUT_KEY = encode(
    SEQUENCE, encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier("1.3.101.112"))), encode(0x03, b"\0short")
)


def times(first: bytes, last: bytes, tag: int = UTC_TIME) -> bytes:
    return encode(SEQUENCE, encode(tag, first), encode(tag, last))


CERTIFICATES: dict[str, tuple[bytes, str]] = {
    "critical is FALSE and written out": (
        raw.certificate(raw.extension(SUBJECT_ALTERNATIVE_NAME, raw.hosts(b"a.example.com"), b"\0")),
        "the extension subjectAltName says critical=FALSE in a way that DER does not write",
    ),
    "an extension twice": (raw.certificate(SAN, SAN), "the extension subjectAltName is there 2 times"),
    "a policy without identifier": (
        raw.certificate(raw.extension(POLICIES, encode(SEQUENCE, encode(SEQUENCE)))),
        "the value of the extension certificatePolicies cannot be read",
    ),
    "a constraint without base": (
        raw.certificate(raw.extension(NAME_CONSTRAINTS, encode(SEQUENCE, encode(0xA0, encode(SEQUENCE))))),
        "the value of the extension nameConstraints cannot be read",
    ),
    "key usage that is no BIT STRING": (
        raw.certificate(raw.extension(KEY_USAGE, encode(OCTET_STRING, b"\x05\xa0"))),
        "the value of the extension keyUsage cannot be read",
    ),
    "a negative path length": (
        raw.certificate(raw.extension(BASIC_CONSTRAINTS, bytes.fromhex("30060101ff0201ff"))),
        "the value of the extension basicConstraints cannot be read",
    ),
    "a host name that is not ASCII": (
        raw.certificate(raw.extension(SUBJECT_ALTERNATIVE_NAME, raw.hosts("bücher.example".encode()))),
        "the extension subjectAltName has a name with characters that it cannot hold",
    ),
    "an ampersand in a PrintableString": (
        raw.certificate(subject=raw.name(attribute(ORGANIZATION, b"A & B", PRINTABLE))),
        "the subject has characters that a PrintableString cannot hold",
    ),
    "attributes that are not sorted": (
        raw.certificate(subject=raw.name(attribute(COUNTRY, b"DE", PRINTABLE) + attribute(COMMON_NAME, b"x"))),
        "the subject has attributes that are not sorted as DER sorts them",
    ),
    "an empty set in the name": (
        raw.certificate(subject=raw.name(attribute(COMMON_NAME, b"x"), b"")),
        "the subject has an empty set of attributes",
    ),
    "no issuer": (raw.certificate(issuer=encode(SEQUENCE)), "the issuer is empty"),
    "version 4": (raw.certificate(version=encode(0xA0, encode(INTEGER, b"\x03"))), "its version 4 does not exist"),
    "version 1 written out": (
        raw.certificate(version=encode(0xA0, encode(INTEGER, b"\0"))),
        "its version 1 is written out",
    ),
    "version 1 with extensions": (raw.certificate(SAN, version=b""), "it has extensions, but the version 1"),
    "a negative serial number": (raw.certificate(serial=encode(INTEGER, b"\xff")), "its serial number is negative"),
    "serial number zero": (raw.certificate(serial=encode(INTEGER, b"\0")), "its serial number is zero"),
    "a serial number of 21 octets": (
        raw.certificate(serial=encode(INTEGER, b"\1" * 21)),
        "its serial number has 21 octets, more than 20",
    ),
    "times without seconds": (
        raw.certificate(validity=times(b"2601010000Z", b"3601010000Z")),
        "the time notBefore is not written as RFC 5280 asks for",
    ),
    "times with an offset": (
        raw.certificate(validity=times(b"260101000000+0100", b"360101000000+0100")),
        "the time notAfter is not written as RFC 5280 asks for",
    ),
    "a month that does not exist": (
        raw.certificate(validity=times(b"261301000000Z", b"361301000000Z")),
        "the time notBefore cannot be read",
    ),
    "the end before the beginning": (
        raw.certificate(validity=times(b"360101000000Z", b"260101000000Z")),
        "it ends before it begins",
    ),
    "another algorithm inside": (
        raw.certificate(
            signature=encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.10045.4.3.3")))
        ),
        "the signature algorithm is not the one in the signed part",
    ),
    "a key that is none": (raw.certificate(key=ED25519_WITHOUT_KEY), "the public key cannot be read"),
    "a name that is no text": (
        raw.certificate(subject=raw.name(attribute(COMMON_NAME, b"\x8fx", SEQUENCE))),
        "the subject has an attribute that is no text",
    ),
    "a name that says it has no parts": (
        raw.certificate(subject=b"\x10" + raw.PLAIN[1:]),
        "strict readers refuse it",
    ),
    "bytes behind it": (raw.certificate() + b"more", "4 bytes follow it"),
    "BER": (raw.indefinite(raw.certificate()), "it is written in BER and not in DER"),
}
REQUESTS = {
    "no attributes": (raw.request(attributes=b""), "strict readers refuse it"),
    "version 2": (raw.request(version=b"\1"), "its version 2 does not exist"),
}
CRLS = {
    "a version that does not exist": (raw.crl(version=encode(INTEGER, b"\x04")), "its version 5 does not exist"),
    "no times that can be read": (
        raw.crl(this_update=encode(UTC_TIME, b"269999000000Z")),
        "the time thisUpdate cannot be read",
    ),
    "a number twice": (
        raw.crl(*[raw.extension("2.5.29.20", encode(INTEGER, b"\1"))] * 2),
        "the extension cRLNumber is there 2 times",
    ),
}
EVERYTHING = (
    [("x509", *case) for case in CERTIFICATES.values()]
    + [("req", *case) for case in REQUESTS.values()]
    + [("crl", *case) for case in CRLS.values()]
)
NAMES = [*CERTIFICATES, *REQUESTS, *CRLS]


def described(der: bytes) -> dict[str, Any]:
    (document,) = read_documents(der)
    return describe(document)


@pytest.mark.parametrize(("command", "der", "oddity"), EVERYTHING, ids=NAMES)
def test_what_openssl_reads_is_shown_with_what_is_odd(command: str, der: bytes, oddity: str) -> None:
    words = ["openssl", command, "-inform", "DER", "-noout"]
    assert subprocess.run(words, input=der, capture_output=True, check=False).returncode == 0
    assert oddity in described(der)["Oddities"]


@pytest.mark.parametrize("der", [raw.certificate(SAN), raw.request(), raw.crl()])
def test_nothing_is_odd_about_what_is_as_it_should_be(der: bytes) -> None:
    assert "Oddities" not in described(der)


def test_what_cannot_be_interpreted_is_hexadecimal() -> None:
    validity = times(b"261301000000Z", b"360101000000Z")
    found = described(
        raw.certificate(raw.extension(KEY_USAGE, b"\xff\xff"), validity=validity, key=ED25519_WITHOUT_KEY)
    )
    assert found["NotBefore"] == f"#{encode(UTC_TIME, b'261301000000Z').hex()}"
    assert found["NotAfter"] == datetime(2036, 1, 1, tzinfo=UTC)
    assert (found["KeyAlgorithm"], found["PublicKey"]) == ("unknown", f"#{ED25519_WITHOUT_KEY.hex()}")
    assert found["Extensions"][0]["Values"] == ["#ffff"]
    assert "KeyUsage" not in found


def test_times_are_read_in_every_form() -> None:
    validity = times(b"2601010000Z", b"360101000000+0130")
    found = described(raw.certificate(validity=validity))
    assert found["NotBefore"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert found["NotAfter"] == datetime(2035, 12, 31, 22, 30, tzinfo=UTC)


def test_an_odd_name_is_shown_as_far_as_it_has_one() -> None:
    der = raw.certificate(subject=raw.name(b"", attribute(COMMON_NAME, b"A & B", PRINTABLE), b""))
    assert described(der)["Subject"] == "CN=A & B"


def test_a_name_that_cannot_be_read_spoils_no_other() -> None:
    names = encode(SEQUENCE, encode(0xA3, b"x"), encode(0x87, b"123"), encode(0x82, b"a.example.com"))
    found = described(raw.certificate(raw.extension(SUBJECT_ALTERNATIVE_NAME, names)))
    assert found["SubjectAlternativeNames"] == ["x400Address:#78", "iPAddress:#313233", "a.example.com"]


def test_an_authority_key_identifier_is_read_with_issuer_and_serial() -> None:
    issuer = encode(0xA1, encode(0xA4, raw.PLAIN))
    value = encode(SEQUENCE, encode(0x80, b"\xab\xcd"), issuer, encode(0x82, b"\x01\x02"))
    found = described(raw.certificate(raw.extension("2.5.29.35", value)))["Extensions"][0]
    assert found["Values"] == ["abcd", "issuer: directoryName:CN=www.example.com", "serial: 0102"]


def test_a_request_that_is_refused_still_shows_what_it_asks_for() -> None:
    wanted = encode(SEQUENCE, raw.extension(SUBJECT_ALTERNATIVE_NAME, raw.hosts(b"a.example.com"), b"\0"))
    attributes = encode(
        0xA0,
        encode(
            SEQUENCE,
            encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.113549.1.9.14")),
            encode(raw.SET, wanted),
        ),
    )
    found = described(raw.request(attributes=attributes))
    assert found["SubjectAlternativeNames"] == ["a.example.com"]
    assert any("critical=FALSE" in oddity for oddity in found["Oddities"])


GOOD, OTHER = raw.certificate(), raw.certificate(SAN)


@pytest.mark.parametrize("label", ["CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE", "TRUSTED CERTIFICATE"])
def test_every_label_of_a_certificate_is_known(label: str) -> None:
    (document,) = read_documents(raw.pem(label, GOOD))
    assert document.der == GOOD


@pytest.mark.parametrize("label", ["CRL", "X509 CRL"])
def test_every_label_of_a_crl_is_known(label: str) -> None:
    (document,) = read_documents(raw.pem(label, raw.crl()))
    assert describe(document)["Kind"] == "CRL"


def test_settings_of_trust_behind_a_certificate_are_left_out() -> None:
    (document,) = read_documents(raw.pem("TRUSTED CERTIFICATE", GOOD + bytes.fromhex("300c300a06082b06010505070301")))
    assert document.der == GOOD


def signed_data(*certificates: bytes, crls: bytes = b"") -> bytes:
    data = encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.113549.1.7.1"))
    parts = (encode(INTEGER, b"\1"), encode(raw.SET), encode(SEQUENCE, data), encode(0xA0, *certificates))
    content = encode(SEQUENCE, *parts, encode(0xA1, crls) if crls else b"", encode(raw.SET))
    kind = encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.113549.1.7.2"))
    return encode(SEQUENCE, kind, encode(0xA0, content))


@pytest.mark.parametrize("label", ["PKCS7", "CMS", "PKCS #7 SIGNED DATA", "CERTIFICATE CHAIN"])
def test_certificates_and_crls_of_a_bundle_are_read_whatever_its_label(label: str) -> None:
    bundle = signed_data(GOOD, OTHER, crls=raw.crl())
    words = ["openssl", "pkcs7", "-inform", "DER", "-print_certs", "-noout"]
    assert subprocess.run(words, input=bundle, capture_output=True, check=True).stdout.count(b"subject") == 2
    for data in (raw.pem(label, bundle), bundle, raw.indefinite(bundle)):
        assert [document.kind.value for document in read_documents(data)] == ["CERTIFICATE", "CERTIFICATE", "CRL"]


def test_strings_in_pieces_are_put_together() -> None:
    pieces = encode(
        0x24,
        encode(OCTET_STRING, raw.hosts(b"a.example.com")[:5]),
        encode(OCTET_STRING, raw.hosts(b"a.example.com")[5:]),
    )
    identifier = encode(OBJECT_IDENTIFIER, object_identifier(SUBJECT_ALTERNATIVE_NAME))
    found = described(raw.certificate(encode(SEQUENCE, identifier, pieces)))
    assert found["SubjectAlternativeNames"] == ["a.example.com"]


BAD_BLOCKS = {
    "no base64": (b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "is not valid base64"),
    "empty": (b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "is empty"),
    "no certificate": (raw.pem("CERTIFICATE", b"\x30\x03\x02\x01\x00"), "cannot be read as X.509"),
    "not ended": (b"-----BEGIN CERTIFICATE-----\n" + b64encode(GOOD) + b"\n", "do not pair up"),
}


@pytest.mark.parametrize(("block", "reason"), BAD_BLOCKS.values(), ids=BAD_BLOCKS)
def test_a_block_that_cannot_be_read_is_named_and_the_others_are_used(block: bytes, reason: str) -> None:
    found = find_documents(raw.pem("CERTIFICATE", GOOD) + block + raw.pem("CERTIFICATE", OTHER))
    assert [document.der for document in found.documents] == [GOOD, OTHER]
    (unread,) = found.unread
    assert str(unread).startswith("block 2 (CERTIFICATE) ")
    assert reason in str(unread)
    assert not found.first_certificate_is_unread


def test_it_is_told_when_the_certificate_in_question_cannot_be_read() -> None:
    bad, _ = BAD_BLOCKS["no certificate"]
    assert find_documents(bad + raw.pem("CERTIFICATE", GOOD)).first_certificate_is_unread
    crl = raw.pem("X509 CRL", b"\x30\x00")
    assert not find_documents(crl + raw.pem("CERTIFICATE", GOOD)).first_certificate_is_unread


def test_headers_in_a_block_are_left_out() -> None:
    block = raw.pem("CERTIFICATE", GOOD).replace(b"-----\n", b"-----\nComment: of a program\n of old\n\n", 1)
    assert [document.der for document in read_documents(block)] == [GOOD]


@pytest.mark.parametrize("data", [b"\x30\x80" * 10_000, b"\x30\x84\x7f\xff\xff\xff", b"\x1f" * 1000, b"\x30\x80\x02"])
def test_hostile_lengths_are_no_document(data: bytes) -> None:
    with pytest.raises(ValueError, match="neither as PEM nor as DER"):
        read_documents(data)


def test_a_very_long_identifier_is_shown_as_it_is() -> None:
    identifier = encode(OBJECT_IDENTIFIER, b"\x2a" + b"\xff" * 100_000 + b"\x01")
    subject = encode(SEQUENCE, encode(raw.SET, encode(SEQUENCE, identifier, encode(raw.UTF8, b"x"))))
    assert described(raw.certificate(subject=subject))["Subject"] == f"#{subject.hex()}"


def test_what_strict_readers_refuse_is_named_by_what_is_odd() -> None:
    for case in ("critical is FALSE and written out", "version 4"):
        der, oddity = CERTIFICATES[case]
        assert oddity in why_unreadable(der)
        with pytest.raises(ValueError, match=r"critical=FALSE|version 4"):
            ParsedCertificate(der)
    assert why_unreadable(b"hello") == "it is no certificate"
