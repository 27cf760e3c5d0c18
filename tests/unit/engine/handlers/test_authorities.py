from typing import Any

import pytest

from pcacli.errors import ServiceError
from tests.support.embedded import ACCOUNT, START, Embedded

DISABLED_REVOCATION = {"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}}


@pytest.mark.fact("1.4", "revocation-configuration", "defaults", "failure-reason")
def test_a_new_authority_waits_for_its_certificate(embedded: Embedded) -> None:
    described = embedded.describe(embedded.create())
    assert described["Status"] == "PENDING_CERTIFICATE"
    assert described["OwnerAccount"] == ACCOUNT
    assert described["CreatedAt"] == described["LastStateChangeAt"] == START
    assert described["RevocationConfiguration"] == DISABLED_REVOCATION
    assert described["UsageMode"] == "GENERAL_PURPOSE"
    assert described["KeyStorageSecurityStandard"] == "FIPS_140_2_LEVEL_3_OR_HIGHER"
    assert not {"Serial", "NotBefore", "NotAfter", "RestorableUntil", "FailureReason"} & set(described)


def test_describe_has_its_members_in_the_order_of_the_model(embedded: Embedded) -> None:
    described = embedded.describe(embedded.active_root())
    assert list(described)[:6] == ["Arn", "OwnerAccount", "CreatedAt", "LastStateChangeAt", "Type", "Serial"]


def test_an_active_root_shows_the_facts_of_its_certificate(embedded: Embedded) -> None:
    described = embedded.describe(embedded.active_root())
    assert described["Status"] == "ACTIVE"
    assert described["Serial"].isdecimal()
    assert (START - described["NotBefore"]).total_seconds() == pytest.approx(3600, abs=1)


def test_one_token_makes_one_authority_inside_its_window(embedded: Embedded) -> None:
    first = embedded.create(IdempotencyToken="token")
    embedded.advance(minutes=4, seconds=59)
    assert embedded.create(IdempotencyToken="token") == first
    embedded.advance(seconds=1)
    assert embedded.create(IdempotencyToken="token") != first


def test_two_creations_without_a_token_make_two_authorities(embedded: Embedded) -> None:
    assert embedded.create() != embedded.create()


@pytest.mark.fact("3.2", "refusal")
def test_an_algorithm_of_another_family_is_refused_before_anything_is_stored(embedded: Embedded) -> None:
    with pytest.raises(ServiceError, match="SHA256WITHECDSA cannot be used with key type RSA_2048") as refusal:
        embedded.call(
            "CreateCertificateAuthority",
            CertificateAuthorityType="ROOT",
            CertificateAuthorityConfiguration={
                "KeyAlgorithm": "RSA_2048",
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": "x"},
            },
        )
    assert (refusal.value.code, refusal.value.operation) == ("InvalidArgsException", "CreateCertificateAuthority")
    assert embedded.call("ListCertificateAuthorities")["CertificateAuthorities"] == []


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"CertificateAuthorityType": "LEAF"}, "'certificateAuthorityType' failed to satisfy constraint: Member must"),
        ({"IdempotencyToken": "t" * 37}, "'idempotencyToken' .* length less than or equal to 36"),
        ({"Tags": [{"Key": "a#b"}]}, r"'tags\.1\.member\.key' .* regular expression pattern"),
    ],
)
def test_limits_that_the_client_leaves_open_are_checked(
    embedded: Embedded, members: dict[str, Any], complaint: str
) -> None:
    configuration = {
        "KeyAlgorithm": "EC_prime256v1",
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Subject": {"CommonName": "x"},
    }
    request = {"CertificateAuthorityType": "ROOT", "CertificateAuthorityConfiguration": configuration, **members}
    with pytest.raises(ServiceError, match=complaint) as refusal:
        embedded.call("CreateCertificateAuthority", **request)
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("1.2", "switching")
def test_disabling_and_enabling_changes_the_state_and_its_time(embedded: Embedded) -> None:
    arn = embedded.active_root()
    embedded.advance(hours=1)
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")
    described = embedded.describe(arn)
    assert (described["Status"], described["LastStateChangeAt"]) == ("DISABLED", embedded.now)
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="ACTIVE")
    assert embedded.describe(arn)["Status"] == "ACTIVE"


@pytest.mark.fact("1.2", "same-status")
def test_setting_the_state_it_has_succeeds_and_changes_nothing(embedded: Embedded) -> None:
    arn = embedded.active_root()
    before = embedded.describe(arn)
    embedded.advance(hours=1)
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="ACTIVE")
    assert embedded.describe(arn) == before


@pytest.mark.fact("5.3", "unchanged")
@pytest.mark.fact("1.4", "configuration-change")
def test_a_changed_revocation_configuration_leaves_the_time_of_the_state(embedded: Embedded) -> None:
    arn = embedded.active_root()
    before = embedded.describe(arn)
    embedded.advance(hours=1)
    configuration = {"OcspConfiguration": {"Enabled": True, "OcspCustomCname": "ocsp.example.com"}}
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, RevocationConfiguration=configuration)
    after = embedded.describe(arn)
    assert after["LastStateChangeAt"] == before["LastStateChangeAt"]
    assert after["RevocationConfiguration"] == {"CrlConfiguration": {"Enabled": False}, **configuration}


