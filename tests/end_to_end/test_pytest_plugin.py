"""The fixture `pca` in the test suites of other people: pytest runs in a process of its own, with our plug-in only."""

import tomllib
from pathlib import Path

import pytest

import pcacli
from tests.support.documents import README, ROOT, in_language, marked

pytest_plugins = ["pytester"]

PLUG_IN = "pcacli.pytest_plugin"
# A suite in which the test before has changed everything that a test can change.
SUITE = """
import os
import boto3
import pytest

EARLIER = boto3.Session("x", "y", region_name="us-east-1").client("acm-pca", endpoint_url="https://pca.example.com")

@pytest.fixture(autouse=True, scope="session")
def no_network():
    def refuse(session, request):
        raise AssertionError(f"sent to {request.url}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.httpsession.URLLib3Session.send", refuse)
        yield

@pytest.mark.parametrize("run", range(2))
def test_each_test_has_a_store_of_its_own(pca, run):
    client = boto3.client("acm-pca")
    assert len(client.list_certificate_authorities()["CertificateAuthorities"]) == 2
    assert client.list_tags(CertificateAuthorityArn=pca.arns["root"]).get("Tags", []) == []
    assert EARLIER.get_certificate_authority_certificate(CertificateAuthorityArn=pca.arns["issuing"])
    client.tag_certificate_authority(CertificateAuthorityArn=pca.arns["root"], Tags=[{"Key": "run", "Value": "1"}])
    client.delete_certificate_authority(CertificateAuthorityArn=client.create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA", "Subject": {"CommonName": "x"},
        },
    )["CertificateAuthorityArn"])
    pca.advance(days=1000)
    pca.fail(None, "InternalFailure")

def test_other_services_are_not_answered(pca):
    with pytest.raises(AssertionError, match="sent to"):
        boto3.client("sts").get_caller_identity()

def test_afterwards_everything_is_as_it_was():
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-north-1"
    assert os.environ["AWS_ENDPOINT_URL_ACM_PCA"] == "local:"
    with pytest.raises(AssertionError, match="sent to"):
        EARLIER.list_certificate_authorities()
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for a suite; the plug-in is named there, so that it need not be installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(pcacli.__file__).parents[1]))
    monkeypatch.setenv("HOME", str(pytester.path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_REGION", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACM_PCA", "local:")
    return pytester


def passed(suite: pytest.Pytester) -> int:
    """Run the suite, in which every test has to pass, and return how many there were."""
    done = suite.runpytest_subprocess("-p", PLUG_IN, "-W", "error", "-q")
    outcomes = done.parseoutcomes()
    assert outcomes.keys() == {"passed"}, done.stdout.str()
    return outcomes["passed"]


def test_tests_do_not_see_each_other_and_nothing_is_sent(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    assert passed(suite) == 4


def test_the_example_of_the_readme_works(suite: pytest.Pytester) -> None:
    suite.makepyfile(marked(README, "pytest-fixture"))
    assert passed(suite) == 2


def test_moto_answers_the_other_services_if_it_is_told_to_leave_ours(suite: pytest.Pytester) -> None:
    (example,) = in_language(ROOT / "docs" / "testing.md", "python")
    suite.makepyfile(example)
    assert passed(suite) == 1


def test_a_seed_file_and_a_region_say_which_cas_there_are_and_where(suite: pytest.Pytester) -> None:
    suite.path.joinpath("seed.yaml").write_text("CertificateAuthorities: [{Name: only}]")
    suite.makepyfile("""
        import pytest
        from pathlib import Path

        @pytest.fixture(scope="session")
        def pca_seed():
            return Path("seed.yaml")

        @pytest.fixture(scope="session")
        def pca_region():
            return "eu-central-1"

        def test_the_only_ca_is_there(pca):
            assert pca.arns == {"only": pca.certificate_authority_arn}
            (found,) = pca.client.list_certificate_authorities()["CertificateAuthorities"]
            assert found["Arn"].startswith("arn:aws:acm-pca:eu-central-1:000000000000:")
    """)
    assert passed(suite) == 1


def test_without_the_fixture_nothing_but_the_plug_in_is_imported(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import sys

        def test_what_is_there():
            ours = {name for name in sys.modules if name.partition(".")[0] in ("pcacli", "boto3", "botocore")}
            assert ours == {"pcacli", "pcacli.pytest_plugin"}
    """)
    assert passed(suite) == 1


def test_the_fixture_is_described_where_pytest_lists_fixtures(suite: pytest.Pytester) -> None:
    listed = suite.runpytest_subprocess("-p", PLUG_IN, "--fixtures")
    listed.stdout.fnmatch_lines(["pca -- *pytest_plugin.py:*", "    A private CA service of the test's own *"])


def test_installing_pcacli_installs_the_plug_in() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"pcacli": PLUG_IN}
