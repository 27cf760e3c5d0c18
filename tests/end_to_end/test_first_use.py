"""The default store is made by the first command that changes something, and by nothing else."""

import stat
from pathlib import Path

import pytest

from tests.support.command_line import Pcacli
from tests.support.hierarchies import P256, create

MISSING = "arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/0a1b2c3d-0000-4000-8000-000000000000"
BAD_ALGORITHM = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHRSA,Subject={CommonName=x}"
COMMANDS_THAT_MAKE_NOTHING = {
    "reading": ("list-certificate-authorities",),
    "reading what is not there": ("describe-certificate-authority", "--certificate-authority-arn", MISSING),
    "changing what is not there": ("delete-certificate-authority", "--certificate-authority-arn", MISSING),
    "creating something impossible": (
        "create-certificate-authority",
        "--certificate-authority-type=ROOT",
        f"--certificate-authority-configuration={BAD_ALGORITHM}",
    ),
    "requesting from nobody": ("pki", "request", "--dns-name", "www.example.com", "--out-dir", "out"),
    "publishing for nobody": ("local", "refresh"),
    "asking for help": ("pki", "init", "--help"),
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("words", COMMANDS_THAT_MAKE_NOTHING.values(), ids=COMMANDS_THAT_MAKE_NOTHING)
def test_what_changes_nothing_makes_no_store(pcacli: Pcacli, words: tuple[str, ...]) -> None:
    finished = pcacli.run(*words)
    assert "Traceback" not in finished.err
    assert "bug in pcacli" not in finished.err
    assert not pcacli.store.exists()
    assert list(pcacli.work.iterdir()) == []


def test_the_first_change_makes_a_private_store_and_says_so(pcacli: Pcacli) -> None:
    configuration = BAD_ALGORITHM.replace("RSA", "ECDSA")
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    first = pcacli.run("create-certificate-authority", *words)
    second = pcacli.run("create-certificate-authority", *words)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.err == f"pcacli: Created a store for the embedded authority in {pcacli.store}\n"
    assert second.err == ""


def test_a_store_is_private_whatever_the_umask(pcacli: Pcacli) -> None:
    script = "umask 000; pcacli pki init; umask 077; pcacli pki init --common-name Second"
    assert pcacli.shell(script).exit_code == 0
    assert mode(pcacli.store) == 0o700
    for path in pcacli.store.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_published_files_are_private_too(estate: Pcacli) -> None:
    buckets = estate.store / "buckets"
    assert mode(buckets) == 0o700
    for path in buckets.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_local_init_makes_the_store_and_leaves_one_that_is_there(pcacli: Pcacli) -> None:
    assert pcacli.ok("local", "init") == f"{pcacli.store}\n"
    arn = create(pcacli, "ROOT", "Root", P256)
    assert pcacli.ok("local", "init") == f"{pcacli.store}\n"
    assert pcacli.json("list-certificate-authorities", "--query", "CertificateAuthorities[].Arn") == [arn]


def test_a_named_store_is_never_made_unasked(pcacli: Pcacli, tmp_path: Path) -> None:
    named = tmp_path / "nowhere"
    for words in (("list-certificate-authorities",), ("pki", "init")):
        refused = pcacli.run(*words, "--endpoint-url", f"local:{named}")
        assert (refused.exit_code, refused.out) == (253, "")
        assert f"pcacli local init --endpoint-url local:{named}" in refused.err
        assert not named.exists()


def test_stores_do_not_see_one_another(pcacli: Pcacli, tmp_path: Path) -> None:
    create(pcacli, "ROOT", "Root", P256)
    other = ("--endpoint-url", f"local:{tmp_path}/other")
    pcacli.ok("local", "init", *other)
    assert pcacli.json("list-certificate-authorities", *other) == {"CertificateAuthorities": []}


def test_accounts_and_regions_of_a_store_do_not_see_one_another(pcacli: Pcacli) -> None:
    arn = create(pcacli, "ROOT", "Root", P256)
    listing = ("list-certificate-authorities", "--query", "CertificateAuthorities[].Arn")
    assert pcacli.json(*listing) == [arn]
    assert pcacli.json(*listing, "--region", "eu-central-1") == []
    assert pcacli.json(*listing, AWS_ACCOUNT_ID="111122223333") == []
