"""What is refused in the wrong state, in AWS's words to the letter."""

from typing import Any

import pytest

from pcacli.errors import ServiceError
from tests.support.embedded import Embedded
from tests.support.world import REQUESTS, World

STATES = {"PENDING_CERTIFICATE": "pending-root", "ACTIVE": "root", "DISABLED": "disabled", "DELETED": "deleted"}
ISSUING = "The certificate authority is not in a valid state for issuing certificates"
DELETION = "The certificate authority is not in a valid state for deletion."
RESTORATION = "The certificate authority is not in a valid state for restoration."
UPDATE = "The certificate authority must be in the ACTIVE or DISABLED state to be updated."
NO_CSR = "The certificate authority {arn} is not in the correct state to have a certificate signing request."
NO_CERTIFICATES = "The certificate authority {arn} is not in the correct state to have issued certificates."
DELETED = "The certificate authority is in the DELETED state."

# Facts, section 1.3: those that were seen, and the guesses by analogy with them.
TEXTS = [
    ("IssueCertificate", "PENDING_CERTIFICATE", ISSUING),
    ("IssueCertificate", "DISABLED", ISSUING),
    ("IssueCertificate", "DELETED", ISSUING),
    ("DeleteCertificateAuthority", "ACTIVE", DELETION),
    ("DeleteCertificateAuthority", "DELETED", DELETION),
    ("RestoreCertificateAuthority", "PENDING_CERTIFICATE", RESTORATION),
    ("RestoreCertificateAuthority", "ACTIVE", RESTORATION),
    ("RestoreCertificateAuthority", "DISABLED", RESTORATION),
    ("UpdateCertificateAuthority", "PENDING_CERTIFICATE", UPDATE),
    ("UpdateCertificateAuthority", "DELETED", UPDATE),
    ("GetCertificateAuthorityCertificate", "PENDING_CERTIFICATE", NO_CSR),
    ("GetCertificateAuthorityCertificate", "DELETED", NO_CSR),
    ("GetCertificateAuthorityCsr", "DELETED", NO_CSR),
    ("GetCertificate", "DELETED", NO_CERTIFICATES),
    ("ListPermissions", "DELETED", DELETED),
    ("ListTags", "DELETED", DELETED),
    ("GetPolicy", "DELETED", DELETED),
    ("PutPolicy", "DELETED", DELETED),
    ("DeletePolicy", "DELETED", DELETED),
    ("TagCertificateAuthority", "DELETED", DELETED),
    ("UntagCertificateAuthority", "DELETED", DELETED),
]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def refused(embedded: Embedded, operation: str, request: dict[str, Any]) -> ServiceError:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(operation, **request)
    return refusal.value


@pytest.mark.fact("1.3", "texts")
@pytest.mark.parametrize(("operation", "state", "text"), TEXTS)
def test_the_refusal_has_the_words_of_aws(world: World, operation: str, state: str, text: str) -> None:
    arn = world.named(STATES[state])
    assert world.describe(arn)["Status"] == state
    named = "ResourceArn" if "ResourceArn" in REQUESTS[operation] else "CertificateAuthorityArn"
    answer = refused(world, operation, {**world.filled_in(REQUESTS[operation]), named: arn})
    assert (answer.code, answer.message) == ("InvalidStateException", text.format(arn=arn))


@pytest.mark.fact("1.3", "unknown-ca", "policy-not-found")
def test_what_is_not_there_is_not_found(world: World) -> None:
    disabled, missing = world.named("disabled"), world.named("missing")
    policy = refused(world, "GetPolicy", {"ResourceArn": disabled})
    authority = refused(world, "DescribeCertificateAuthority", {"CertificateAuthorityArn": missing})
    assert policy.message == f"Could not find policy for resource {disabled}."
    assert authority.message == f"Could not find certificate authority {missing}."
    assert policy.code == authority.code == "ResourceNotFoundException"
