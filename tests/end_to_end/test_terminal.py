"""What people at a terminal see, and programs do not: the pager, the spinner, the place of a hint."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import PROGRAM, Pcacli, write_program
from tests.support.hierarchies import Estate
from tests.support.moto_server import ENVIRONMENT as CREDENTIALS
from tests.support.screen import Seat, on_screen
from tests.unit.service.stub_endpoint import answer, refusal, serving

LISTING = ("list-certificate-authorities",)
EMPTY = '{\n    "CertificateAuthorities": []\n}\n'
ARN = "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/0a1b2c3d-0000-4000-8000-000000000000"
ARNS = ("--certificate-authority-arn", ARN, "--certificate-arn", f"{ARN}/certificate/{'0' * 32}")
WAITING = ("wait", "certificate-issued", *ARNS)
IN_PROGRESS = refusal("RequestInProgressException", "not yet")
SHOWN_WHILE_WAITING = "Waiting: certificate-issued"


@pytest.fixture
def pager(pcacli: Pcacli) -> str:
    """A pager that says that it was there, and how less would behave."""
    path = pcacli.home / "pager"
    write_program(path, 'echo "paged $LESS"', "cat")
    return str(path)


def test_output_on_a_terminal_goes_through_the_pager(pcacli: Pcacli, pager: str) -> None:
    assert on_screen(pcacli, *LISTING, AWS_PAGER=pager).screen == f"paged FRX\n{EMPTY}"
    assert on_screen(pcacli, *LISTING, AWS_PAGER=pager, LESS="S").screen == f"paged S\n{EMPTY}"


@pytest.mark.parametrize("setting", ["AWS_PAGER", "cli_pager", "PAGER"])
def test_the_pager_is_found_where_aws_finds_it(pcacli: Pcacli, pager: str, setting: str) -> None:
    environment = {setting: pager} if setting.isupper() else {}
    if not environment:
        (pcacli.home / ".aws").mkdir()
        (pcacli.home / ".aws" / "config").write_text(f"[default]\n{setting} = {pager}\n")
    assert on_screen(pcacli, *LISTING, **environment).screen == f"paged FRX\n{EMPTY}"


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("--no-cli-pager",), {}),
        ((), {"AWS_PAGER": ""}),
        ((), {"AWS_PAGER": "no-such-program --chop"}),
        ((), {"AWS_PAGER": "'"}),
    ],
)
def test_without_a_pager_the_output_stands_there_plainly(
    pcacli: Pcacli, pager: str, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    seen = on_screen(pcacli, *LISTING, *words, **{"AWS_PAGER": pager, **environment})
    assert (seen.exit_code, seen.screen) == (0, EMPTY)


def test_a_pipe_is_not_paged(pcacli: Pcacli, pager: str) -> None:
    assert on_screen(pcacli, *LISTING, streams="err", AWS_PAGER=pager) == (0, "", EMPTY, "")


def test_nothing_is_not_paged(estate: Estate) -> None:
    write_program(estate.home / "pager", "echo paged", "cat")
    tag = ("tag-certificate-authority", "--certificate-authority-arn", estate.root, "--tags", "Key=team")
    assert on_screen(estate, *tag, AWS_PAGER=str(estate.home / "pager")) == (0, "", "", "")


def test_a_pager_that_is_left_early_is_no_error(pcacli: Pcacli) -> None:
    write_program(pcacli.home / "pager", "head -n 1")
    assert on_screen(pcacli, *LISTING, AWS_PAGER=str(pcacli.home / "pager")) == (0, "{\n", "", "")


def test_a_failure_behind_the_first_page_stays_one_when_the_pager_has_left(tmp_path: Path) -> None:
    page = answer(CertificateAuthorities=[], NextToken="next")
    with serving(page, refusal("InvalidNextTokenException", "no")) as endpoint:
        pcacli = Pcacli(tmp_path, endpoint={**CREDENTIALS, "AWS_ENDPOINT_URL_ACM_PCA": endpoint.url})
        write_program(pcacli.home / "pager", "cat >/dev/null")
        words = (*LISTING, "--output", "yaml-stream")
        assert on_screen(pcacli, *words, AWS_PAGER=str(pcacli.home / "pager")).exit_code == 254


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Pcacli]:
    """A command line on a service that has the certificate ready when it is asked for the second time."""
    with serving(IN_PROGRESS, answer(Certificate="...")) as endpoint:
        yield Pcacli(tmp_path, endpoint={**CREDENTIALS, "AWS_ENDPOINT_URL_ACM_PCA": endpoint.url})


def test_who_waits_at_a_terminal_sees_for_how_long(slow: Pcacli) -> None:
    seen = on_screen(slow, *WAITING, streams="err")
    assert (seen.exit_code, seen.out) == (0, "")
    assert SHOWN_WHILE_WAITING in seen.screen
    assert re.search(r"0:\d\d:\d\d", seen.screen)


def test_no_spinner_turns_in_a_log(slow: Pcacli) -> None:
    assert on_screen(slow, *WAITING, streams="out") == (0, "", "", "")


def test_no_spinner_turns_when_the_first_answer_is_enough(tmp_path: Path) -> None:
    with serving(answer(Certificate="...")) as endpoint:
        quick = Pcacli(tmp_path, endpoint={**CREDENTIALS, "AWS_ENDPOINT_URL_ACM_PCA": endpoint.url})
        assert on_screen(quick, *WAITING) == (0, "", "", "")


def test_ctrl_c_ends_the_waiting(tmp_path: Path) -> None:
    with serving(IN_PROGRESS) as endpoint:
        waiting = Pcacli(tmp_path, endpoint={**CREDENTIALS, "AWS_ENDPOINT_URL_ACM_PCA": endpoint.url})
        seat = Seat(waiting, *WAITING)
        seat.watch_until(SHOWN_WHILE_WAITING)
        seat.process.send_signal(signal.SIGINT)
        seen = seat.seen()
    assert seen.exit_code == 130
    assert "Traceback" not in seen.screen
    assert "error" not in seen.screen.lower()


def test_work_that_takes_more_than_a_second_says_so(pcacli: Pcacli) -> None:
    (pcacli.work / "passphrase.txt").touch(0o600)
    (pcacli.work / "passphrase.txt").write_text("correct horse battery staple\n")
    os.mkfifo(pcacli.work / "slow.backup")
    seat = Seat(pcacli, "local", "restore", "slow.backup", "--passphrase-file", "passphrase.txt", on_screen="err")
    seat.watch_until("Restoring")
    (pcacli.work / "slow.backup").write_bytes(b"no backup")
    seen = seat.seen()
    assert seen.exit_code not in (0, None)
    assert "Traceback" not in seen.screen


def test_a_hint_stands_below_the_error_for_people_and_above_it_for_programs(pcacli: Pcacli) -> None:
    words = ("list-certificate-authorities", "--max-itemz", "1")
    error, hint = "pcacli: [ERROR]: Unknown options: --max-itemz, 1\n", "pcacli: Did you mean --max-items?\n"
    assert on_screen(pcacli, *words).screen.endswith(f"{error}{hint}")
    assert on_screen(pcacli, *words, streams="out").err.endswith(f"{hint}\n{error}")


def test_a_reader_who_has_seen_enough_is_no_error(estate: Estate) -> None:
    # Far more than a pipe holds.
    many = f"CertificateAuthorities[].[{', '.join(['@'] * 200)}]"
    command = subprocess.Popen(
        [*PROGRAM, *LISTING, "--query", many],
        env=estate.environment,
        cwd=estate.work,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    assert command.stdout.read(1) == b"["
    command.stdout.close()
    assert command.stderr is not None
    assert command.stderr.read() == b""
    assert command.wait(timeout=60) == 0
    command.stderr.close()


def test_status_of_a_store_is_a_screen_for_people_and_lines_for_programs(estate: Estate) -> None:
    screen = on_screen(estate, "local", "status", COLUMNS="80", NO_COLOR="1").screen
    assert re.search(r"^Estate Issuing +ACTIVE +in \d+ days +1 +0 ", screen, re.MULTILINE)
    assert "CRLGenerated success" in screen
    assert max(map(len, screen.splitlines())) <= 80
    assert "\x1b" not in screen
    line = f"ACTIVE  SUBORDINATE  Estate Issuing\n  {estate.issuing}\n"
    assert line in estate.ok("local", "status")
    assert line in on_screen(estate, "local", "status", COLUMNS="40").screen


def test_states_are_coloured_on_a_terminal(estate: Estate) -> None:
    assert "\x1b[32mACTIVE" in on_screen(estate, "local", "status").screen
