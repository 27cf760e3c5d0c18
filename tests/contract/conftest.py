from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.s3_server import emptied, s3_client, use_credentials


@pytest.fixture
def s3_buckets(s3_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of the S3 server, which is empty again afterwards; the program finds credentials for it."""
    use_credentials(monkeypatch, tmp_path_factory.mktemp("home"))
    yield s3_client(s3_url)
    emptied(s3_url)
