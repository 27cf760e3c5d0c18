"""What DescribeCertificateAuthority shows of a CA, and when it changes."""

from datetime import timedelta

import pytest
from cryptography import x509

from tests.support.embedded import ACCOUNT, REGION, START, Embedded


@pytest.mark.fact("1.4", "timestamps")
def test_instants_have_milliseconds_and_those_of_the_certificate_seconds(embedded: Embedded) -> None:
    described = embedded.describe(embedded.active_root())
    assert described["CreatedAt"] == described["LastStateChangeAt"] == START
    assert START.microsecond == 250_000
    assert described["NotBefore"].microsecond == described["NotAfter"].microsecond == 0


@pytest.mark.fact("1.4", "last-state-change")
def test_importing_and_switching_change_the_time_of_the_state(embedded: Embedded) -> None:
    root = embedded.active_root()
    times = [embedded.describe(root)["LastStateChangeAt"]]
    for status in ("DISABLED", "ACTIVE", "ACTIVE"):
        embedded.advance(minutes=1)
        embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, Status=status)
        times.append(embedded.describe(root)["LastStateChangeAt"])
    minute = timedelta(minutes=1)
    assert times == [START, START + minute, START + 2 * minute, START + 2 * minute]


@pytest.mark.fact("1.4", "serial")
@pytest.mark.fact("3", "arn")
def test_one_serial_number_is_written_in_two_ways(embedded: Embedded) -> None:
    """Decimal in Describe, 32 lower-case hexadecimal digits in ARNs; absent before a certificate is imported."""
    assert "Serial" not in embedded.describe(embedded.create())
    root = embedded.active_root()
    serial = int(embedded.describe(root)["Serial"])
    own = embedded.certificate(root, f"{root}/certificate/{serial:032x}")
    assert own.serial_number == serial


@pytest.mark.fact("1.4", "arn")
def test_a_ca_is_named_by_region_account_and_a_uuid(embedded: Embedded) -> None:
    arn = embedded.create()
    assert arn.startswith(f"arn:aws:acm-pca:{REGION}:{ACCOUNT}:certificate-authority/")
    assert embedded.describe(arn)["OwnerAccount"] == ACCOUNT


@pytest.mark.fact("1.6", "csr-and-crl")
@pytest.mark.fact("1.6", "certificates")
def test_the_algorithm_of_the_ca_signs_csr_and_crl_and_the_request_says_what_signs_certificates(
    embedded: Embedded,
) -> None:
    embedded.key_algorithm, embedded.signing_algorithm = "EC_secp384r1", "SHA512WITHECDSA"
    root = embedded.active_root()
    embedded.publish_crls(root)
    embedded.signing_algorithm = "SHA384WITHECDSA"
    csr = embedded.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=root)["Csr"].encode()
    certificate = embedded.certificate(root, embedded.issue(root, csr))
    crl = embedded.artifacts.get("bucket", f"crl/{root.rpartition('/')[2]}.crl")
    assert crl is not None
    signed = (x509.load_pem_x509_csr(csr), x509.load_der_x509_crl(crl), certificate)
    hashes = [one.signature_hash_algorithm.name for one in signed if one.signature_hash_algorithm is not None]
    assert hashes == ["sha512", "sha512", "sha384"]
