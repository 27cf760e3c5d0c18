"""Completion of what only the backend and the user's files know, with real shells; and how shells are wired."""

import json
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.command_line import PROGRAM, Finished, Pcacli, run_program, write_program
from tests.support.hierarchies import Estate
from tests.support.serving import serving
from tests.support.shells import InteractiveShell

VALUES = ("completion", "values")

# What a busy machine completes within the time that a Tab key has is luck, so the alarm that ends a completion is kept
# from the programs here: they inherit which signals are blocked. zsh, however, unblocks all for what it starts.
ALARM = {signal.SIGALRM}
WITHOUT_ALARM = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
os.execv(sys.argv[1], sys.argv[1:])
"""


class Wired(NamedTuple):
    """A shell: how it is started without the user's own files, and the file that `completion install` writes."""

    start: tuple[str, ...]
    file: str


SHELLS = {
    "bash": Wired(("bash", "--norc", "--noprofile", "-i"), ".bashrc"),
    "zsh": Wired(("zsh", "-f", "-i"), ".zshrc"),
}


@pytest.fixture(autouse=True)
def _enough_time() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ALARM)
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


@pytest.fixture
def installed(estate: Estate) -> dict[str, str]:
    """The environment of a user who has a hierarchy and pcacli on the PATH."""
    shims = estate.home / "bin"
    command = shlex.join((sys.executable, "-c", WITHOUT_ALARM, *PROGRAM))
    write_program(shims / "pcacli", f'exec {command} "$@"')
    return {**estate.environment, "PATH": f"{shims}:{estate.environment['PATH']}"}


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.needs(name)) for name in SHELLS])
def shell(request: pytest.FixtureRequest, estate: Estate, installed: dict[str, str]) -> Iterator[InteractiveShell]:
    """A shell that reads what `completion install` wrote."""
    wired = SHELLS[request.param]
    estate.ok("completion", "install", request.param)
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in installed.items())
    edits = "bindkey -e\n" if request.param == "zsh" else ""
    setup = f"{exports}{edits}source {shlex.quote(str(estate.home / wired.file))}"
    with InteractiveShell(list(wired.start), setup, estate.work) as started:
        yield started


def lines_to_complete(estate: Estate) -> list[tuple[str, str]]:
    """What is typed, and the last word of the line after Tab."""
    prefix = estate.issuing[:-8]
    named = f"pcacli get-certificate --certificate-authority-arn {estate.issuing}"
    return [
        (f"pcacli describe-certificate-authority --certificate-authority-arn {prefix}", estate.issuing),
        (f"pcacli describe-certificate-authority --certificate-authority-arn={prefix}",
         f"--certificate-authority-arn={estate.issuing}"),
        (f"{named} --certificate-arn ", estate.leaf),
        (f"pcacli pki export {estate.leaf[:-8]}", estate.leaf),
        ("pcacli pki request --template EndEntityServerAuthCertificate_APIC",
         "EndEntityServerAuthCertificate_APICSRPassthrough"),
        ("pcacli --region me-c", "me-central-1"),
        ("pcacli issue-certificate --template-arn arn:aws:acm-pca:::template/OCSPSigningCertificate_CSRP",
         "arn:aws:acm-pca:::template/OCSPSigningCertificate_CSRPassthrough/V1"),
        ("pcacli local faults add --operation get-certificate --error RequestI", "RequestInProgressException"),
        ("pcacli local faults add --timing creation=5s,report-", "creation=5s,report-interval=30m"),
        ("pcacli pki status --fail-if expires", "expires<60d"),
        ("pcacli pki list --status REV", "REVOKED"),
    ]  # fmt: skip


def test_a_shell_completes_arns_regions_and_templates(shell: InteractiveShell, estate: Estate) -> None:
    for line, expected in lines_to_complete(estate):
        assert shell.complete(line)[-1] == expected


@pytest.mark.needs("fish")
def test_fish_completes_arns_with_what_they_are(estate: Estate, installed: dict[str, str]) -> None:
    estate.ok("completion", "install", "fish")
    line = "pcacli describe-certificate-authority --certificate-authority-arn "
    script = f"source {estate.home}/.config/fish/completions/pcacli.fish; complete -C $argv[1]"
    offered = run_program("fish", "--no-config", "-c", script, line, cwd=estate.work, **installed).out.splitlines()
    assert sorted(offered) == sorted([f"{estate.root}\tEstate Root ACTIVE", f"{estate.issuing}\tEstate Issuing ACTIVE"])


def test_profiles_are_those_of_both_files(pcacli: Pcacli) -> None:
    (pcacli.home / ".aws").mkdir()
    (pcacli.home / ".aws" / "config").write_text("[profile production]\nregion = eu-west-1\n")
    (pcacli.home / ".aws" / "credentials").write_text("[playground]\n")
    assert pcacli.ok(*VALUES, "profiles", "").split() == ["playground", "production"]


def test_the_newest_audit_report_of_the_ca_is_offered(estate: Estate) -> None:
    named = ("--certificate-authority-arn", estate.issuing)
    estate.ok("local", "bucket", "create", "reports")
    report = estate.text(
        "create-certificate-authority-audit-report", *named, "--s3-bucket-name", "reports",
        "--audit-report-response-format", "JSON", "--query", "AuditReportId",
    )  # fmt: skip
    assert estate.ok(*VALUES, "audit-reports", "", *named).startswith(f"{report}\t")


