"""Whatever is asked for: what is signed can be read by OpenSSL, GnuTLS and `cryptography`, with each extension once.

The requests are made of legal, odd and damaged pieces; most of them are refused, which is an answer, too.
"""

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcacli.errors import ServiceError
from pcacli.pki.csr import read_csr
from pcacli.pki.der_writer import encode, object_identifier
from pcacli.pki.issuance import Order, issue
from pcacli.pki.pem import csr_pem
from pcacli.pki.templates import TEMPLATES
from tests.pki.issuing import WINDOW, key, key_info, root
from tests.support.command_line import openssl_ok
from tests.support.readers import complaints

ECDSA = encode(0x30, encode(0x06, object_identifier("1.2.840.10045.4.3.2")))
# A value that fits, for each: with it most requests are granted, so that the readers get something to read.
FITTING = {
    "2.5.29.14": ("0403010203", "0400"),
    "2.5.29.15": ("030206c0", "03020106", "0303070080", "030100"),
    "2.5.29.17": (
        "30038201 61",
        "300887040a000001",
        "300ba509a1070c055061727479",
        "3004a3023000",
        "3008a406300431020500",
    ),
    "2.5.29.18": ("3003820161", "30098607687474703a2f2f"),
    "2.5.29.19": ("30030101ff", "3000", "30060101ff020100", "3003020105"),
    "2.5.29.30": ("3009a00730058203612e62", "300ca00a300887060a0000000000", "3000"),
    "2.5.29.31": ("30173015a013a011860f687474703a2f2f6576696c2f63726c", "3000"),
    "2.5.29.32": ("30063004060255 1d", "300830060604551d2000", "3000"),
    "2.5.29.35": ("3005800301 0203", "3000"),
    "2.5.29.36": ("3003800100", "3000"),
    "2.5.29.37": ("300a06082b06010505070301", "30060604551d2500", "3000"),
    "2.5.29.54": ("020100", "0200", "02017f"),
    "1.3.6.1.5.5.7.1.1": ("3018301606082b06010505073001860a687474703a2f2f612f62", "3000"),
    "1.3.6.1.5.5.7.1.24": ("3003020105", "3000"),
    "1.2.3.4": ("", "ff", "0500"),
}
GOOD_NAMES = st.sampled_from(
    [bytes.fromhex(each) for each in ("300c310a300806035504030c0161", "300c310a30080603550403130161", "3000")]
)
STRINGS = st.builds(
    encode,
    st.sampled_from([0x04, 0x0C, 0x12, 0x13, 0x14, 0x16, 0x17, 0x1C, 0x1E]),
    st.sampled_from([b"a", b"*.example.com", b"a&b", b"M\xfcller", "Müller".encode(), b"a\0b", b"", b"\0a", b"12"]),
)
NAMES = GOOD_NAMES | st.builds(
    lambda pairs: encode(
        0x30, *(encode(0x31, encode(0x30, encode(0x06, object_identifier(oid)), text)) for oid, text in pairs)
    ),
    st.lists(st.tuples(st.sampled_from(["2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.45", "1.2.3"]), STRINGS), max_size=3),
)
GENERAL_NAMES = st.builds(
    encode,
    st.sampled_from([0xA0, 0x81, 0x82, 0xA3, 0xA4, 0xA5, 0x86, 0x87, 0x88, 0x89]),
    st.sampled_from([b"a.example.com", b"", b" ", b"a\0b", b"\xe9", b"http://a/", b"a b", b"\x7f\0\0\1", b"*\3"])
    | NAMES,
)
VALUES = st.one_of(
    st.builds(lambda names: encode(0x30, *names), st.lists(GENERAL_NAMES, max_size=3)),
    st.sampled_from([bytes.fromhex(value) for values in FITTING.values() for value in values]),
    st.binary(max_size=12),
)
SPELLINGS = ("2.5.29.015", "2.5.29.019", "2.05.29.17", "2.5.29.17.0")
VALUED = st.one_of(
    st.sampled_from([(oid, bytes.fromhex(value)) for oid, values in FITTING.items() for value in values]),
    st.sampled_from([(oid, bytes.fromhex(value)) for oid, values in FITTING.items() for value in values]),
    st.tuples(st.sampled_from(list(FITTING)), VALUES),
)
EXTENSIONS = st.lists(st.tuples(VALUED, st.sampled_from([None, 0xFF, 0x00])), max_size=3)
PASSTHROUGH = st.lists(st.tuples(VALUED | st.tuples(st.sampled_from(SPELLINGS), VALUES), st.booleans()), max_size=2)


def _request(subject: bytes, extensions: list[tuple[tuple[str, bytes], int | None]]) -> bytes:
    listed = [
        encode(
            0x30,
            encode(0x06, object_identifier(oid)),
            b"" if critical is None else encode(0x01, bytes((critical,))),
            encode(0x04, value),
        )
        for (oid, value), critical in extensions
    ]
    asked = encode(0x06, object_identifier("1.2.840.113549.1.9.14")), encode(0x31, encode(0x30, *listed))
    attributes = encode(0xA0, encode(0x30, *asked)) if listed else encode(0xA0)
    own: Any = key("subject")
    info = encode(0x30, b"\x02\x01\x00", subject, key_info(own.public_key()), attributes)
    signature = encode(0x03, b"\0", own.sign(info, ec.ECDSA(hashes.SHA256())))
    return csr_pem(encode(0x30, info, ECDSA, signature)).encode()


# Each example that is signed is read by two processes.
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(name for name in TEMPLATES if not TEMPLATES[name].profile.self_signed)),
    NAMES,
    EXTENSIONS,
    PASSTHROUGH,
)
def test_every_reader_can_read_what_is_signed(
    template: str,
    subject: bytes,
    extensions: list[tuple[tuple[str, bytes], int | None]],
    passthrough: list[tuple[tuple[str, bytes], bool]],
) -> None:
    api = {
        "Extensions": {
            "CustomExtensions": [
                {"ObjectIdentifier": oid, "Critical": critical, "Value": base64.b64encode(value).decode()}
                for (oid, value), critical in passthrough
            ]
        }
    }
    try:
        csr = read_csr(_request(subject, extensions))
        signed = issue(Order(csr, TEMPLATES[template], WINDOW, 1 << 100, "SHA256WITHECDSA", api), root())
    except ServiceError as refusal:
        assert refusal.code in {"MalformedCSRException", "InvalidArgsException"}  # noqa: PT017 - or it was signed
        return
    assert complaints(signed) == []


@pytest.mark.parametrize(
    ("subject", "reading"),
    [
        ("3110300e06035504030c074dc3bc6c6c6572", "subject=CN = M\\C3\\BCller"),
        ("310f300d060355040314064dfc6c6c6572", "subject=CN = M\\C3\\BCller"),
        ("310c300a06035504031303612a62", "subject=CN = a*b"),
    ],
    ids=["UTF-8", "Latin-1 in a TeletexString", "a star in a PrintableString"],
)
def test_a_name_that_openssl_reads_is_issued_so_that_all_read_it(subject: str, reading: str, tmp_path: Path) -> None:
    csr = read_csr(_request(encode(0x30, bytes.fromhex(subject)), []))
    signed = issue(Order(csr, TEMPLATES["EndEntityCertificate"], WINDOW, 1 << 100, "SHA256WITHECDSA"), root())
    assert complaints(signed) == []
    certificate = tmp_path / "certificate.der"
    certificate.write_bytes(signed)
    assert (
        openssl_ok(tmp_path, "x509", "-inform", "DER", "-in", certificate.name, "-noout", "-subject") == f"{reading}\n"
    )
