"""The window of a CRL from its first bytes, against `cryptography`, which reads it whole."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from pcacli.pki.crl_header import HEADER_BYTES, CrlWindow, crl_window
from pcacli.pki.der_reader import DerProblem


def crl(this_update: datetime, entries: int) -> bytes:
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x" * 64)])
    builder = x509.CertificateRevocationListBuilder(issuer, this_update, this_update + timedelta(days=7))
    for serial in range(1, entries + 1):
        entry = x509.RevokedCertificateBuilder(serial << 100, this_update).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("entries", [0, 1, 1000])
@pytest.mark.parametrize("year", [1950, 1968, 1969, 2026, 2049, 2050])
def test_the_first_bytes_tell_the_window(year: int, entries: int) -> None:
    this_update = datetime(year, 3, 1, 12, 30, 45, tzinfo=UTC)
    beginning = crl(this_update, entries)[:HEADER_BYTES]
    assert crl_window(beginning) == CrlWindow(this_update, this_update + timedelta(days=7))


@pytest.mark.parametrize("length", [0, 1, 2, 10, 60])
def test_what_is_cut_off_too_early_is_no_crl(length: int) -> None:
    with pytest.raises(DerProblem, match="no CRL"):
        crl_window(crl(datetime(2026, 3, 1, tzinfo=UTC), 1)[:length])


@pytest.mark.parametrize(
    "data", [b"<html>Not Found</html>" * 10, b"-----BEGIN X509 CRL-----\n", b"\x30\x82\xff\xff" * 9]
)
def test_something_else_is_no_crl(data: bytes) -> None:
    with pytest.raises(DerProblem, match="no CRL"):
        crl_window(data)