@pytest.mark.parametrize(
    ("kind", "prefix", "words", "expected"),
    [
        ("errors", "Th", (), ["ThrottlingException"]),
        ("errors", "Invalid", ("--operation", "get-policy"), ["InvalidArnException", "InvalidStateException"]),
        ("errors", "RequestI", ("--operation=get-certificate",), ["RequestInProgressException"]),
        ("rates", "", (), ["aws"]),
        ("timings", "c", (), ["creation=1s", "crl=30m"]),
        ("timings", "crl=5s,re", (), ["crl=5s,report=3s", "crl=5s,report-interval=30m"]),
        ("conditions", "", (), ["expires<60d", "crl-stale", "expired"]),
        ("conditions", "expires<30d,", (), ["expires<30d,crl-stale", "expires<30d,expired"]),
    ],
)  # fmt: skip
def test_values_of_test_stores_and_of_checks_are_those_that_go_on(
    pcacli: Pcacli, kind: str, prefix: str, words: tuple[str, ...], expected: list[str]
) -> None:
    offered = pcacli.ok(*VALUES, kind, prefix, *words).splitlines()
    assert [line.partition("\t")[0] for line in offered] == expected


@pytest.mark.parametrize("kind", ["authorities", "certificates", "audit-reports", "buckets", "snapshots"])
def test_where_there_is_no_store_nothing_is_offered_and_none_is_made(pcacli: Pcacli, kind: str) -> None:
    assert pcacli.run(*VALUES, kind, "") == Finished(0, "", "")
    assert not pcacli.store.exists()


def test_a_store_tells_its_buckets_snapshots_shares_and_access_keys(pcacli: Pcacli) -> None:
    pcacli.ok("local", "init", "--test")
    pcacli.ok("local", "bucket", "create", "reports")
    key = json.loads(pcacli.ok("local", "credentials", "create"))["AccessKeyId"]
    arn = json.loads(pcacli.ok("pki", "init", "--output", "json"))["IssuingCertificateAuthorityArn"]
    sharing = ("--certificate-authority-arn", arn, "--principal", "444455556666")
    share = pcacli.ok("local", "share", "add", *sharing).strip()
    pcacli.ok("local", "snapshot", "save", "fresh")
    expected = {"buckets": "reports", "snapshots": "fresh", "shares": share, "access-keys": key}
    assert {kind: pcacli.ok(*VALUES, kind, "").split()[0] for kind in expected} == expected


def test_arns_from_an_endpoint_are_kept_privately_for_the_next_tab(estate: Estate, tmp_path: Path) -> None:
    with serving(estate) as server:
        remote = Pcacli(tmp_path / "remote", endpoint={**server.environment, "AWS_REGION": "us-east-1"})
        offered = remote.ok(*VALUES, "authorities", "")
    assert estate.issuing in offered
    (cached,) = (remote.home / ".cache").rglob("*.json")
    assert cached.stat().st_mode & 0o777 == 0o600
    assert server.access_key["AccessKeyId"] not in cached.read_text()
    # The server is gone now.
    assert remote.ok(*VALUES, "authorities", "") == offered


def test_an_endpoint_that_does_not_answer_holds_nobody_up(tmp_path: Path) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ALARM)
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret-for-tests", "AWS_REGION": "us-east-1"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        remote = Pcacli(tmp_path, endpoint={**keys, "AWS_ENDPOINT_URL_ACM_PCA": url})
        # The AWS CLI would wait for a minute and then try again.
        assert remote.run(*VALUES, "authorities", "", "--cli-read-timeout", "0") == Finished(0, "", "")


@pytest.mark.parametrize(
    "profile",
    [
        "role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = keys\nmfa_serial = GAHT12345678",
        "credential_process = touch asked",
    ],
)
def test_nobody_is_asked_for_credentials(pcacli: Pcacli, profile: str) -> None:
    (pcacli.home / ".aws").mkdir()
    keys = "[profile keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
    (pcacli.home / ".aws" / "config").write_text(f"{keys}[profile asks]\nregion = eu-west-1\n{profile}\n")
    remote = Pcacli(pcacli.home.parent, endpoint={"AWS_ENDPOINT_URL_ACM_PCA": "http://127.0.0.1:9"})
    assert remote.run(*VALUES, "authorities", "", "--profile", "asks").out == ""
    assert not (remote.work / "asked").exists()


class TestInstall:
    def test_a_second_run_changes_nothing(self, pcacli: Pcacli) -> None:
        (pcacli.home / ".bashrc").write_text("alias ll='ls -l'\n")
        assert "works in new shells" in pcacli.ok("completion", "install", "bash")
        written = (pcacli.home / ".bashrc").read_text()
        assert written.startswith("alias ll='ls -l'\n\n# Completion of pcacli")
        assert "already" in pcacli.ok("completion", "install", "bash")
        assert (pcacli.home / ".bashrc").read_text() == written

    def test_the_shell_is_that_of_the_user(self, pcacli: Pcacli) -> None:
        pcacli.ok("completion", "install", SHELL="/usr/bin/zsh", ZDOTDIR=str(pcacli.work))
        assert "compdef" in (pcacli.work / ".zshrc").read_text()

    def test_a_shell_that_it_does_not_know_is_named_by_the_user(self, pcacli: Pcacli) -> None:
        refused = pcacli.run("completion", "install", SHELL="/bin/tcsh")
        assert refused.exit_code == 252
        assert "say which: bash, zsh, fish" in refused.err

    def test_a_file_that_cannot_be_written_is_named(self, pcacli: Pcacli) -> None:
        (pcacli.home / ".bashrc").mkdir()
        refused = pcacli.run("completion", "install", "bash")
        assert refused.exit_code == 255
        assert str(pcacli.home / ".bashrc") in refused.err
