"""The jobs in `examples/` do what they say: every command of theirs is run here, but for what installs something."""

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.command_line import PROGRAM, Finished, Pcacli, run_program, write_program
from tests.support.serving import serving

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
# Containerfile(5): the instructions that there are.
INSTRUCTIONS = "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL STOPSIGNAL USER VOLUME WORKDIR"


@pytest.fixture
def project(tmp_path: Path) -> Pcacli:
    """A project with the examples in it, on a machine with pcacli, pytest and a pip that does nothing."""
    project = Pcacli(tmp_path, endpoint={})
    shutil.copytree(EXAMPLES, project.work / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    programs = project.home / "bin"
    write_program(programs / "pcacli", f'exec {shlex.join(PROGRAM)} "$@"')
    write_program(programs / "pytest", f'exec {sys.executable} -m pytest -p pcacli.pytest_plugin "$@"')
    write_program(programs / "pip", "echo pip: $*")
    project.environment["PATH"] = f"{programs}{os.pathsep}{project.environment['PATH']}"
    project.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    project.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return project


def load(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((EXAMPLES / name).read_text(encoding="utf-8"))


def run_lines(project: Pcacli, lines: str, **environment: str) -> Finished:
    """Run lines as both services do: in a shell that stops at the first failure."""
    return run_program(
        "bash", "-eo", "pipefail", "-c", lines, cwd=project.work, **{**project.environment, **environment}
    )


def test_the_github_job_runs_from_the_first_step_to_the_last(project: Pcacli) -> None:
    job = load("github-actions.yml")["jobs"]["certificates"]
    path_file = project.home / "github-path"
    path_file.write_text("")
    environment = {"GITHUB_PATH": str(path_file), "RUNNER_TEMP": str(project.home), **job["env"]}
    steps = [step for step in job["steps"] if "run" in step]
    assert len(steps) == 7
    for step in steps:
        # What a step adds to the path counts for those after it, the newest first.
        path = os.pathsep.join([*reversed(path_file.read_text().split()), project.environment["PATH"]])
        done = run_lines(project, step["run"], **{**environment, **step.get("env", {}), "PATH": path})
        assert done.exit_code == 0, f"{step['run']}\n{done.out}{done.err}"
    assert (project.work / "www.example.com" / "fullchain.pem").exists()


def test_the_gitlab_job_runs_from_the_first_line_to_the_last(project: Pcacli) -> None:
    job = load("gitlab-ci.yml")["certificates"]
    # GitLab puts variables into variables.
    variables = {name: value.replace("$CI_PROJECT_DIR", str(project.work)) for name, value in job["variables"].items()}
    lines = "\n".join([*job["before_script"], *job["script"]])
    done = run_lines(project, lines, **variables)
    assert done.exit_code == 0, f"{done.out}{done.err}"
    assert "www.example.com/cert.pem: OK" in done.out
    assert (project.work / ".pcacli" / "authority.db").exists()


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_last_step_fails_when_a_certificate_expires_soon(project: Pcacli, name: str) -> None:
    last_line = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()[-1]
    command = last_line[last_line.index("pcacli") :]
    local = {"AWS_ENDPOINT_URL_ACM_PCA": "local:"}
    project.ok("pki", "init", **local)
    assert project.run(*shlex.split(command)[1:], **local).exit_code == 0
    project.ok("pki", "request", "--dns-name", "soon.example.com", "--out-dir", "soon", "--validity", "5d", **local)
    assert project.run(*shlex.split(command)[1:], **local).exit_code == 1


def instructions() -> Iterator[tuple[str, str]]:
    """Yield the instructions of the Containerfile with their arguments."""
    for line in (EXAMPLES / "Containerfile").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, arguments = line.partition(" ")
            yield name, arguments


def test_the_containerfile_has_known_instructions_and_does_not_run_as_root() -> None:
    found = dict(instructions())
    assert found.keys() <= set(INSTRUCTIONS.split())
    assert next(instructions())[0] == "FROM"
    uid = re.search(r"--uid (\d+)", (EXAMPLES / "Containerfile").read_text(encoding="utf-8"))
    assert uid is not None
    assert found["USER"] == uid[1]


def test_the_container_serves_and_its_health_check_finds_it(pcacli: Pcacli) -> None:
    found = dict(instructions())
    assert json.loads(found["ENTRYPOINT"]) == ["pcacli"]
    local, serve, *options = json.loads(found["CMD"])
    assert (local, serve) == ("local", "serve")
    check = json.loads(found["HEALTHCHECK"].removeprefix("CMD "))
    with serving(pcacli, *options) as server:
        port = server.address.rpartition(":")[2]
        assert found["EXPOSE"] in check[-1]
        words = (sys.executable, "-c", check[-1].replace(found["EXPOSE"], port))
        assert run_program(*words, cwd=pcacli.work).exit_code == 0
    assert run_program(*words, cwd=pcacli.work).exit_code == 1
