"""Pages of lists: how large they are, and tokens that lead nowhere."""

from typing import Any

import pytest

from pcacli.errors import ServiceError
from tests.support.embedded import Embedded

ACM = "acm.amazonaws.com"


@pytest.fixture
def embedded() -> Embedded:
    return Embedded()


def page_of(embedded: Embedded, operation: str, arn: str, **members: Any) -> dict[str, Any]:
    return embedded.call(operation, CertificateAuthorityArn=arn, **members)


def refused(embedded: Embedded, operation: str, **members: Any) -> str | None:
    with pytest.raises(ServiceError) as refusal:
        embedded.call(operation, **members)
    return refusal.value.code


def grant(embedded: Embedded, arn: str, account: str) -> None:
    granted: dict[str, Any] = {"Principal": ACM, "SourceAccount": account, "Actions": ["GetCertificate"]}
    embedded.call("CreatePermission", CertificateAuthorityArn=arn, **granted)


@pytest.mark.fact("9", "page-size")
@pytest.mark.parametrize("asked", [{}, {"MaxResults": 1000}])
def test_a_page_has_100_cas_at_most(embedded: Embedded, asked: dict[str, Any]) -> None:
    made = [embedded.create() for _ in range(101)]
    first = embedded.call("ListCertificateAuthorities", **asked)
    assert [authority["Arn"] for authority in first["CertificateAuthorities"]] == made[:100]
    rest = embedded.call("ListCertificateAuthorities", **asked, NextToken=first["NextToken"])
    assert [authority["Arn"] for authority in rest["CertificateAuthorities"]] == made[100:]
    assert "NextToken" not in rest


@pytest.mark.fact("9", "page-size")
@pytest.mark.parametrize("operation", ["ListCertificateAuthorities", "ListPermissions", "ListTags"])
@pytest.mark.parametrize("size", [0, 1001])
def test_a_page_of_no_or_too_many_items_is_refused(embedded: Embedded, operation: str, size: int) -> None:
    of_authority = {} if operation == "ListCertificateAuthorities" else {"CertificateAuthorityArn": embedded.create()}
    assert refused(embedded, operation, **of_authority, MaxResults=size) == "ValidationException"


@pytest.mark.fact("9", "bad-token")
@pytest.mark.parametrize(
    ("operation", "code"),
    [("ListPermissions", "InvalidNextTokenException"), ("ListTags", "ValidationException")],
)
def test_a_token_of_another_list_is_refused(embedded: Embedded, operation: str, code: str) -> None:
    first, second = (embedded.active_root(Tags=[{"Key": "a"}, {"Key": "b"}]) for _ in range(2))
    for arn in (first, second):
        grant(embedded, arn, "222233334444")
        grant(embedded, arn, "333344445555")
    token = page_of(embedded, operation, first, MaxResults=1)["NextToken"]
    assert refused(embedded, operation, CertificateAuthorityArn=second, NextToken=token) == code
    assert refused(embedded, operation, CertificateAuthorityArn=first, NextToken="nonsense") == code


@pytest.mark.fact("9", "bad-token")
def test_a_page_behind_a_tag_or_permission_that_is_gone_is_refused(embedded: Embedded) -> None:
    arn = embedded.active_root(Tags=[{"Key": "a"}, {"Key": "b"}])
    grant(embedded, arn, "222233334444")
    grant(embedded, arn, "333344445555")
    tags = page_of(embedded, "ListTags", arn, MaxResults=1)
    permissions = page_of(embedded, "ListPermissions", arn, MaxResults=1)
    page_of(embedded, "UntagCertificateAuthority", arn, Tags=tags["Tags"])
    gone = permissions["Permissions"][0]["SourceAccount"]
    page_of(embedded, "DeletePermission", arn, Principal=ACM, SourceAccount=gone)
    after_tags, after_permissions = tags["NextToken"], permissions["NextToken"]
    assert refused(embedded, "ListTags", CertificateAuthorityArn=arn, NextToken=after_tags) == "ValidationException"
    code = refused(embedded, "ListPermissions", CertificateAuthorityArn=arn, NextToken=after_permissions)
    assert code == "InvalidNextTokenException"
