"""Values of the extensions that are known, by identifier: what they hold, and what they do not though it is near."""

from cryptography import x509

from pcacli.pki.der_writer import BIT_STRING, IA5_STRING, OCTET_STRING, SEQUENCE, encode
from tests.pki.requests import name, oid

DNS, URI, MAIL = b"\x82\x06a.test", encode(0x86, b"http://a.test/c"), encode(0x81, b"a@b.test")
IP = encode(0x87, bytes((192, 0, 2, 1)))
DIRECTORY = encode(0xA4, name(("2.5.4.3", 0x0C, b"a")))
OTHER = encode(0xA0, oid("1.3.6.1.4.1.311.20.2.3"), encode(0xA0, encode(0x0C, b"user@domain")))
EDI = encode(0xA5, encode(0xA1, encode(0x0C, b"Party")))
POLICY = encode(SEQUENCE, oid("1.2.3.4"))
CPS = encode(SEQUENCE, oid("1.3.6.1.5.5.7.2.1"), encode(IA5_STRING, b"https://a.test/cps"))
NOTICE = encode(SEQUENCE, oid("1.3.6.1.5.5.7.2.2"), encode(SEQUENCE, encode(0x0C, b"Notice")))
POINT = encode(SEQUENCE, encode(0xA0, encode(0xA0, URI)))
ZERO, ONE, MANY = b"\x02\x01\x00", b"\x02\x01\x01", b"\x02\x02\x00\x80"
NETWORK = encode(0x87, bytes((192, 0, 2, 0, 255, 255, 255, 0)))


def sequence(*parts: bytes) -> bytes:
    return encode(SEQUENCE, *parts)


def subtrees(tag: int, *names: bytes) -> bytes:
    return encode(tag, *map(sequence, names))


def timestamps(*each: bytes) -> bytes:
    listed = b"".join(len(one).to_bytes(2, "big") + one for one in each)
    return encode(OCTET_STRING, len(listed).to_bytes(2, "big") + listed)


TIMESTAMP = bytes(43) + b"\x04\x03" + b"\x00\x08" + bytes.fromhex("3006020101020101")
ALTERNATIVE_NAMES = [
    sequence(DNS),
    sequence(DNS, URI, MAIL, IP, DIRECTORY, OTHER),
    sequence(encode(0x82, b"*.a.test"), encode(0x82, b"_sip._tcp.a.test")),
    sequence(encode(0x87, bytes(16))),
    sequence(encode(0x88, oid("2.999.1")[2:])),
    sequence(EDI),
    sequence(
        encode(0x86, b"spiffe://a.test/ns/b?x=y#z"), encode(0x86, b"urn:uuid:1"), encode(0x86, b"http://[::1]:80")
    ),
    sequence(encode(0x81, b'"a b"@[192.0.2.1]')),
]
LOCATIONS = [sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), URI), sequence(oid("1.3.6.1.5.5.7.48.2"), DIRECTORY))]
POLICIES = [sequence(POLICY), sequence(sequence(oid("2.5.29.32.0"), sequence(CPS, NOTICE)), POLICY)]

