"""An OCSP response proves something only if the CA or its delegate says it, now, of this certificate."""

import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from pcacli.pki.der_reader import elements
from pcacli.pki.der_writer import (
    BIT_STRING,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    encode,
    object_identifier,
)
from pcacli.pki.ocsp_evidence import AGES, evidence_of_ocsp
from pcacli.pki.revocation_evidence import Evidence, EvidenceProblem
from tests.pki.crafting import DAY, Entity, constraints, entity
from tests.pki.raw import ECDSA_WITH_SHA256, extension, generalized

# OpenSSL judges at the time of its own clock.
NOW = datetime.now(UTC).replace(microsecond=0)
SPAN = (NOW - DAY, NOW + 365 * DAY)
MINUTE = timedelta(minutes=1)
GOOD, UNKNOWN = encode(0x80), encode(0x82)
REVOKED = encode(0xA1, generalized(NOW - DAY))
ECDSA_WITH_SHA1 = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier("1.2.840.10045.4.1")))
DIGESTS = {"1.3.14.3.2.26": sha1, "2.16.840.1.101.3.4.2.1": sha256}
STRANGE = extension("1.2.3.4", b"\x05\x00", b"\xff")


def purposes(*identifiers: x509.ObjectIdentifier) -> x509.Extension[Any]:
    return x509.Extension(x509.ExtendedKeyUsage.oid, critical=False, value=x509.ExtendedKeyUsage(identifiers))


def critical(oid: str) -> x509.Extension[Any]:
    value = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x05\x00")
    return x509.Extension(value.oid, critical=True, value=value)


def usage(*, digital_signature: bool) -> x509.Extension[Any]:
    value = x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return x509.Extension(value.oid, critical=True, value=value)


OCSP_SIGNING, SERVER = ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.SERVER_AUTH
CA = entity("issuing CA", valid=SPAN)
OTHER_CA = entity("other CA", valid=SPAN)
LEAF = entity("leaf", CA, extensions=[], serial=4711, valid=SPAN)
NOT_A_CA = constraints(ca=False)


def delegate(*extensions: x509.Extension[Any], issuer: Entity = CA, valid: tuple[datetime, datetime] = SPAN) -> Entity:
    return entity("responder", issuer, extensions=[NOT_A_CA, *extensions], valid=valid)


DELEGATE = delegate(purposes(OCSP_SIGNING))


def key_bits(certificate: Entity) -> bytes:
    encoded = certificate.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    (info,) = elements(encoded)
    _, bits = elements(info.content)
    return bits.content[1:]


