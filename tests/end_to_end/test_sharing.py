"""Two accounts on one store: what is shared through the command line, and what the other one can do with it."""

from pathlib import Path

import pytest

from tests.support.command_line import Pcacli
from tests.support.hierarchies import Estate, fetch, issue, serial_of

OTHER = {"AWS_ACCOUNT_ID": "444455556666"}
MEMBER = {**OTHER, "PCACLI_ORGANIZATION_ID": "o-abc", "PCACLI_ORGANIZATIONAL_UNIT": "ou-ab12-11111111/ou-ab12-22222222"}
ACM = {"PCACLI_SERVICE_PRINCIPAL": "acm.amazonaws.com"}
APPLICATION_PROGRAM_TEMPLATE = "BlankEndEntityCertificate_APICSRPassthrough/V1"
REVOKING = ("--permission", "AWSRAMRevokeCertificateCertificateAuthority")


class As(Pcacli):
    """The same command line on the same store, as somebody else."""

    def __init__(self, pcacli: Pcacli, caller: dict[str, str]) -> None:
        super().__init__(pcacli.store.parent)
        self.environment = {**pcacli.environment, **caller}


def share(estate: Estate, principal: str, *words: str) -> str:
    named = ("--certificate-authority-arn", estate.issuing, "--principal", principal)
    return estate.ok("local", "share", "add", *named, *words).strip()


def csr(estate: Estate) -> Path:
    return estate.work / "www.example.com.csr"


def listing(pcacli: Pcacli) -> list[list[str]]:
    query = ("--query", "CertificateAuthorities[].[Arn, OwnerAccount]")
    found: list[list[str]] = pcacli.json("list-certificate-authorities", "--resource-owner", "OTHER_ACCOUNTS", *query)
    return found


@pytest.mark.fact("7.1")
def test_another_account_issues_fetches_and_revokes_as_far_as_it_was_shared(estate: Estate) -> None:
    other = As(estate, OTHER)
    assert listing(other) == []
    share(estate, "444455556666")
    assert listing(other) == [[estate.issuing, "000000000000"]]
    issued = issue(other, estate.issuing, csr(estate))
    assert len(fetch(other, estate.issuing, issued)) == 3
    revocation = ("--certificate-serial", serial_of(issued), "--revocation-reason", "SUPERSEDED")
    words = ("revoke-certificate", "--certificate-authority-arn", estate.issuing, *revocation)
    assert other.run(*words).exit_code == 254
    share(estate, "444455556666", *REVOKING)
    other.ok(*words)


@pytest.mark.fact("7.1")
def test_the_template_that_aws_privateca_issuer_uses_is_denied_in_the_words_of_aws(estate: Estate) -> None:
    share(estate, "444455556666")
    other = As(estate, OTHER)
    template = ("--template-arn", f"arn:aws:acm-pca:::template/{APPLICATION_PROGRAM_TEMPLATE}")
    words = ("--certificate-authority-arn", estate.issuing, "--csr", f"fileb://{csr(estate)}", *template)
    asked = ("--signing-algorithm", "SHA256WITHECDSA", "--validity", "Value=1,Type=DAYS")
    refused = other.run("issue-certificate", *words, *asked, "--strict", "--region", "us-east-1")
    assert refused.exit_code == 254
    assert refused.err.endswith(
        "An error occurred (AccessDeniedException) when calling the IssueCertificate operation: "
        "User: arn:aws:iam::444455556666:root is not authorized to perform: acm-pca:IssueCertificate on resource: "
        f"{estate.issuing} because no resource-based policy allows the acm-pca:IssueCertificate action\n"
    )
    share(
        estate,
        "444455556666",
        "--permission",
        "AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority",
    )
    issue(other, estate.issuing, csr(estate), template=APPLICATION_PROGRAM_TEMPLATE)


@pytest.mark.fact("7.1")
@pytest.mark.parametrize("principal", ["o-abc", "arn:aws:organizations::999999999999:ou/o-abc/ou-ab12-22222222"])
def test_members_of_an_organization_or_a_unit_share_and_strangers_do_not(estate: Estate, principal: str) -> None:
    share(estate, principal)
    assert listing(As(estate, OTHER)) == []
    assert listing(As(estate, {**MEMBER, "PCACLI_ORGANIZATION_ID": "o-xyz"})) == []
    member = As(estate, MEMBER)
    assert listing(member) == [[estate.issuing, "000000000000"]]
    issue(member, estate.issuing, csr(estate))


@pytest.mark.fact("7.1")
def test_shares_are_listed_and_end_with_remove_or_with_the_policy(estate: Estate) -> None:
    first, second = share(estate, "444455556666"), share(estate, "o-abc", *REVOKING)
    assert estate.ok("local", "share", "list").splitlines() == [
        f"{first}\t{estate.issuing}\t444455556666\tAWSRAMDefaultPermissionCertificateAuthority",
        f"{second}\t{estate.issuing}\to-abc\tAWSRAMRevokeCertificateCertificateAuthority",
    ]
    picked = estate.ok("local", "share", "list", "--output", "text", "--query", "[].ShareId")
    assert picked == f"{first}\t{second}\n"
    assert estate.ok("local", "share", "remove", first) == ""
    assert listing(As(estate, OTHER)) == []
    estate.ok("delete-policy", "--resource-arn", estate.issuing)
    assert estate.ok("local", "share", "list") == ""
    again = estate.run("local", "share", "remove", second)
    assert (again.exit_code, again.out) == (252, "")


@pytest.mark.fact("7.3")
def test_acm_issues_with_a_permission_and_shows_in_the_report(estate: Estate) -> None:
    acm = As(estate, ACM)
    named = ("--certificate-authority-arn", estate.issuing)
    words = ("--csr", f"fileb://{csr(estate)}", "--signing-algorithm", "SHA256WITHECDSA")
    refused = acm.run("issue-certificate", *named, *words, "--validity", "Value=1,Type=DAYS")
    assert refused.exit_code == 254
    assert "User: acm.amazonaws.com is not authorized" in refused.err
    assert f"pcacli create-permission --certificate-authority-arn {estate.issuing}" in refused.err
    actions = ("--actions", "IssueCertificate", "GetCertificate", "ListPermissions")
    estate.ok("create-permission", *named, "--principal", "acm.amazonaws.com", *actions)
    issued = issue(acm, estate.issuing, csr(estate))
    report = ("--s3-bucket-name", "reports", "--audit-report-response-format", "CSV", "--query", "S3Key")
    key = estate.text("create-certificate-authority-audit-report", *named, *report)
    lines = (estate.store / "buckets" / "reports" / key).read_text().splitlines()
    assert [issued in line for line in lines if "acm.amazonaws.com" in line] == [True]
