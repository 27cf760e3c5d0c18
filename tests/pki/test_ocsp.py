"""OCSP responses satisfy `openssl ocsp`, and say what is known of a certificate."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from pcacli.pki.ocsp import CertificateStatus, Responder, respond
from tests.pki.crafting import DAY, NOW, Entity, entity

pytestmark = pytest.mark.fact("5.4")

ROOT = entity("root CA")
CA = entity("issuing CA", ROOT)
LEAF = entity("leaf", CA, extensions=[])
STRANGER = entity("strange CA")
SIGNING_ALGORITHMS = {
    "EC": "SHA384WITHECDSA",
    "RSA": "SHA256WITHRSA",
    "RSA_PSS": "SHA256WITHRSA_PSS",
    "ML_DSA": "ML_DSA_44",
}
GOOD = CertificateStatus()


def responder(issuer: Entity = CA, delegate: Entity | None = None) -> Responder:
    signer = delegate or issuer
    return Responder(issuer.der, signer.der, signer.key, SIGNING_ALGORITHMS[signer.kind])


def request(
    certificate: Entity = LEAF,
    issuer: Entity = CA,
    algorithm: hashes.HashAlgorithm | None = None,
    *,
    nonce: bytes | None = None,
) -> bytes:
    chosen = algorithm or hashes.SHA1()
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate.certificate, issuer.certificate, chosen)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def answer(asked: bytes, status: CertificateStatus | None = GOOD, by: Responder | None = None) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(respond(asked, lambda _serial: status, by or responder(), NOW))


@pytest.mark.fact("5.4", "answers")
def test_a_certificate_that_was_issued_is_good_for_an_hour() -> None:
    response = answer(request())
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.serial_number == LEAF.certificate.serial_number
    assert response.this_update_utc == NOW.replace(microsecond=0)
    assert response.next_update_utc == NOW.replace(microsecond=0) + timedelta(hours=1)


@pytest.mark.fact("5.4", "answers")
@pytest.mark.parametrize(
    ("reason", "expected"), [("KEY_COMPROMISE", x509.ReasonFlags.key_compromise), ("UNSPECIFIED", None)]
)
def test_a_revoked_certificate_comes_with_time_and_reason(reason: str, expected: x509.ReasonFlags | None) -> None:
    response = answer(request(), CertificateStatus(NOW - DAY, reason))
    assert response.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == (NOW - DAY).replace(microsecond=0)
    assert response.revocation_reason == expected


@pytest.mark.fact("5.4", "answers")
def test_a_serial_that_was_never_issued_is_unknown() -> None:
    assert answer(request(), None).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


@pytest.mark.fact("5.4", "answers")
@pytest.mark.parametrize(
    "issuer", [STRANGER, entity("issuing CA", ROOT), ROOT], ids=["another name", "another key", "parent"]
)
def test_a_certificate_of_another_issuer_is_unknown(issuer: Entity) -> None:
    assert answer(request(issuer=issuer)).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_the_serial_in_question_is_looked_up() -> None:
    asked: list[int] = []
    respond(request(), asked.append, responder(), NOW)
    assert asked == [LEAF.certificate.serial_number]


@pytest.mark.parametrize("length", [1, 32, 128])
def test_a_nonce_comes_back_and_only_when_sent(length: int) -> None:
    nonce = b"n" * length
    assert answer(request(nonce=nonce)).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
    assert list(answer(request()).extensions) == []


@pytest.mark.parametrize("length", [0, 129])
def test_a_nonce_that_is_empty_or_too_long_is_malformed(length: int) -> None:
    """RFC 9654, section 2.1."""
    asked = request(nonce=b"n" * length)
    assert answer(asked).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_the_hashes_of_the_request_come_back() -> None:
    response = answer(request(algorithm=hashes.SHA256()))
    assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert isinstance(response.hash_algorithm, hashes.SHA256)


DAMAGED = {"empty": b"", "text": b"hello", "cut short": request()[:-1], "too long": request() + b"0"}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_request_is_malformed(damaged: bytes) -> None:
    assert answer(damaged).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.fact("1.6", "ocsp")
@pytest.mark.parametrize("kind", SIGNING_ALGORITHMS)
def test_every_kind_of_key_answers(kind: str) -> None:
    issuer = entity("CA", ROOT, kind=kind)
    leaf = entity("leaf", issuer, extensions=[])
    assert answer(request(leaf, issuer), by=responder(issuer)).certificate_status is ocsp.OCSPCertStatus.GOOD


@pytest.mark.fact("5.4", "others-trust")
@pytest.mark.parametrize("delegated", [False, True])
@pytest.mark.parametrize(
    ("status", "verdict"),
    [(GOOD, "good"), (CertificateStatus(NOW - DAY, "SUPERSEDED"), "revoked"), (None, "unknown")],
)
def test_openssl_trusts_the_answer(
    tmp_path: Path, status: CertificateStatus | None, verdict: str, *, delegated: bool
) -> None:
    now = datetime.now(UTC)
    span = (now - DAY, now + DAY)
    root = entity("root", valid=span)
    issuer = entity("issuing CA", root, valid=span)
    leaf = entity("leaf", issuer, extensions=[], valid=span)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    extension = x509.Extension(purpose.oid, critical=True, value=purpose)
    delegate = entity("responder", issuer, extensions=[extension], valid=span) if delegated else None
    for name, one in (("root", root), ("issuer", issuer), ("leaf", leaf)):
        (tmp_path / f"{name}.pem").write_bytes(one.pem)
    ask = ["openssl", "ocsp", "-issuer", "issuer.pem", "-cert", "leaf.pem", "-reqout", "request.der"]
    subprocess.run(ask, cwd=tmp_path, check=True)
    asked = (tmp_path / "request.der").read_bytes()
    (tmp_path / "response.der").write_bytes(respond(asked, lambda _serial: status, responder(issuer, delegate), now))
    check = ["openssl", "ocsp", "-reqin", "request.der", "-respin", "response.der", "-resp_text"]
    trust = ["-CAfile", "root.pem", "-verify_other", "issuer.pem"]
    shown = subprocess.run([*check, *trust], cwd=tmp_path, capture_output=True, text=True, check=True)
    # Nothing else there means that the nonce, which `openssl` sends by default, came back as well.
    assert shown.stderr == "Response verify OK\n"
    assert f"Cert Status: {verdict}\n" in shown.stdout


def asking(*serials: int) -> bytes:
    """What `openssl ocsp` asks about several serial numbers."""
    words = [word for serial in serials for word in ("-serial", str(serial))]
    command = ["openssl", "ocsp", "-issuer", "/dev/stdin", *words, "-reqout", "/dev/stdout"]
    return subprocess.run(command, input=CA.pem, capture_output=True, check=True).stdout


def test_each_certificate_in_a_question_gets_its_answer() -> None:
    """RFC 6960, section 4.1.1; RFC 5019 allows one only, but OpenSSL asks about several."""
    known = {1: GOOD, 2: CertificateStatus(NOW - DAY, "SUPERSEDED")}
    response = ocsp.load_der_ocsp_response(respond(asking(1, 2, 3), known.get, responder(), NOW))
    said = [(each.serial_number, each.certificate_status.name) for each in response.responses]
    assert said == [(1, "GOOD"), (2, "REVOKED"), (3, "UNKNOWN")]


def test_a_question_about_too_many_certificates_is_malformed() -> None:
    asked: list[int] = []
    response = respond(asking(*range(1, 102)), asked.append, responder(), NOW)
    assert ocsp.load_der_ocsp_response(response).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert asked == []


def test_an_answer_is_dated_by_the_time_that_is_given() -> None:
    assert answer(request()).produced_at_utc == NOW.replace(microsecond=0)