GOOD: dict[str, list[bytes]] = {
    "2.5.29.9": [sequence(sequence(oid("1.3.6.1.5.5.7.9.4"), encode(0x31, encode(0x13, b"DE"))))],
    "2.5.29.14": [encode(OCTET_STRING, bytes(20)), encode(OCTET_STRING, b"a")],
    "2.5.29.15": [bytes.fromhex(value) for value in ("03020780", "030205a0", "0303070880", "0303078000")],
    "2.5.29.16": [sequence(encode(0x80, b"20260101000000Z"), encode(0x81, b"20270101000000Z"))],
    "2.5.29.17": ALTERNATIVE_NAMES,
    "2.5.29.18": ALTERNATIVE_NAMES,
    "2.5.29.19": [
        sequence(),
        sequence(b"\x01\x01\xff"),
        sequence(b"\x01\x01\xff", ZERO),
        sequence(b"\x01\x01\xff", MANY),
    ],
    "2.5.29.20": [ZERO, MANY],
    "2.5.29.21": [b"\x0a\x01\x01"],
    "2.5.29.24": [encode(0x18, b"20260101000000Z")],
    "2.5.29.27": [ONE],
    "2.5.29.28": [sequence(b"\x81\x01\xff"), sequence(encode(0xA0, encode(0xA0, URI)), b"\x83\x02\x06\x40")],
    "2.5.29.29": [sequence(DIRECTORY)],
    "2.5.29.30": [
        sequence(subtrees(0xA0, DNS, encode(0x82), NETWORK, DIRECTORY)),
        sequence(subtrees(0xA1, encode(0x86, b".a.test"), encode(0x81, b"a.test"))),
        x509.NameConstraints([x509.DNSName("a.test")], [x509.DNSName("b.test")]).public_bytes(),
    ],
    "2.5.29.31": [sequence(POINT), sequence(sequence(encode(0xA0, encode(0xA0, URI)), b"\x81\x02\x06\x40"))],
    "2.5.29.32": POLICIES,
    "2.5.29.33": [sequence(sequence(oid("1.2.3"), oid("1.2.4")))],
    "2.5.29.35": [
        sequence(encode(0x80, bytes(20))),
        sequence(encode(0x80, b"a"), encode(0xA1, DIRECTORY), b"\x82\x01\x05"),
    ],
    "2.5.29.36": [sequence(b"\x80\x01\x00"), sequence(b"\x80\x01\x00", b"\x81\x01\x00")],
    "2.5.29.37": [sequence(oid("1.3.6.1.5.5.7.3.1")), sequence(oid("2.5.29.37.0"), oid("1.2.3.4"))],
    "2.5.29.46": [sequence(POINT)],
    "2.5.29.54": [ZERO],
    "1.3.6.1.5.5.7.1.1": LOCATIONS,
    "1.3.6.1.5.5.7.1.11": LOCATIONS,
    "1.3.6.1.5.5.7.1.3": [sequence(), sequence(sequence(oid("0.4.0.1862.1.1")))],
    "1.3.6.1.5.5.7.1.24": [sequence(b"\x02\x01\x05")],
    "1.3.6.1.5.5.7.48.1.5": [b"\x05\x00"],
    "1.3.6.1.4.1.11129.2.4.2": [timestamps(TIMESTAMP), timestamps(TIMESTAMP, TIMESTAMP)],
    "1.3.6.1.4.1.11129.2.4.3": [b"\x05\x00"],
    "1.3.6.1.4.1.311.20.2": [encode(0x1E, b"\0W\0e\0b")],
    "1.3.6.1.4.1.311.21.1": [ZERO],
    "1.3.6.1.4.1.311.21.7": [sequence(oid("1.3.6.1.4.1.311.21.8.1"), ONE, ONE)],
    "1.3.6.1.4.1.311.21.10": POLICIES,
    "2.16.840.1.113730.1.1": [encode(BIT_STRING, b"\x06\x40")],
    "2.16.840.1.113730.1.13": [encode(IA5_STRING, b"a comment")],
    "1.2.3.4": [b"", b"\xff", b"\x05\x00"],
}

