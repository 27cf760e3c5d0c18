"""Tags, permissions, policies: what hangs on a CA."""

from typing import Any

import pytest

from pcacli.errors import ServiceError
from tests.support.embedded import Embedded
from tests.support.policies import for_account

ACM = "acm.amazonaws.com"


def tag(embedded: Embedded, arn: str, *tags: dict[str, str]) -> None:
    embedded.call("TagCertificateAuthority", CertificateAuthorityArn=arn, Tags=list(tags))


def tags_of(embedded: Embedded, arn: str) -> list[dict[str, str]]:
    tags: list[dict[str, str]] = embedded.call("ListTags", CertificateAuthorityArn=arn)["Tags"]
    return tags


@pytest.mark.fact("8", "overwrite")
def test_tags_are_kept_replaced_and_removed(embedded: Embedded) -> None:
    arn = embedded.create(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b"}])
    tag(embedded, arn, {"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"})
    assert tags_of(embedded, arn) == [{"Key": "a", "Value": "2"}, {"Key": "b"}, {"Key": "c", "Value": "3"}]
    embedded.call(
        "UntagCertificateAuthority", CertificateAuthorityArn=arn, Tags=[{"Key": "a"}, {"Key": "c", "Value": "other"}]
    )
    assert tags_of(embedded, arn) == [{"Key": "b"}, {"Key": "c", "Value": "3"}]


@pytest.mark.fact("8", "remove")
def test_a_tag_is_removed_whatever_its_value_or_only_with_the_value_that_is_given(embedded: Embedded) -> None:
    arn = embedded.create(Tags=[{"Key": key, "Value": "v"} for key in "abcd"])
    asked = [{"Key": "a"}, {"Key": "b", "Value": "v"}, {"Key": "c", "Value": "other"}, {"Key": "not there"}]
    both = [{"Key": "d", "Value": "v"}, {"Key": "d", "Value": "other"}]
    embedded.call("UntagCertificateAuthority", CertificateAuthorityArn=arn, Tags=asked + both)
    assert tags_of(embedded, arn) == [{"Key": "c", "Value": "v"}]


@pytest.mark.fact("8", "case")
def test_tags_are_told_apart_by_capital_letters(embedded: Embedded) -> None:
    tags = [{"Key": "Name", "Value": "a"}, {"Key": "name", "Value": "A"}]
    assert tags_of(embedded, embedded.create(Tags=tags)) == tags


@pytest.mark.fact("8", "limits")
@pytest.mark.parametrize(("key", "value"), [("k" * 128, "v" * 256), ("k", ""), ("Größe 1_.:/=+-@", "Ü 2")])
def test_a_tag_may_be_as_long_and_as_foreign_as_this(embedded: Embedded, key: str, value: str) -> None:
    arn = embedded.create()
    tag(embedded, arn, {"Key": key, "Value": value})
    assert tags_of(embedded, arn) == [{"Key": key, "Value": value}]


@pytest.mark.fact("8", "limits")
@pytest.mark.parametrize(("key", "value"), [("k" * 129, "v"), ("k", "v" * 257), ("", "v"), ("k#", "v"), ("k", "v#")])
def test_a_tag_that_is_too_long_or_has_other_characters_is_refused(embedded: Embedded, key: str, value: str) -> None:
    arn = embedded.create()
    with pytest.raises(ServiceError) as refusal:
        tag(embedded, arn, {"Key": key, "Value": value})
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("8", "limits")
@pytest.mark.parametrize("count", [0, 51])
def test_one_call_takes_one_to_fifty_tags(embedded: Embedded, count: int) -> None:
    arn = embedded.create()
    with pytest.raises(ServiceError) as refusal:
        tag(embedded, arn, *({"Key": f"k{number}"} for number in range(count)))
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("9")
def test_tags_come_in_pages(embedded: Embedded) -> None:
    arn = embedded.create(Tags=[{"Key": key} for key in "abc"])
    page = embedded.call("ListTags", CertificateAuthorityArn=arn, MaxResults=2)
    rest = embedded.call("ListTags", CertificateAuthorityArn=arn, NextToken=page["NextToken"])
    assert [found["Key"] for found in page["Tags"] + rest["Tags"]] == ["a", "b", "c"]
    assert "NextToken" not in rest


@pytest.mark.fact("8", "reserved")
@pytest.mark.parametrize(
    "tags", [[{"Key": "aws:x"}], [{"Key": "rds:x"}], [{"Key": "twice"}, {"Key": "twice", "Value": "v"}]]
)
def test_reserved_and_repeated_keys_are_refused(embedded: Embedded, tags: list[dict[str, str]]) -> None:
    arn = embedded.create()
    with pytest.raises(ServiceError) as refusal:
        tag(embedded, arn, *tags)
    assert refusal.value.code == "InvalidTagException"
    assert tags_of(embedded, arn) == []


@pytest.mark.fact("8", "too-many")
def test_fifty_tags_are_enough(embedded: Embedded) -> None:
    arn = embedded.create(Tags=[{"Key": f"k{number}"} for number in range(50)])
    tag(embedded, arn, {"Key": "k0", "Value": "changed"})
    with pytest.raises(ServiceError) as refusal:
        tag(embedded, arn, {"Key": "one-more"})
    assert refusal.value.code == "TooManyTagsException"


@pytest.mark.fact("7.3", "listed")
def test_permissions_are_granted_listed_and_withdrawn(embedded: Embedded) -> None:
    arn = embedded.active_root()
    actions = ["IssueCertificate", "GetCertificate", "ListPermissions"]
    embedded.call("CreatePermission", CertificateAuthorityArn=arn, Principal=ACM, Actions=actions)
    listed = embedded.call("ListPermissions", CertificateAuthorityArn=arn)["Permissions"]
    assert listed == [
        {
            "CertificateAuthorityArn": arn,
            "CreatedAt": embedded.now,
            "Principal": ACM,
            "SourceAccount": embedded.owner.account,
            "Actions": actions,
        }
    ]
    embedded.call("DeletePermission", CertificateAuthorityArn=arn, Principal=ACM)
    assert embedded.call("ListPermissions", CertificateAuthorityArn=arn)["Permissions"] == []


@pytest.mark.fact("7.3", "once")
def test_a_permission_is_granted_once(embedded: Embedded) -> None:
    arn = embedded.active_root()
    grant: dict[str, Any] = {"CertificateAuthorityArn": arn, "Principal": ACM, "Actions": ["IssueCertificate"]}
    embedded.call("CreatePermission", **grant)
    with pytest.raises(ServiceError) as refusal:
        embedded.call("CreatePermission", **grant)
    assert refusal.value.code == "PermissionAlreadyExistsException"
    embedded.call("CreatePermission", **grant, SourceAccount="444455556666")


@pytest.mark.fact("7.3", "principal")
def test_only_acm_is_granted_anything(embedded: Embedded) -> None:
    arn = embedded.active_root()
    with pytest.raises(ServiceError) as refusal:
        embedded.call(
            "CreatePermission",
            CertificateAuthorityArn=arn,
            Principal="lambda.amazonaws.com",
            Actions=["GetCertificate"],
        )
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("7.3", "missing")
def test_a_permission_that_is_not_there_cannot_be_withdrawn(embedded: Embedded) -> None:
    with pytest.raises(ServiceError) as refusal:
        embedded.call("DeletePermission", CertificateAuthorityArn=embedded.active_root(), Principal=ACM)
    assert refusal.value.code == "ResourceNotFoundException"


@pytest.mark.fact("7.1")
def test_a_policy_is_put_read_back_and_deleted(embedded: Embedded) -> None:
    arn = embedded.active_root()
    policy = for_account(arn, "444455556666")
    embedded.call("PutPolicy", ResourceArn=arn, Policy=policy)
    assert embedded.call("GetPolicy", ResourceArn=arn) == {"Policy": policy}
    for _ in range(2):
        assert embedded.call("DeletePolicy", ResourceArn=arn) == {}
    with pytest.raises(ServiceError, match=f"Could not find policy for resource {arn}.") as refusal:
        embedded.call("GetPolicy", ResourceArn=arn)
    assert refusal.value.code == "ResourceNotFoundException"
