from pathlib import Path

import pytest

from pcacli.errors import ConfigurationProblem, UsageProblem
from pcacli.service.endpoints import Aws, Local, backend_of, default_directory, endpoint_option


@pytest.mark.parametrize(
    ("endpoint_url", "backend"),
    [
        (None, Aws(None)),
        ("https://pca.example", Aws("https://pca.example")),
        ("http://localhost:4566", Aws("http://localhost:4566")),
        ("localhost:4566", Aws("localhost:4566")),
        ("local:", Local()),
        ("LOCAL:", Local()),
        ("local:/srv/pca", Local(directory=Path("/srv/pca"))),
        ("local:///srv/pca", Local(directory=Path("/srv/pca"))),
        ("local:~/pca", Local(directory=Path.home() / "pca")),
        ("local:postgresql://user@host/pca", Local(database_url="postgresql://user@host/pca")),
        ("local:postgres:///pca?host=/run", Local(database_url="postgres:///pca?host=/run")),
    ],
)
def test_the_endpoint_chooses_the_backend(endpoint_url: str | None, backend: Aws | Local) -> None:
    assert backend_of(endpoint_url) == backend


@pytest.mark.parametrize("endpoint_url", ["local:store", "local:./store", "local://host/store", "local:http://a"])
def test_a_store_without_an_absolute_path_is_refused(endpoint_url: str) -> None:
    with pytest.raises(ConfigurationProblem, match=r"^Bad endpoint .*absolute path"):
        backend_of(endpoint_url)
    with pytest.raises(UsageProblem, match=r"^Bad endpoint .*absolute path"):
        endpoint_option({"--endpoint-url": endpoint_url})


def test_a_default_store_without_an_absolute_path_is_refused_by_the_name_of_the_variable() -> None:
    with pytest.raises(ConfigurationProblem, match=r"^PCACLI_HOME must be an absolute path, not here\.$"):
        default_directory({"PCACLI_HOME": "here"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:s3cret@host/pca",
        "postgresql://host/pca?password=s3cret",
        "postgresql://host/pca?%70assword=s3cret",
        "postgresql://host/pca?sslkey=client.key&sslpassword=s3cret",
    ],
)
def test_a_password_in_a_database_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationProblem, match=r"holds a password") as caught:
        backend_of(f"local:{url}")
    assert "s3cret" not in caught.value.message


def test_a_database_url_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ConfigurationProblem, match=r"^Bad database URL"):
        backend_of("local:postgresql://[::1/pca")
