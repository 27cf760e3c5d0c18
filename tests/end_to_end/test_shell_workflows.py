"""Scripts for `aws acm-pca`, as people write them, in which nothing but that name is changed.

The scripts in `workflows/` are our own, after the patterns that were found in public scripts; each checks what it gets
and stops at the first thing that is wrong. Where one calls another service of AWS, a small `aws` on the PATH stands in.
"""

from pathlib import Path

import pytest

from tests.support.command_line import write_program
from tests.support.hierarchies import Estate
from tests.support.workflow_scripts import AWS, scripts, variables


@pytest.mark.parametrize("script", scripts())
def test_a_script_written_for_aws_works_unchanged(estate: Estate, script: Path) -> None:
    write_program(estate.home / "bin" / "aws", AWS)
    done = estate.shell(
        script.read_text().replace("aws acm-pca", "pcacli"),
        **variables(estate),
    )
    assert done.exit_code == 0, f"{done.out}{done.err}"
