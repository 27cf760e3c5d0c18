"""The store of which each test gets a copy, made once in a run."""

from collections.abc import Mapping
from pathlib import Path
from time import sleep
from typing import NamedTuple

from pcacli.engine.context import root_of_account, system_context
from pcacli.engine.home import Home
from pcacli.limits.readers import SEED_FILE
from pcacli.limits.reading import read_file
from pcacli.service.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalService
from pcacli.service.workflows.seed import declared, seed
from pcacli.service.workflows.workflow import Workflow

_HIERARCHY = b"""
CertificateAuthorities:
  - Name: root
    Subject: {CommonName: Test Root CA}
  - Name: issuing
    Issuer: root
    Subject: {CommonName: Test Issuing CA}
"""


class Template(NamedTuple):
    """A test store in a folder, its CAs (ARNs by name) and their region."""

    directory: Path
    arns: Mapping[str, str]
    region: str


def make_template(directory: Path, seed_file: Path | None = None, region: str = DEFAULT_REGION) -> Template:
    """Make a test store with the CAs that a file of `pcacli local seed` declares; None: a root and an issuing CA.

    Raises:
        UsageProblem: the file is not what a seed is.
    """
    content, name = (_HIERARCHY, "") if seed_file is None else (read_file(seed_file, SEED_FILE), str(seed_file))
    entries = declared(content, name)
    home = Home(directory)
    home.create(test=True)
    parts = home.open(system_context(), lambda _notice: None)
    service = LocalService(parts, root_of_account(DEFAULT_ACCOUNT, region))
    try:
        arns = {one.name: one.arn for one in seed(Workflow(service, sleep), entries)}
    finally:
        service.close()
    return Template(directory, arns, region)
