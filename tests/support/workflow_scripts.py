"""The scripts in tests/end_to_end/workflows, and what they find where they run."""

from pathlib import Path

import pytest

from tests.support.hierarchies import Estate

SCRIPTS = sorted((Path(__file__).parents[1] / "end_to_end" / "workflows").glob("*.sh"))
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


def variables(estate: Estate) -> dict[str, str]:
    """Return what a script learns of an estate from its environment."""
    return {
        "ROOT_CA_ARN": estate.root,
        "ISSUING_CA_ARN": estate.issuing,
        "LEAF_ARN": estate.leaf,
        "BUCKETS": str(estate.store / "buckets"),
    }
