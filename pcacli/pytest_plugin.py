"""The plug-in for pytest: the fixture `pca`, a private CA service of a test's own.

pytest imports this whenever it starts, so it imports pytest and nothing else before a test asks for the fixture.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pcacli.testing import PrivateCA
    from pcacli.testing.template import Template

# Who signs with these is known nowhere; botocore sends nothing without credentials.
_MADE_UP_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture(scope="session")
def pca_seed() -> Path | None:
    """The file of `pcacli local seed` with the CAs that `pca` has; override this to name yours.

    None, as here, makes a root CA and an issuing CA below it.
    """
    return None


@pytest.fixture(scope="session")
def pca_region() -> str:
    """The region of the CAs of `pca`; override this if your program names another one."""
    return "us-east-1"


@pytest.fixture(scope="session")
def _pca_template(tmp_path_factory: pytest.TempPathFactory, pca_seed: Path | None, pca_region: str) -> "Template":
    """Make the store that is copied for each test."""
    from pcacli.testing.template import make_template

    return make_template(tmp_path_factory.mktemp("pca-template") / "store", pca_seed, pca_region)


@pytest.fixture
def pca(tmp_path_factory: pytest.TempPathFactory, _pca_template: "Template") -> Iterator["PrivateCA"]:
    """A private CA service of the test's own (`pcacli.testing.PrivateCA`): AWS's API, real certificates, no network.

    While the test runs, every boto3 client of ACM PCA talks to it, whenever it was made. The environment names the
    region of the CAs meanwhile, and made-up credentials if there are none.
    """
    from pcacli.testing import PrivateCA

    directory = tmp_path_factory.mktemp("pca") / "store"
    with (
        PrivateCA.copy_of(_pca_template, directory) as copy,
        copy.answering_every_client(),
        pytest.MonkeyPatch.context() as patch,
    ):
        # An endpoint such as local:, meant for pcacli, is none for boto3.
        patch.delenv("AWS_ENDPOINT_URL_ACM_PCA", raising=False)
        if "AWS_ACCESS_KEY_ID" not in os.environ and "AWS_PROFILE" not in os.environ:
            for name, value in _MADE_UP_CREDENTIALS.items():
                patch.setenv(name, value)
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            patch.setenv(name, copy.region)
        yield copy
