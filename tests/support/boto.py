"""CAs and certificates made through boto3, on whatever its client talks to."""

from typing import Any

ROOT_TEMPLATE = "arn:aws:acm-pca:::template/RootCACertificate/V1"
CONFIGURATION = {
    "KeyAlgorithm": "EC_prime256v1",
    "SigningAlgorithm": "SHA256WITHECDSA",
    "Subject": {"CommonName": "Served Root"},
}


def active_root(client: Any, **members: Any) -> str:
    """Create a root CA and let it sign itself, with boto3's waiters where AWS needs them."""
    arn: str = client.create_certificate_authority(
        CertificateAuthorityType="ROOT", CertificateAuthorityConfiguration=CONFIGURATION, **members
    )["CertificateAuthorityArn"]
    named = {"CertificateAuthorityArn": arn}
    client.get_waiter("certificate_authority_csr_created").wait(**named)
    csr = client.get_certificate_authority_csr(**named)["Csr"].encode()
    certificate = issue(client, arn, csr, TemplateArn=ROOT_TEMPLATE, Validity={"Type": "YEARS", "Value": 10})
    client.get_waiter("certificate_issued").wait(**named, CertificateArn=certificate)
    issued = client.get_certificate(**named, CertificateArn=certificate)["Certificate"]
    client.import_certificate_authority_certificate(**named, Certificate=issued.encode())
    return arn


def issue(client: Any, arn: str, csr: bytes, **members: Any) -> str:
    """Let a CA issue a certificate for a month and return its ARN."""
    order = {"SigningAlgorithm": "SHA256WITHECDSA", "Validity": {"Type": "DAYS", "Value": 30}, **members}
    certificate_arn: str = client.issue_certificate(CertificateAuthorityArn=arn, Csr=csr, **order)["CertificateArn"]
    return certificate_arn
