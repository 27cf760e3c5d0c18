"""Scripts for `aws acm-pca`, as people write them, in which nothing but that name is changed.

The scripts in `workflows/` are our own, after the patterns that were found in public scripts; each checks what it gets
and stops at the first thing that is wrong. Where one calls another service of AWS, a small `aws` on the PATH stands in.
"""

from pathlib import Path

import pytest

from tests.support.command_line import write_program
from tests.support.hierarchies import Estate

SCRIPTS = sorted((Path(__file__).parent / "workflows").glob("*.sh"))
# `aws s3api get-object --bucket B --key K FILE` and `aws --version`.
AWS = r"""
case "$1 ${2-}" in
    "--version ") echo "aws-cli/2.36.7 Python/3.13.0 Linux/6 exe/x86_64" ;;
    "s3api get-object") cat "$BUCKETS/$4/$6" > "$7"; echo '{"ContentLength": 1, "Metadata": {}}' ;;
    *) echo "aws $* is not to be called" >&2; exit 99 ;;
esac
"""


def scripts() -> list[object]:
    """Return every script, with the program that it needs."""
    return [
        pytest.param(script, marks=[pytest.mark.needs("jq")] if "jq" in script.read_text() else [], id=script.stem)
        for script in SCRIPTS
    ]


@pytest.mark.parametrize("script", scripts())
def test_a_script_written_for_aws_works_unchanged(estate: Estate, script: Path) -> None:
    write_program(estate.home / "bin" / "aws", AWS)
    done = estate.shell(
        script.read_text().replace("aws acm-pca", "pcacli"),
        ROOT_CA_ARN=estate.root,
        ISSUING_CA_ARN=estate.issuing,
        LEAF_ARN=estate.leaf,
        BUCKETS=str(estate.store / "buckets"),
    )
    assert done.exit_code == 0, f"{done.out}{done.err}"
