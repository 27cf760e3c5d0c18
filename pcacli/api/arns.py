"""Amazon Resource Names of ACM PCA: read, checked and written in one place.

Source: AWS Private CA service authorization reference, "Resource types"; certificate ARNs end in the serial number
as hexadecimal digits (facts: GetCertificate samples).
"""

import re
from typing import NamedTuple

from pcacli.errors import ServiceError

SERIAL_HEX_DIGITS = 32

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_AUTHORITY = re.compile(
    r"arn:(?P<partition>[\w-]+):acm-pca:(?P<region>[\w-]+):(?P<account>\d{12}):"
    rf"certificate-authority/(?P<authority_id>{_UUID})"
    r"(?:/certificate/(?P<serial>[0-9a-fA-F]{1,40}))?",
    re.ASCII,
)


class AuthorityArn(NamedTuple):
    """The ARN of a certificate authority, in its parts."""

    partition: str
    region: str
    account: str
    authority_id: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:acm-pca:{self.region}:{self.account}:certificate-authority/{self.authority_id}"

    def certificate(self, serial: int) -> "CertificateArn":
        """Return the ARN of the certificate with this serial number, issued by this CA."""
        return CertificateArn(self, serial)


class CertificateArn(NamedTuple):
    """The ARN of an issued certificate: its CA and its serial number."""

    authority: AuthorityArn
    serial: int

    def __str__(self) -> str:
        return f"{self.authority}/certificate/{self.serial:0{SERIAL_HEX_DIGITS}x}"


def authority_arn(text: str) -> AuthorityArn:
    """Read the ARN of a certificate authority.

    Raises:
        ServiceError: InvalidArnException, the text is not one.
    """
    match = _AUTHORITY.fullmatch(text)
    if match is None or match["serial"] is not None:
        raise ServiceError("InvalidArnException", f"The ARN {text} is not the ARN of a certificate authority.")
    return AuthorityArn(match["partition"], match["region"], match["account"], match["authority_id"])


def certificate_arn(text: str) -> CertificateArn:
    """Read the ARN of an issued certificate.

    Raises:
        ServiceError: InvalidArnException, the text is not one.
    """
    match = _AUTHORITY.fullmatch(text)
    if match is None or match["serial"] is None:
        raise ServiceError("InvalidArnException", f"The ARN {text} is not the ARN of a certificate.")
    authority = AuthorityArn(match["partition"], match["region"], match["account"], match["authority_id"])
    return CertificateArn(authority, int(match["serial"], 16))