def single(
    status: bytes = GOOD,
    *extensions: bytes,
    issuer: Entity = CA,
    key: Entity | None = None,
    serial: int = 4711,
    digest: str = "1.3.14.3.2.26",
    this_update: datetime = NOW - MINUTE,
    next_update: datetime | None = NOW + 60 * MINUTE,
) -> bytes:
    """What a response says of one certificate."""
    hashed = DIGESTS[digest]
    certificate_id = encode(
        SEQUENCE,
        encode(SEQUENCE, encode(OBJECT_IDENTIFIER, object_identifier(digest)), encode(NULL)),
        encode(OCTET_STRING, hashed(issuer.certificate.subject.public_bytes()).digest()),
        encode(OCTET_STRING, hashed(key_bits(key or issuer)).digest()),
        encode(INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big")),
    )
    end = [] if next_update is None else [encode(0xA0, generalized(next_update))]
    more = [encode(0xA1, encode(SEQUENCE, *extensions))] if extensions else []
    return encode(SEQUENCE, certificate_id, status, generalized(this_update), *end, *more)


def response(
    *singles: bytes,
    signer: Entity = CA,
    named: Entity | None = None,
    sent: tuple[Entity, ...] = (),
    produced_at: datetime = NOW,
    extensions: tuple[bytes, ...] = (),
    algorithm: bytes = ECDSA_WITH_SHA256,
    unused_bits: bytes = b"\0",
) -> bytes:
    name = encode(0xA2, encode(OCTET_STRING, sha1(key_bits(named or signer), usedforsecurity=False).digest()))
    more = [encode(0xA1, encode(SEQUENCE, *extensions))] if extensions else []
    data = encode(SEQUENCE, name, generalized(produced_at), encode(SEQUENCE, *(singles or (single(),))), *more)
    digest = hashes.SHA1() if algorithm == ECDSA_WITH_SHA1 else hashes.SHA256()
    signature = encode(BIT_STRING, unused_bits + signer.key.sign(data, ec.ECDSA(digest)))
    certificates = [encode(0xA0, encode(SEQUENCE, *(one.der for one in sent)))] if sent else []
    basic = encode(SEQUENCE, data, algorithm, signature, *certificates)
    kind = encode(OBJECT_IDENTIFIER, object_identifier("1.3.6.1.5.5.7.48.1.1"))
    return encode(SEQUENCE, encode(0x0A, b"\0"), encode(0xA0, encode(SEQUENCE, kind, encode(OCTET_STRING, basic))))


def by(signer: Entity, *singles: bytes) -> bytes:
    return response(*singles, signer=signer, sent=(signer,))


def asked(said: bytes, now: datetime = NOW) -> Evidence:
    return evidence_of_ocsp(said, LEAF.der, CA.der, now=now)


class Case(NamedTuple):
    """A response that says that the certificate is good; `reason` None means that it proves that."""

    said: bytes
    reason: str | None


YESTERDAY = (NOW - 300 * DAY, NOW - DAY)
CASES = {
    "by the CA": Case(response(), None),
    "with SHA-256 in its CertID": Case(response(single(digest="2.16.840.1.101.3.4.2.1")), None),
    "by a delegate": Case(by(DELEGATE), None),
    "by a delegate with a usage": Case(by(delegate(purposes(OCSP_SIGNING), usage(digital_signature=True))), None),
    "by a delegate that expired": Case(by(delegate(purposes(OCSP_SIGNING), valid=YESTERDAY)), "not valid at this time"),
    "by a delegate of tomorrow": Case(
        by(delegate(purposes(OCSP_SIGNING), valid=(NOW + DAY, NOW + 2 * DAY))), "not valid at this time"
    ),
    "by a delegate without purpose": Case(by(delegate()), "no OCSP_SIGNING"),
    "by a server": Case(by(delegate(purposes(SERVER))), "no OCSP_SIGNING"),
    "by a certificate for anything": Case(
        by(delegate(purposes(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE))), "no OCSP_SIGNING"
    ),
    "by a delegate of another CA": Case(by(delegate(purposes(OCSP_SIGNING), issuer=OTHER_CA)), "did not issue"),
    "by a delegate of a delegate": Case(
        response(
            signer=delegate(purposes(OCSP_SIGNING), issuer=DELEGATE),
            sent=(delegate(purposes(OCSP_SIGNING), issuer=DELEGATE), DELEGATE),
        ),
        "not signed for",
    ),
    "by a delegate with an unknown critical extension": Case(
        by(delegate(purposes(OCSP_SIGNING), critical("1.2.3.4"))), r"critical extension 1\.2\.3\.4"
    ),
    "by a delegate that may not sign": Case(
        by(delegate(purposes(OCSP_SIGNING), usage(digital_signature=False))), "key usage does not allow"
    ),
    "by a stranger": Case(by(entity("issuing CA", valid=SPAN)), "did not issue|not signed for"),
    "named after another": Case(response(named=OTHER_CA), "not signed for"),
    "about another serial number": Case(response(single(serial=4712)), "about another certificate"),
    "about another CA's name": Case(response(single(issuer=OTHER_CA, key=CA)), "about another certificate"),
    "about another CA's key": Case(response(single(key=OTHER_CA)), "about another certificate"),
    "about several": Case(response(single(serial=1), single(), single(REVOKED, serial=2)), None),
    "about others": Case(response(single(serial=1), single(serial=2)), "about another certificate"),
    "unknown": Case(response(single(UNKNOWN)), "does not know"),
    "out of date": Case(response(single(next_update=NOW - 10 * MINUTE, this_update=NOW - DAY)), "out of date"),
    "from the future": Case(response(single(this_update=NOW + 30 * MINUTE)), "from the future"),
    "made in the future": Case(response(produced_at=NOW + 30 * MINUTE), "from the future"),
    "with an end before its beginning": Case(
        response(single(this_update=NOW + 4 * MINUTE, next_update=NOW + 3 * MINUTE)), "ends before it begins"
    ),
    "without an end": Case(response(single(next_update=None)), None),
    "without an end, and old": Case(
        response(single(next_update=None, this_update=NOW - AGES.maximum_age - MINUTE)), "until when it holds"
    ),
    "with an unknown critical extension": Case(response(extensions=(STRANGE,)), r"critical extension 1\.2\.3\.4"),
    "with an unknown critical extension about one": Case(
        response(single(GOOD, STRANGE)), r"critical extension 1\.2\.3\.4"
    ),
    "with an unknown extension": Case(response(extensions=(extension("1.2.3.4", b"\x05\x00"),)), None),
    "signed with SHA-1": Case(response(algorithm=ECDSA_WITH_SHA1), "SHA1WITHECDSA"),
    "with bits unused": Case(response(unused_bits=b"\1"), "cannot be read|not signed for"),
    "damaged": Case(response()[:-1], "cannot be read"),
}
# What OpenSSL believes nevertheless: old ones without an end and SHA-1 (GnuTLS does not), whatever is critical, any
# time of making, and delegates that may not sign anything.
ONLY_WE_REFUSE = {
    "by a delegate that may not sign",
    "made in the future",
    "without an end, and old",
    "with an unknown critical extension",
    "with an unknown critical extension about one",
    "signed with SHA-1",
}


@pytest.mark.parametrize("name", CASES)
def test_a_response_proves_something_only_if_it_is_the_cas_own_and_new(name: str) -> None:
    said, reason = CASES[name]
    if reason is None:
        assert (asked(said).source, asked(said).revoked_at) == ("OCSP", None)
    else:
        with pytest.raises(EvidenceProblem, match=reason):
            asked(said)


@pytest.mark.parametrize("name", CASES)
def test_openssl_believes_no_response_that_we_refuse_to(name: str, tmp_path: Path) -> None:
    said, reason = CASES[name]
    (tmp_path / "said.der").write_bytes(said)
    for one, file in ((CA, "ca.pem"), (LEAF, "leaf.pem")):
        (tmp_path / file).write_bytes(one.pem)
    digest = ["-sha256"] if "SHA-256" in name else []
    words = ["openssl", "ocsp", "-respin", "said.der", "-issuer", "ca.pem", *digest, "-cert", "leaf.pem"]
    words += ["-CAfile", "ca.pem", "-verify_other", "ca.pem", "-no_nonce"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    is_content = "Response verify OK" in done.stderr and "leaf.pem: good" in done.stdout
    is_content = is_content and "WARNING" not in done.stdout
    assert is_content == (reason is None or name in ONLY_WE_REFUSE), done.stdout + done.stderr


def test_a_revocation_counts_whatever_else_is_said_of_the_certificate() -> None:
    assert asked(response(single(REVOKED))).revoked_at == NOW - DAY
    assert asked(response(single(GOOD), single(REVOKED))).revoked_at == NOW - DAY


def test_the_clock_of_the_responder_may_be_ahead_a_little() -> None:
    ahead = NOW + AGES.maximum_skew
    said = response(single(this_update=ahead, next_update=ahead + DAY), produced_at=ahead)
    assert asked(said).this_update == ahead