BAD_NAMES = {
    "no name": sequence(),
    "empty DNS name": sequence(encode(0x82)),
    "blank DNS name": sequence(encode(0x82, b"  ")),
    "blank in a DNS name": sequence(encode(0x82, b"a.test, DNS:b.test")),
    "NUL in a DNS name": sequence(encode(0x82, b"a.test\0.b")),
    "line end in a DNS name": sequence(encode(0x82, b"a\nb")),
    "letter beyond ASCII in a DNS name": sequence(encode(0x82, "bücher.test".encode())),
    "long DNS name": sequence(encode(0x82, b"a" * 254)),
    "second name is bad": sequence(DNS, encode(0x82, b"\x7f")),
    "NUL in an e-mail address": sequence(encode(0x81, b"a@b\0c")),
    "empty e-mail address": sequence(encode(0x81)),
    "host beyond ASCII in an e-mail address": sequence(encode(0x81, "a@bücher.test".encode())),
    "URI without a scheme": sequence(encode(0x86, b"a.test/b")),
    "URI with a line end": sequence(encode(0x86, b"http://a\r\nb")),
    "URI with a blank": sequence(encode(0x86, b"http://a b/")),
    "URI with a half escape": sequence(encode(0x86, b"http://a/%2")),
    "URI with a bracket open": sequence(encode(0x86, b"http://[::1")),
    "URI with an address that is none": sequence(encode(0x86, b"http://[::1::2]/")),
    "URI with a port that is none": sequence(encode(0x86, b"http://a:b/")),
    "URI with letters beyond ASCII": sequence(encode(0x86, "http://bücher.test".encode())),
    "URI of a scheme alone": sequence(encode(0x86, b"http:")),
    "URI without a host": sequence(encode(0x86, b"http://")),
    "IP address of 3 octets": sequence(encode(0x87, bytes(3))),
    "IP address of 8 octets": sequence(encode(0x87, bytes(8))),
    "IP address without octets": sequence(encode(0x87)),
    "empty directory name": sequence(encode(0xA4, sequence())),
    "directory name with an octet string": sequence(encode(0xA4, name(("2.5.4.3", 0x04, b"a")))),
    "directory name with a control character": sequence(encode(0xA4, name(("2.5.4.3", 0x0C, b"a\nb")))),
    "directory name without its tag": sequence(encode(0xA4, encode(0x31))),
    "other name that is empty": sequence(encode(0xA0, oid("1.2.3"), encode(0xA0, encode(0x0C)))),
    "other name with NUL": sequence(encode(0xA0, oid("1.2.3"), encode(0xA0, encode(0x0C, b"a\0b")))),
    "other name without a value": sequence(encode(0xA0, oid("1.2.3"))),
    "other name with a value that is no DER": sequence(encode(0xA0, oid("1.2.3"), encode(0xA0, b"\x0c\x05a"))),
    "party without a name": sequence(encode(0xA5)),
    "party with a control character": sequence(encode(0xA5, encode(0xA1, encode(0x0C, b"a\x1b[2J")))),
    "x400Address": sequence(encode(0xA3, sequence()), DNS),
    "x400Address that is empty": sequence(encode(0xA3)),
    "registered identifier that is empty": sequence(encode(0x88)),
    "registered identifier that is cut off": sequence(encode(0x88, b"\x2a\x83")),
    "registered identifier with too large a number": sequence(encode(0x88, b"\x2a" + b"\x82" + b"\x80" * 9 + b"\x00")),
    "unknown kind": sequence(encode(0x89, b"a")),
    "constructed DNS name": sequence(encode(0xA2, b"\x16\x01a")),
    "long form of a length": b"\x30\x81\x08" + DNS,
    "something behind it": sequence(DNS) + b"\0",
    "indefinite length": b"\x30\x80" + DNS + b"\0\0",
    "no DER": b"\xff\xff",
    "nothing": b"",
}
BAD: dict[str, dict[str, bytes]] = {
    "2.5.29.17": BAD_NAMES,
    "2.5.29.18": BAD_NAMES,
    "2.5.29.15": {
        "no bit": bytes.fromhex("030100"),
        "no bit, nine of them": bytes.fromhex("0303070000"),
        "cut off": b"\x03\x02",
        "only deciphering without key agreement": bytes.fromhex("0303078080"),
        "only enciphering without key agreement": bytes.fromhex("03020081"),
        "unused bits that are set": bytes.fromhex("03020781"),
        "more unused bits than there are": bytes.fromhex("03020900"),
        "too many bits": bytes.fromhex("030400800000"),
        "octets": bytes.fromhex("04020780"),
        "something behind it": bytes.fromhex("0302078000"),
    },
    "2.5.29.19": {
        "default written out": bytes.fromhex("3003010100"),
        "negative path length": bytes.fromhex("30060101ff0201ff"),
        "truth value of BER": bytes.fromhex("3003010101"),
        "long number": bytes.fromhex("30070101ff02020000"),
        "more fields": bytes.fromhex("30090101ff020100020100"),
    },
    "2.5.29.30": {
        "nothing constrained": sequence(),
        "empty list": sequence(encode(0xA0)),
        "minimum written out": sequence(encode(0xA0, sequence(DNS, b"\x80\x01\x00"))),
        "address without a mask": sequence(subtrees(0xA0, IP)),
        "mask with a hole": sequence(subtrees(0xA0, encode(0x87, bytes((192, 0, 2, 0, 255, 0, 255, 0))))),
        "control character": sequence(subtrees(0xA0, encode(0x82, b"a\0"))),
    },
    "2.5.29.31": {
        "no point": sequence(),
        "empty point": sequence(sequence()),
        "name without its tags": sequence(sequence(URI)),
    },
    "2.5.29.32": {
        "no policy": sequence(),
        "a policy twice": sequence(POLICY, POLICY),
        "CPS beyond ASCII": sequence(
            sequence(oid("1.2.3"), sequence(sequence(oid("1.3.6.1.5.5.7.2.1"), encode(IA5_STRING, b"\xe9"))))
        ),
        "CPS that is another type": sequence(
            sequence(oid("1.2.3"), sequence(sequence(oid("1.3.6.1.5.5.7.2.1"), encode(0x0C, b"http://a"))))
        ),
        "notice with a control character": sequence(
            sequence(oid("1.2.3"), sequence(sequence(oid("1.3.6.1.5.5.7.2.2"), sequence(encode(0x0C, b"\x1b")))))
        ),
    },
    "2.5.29.33": {"one policy": sequence(sequence(oid("1.2.3"))), "nothing": sequence()},
    "2.5.29.35": {
        "serial number without issuer": sequence(encode(0x80, b"a"), b"\x82\x01\x05"),
        "issuer without serial number": sequence(encode(0xA1, DIRECTORY)),
        "fields in another order": sequence(b"\x82\x01\x05", encode(0xA1, DIRECTORY)),
    },
    "2.5.29.36": {"nothing": sequence(), "negative": sequence(b"\x80\x01\xff")},
    "2.5.29.37": {
        "no purpose": sequence(),
        "a purpose that is a text": sequence(encode(0x0C, b"a")),
        "three octets behind it": sequence(oid("1.2.3")) + bytes(3),
        "one octet behind it": sequence(oid("1.2.3")) + b"\0",
        "identifier with a useless octet": sequence(b"\x06\x03\x2a\x80\x01"),
    },
    "2.5.29.54": {"negative": b"\x02\x01\xff", "no number": b"\x02\x00"},
    "1.3.6.1.5.5.7.1.1": {"nothing": sequence(), "no location": sequence(sequence(oid("1.2.3")))},
    "1.3.6.1.5.5.7.48.1.5": {"no NULL": b"\x05\x01\x00", "empty": b""},
    "1.3.6.1.4.1.11129.2.4.2": {
        "wrong length": encode(OCTET_STRING, b"\x00\x05a"),
        "no timestamp": timestamps(b"a"),
        "cut off": timestamps(TIMESTAMP[:-1]),
        "another version": timestamps(b"\x01" + TIMESTAMP[1:]),
        "empty": encode(OCTET_STRING, b"\0\0"),
    },
    "2.16.840.1.113730.1.13": {"control character": encode(IA5_STRING, b"a\nb")},
}
