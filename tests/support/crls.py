"""CRLs and the certificates that point to them, read with `cryptography`."""

from cryptography import x509

from tests.support.embedded import Embedded


def serial_of(certificate_arn: str) -> int:
    return int(certificate_arn.rpartition("/")[2], 16)


def certificate_of(embedded: Embedded, certificate_arn: str) -> x509.Certificate:
    authority = certificate_arn.partition("/certificate/")[0]
    found = embedded.call("GetCertificate", CertificateAuthorityArn=authority, CertificateArn=certificate_arn)
    return x509.load_pem_x509_certificate(found["Certificate"].encode())


def crl_url_of(certificate: x509.Certificate) -> str | None:
    """Return the one URL of the CRL distribution point, None without the extension."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return None
    (point,) = points
    assert point.full_name is not None
    (name,) = point.full_name
    assert isinstance(name, x509.UniformResourceIdentifier)
    return name.value


def crl_at(embedded: Embedded, key: str, bucket: str = "bucket") -> x509.CertificateRevocationList | None:
    content = embedded.artifacts.get(bucket, key)
    return None if content is None else x509.load_der_x509_crl(content)


def serials_at(embedded: Embedded, key: str, bucket: str = "bucket") -> set[int]:
    """Return the revoked serial numbers of a CRL that must be there."""
    crl = crl_at(embedded, key, bucket)
    assert crl is not None
    return {entry.serial_number for entry in crl}


def number_at(embedded: Embedded, key: str) -> int:
    crl = crl_at(embedded, key)
    assert crl is not None
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
