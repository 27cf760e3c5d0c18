from pathlib import Path

import pytest

from pcacli.errors import ConfigurationProblem
from pcacli.service.backends import open_service
from pcacli.service.settings import Settings, read_settings


def local_settings(tmp_path: Path, endpoint_url: str, **variables: str) -> Settings:
    """Settings from nothing but an endpoint and variables, the default store below the test's directory."""
    nowhere = str(tmp_path / "none")
    files = {"AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere, "PCACLI_HOME": str(tmp_path / "store")}
    return read_settings({"--endpoint-url": endpoint_url}, files | variables)


def never(_text: str) -> None:
    pytest.fail("said something to the user")


def test_reading_from_the_default_store_creates_nothing(tmp_path: Path) -> None:
    service = open_service(local_settings(tmp_path, "local:"), notify=never)
    assert service.call("ListCertificateAuthorities", {}) == {"CertificateAuthorities": []}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "complaint"),
    [("{here}/none", r"There is no store in .*/none"), ("postgresql://127.0.0.1:1/pca", "Connection refused")],
)
def test_a_named_store_that_is_not_there_is_a_matter_of_configuration(
    tmp_path: Path, place: str, complaint: str
) -> None:
    settings = local_settings(tmp_path, f"local:{place.format(here=tmp_path)}")
    with pytest.raises(ConfigurationProblem, match=complaint):
        open_service(settings, notify=never)


def test_missing_credentials_never_lead_to_the_embedded_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings = local_settings(tmp_path, "http://127.0.0.1:1", AWS_REGION="us-east-1")
    with pytest.raises(ConfigurationProblem, match="Unable to locate credentials"):
        open_service(settings, notify=never).call("ListCertificateAuthorities", {})
    assert list(tmp_path.iterdir()) == []
