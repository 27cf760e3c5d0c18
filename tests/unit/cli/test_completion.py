"""Completion as its users see it: real shells, the scripts as they are installed, and the Tab key."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcacli.cli.command_tree import command_tree
from pcacli.cli.completion.scripts import FILE_NAMES, SCRIPTS
from pcacli.cli.root import root
from pcacli.errors import UsageProblem
from tests.support.shells import InteractiveShell

# What is typed, and the last word of the line after Tab.
LINES = (
    ("pcacli issue", "issue-certificate"),
    ("pcacli --local issue", "issue-certificate"),
    ("pcacli --region eu-west-1 revoke", "revoke-certificate"),
    ("pcacli wait audit", "audit-report-created"),
    ("pcacli --output json pki req", "request"),
    ("pcacli issue-certificate --sign", "--signing-algorithm"),
    ("pcacli issue-certificate --vers", "--version"),
    ("pcacli --no-verify", "--no-verify-ssl"),
    ("pcacli list-certificate-authorities --query '[].A B' --max", "--max-items"),
    ("pcacli issue-certificate --signing-algorithm SHA512WITHRSA_", "SHA512WITHRSA_PSS"),
    ("pcacli get-policy --output yaml-", "yaml-stream"),
    ("pcacli get-policy --output=yaml-", "--output=yaml-stream"),
    ("pcacli create-permission --actions IssueCertificate GetC", "GetCertificate"),
    ("pcacli get-policy --generate-cli-skeleton yaml", "yaml-input"),
    ("pcacli pki request --key-algorithm EC_prime", "EC_prime256v1"),
    ("pcacli completion z", "zsh"),
    ("pcacli issue-certificate --csr f", "fileb://"),
    ("pcacli issue-certificate --csr fileb://req", "fileb://request.csr"),
    ("pcacli issue-certificate --csr=fileb://req", "--csr=fileb://request.csr"),
    ("pcacli put-policy --policy file://folder/in", "file://folder/inner.json"),
    ("pcacli get-policy --ca-bundle req", "request.csr"),
    ("pcacli pki inspect req", "request.csr"),
    ("pcacli pki verify folder/in", "folder/inner.json"),
    ("pcacli pki revoke request.csr folder/in", "folder/inner.json"),
    ("pcacli pki renew --reuse-key req", "request.csr"),
)

each_line = pytest.mark.parametrize(("line", "expected"), LINES, ids=[line for line, _ in LINES])


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts, under the names that they are installed by."""
    folder = tmp_path_factory.mktemp("scripts")
    tree = command_tree()
    for shell, script in SCRIPTS.items():
        (folder / FILE_NAMES[shell]).write_text(script(tree), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files to complete."""
    folder = tmp_path_factory.mktemp("home") / "work"
    (folder / "folder").mkdir(parents=True)
    (folder / "request.csr").touch()
    (folder / "folder" / "inner.json").touch()
    return folder


@pytest.fixture(scope="module")
def bash(scripts: Path, work: Path) -> Iterator[InteractiveShell]:
    with InteractiveShell(["bash", "--norc", "--noprofile", "-i"], f"source {scripts}/pcacli.bash", work) as shell:
        yield shell


@pytest.fixture(scope="module")
def zsh(scripts: Path, work: Path) -> Iterator[InteractiveShell]:
    setup = f"bindkey -e; fpath=({scripts} $fpath); autoload -U compinit; compinit -u -D"
    with InteractiveShell(["zsh", "-f", "-i"], setup, work) as shell:
        yield shell


def fish_completions(scripts: Path, work: Path, line: str) -> list[str]:
    """Return the words that fish offers in place of the last one."""
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {scripts}/pcacli.fish; complete -C $argv[1]", line],
        cwd=work,
        env={"PATH": os.environ["PATH"], "HOME": str(work.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [offered.partition("\t")[0] for offered in done.stdout.splitlines()]


@pytest.mark.needs("bash")
@each_line
def test_bash_completes(bash: InteractiveShell, line: str, expected: str) -> None:
    assert bash.complete(line)[-1] == expected


@pytest.mark.needs("zsh")
@each_line
def test_zsh_completes(zsh: InteractiveShell, line: str, expected: str) -> None:
    assert zsh.complete(line)[-1] == expected


@pytest.mark.needs("fish")
@each_line
def test_fish_completes(scripts: Path, work: Path, line: str, expected: str) -> None:
    assert fish_completions(scripts, work, line) == [expected]


@pytest.mark.needs("bash")
def test_bash_quotes_file_names_with_spaces(bash: InteractiveShell, work: Path) -> None:
    (work / "two words.csr").touch()
    assert bash.complete("pcacli issue-certificate --csr fileb://two")[-1] == "fileb://two words.csr"


@pytest.mark.needs("bash")
def test_bash_offers_every_command_and_every_option(scripts: Path) -> None:
    tree = command_tree()
    for node in tree.walk():
        children = [child.path[-1] for child in node.commands]
        names = [name for option in (*node.options, *tree.options) for name in option.names]
        assert set(children) <= set(bash_replies(scripts, node.name, ""))
        assert set(names) <= set(bash_replies(scripts, node.name, "-"))


def bash_replies(scripts: Path, command_line: str, current: str) -> list[str]:
    words = [*command_line.split(), current]
    line = " ".join(words)
    call = (
        f"source {scripts}/pcacli.bash; COMP_WORDS=({' '.join(words[:-1])} '{current}'); "
        f"COMP_LINE='{line}'; COMP_POINT={len(line)}; COMP_CWORD={len(words) - 1}; "
        '_pcacli; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("shell", SCRIPTS)
def test_command_prints_the_script(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    root.main(["completion", shell], standalone_mode=False)
    assert capsys.readouterr().out == SCRIPTS[shell](command_tree())


def test_command_refuses_a_shell_that_it_does_not_know() -> None:
    with pytest.raises(UsageProblem, match="Found invalid choice 'tcsh'"):
        root.main(["completion", "tcsh"], standalone_mode=False)
