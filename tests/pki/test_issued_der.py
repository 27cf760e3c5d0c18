"""Certificates are written without `cryptography`'s builder; it is the judge of every byte of the signed part here."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from pcacli.pki.algorithms import SIGNING_ALGORITHMS, signature_parameters
from pcacli.pki.issuance import Issuer, issue
from pcacli.pki.templates import TEMPLATES
from pcacli.pki.validity import Window
from tests.pki.issuing import SIGNING_ALGORITHM_OF, key, order, request, root, root_request

LEAF = request(key("leaf"))
SIGNERS = {SIGNING_ALGORITHMS[signing].family: key_algorithm for key_algorithm, signing in SIGNING_ALGORITHM_OF.items()}
INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001 - hypothesis wants them so
    lambda instant: instant.replace(microsecond=0, tzinfo=UTC)
)


def built_again(der: bytes, private_key: Any, signing_algorithm: str) -> x509.Certificate:
    """What `cryptography`'s builder makes of everything that can be read from a certificate."""
    read = x509.load_der_x509_certificate(der)
    builder = (
        x509.CertificateBuilder()
        .serial_number(read.serial_number)
        .issuer_name(read.issuer)
        .not_valid_before(read.not_valid_before_utc)
        .not_valid_after(read.not_valid_after_utc)
        .subject_name(read.subject)
        .public_key(read.public_key())
    )
    for extension in read.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    digest, rsa_padding = signature_parameters(signing_algorithm)
    return builder.sign(private_key, digest, rsa_padding=rsa_padding)


def assert_canonical(der: bytes, issuer: Issuer, signing_algorithm: str) -> None:
    made, again = x509.load_der_x509_certificate(der), built_again(der, issuer.private_key, signing_algorithm)
    assert made.tbs_certificate_bytes == again.tbs_certificate_bytes
    assert made.signature_algorithm_oid == again.signature_algorithm_oid


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_comes_out_as_the_builder_writes_it(template: str) -> None:
    issuer, pem = root(configured=True), LEAF
    if TEMPLATES[template].profile.self_signed:
        issuer, pem = issuer._replace(certificate=None), root_request(issuer.private_key)
    der = issue(order(template, pem), issuer)
    assert_canonical(der, issuer, "SHA256WITHECDSA")


@pytest.mark.parametrize("signing_algorithm", [name for name in SIGNING_ALGORITHMS if name != "SM3WITHSM2"])
def test_every_signing_algorithm_is_named_as_the_builder_names_it(signing_algorithm: str) -> None:
    """And the signature verifies under the CA's key."""
    family = SIGNING_ALGORITHMS[signing_algorithm].family
    issuer = root(signing_algorithm if family.startswith("ML_DSA") else SIGNERS[family])
    assert issuer.certificate is not None
    der = issue(order("EndEntityCertificate", LEAF, signing_algorithm=signing_algorithm), issuer)
    assert_canonical(der, issuer, signing_algorithm)
    x509.load_der_x509_certificate(der).verify_directly_issued_by(x509.load_der_x509_certificate(issuer.certificate))


@given(serial=st.integers(1, 2**128 - 1), instants=st.tuples(INSTANTS, INSTANTS).map(sorted))
def test_every_serial_number_and_instant_comes_out_as_the_builder_writes_it(
    serial: int, instants: list[datetime]
) -> None:
    issuer, window = root(), Window(*instants)
    der = issue(order("EndEntityCertificate", LEAF, serial, window=window), issuer)
    read = x509.load_der_x509_certificate(der)
    assert (read.serial_number, read.not_valid_before_utc, read.not_valid_after_utc) == (serial, *window)
    assert_canonical(der, issuer, "SHA256WITHECDSA")