REFUSALS = [
    ("PENDING_CERTIFICATE", "UpdateCertificateAuthority", "must be in the ACTIVE or DISABLED state to be updated"),
    ("PENDING_CERTIFICATE", "GetCertificateAuthorityCertificate", "to have a certificate signing request"),
    ("PENDING_CERTIFICATE", "RestoreCertificateAuthority", "not in a valid state for restoration."),
    ("ACTIVE", "DeleteCertificateAuthority", "not in a valid state for deletion."),
    ("DELETED", "DeleteCertificateAuthority", "not in a valid state for deletion."),
    ("DELETED", "GetCertificateAuthorityCsr", "to have a certificate signing request"),
    ("DELETED", "ListTags", "The certificate authority is in the DELETED state"),
    ("DELETED", "ListPermissions", "The certificate authority is in the DELETED state"),
    ("EXPIRED", "UpdateCertificateAuthority", "must be in the ACTIVE or DISABLED state to be updated"),
]


@pytest.mark.parametrize(("state", "operation", "message"), REFUSALS)
def test_an_action_that_does_not_fit_the_state_is_refused_in_the_words_of_aws(
    embedded: Embedded, state: str, operation: str, message: str
) -> None:
    arn = authority_in(embedded, state)
    assert embedded.describe(arn)["Status"] == state
    with pytest.raises(ServiceError, match=message) as refusal:
        embedded.call(operation, CertificateAuthorityArn=arn)
    assert refusal.value.code == "InvalidStateException"


def authority_in(embedded: Embedded, state: str) -> str:
    arn = embedded.create() if state == "PENDING_CERTIFICATE" else embedded.active_root()
    if state == "DELETED":
        embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=arn, Status="DISABLED")
        embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn)
    if state == "EXPIRED":
        embedded.advance(days=10 * 366)
    return arn


@pytest.mark.fact("1.4", "restorable-until")
@pytest.mark.fact("1.2", "restoration")
def test_a_restored_authority_has_the_state_from_before(embedded: Embedded) -> None:
    arn = authority_in(embedded, "DELETED")
    embedded.advance(days=29)
    embedded.call("RestoreCertificateAuthority", CertificateAuthorityArn=arn)
    described = embedded.describe(arn)
    assert described["Status"] == "DISABLED"
    assert "RestorableUntil" not in described


@pytest.mark.fact("1.4", "restorable-until")
@pytest.mark.fact("1.3", "deleted-is-described")
@pytest.mark.fact("1.2", "window")
def test_a_deleted_authority_answers_until_its_window_is_over(embedded: Embedded) -> None:
    arn = embedded.create()
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=arn, PermanentDeletionTimeInDays=7)
    described = embedded.describe(arn)
    assert (described["RestorableUntil"] - embedded.now).days == 7
    embedded.advance(days=7)
    with pytest.raises(ServiceError, match="Could not find") as refusal:
        embedded.describe(arn)
    assert refusal.value.code == "ResourceNotFoundException"
    assert embedded.call("ListCertificateAuthorities")["CertificateAuthorities"] == []


@pytest.mark.fact("9", "token")
def test_listing_gives_every_authority_once_over_its_pages(embedded: Embedded) -> None:
    made = [embedded.create() for _ in range(5)]
    listed: list[str] = []
    token: dict[str, Any] = {}
    while len(listed) <= len(made):
        page = embedded.call("ListCertificateAuthorities", MaxResults=2, **token)
        listed += [authority["Arn"] for authority in page["CertificateAuthorities"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert listed == made


@pytest.mark.fact("9", "bad-token")
@pytest.mark.parametrize("token", ["nonsense", "WyJMaXN0VGFncyB4IiwgInkiXQ=="])
def test_a_token_of_another_list_is_refused(embedded: Embedded, token: str) -> None:
    with pytest.raises(ServiceError) as refusal:
        embedded.call("ListCertificateAuthorities", NextToken=token)
    assert refusal.value.code == "InvalidNextTokenException"


def test_regions_and_accounts_see_only_their_own(embedded: Embedded) -> None:
    embedded.create()
    for elsewhere in (embedded.owner._replace(region="us-east-1"), embedded.owner._replace(account="444455556666")):
        assert embedded.call("ListCertificateAuthorities", elsewhere)["CertificateAuthorities"] == []


@pytest.mark.fact("7.1", "denied")
def test_another_account_is_denied_in_the_words_of_aws(embedded: Embedded) -> None:
    arn = embedded.create()
    stranger = embedded.owner._replace(account="444455556666", arn="arn:aws:iam::444455556666:root")
    with pytest.raises(ServiceError, match="because no resource-based policy allows the acm-pca:") as refusal:
        embedded.call("DescribeCertificateAuthority", stranger, CertificateAuthorityArn=arn)
    assert refusal.value.code == "AccessDeniedException"


@pytest.mark.fact("1.3", "bad-arn")
def test_a_text_that_is_no_arn_is_refused_as_one(embedded: Embedded) -> None:
    for text in ("arn:aws:s3:::bucket", "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/x"):
        with pytest.raises(ServiceError) as refusal:
            embedded.describe(text)
        assert refusal.value.code == "InvalidArnException"
