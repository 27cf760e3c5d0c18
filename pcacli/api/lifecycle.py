"""The later life of a CA: reconfigured, disabled, deleted, restored.

Sources: AWS Private CA API Reference, pages "UpdateCertificateAuthority", "DeleteCertificateAuthority" and
"RestoreCertificateAuthority"; AWS Private CA User Guide, "Updating your private CA" and "Deleting your private CA".
"""

from pcacli.api.authorities import CERTIFICATE_AUTHORITY_STATUS
from pcacli.api.common import ARN
from pcacli.api.revocation import REVOCATION_CONFIGURATION
from pcacli.api.shapes import Integer, Member, Operation, Structure

UPDATE_CERTIFICATE_AUTHORITY = Operation(
    "UpdateCertificateAuthority",
    summary="Enable or disable a CA, or change how it publishes revocations.",
    returns="Nothing.",
    example="pcacli update-certificate-authority --certificate-authority-arn $CA_ARN --status DISABLED",
    input=Structure(
        "UpdateCertificateAuthorityRequest",
        (
            Member(
                "CertificateAuthorityArn", ARN, "ARN of the CA; its status is ACTIVE or DISABLED now.", required=True
            ),
            Member(
                "RevocationConfiguration",
                REVOCATION_CONFIGURATION,
                "New settings for CRLs and OCSP; what is left out stays as it is.",
            ),
            Member(
                "Status",
                CERTIFICATE_AUTHORITY_STATUS,
                "DISABLED stops issuing, while CRLs and OCSP go on; ACTIVE starts it again if the CA's certificate is "
                "still valid. No other value can be set.",
            ),
        ),
    ),
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArgsException",
        "InvalidArnException",
        "InvalidStateException",
        "ConcurrentModificationException",
        "InvalidPolicyException",
    ),
    changes=True,
)

DELETE_CERTIFICATE_AUTHORITY = Operation(
    "DeleteCertificateAuthority",
    summary="Delete a CA, at first so that it can still be restored.",
    returns="Nothing; the CA is DELETED and, after the given number of days, gone with its key.",
    example="pcacli delete-certificate-authority --certificate-authority-arn $DISABLED_CA_ARN "
    "--permanent-deletion-time-in-days 7",
    input=Structure(
        "DeleteCertificateAuthorityRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of the CA. An ACTIVE one is refused: disable it first with update-certificate-authority.",
                required=True,
            ),
            Member(
                "PermanentDeletionTimeInDays",
                Integer("PermanentDeletionTimeInDays", minimum=7, maximum=30),
                "Days in which the CA can be restored, 7 to 30; 30 unless given. "
                "A CREATING or FAILED CA is gone at once.",
            ),
        ),
    ),
    output=None,
    errors=(
        "ResourceNotFoundException",
        "InvalidArnException",
        "InvalidStateException",
        "ConcurrentModificationException",
    ),
    changes=True,
)

RESTORE_CERTIFICATE_AUTHORITY = Operation(
    "RestoreCertificateAuthority",
    summary="Undo the deletion of a CA.",
    returns="Nothing; the CA has the status from before its deletion, so that a DISABLED one has to be enabled again.",
    example="pcacli restore-certificate-authority --certificate-authority-arn $DELETED_CA_ARN",
    input=Structure(
        "RestoreCertificateAuthorityRequest",
        (
            Member(
                "CertificateAuthorityArn",
                ARN,
                "ARN of a DELETED CA whose RestorableUntil lies ahead.",
                required=True,
            ),
        ),
    ),
    output=None,
    errors=("ResourceNotFoundException", "InvalidArnException", "InvalidStateException"),
    changes=True,
)
