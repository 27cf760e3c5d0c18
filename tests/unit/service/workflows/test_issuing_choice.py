"""Which CAs may be meant to issue, as a table of what there is; and what is said where none can."""

from typing import Any

import pytest

from pcacli.errors import UsageProblem
from pcacli.service.workflows.authorities import VisibleAuthorities
from pcacli.service.workflows.issuing_choice import issuing_candidates

OWN, OTHER = "111122223333", "444455556666"
REGION = "arn:aws:acm-pca:eu-central-1"
UNREADY = ("DISABLED", "EXPIRED", "PENDING_CERTIFICATE", "CREATING", "FAILED", "DELETED")


def authority(word: str, account: str) -> dict[str, Any]:
    """Describe a CA, given a word such as `root:ACTIVE` or `issuing:DISABLED`."""
    name, state = word.split(":")
    return {
        "Arn": f"{REGION}:{account}:certificate-authority/{name}",
        "CertificateAuthorityConfiguration": {"Subject": {"CommonName": name.capitalize()}},
        "Type": "ROOT" if name.startswith("root") else "SUBORDINATE",
        "Status": state,
    }


def visible(own: str, shared: str) -> VisibleAuthorities:
    return VisibleAuthorities(
        [authority(word, OWN) for word in own.split()], [authority(word, OTHER) for word in shared.split()]
    )


def command_line(words: str) -> str:
    return f"pcacli --local {words}"


@pytest.mark.parametrize(
    ("own", "shared", "expected"),
    [
        ("root:ACTIVE issuing:ACTIVE", "", ["Issuing"]),
        ("root:ACTIVE issuing:ACTIVE issuing2:DISABLED", "", ["Issuing"]),
        ("root:ACTIVE", "", ["Root"]),
        ("root:ACTIVE root2:ACTIVE root3:DISABLED", "", ["Root", "Root2"]),
        ("", "root:ACTIVE issuing:ACTIVE", [f"Issuing (shared by account {OTHER})"]),
        ("", "root:ACTIVE", [f"Root (shared by account {OTHER})"]),
        ("root:ACTIVE issuing:ACTIVE", "issuing3:ACTIVE", ["Issuing", f"Issuing3 (shared by account {OTHER})"]),
        # A root of one's own that issued so far and an issuing CA of others: somebody has to say which.
        ("root:ACTIVE", "issuing:ACTIVE", ["Root", f"Issuing (shared by account {OTHER})"]),
        ("issuing2:DELETED", "issuing:ACTIVE", [f"Issuing (shared by account {OTHER})"]),
    ],
)
def test_issuing_cas_come_before_roots(own: str, shared: str, expected: list[str]) -> None:
    found = issuing_candidates(visible(own, shared), command_line)
    assert [candidate.title for candidate in found] == expected


@pytest.mark.parametrize("state", UNREADY)
@pytest.mark.parametrize(("own", "shared"), [("root:ACTIVE issuing:{}", ""), ("root:ACTIVE", "issuing:{}")])
def test_no_root_takes_the_place_of_an_issuing_ca(own: str, shared: str, state: str) -> None:
    with pytest.raises(UsageProblem) as refusal:
        issuing_candidates(visible(own.format(state), shared.format(state)), command_line)
    said = refusal.value.message
    assert f"Issuing is {state}" in said
    assert "name it with --certificate-authority-arn" in said
    assert "pki init" not in said


@pytest.mark.parametrize("state", UNREADY)
def test_no_shared_root_takes_the_place_of_a_shared_issuing_ca(state: str) -> None:
    with pytest.raises(UsageProblem, match=f"Issuing is {state}"):
        issuing_candidates(visible("", f"root:ACTIVE issuing:{state}"), command_line)


@pytest.mark.parametrize("state", ["DISABLED", "EXPIRED", "PENDING_CERTIFICATE", "CREATING"])
def test_no_ca_of_others_takes_the_place_of_ones_own(state: str) -> None:
    with pytest.raises(UsageProblem) as refusal:
        issuing_candidates(visible(f"root:ACTIVE issuing:{state}", "issuing2:ACTIVE"), command_line)
    assert f"Issuing is {state}" in refusal.value.message
    assert f"{OTHER}:certificate-authority/issuing2  Issuing2 (shared by account {OTHER}) is ACTIVE" in (
        refusal.value.message
    )


@pytest.mark.parametrize(
    ("state", "command"),
    [
        ("DISABLED", "update-certificate-authority --certificate-authority-arn {arn} --status ACTIVE"),
        ("EXPIRED", "pki activate --certificate-authority-arn {arn}"),
        ("PENDING_CERTIFICATE", "pki activate --certificate-authority-arn {arn} --parent-arn {root}"),
        ("DELETED", "restore-certificate-authority --certificate-authority-arn {arn}"),
    ],
)
def test_the_command_that_helps_is_there_to_be_copied(state: str, command: str) -> None:
    there = visible(f"root:ACTIVE issuing:{state}", "")
    with pytest.raises(UsageProblem) as refusal:
        issuing_candidates(there, command_line)
    root, issuing = (each["Arn"] for each in there.own)
    assert refusal.value.message.splitlines()[1].endswith(
        f"to change that: pcacli --local {command.format(arn=issuing, root=root)}"
    )


@pytest.mark.parametrize(
    ("own", "shared", "creates"),
    [
        ("", "", True),
        ("root:DELETED", "", True),
        ("root:FAILED issuing:FAILED", "", True),
        ("root:DISABLED issuing:DISABLED", "", False),
        ("", "issuing:DISABLED", False),
        ("root:DELETED", "root:EXPIRED", False),
    ],
)
def test_a_ca_that_is_billed_is_suggested_only_where_there_is_none(own: str, shared: str, creates: bool) -> None:  # noqa: FBT001 - a column of the table
    with pytest.raises(UsageProblem, match="There is no active certificate authority to issue from") as refusal:
        issuing_candidates(visible(own, shared), command_line)
    assert ("pcacli --local pki init" in refusal.value.message) is creates
    if shared:
        assert f"account {OTHER}, which shares it" in refusal.value.message
