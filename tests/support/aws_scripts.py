"""What `--print-commands` prints, run as a user would run it: by `sh`, with the AWS CLI v2."""

import os
import shlex

from tests.support.command_line import Finished, Pcacli, run_program, write_program
from tests.support.programs import aws_cli_v2


def run_with_aws(pcacli: Pcacli, script: str, **environment: str) -> Finished:
    """Run a script in the folder and the environment of a command line; only the AWS CLI is there, no pcacli."""
    programs = pcacli.home / "aws-only"
    # Versions before 2.13, such as Debian's, know the option and not the variable.
    endpoint = '${AWS_ENDPOINT_URL_ACM_PCA:+--endpoint-url "$AWS_ENDPOINT_URL_ACM_PCA"}'
    write_program(programs / "aws", f'exec {shlex.quote(aws_cli_v2())} {endpoint} "$@"')
    path = f"{programs}{os.pathsep}{pcacli.environment['PATH']}"
    (pcacli.work / "printed.sh").write_text(script)
    return run_program("sh", "printed.sh", cwd=pcacli.work, **{**pcacli.environment, "PATH": path, **environment})
