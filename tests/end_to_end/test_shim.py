"""The `aws` of `pcacli local shim`: scripts as they stand, with acm-pca for pcacli and all else for the real aws."""

import os
import shutil
from pathlib import Path

import pytest

from pcacli.aws_shim import next_program, without_service
from pcacli.cli.local.shim import write_shim
from tests.support.command_line import Finished, Pcacli, write_program
from tests.support.hierarchies import Estate
from tests.support.programs import aws_cli_v2
from tests.support.workflow_scripts import AWS, scripts, variables

REAL = 'echo "the real aws: $*"; exit 7'


@pytest.fixture
def shimmed(pcacli: Pcacli) -> Pcacli:
    """A command line with the shim first on its PATH and a real aws, which says what it was asked, behind it."""
    return put_in_front(pcacli, REAL)


def put_in_front(pcacli: Pcacli, real: str) -> Pcacli:
    write_program(pcacli.home / "real" / "aws", real)
    pcacli.ok("local", "shim", str(pcacli.home / "shim"))
    folders = (pcacli.home / "shim", pcacli.home / "real", pcacli.environment["PATH"])
    pcacli.environment["PATH"] = os.pathsep.join(map(str, folders))
    return pcacli


@pytest.mark.parametrize("script", scripts())
def test_a_script_written_for_aws_works_as_it_stands(estate: Estate, script: Path) -> None:
    put_in_front(estate, AWS)
    done = estate.shell(
        script.read_text(),
        **variables(estate),
    )
    assert done.exit_code == 0, f"{done.out}{done.err}"


@pytest.mark.parametrize(
    "line",
    [
        "aws acm-pca list-certificate-authorities --output json",
        "aws --region eu-west-1 --output=json acm-pca list-certificate-authorities",
        "aws --reg eu-west-1 --no-cli-pager acm-pca --output json list-certificate-authorities",
    ],
)
def test_options_may_stand_in_front_of_the_service(shimmed: Pcacli, line: str) -> None:
    assert shimmed.shell(line) == Finished(0, '{\n    "CertificateAuthorities": []\n}\n', "")


@pytest.mark.parametrize(
    "words", ["--version", "s3 ls s3://acm-pca", "--profile acm-pca sts get-caller-identity", "help", "s3 cp acm-pca x"]
)
def test_everything_else_goes_to_the_real_aws_word_by_word(shimmed: Pcacli, words: str) -> None:
    assert shimmed.shell(f"aws {words}") == Finished(7, f"the real aws: {words}\n", "")


def test_help_and_mistakes_are_those_of_pcacli(shimmed: Pcacli) -> None:
    assert "Actions of AWS Private CA" in shimmed.shell("aws acm-pca help").out
    assert shimmed.shell("aws acm-pca list-tags").exit_code == 252


def test_files_where_the_script_runs_are_not_imported(shimmed: Pcacli) -> None:
    (shimmed.work / "json.py").write_text("raise SystemExit('imported')")
    assert shimmed.shell("aws acm-pca list-certificate-authorities --output json").exit_code == 0


def test_without_a_real_aws_the_command_is_not_found(shimmed: Pcacli) -> None:
    (shimmed.home / "real" / "aws").unlink()
    shim = shimmed.home / "shim"
    done = shimmed.shell("aws s3 ls", PATH=f"{shim}:/bin:{shim}")
    assert (done.exit_code, done.out) == (127, "")
    assert done.err.startswith(f"aws: this one ({shim}/aws) is pcacli's and knows acm-pca only;")


def test_the_shim_stands_in_front_of_the_aws_cli(pcacli: Pcacli) -> None:
    program = aws_cli_v2()
    pcacli.ok("local", "shim", str(pcacli.home / "shim"))
    path = f"{pcacli.home / 'shim'}:{Path(program).parent}:{os.environ['PATH']}"
    assert pcacli.shell("aws --version", PATH=path).out.startswith("aws-cli/2.")


def test_the_path_of_the_program_is_printed_with_how_to_put_it_in_front(pcacli: Pcacli) -> None:
    printed = pcacli.run("local", "shim", "new folder/bin")
    folder = pcacli.work / "new folder" / "bin"
    assert (printed.exit_code, printed.out) == (0, f"{folder}/aws\n")
    assert f"""export PATH='{folder}':"$PATH\"""" in printed.err
    again = pcacli.run("local", "shim", str(folder), PATH=f"{folder}:{pcacli.environment['PATH']}")
    assert again == Finished(0, printed.out, "")


def test_another_aws_is_only_replaced_by_force(pcacli: Pcacli) -> None:
    theirs = pcacli.home / "bin" / "aws"
    write_program(theirs, REAL)
    text = theirs.read_text()
    refused = pcacli.run("local", "shim", str(theirs.parent))
    assert refused.exit_code == 252
    assert "was not written by pcacli; --force replaces it." in refused.err
    assert theirs.read_text() == text
    pcacli.ok("local", "shim", str(theirs.parent), "--force")
    assert "aws_shim" in theirs.read_text()


def test_an_aws_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    theirs = tmp_path / "aws"
    write_program(theirs, REAL)
    text = theirs.read_text()
    assert not write_shim(theirs, "ours", may_replace=False)
    assert theirs.read_text() == text
    assert list(tmp_path.iterdir()) == [theirs]


def test_a_link_is_replaced_and_not_written_through(pcacli: Pcacli) -> None:
    target, link = pcacli.home / "precious", pcacli.home / "bin" / "aws"
    target.write_text("precious")
    link.parent.mkdir()
    link.symlink_to(target)
    assert pcacli.run("local", "shim", str(link.parent)).exit_code == 252
    pcacli.ok("local", "shim", str(link.parent), "--force")
    assert (link.is_symlink(), target.read_text()) == (False, "precious")


def test_a_folder_that_cannot_be_made_is_named(pcacli: Pcacli) -> None:
    (pcacli.work / "file").write_text("")
    refused = pcacli.run("local", "shim", "file/bin")
    assert refused.exit_code == 253
    assert "file/bin cannot be written: Not a directory." in refused.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("acm-pca list-tags", "list-tags"),
        ("--profile acm-pca acm-pca list-tags --region acm-pca", "--profile acm-pca list-tags --region acm-pca"),
        ("--profile acm-pca s3 ls", None),
        ("--unknown acm-pca list-tags", None),
        ("s3 acm-pca", None),
        ("", None),
    ],
)
def test_the_service_is_the_first_word_that_belongs_to_no_option(words: str, expected: str | None) -> None:
    found = without_service(words.split())
    assert found == (None if expected is None else expected.split())


def test_two_shims_on_one_path_never_call_each_other_in_turn(tmp_path: Path) -> None:
    for folder in ("a", "b", "c"):
        write_program(tmp_path / folder / "aws", REAL)
    write_program(tmp_path / "d" / "other", REAL)
    path = os.pathsep.join(str(tmp_path / folder) for folder in ("d", "a", "b", "a", "b", "missing", "c"))
    assert next_program(str(tmp_path / "a" / "aws"), path) == str(tmp_path / "b" / "aws")
    assert next_program(str(tmp_path / "b" / "aws"), path) == str(tmp_path / "c" / "aws")
    assert next_program(str(tmp_path / "c" / "aws"), path) is None


def test_an_aws_that_cannot_be_run_is_named(shimmed: Pcacli) -> None:
    real = shimmed.home / "real" / "aws"
    real.write_text("#!/no/such/interpreter\n")
    done = shimmed.shell("aws s3 ls")
    assert done == Finished(126, "", f"aws: {real} cannot be run: No such file or directory.\n")
    shutil.rmtree(real.parent)
