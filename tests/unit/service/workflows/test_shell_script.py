"""Scripts for `--print-commands`: what a shell makes of them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pcacli.service.workflows.request_script import write_placing
from pcacli.service.workflows.shell_script import ShellScript, Word, aws, aws_wait, blob, variable, work_file

ARN = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/11223344-1234-1122-2233-112233445566"
# Prints its words, one on each line, as JSON.
SHOW = 'import json, sys; print("\\n".join(map(json.dumps, sys.argv[1:])))'


def words_of(script: ShellScript, folder: Path) -> list[str]:
    """Run a script in which `aws` shows what it is called with."""
    (folder / "show.py").write_text(SHOW)
    text = script.text().replace("aws acm-pca", f"python3 {folder / 'show.py'}")
    done = subprocess.run(["sh"], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


TEXTS = ["plain", "", "two words", "it's", 'a "quote"', "$HOME", "`id`", "a;b", "*", "new\nline", "--option", "ü"]
HOSTILE = [
    "\x1b[31mred",
    "\x1b]0;title\x07 $(id) `id` 'x' \"y\"",
    "carriage\rreturn",
    "line ends\n\n",
    "\n",
    "-\x01dash",
    "100%\x01 %s \\033",
    "\u202eright to left",
    "\x9bcontrol of eight bits",
    "12\x0134",
    "\x0134 digits behind it",
]


@pytest.mark.parametrize("text", TEXTS + HOSTILE)
def test_a_text_reaches_the_command_as_it_is(tmp_path: Path, text: str) -> None:
    script = ShellScript("Try", {})
    script.run(*aws("GetCertificate", {"CertificateAuthorityArn": text, "CertificateArn": ARN}))
    expected = ["get-certificate", "--certificate-authority-arn", text, "--certificate-arn", ARN]
    assert words_of(script, tmp_path) == expected


def test_structures_are_json_and_options_come_in_the_order_of_the_api(tmp_path: Path) -> None:
    validity = {"Value": 5, "Type": "YEARS"}
    request: dict[str, Any] = {"Validity": validity, "Csr": blob("it's.csr"), "CertificateAuthorityArn": ARN}
    script = ShellScript("Try", {})
    script.run(*aws("IssueCertificate", request, query="CertificateArn"))
    assert words_of(script, tmp_path) == [
        *("issue-certificate", "--certificate-authority-arn", ARN, "--csr", "fileb://it's.csr"),
        *("--validity", json.dumps(validity), "--query", "CertificateArn", "--output", "text"),
    ]


def test_variables_and_files_carry_what_a_command_printed(tmp_path: Path) -> None:
    script = ShellScript("Try", {"KEPT": "a b"})
    printed = script.assign("printed", "printf", "%s", "one two")
    fixed = script.set("fixed", "three; four")
    script.run("printf", "%s", variable("KEPT"), output=work_file("a file"))
    script.run(*aws_wait("CertificateIssued", {"CertificateAuthorityArn": printed, "CertificateArn": fixed}))
    script.run("cat", work_file("a file"), output=str(tmp_path / "copy"))
    assert words_of(script, tmp_path) == [
        *("wait", "certificate-issued", "--certificate-authority-arn", "one two"),
        *("--certificate-arn", "three; four"),
    ]
    assert (tmp_path / "copy").read_text() == "a b"


@pytest.mark.parametrize("failing", [("false",), ("test", variable("unset"), "=", "")])
def test_a_script_stops_where_something_fails_and_leaves_no_directory(
    tmp_path: Path, failing: tuple[Word, ...]
) -> None:
    script = ShellScript("Try", {"TMPDIR": str(tmp_path)})
    script.run("touch", work_file("left"))
    script.comment("What comes next\nfails")
    script.run(*failing)
    script.run("echo", "never")
    done = subprocess.run(
        ["sh"], input=script.text(), capture_output=True, text=True, check=False, env={"TMPDIR": str(tmp_path)}
    )
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert list(tmp_path.iterdir()) == []


def test_a_long_command_has_a_line_for_each_option() -> None:
    script = ShellScript("Try", {})
    script.run(*aws("GetCertificate", {"CertificateAuthorityArn": ARN, "CertificateArn": ARN}))
    assert script.text().splitlines()[-3:] == [
        "aws acm-pca get-certificate \\",
        f"    --certificate-authority-arn {ARN} \\",
        f"    --certificate-arn {ARN}",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_obeys_nothing_of_a_script(text: str) -> None:
    script = ShellScript(text, {"KEPT": text})
    script.comment(text)
    script.set("fixed", text)
    script.run("true", text, output=text)
    assert all(each.isprintable() or each == "\n" for each in script.text())


def test_a_path_that_is_no_text_reaches_the_command(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff")).write_text("found")
    script = ShellScript("Try", {})
    script.run("cat", str(tmp_path / os.fsdecode(b"\xff")))
    done = subprocess.run(["sh"], input=script.text().encode("ascii"), capture_output=True, check=True)
    assert done.stdout == b"found"


@pytest.mark.parametrize("folder", ["-rf", "--", "-", "-m", "plain"])
def test_a_folder_is_no_option_of_the_commands_that_place_files(tmp_path: Path, folder: str) -> None:
    script = ShellScript("Try", {})
    script.run("touch", work_file("cert.pem"))
    write_placing(script, Path(folder), ["cert.pem"])
    subprocess.run(["sh"], input=script.text(), text=True, check=True, cwd=tmp_path)
    assert (tmp_path / folder / "cert.pem").is_file()
