"""Seeding an embedded authority in memory: what there is afterwards, and what a second run does."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pcacli.errors import AnswerIsNo, ServiceError, UsageProblem
from pcacli.service.local import LocalService
from pcacli.service.workflows.seed import Seeded, declared, seed
from pcacli.service.workflows.workflow import Workflow
from tests.support.embedded import ACCOUNT, Embedded
from tests.support.policies import for_account

ESTATE = """
CertificateAuthorities:
  - Name: root
  - Name: policy
    Issuer: root
    PathLength: 1
    KeyAlgorithm: EC_secp384r1
    SigningAlgorithm: SHA384WITHECDSA
  - Name: issuing
    Issuer: policy
    Validity: {Type: YEARS, Value: 4}
    RevocationConfiguration:
      CrlConfiguration: {Enabled: true, ExpirationInDays: 7, S3BucketName: crls}
    Tags: [{Key: team, Value: pki}, {Key: plain}]
    Permissions:
      - {Principal: acm.amazonaws.com, Actions: [IssueCertificate, GetCertificate]}
    Policy:
      Version: 2012-10-17
      Statement:
        Effect: Allow
        Principal: {AWS: "444455556666"}
        Action: [acm-pca:DescribeCertificateAuthority, acm-pca:GetCertificate, acm-pca:ListTags,
                 acm-pca:GetCertificateAuthorityCertificate, acm-pca:ListPermissions]
"""


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


def run(embedded: Embedded, text: str = ESTATE) -> list[Seeded]:
    service = LocalService(embedded.parts, embedded.owner)
    return list(seed(Workflow(service, lambda _seconds: None), declared(text.encode(), "seed.yaml")))


def changes(done: list[Seeded]) -> dict[str, tuple[str, ...]]:
    return {one.name: one.changes for one in done if one.changes}


def trail(embedded: Embedded) -> list[str]:
    with embedded.store.read() as snapshot:
        return [entry.action for entry in snapshot.trail()]


def test_every_ca_of_the_file_is_active_below_its_issuer(embedded: Embedded) -> None:
    done = run(embedded)
    assert changes(done) == dict.fromkeys(("root", "policy", "issuing"), ("created",))
    assert {embedded.describe(one.arn)["Status"] for one in done} == {"ACTIVE"}
    certificate = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=done[2].arn)
    assert certificate["CertificateChain"].count("BEGIN CERTIFICATE") == 2


def test_a_ca_has_the_tags_permissions_and_policy_of_the_file(embedded: Embedded) -> None:
    arn = run(embedded)[2].arn
    tags = embedded.call("ListTags", CertificateAuthorityArn=arn)["Tags"]
    assert [(tag["Key"], tag.get("Value") or "") for tag in tags] == [("team", "pki"), ("plain", "")]
    (permission,) = embedded.call("ListPermissions", CertificateAuthorityArn=arn)["Permissions"]
    assert (permission["SourceAccount"], permission["Actions"]) == (ACCOUNT, ["IssueCertificate", "GetCertificate"])
    policy = json.loads(embedded.call("GetPolicy", ResourceArn=arn)["Policy"])
    assert policy["Statement"]["Resource"] == arn


def test_a_second_run_changes_nothing_and_says_so(embedded: Embedded) -> None:
    first = run(embedded)
    recorded = trail(embedded)
    second = run(embedded)
    assert changes(second) == {}
    assert [one.arn for one in second] == [one.arn for one in first]
    assert trail(embedded) == recorded


# A change of the file (the text and what stands in its place), and what the next run says that it changed.
EDITS = {
    "a value of a tag": ("Value: pki", "Value: security", "tags"),
    "a new tag": ("{Key: plain}", "{Key: plain}, {Key: new}", "tags"),
    "the actions of a permission": (", GetCertificate]}", ", GetCertificate, ListPermissions]}", "permissions"),
    "whom the policy is for": ("444455556666", "555566667777", "policy"),
    "how long a CRL is valid": ("ExpirationInDays: 7", "ExpirationInDays: 9", "revocation configuration"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_the_file_says_otherwise_is_changed(embedded: Embedded, edit: str) -> None:
    text, replacement, changed = EDITS[edit]
    edited = ESTATE.replace(text, replacement)
    run(embedded)
    assert changes(run(embedded, edited)) == {"issuing": (changed,)}
    assert changes(run(embedded, edited)) == {}


def test_what_the_file_does_not_speak_of_stays(embedded: Embedded) -> None:
    root = run(embedded)[0].arn
    embedded.call("TagCertificateAuthority", CertificateAuthorityArn=root, Tags=[{"Key": "by", "Value": "hand"}])
    embedded.call("PutPolicy", ResourceArn=root, Policy=for_account(root, "444455556666"))
    embedded.publish_crls(root)
    recorded = trail(embedded)
    assert changes(run(embedded)) == {}
    assert trail(embedded) == recorded


def test_a_ca_that_was_left_without_a_certificate_gets_one(embedded: Embedded) -> None:
    arn = embedded.create(name="root")
    done = run(embedded)
    assert (done[0].arn, done[0].changes) == (arn, ("activated",))


def test_a_deleted_ca_is_made_again(embedded: Embedded) -> None:
    text = "CertificateAuthorities: [{Name: root}]"
    first = run(embedded, text)[0].arn
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=first, Status="DISABLED")
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=first)
    second = run(embedded, text)[0]
    assert second.changes == ("created",)
    assert second.arn != first


def test_another_ca_of_that_name_is_not_taken_for_it(embedded: Embedded) -> None:
    run(embedded)
    with pytest.raises(AnswerIsNo, match="already, but it is EC_secp384r1"):
        run(embedded, ESTATE.replace("EC_secp384r1", "EC_secp521r1"))


def test_a_limit_of_the_api_is_checked_before_anything_is_made(embedded: Embedded) -> None:
    with pytest.raises(UsageProblem, match=r"seed\.yaml: .*certificateAuthorities\.2\.member\.pathLength"):
        run(embedded, ESTATE.replace("PathLength: 1", "PathLength: 4"))
    assert trail(embedded) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PathLength: 1": "PathLength: 0"}, "ValidationException"),
        ({"acm-pca:ListTags": "acm-pca:DeleteCertificateAuthority"}, "InvalidPolicyException"),
    ],
)
def test_a_refusal_names_the_ca_and_the_next_run_goes_on(
    embedded: Embedded, change: Mapping[str, str], code: str
) -> None:
    text: Any = ESTATE
    for old, new in change.items():
        text = text.replace(old, new)
    with pytest.raises(ServiceError) as refused:
        run(embedded, text)
    assert refused.value.code == code
    assert refused.value.hint is not None
    assert refused.value.hint.startswith("That was the CA 'issuing'.")
