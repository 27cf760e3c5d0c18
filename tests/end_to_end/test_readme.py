"""The README's commands work as they stand there, for somebody with an empty home and no environment variables."""

import re
from pathlib import Path

import pytest

from tests.support.command_line import Finished, Pcacli, openssl_ok

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- ([a-z-]+) -->\n```console\n(.*?)```", README, re.DOTALL))
INSTALLATION = "pip install . && "


@pytest.fixture
def newcomer(tmp_path: Path) -> Pcacli:
    """Somebody who has just installed the program."""
    newcomer = Pcacli(tmp_path, endpoint={})
    del newcomer.environment["PCACLI_HOME"]
    newcomer.store = newcomer.home / ".local" / "share" / "pcacli"
    return newcomer


def succeed(finished: Finished) -> str:
    assert finished.exit_code == 0, finished.err
    return finished.out


def test_the_first_command_line_ends_with_a_verified_certificate(newcomer: Pcacli) -> None:
    assert BLOCKS["main-job"].startswith(INSTALLATION)
    printed = succeed(newcomer.shell(BLOCKS["main-job"].removeprefix(INSTALLATION)))
    assert printed.endswith("www.example.com/cert.pem: OK\n")
    made = newcomer.work / "www.example.com"
    assert sorted(file.name for file in made.iterdir()) == [
        "cert.pem",
        "chain.pem",
        "fullchain.pem",
        "key.pem",
        "root.pem",
    ]
    assert "CN = Example Issuing CA" in openssl_ok(made, "x509", "-in", "cert.pem", "-noout", "-issuer")
    assert newcomer.store.is_dir()


def test_the_commands_by_hand_end_with_an_active_authority(newcomer: Pcacli) -> None:
    assert succeed(newcomer.shell(BLOCKS["by-hand"])) == '"ACTIVE"\n'


def test_the_commands_about_sharing_show_the_ca_to_the_other_account(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell(BLOCKS["by-hand"] + BLOCKS["sharing"]))
    assert printed.count('"OwnerAccount": "000000000000"') == 1


def test_the_commands_of_the_test_store_let_years_pass_and_take_them_back(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell(BLOCKS["test-store"]))
    assert "EXPIRED  SUBORDINATE  Private Issuing CA" in printed
    endpoint = ("--endpoint-url", f"local:{newcomer.work / 'rehearsal'}")
    assert newcomer.json("local", "clock", "show", *endpoint)["AheadInSeconds"] == 0


def test_the_script_finds_the_ca_and_learns_why_there_is_no_policy(newcomer: Pcacli) -> None:
    said = succeed(newcomer.shell(BLOCKS["by-hand"] + BLOCKS["script"]))
    assert said.startswith('"ACTIVE"\n')
    assert "An error occurred (ResourceNotFoundException) when calling the GetPolicy operation" in said
    assert "CN = Example Root" in openssl_ok(newcomer.work, "x509", "-in", "root.pem", "-noout", "-subject")


def test_every_console_block_is_run_by_somebody() -> None:
    """`.ci/run` reads the test command from the README and runs it; test_formatter_plug_ins.py the plug-in."""
    assert set(BLOCKS) == {"main-job", "by-hand", "sharing", "test-store", "test-command", "script", "plug-in-use"}
    assert README.count("```console") == len(BLOCKS)
    assert "<!-- test-command -->" in (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")


def test_the_profile_chooses_the_laptop(newcomer: Pcacli) -> None:
    (profile,) = re.findall(r"```ini\n(.*?)```", README, re.DOTALL)
    configuration = newcomer.home / ".aws" / "config"
    configuration.parent.mkdir()
    configuration.write_text(profile)
    assert newcomer.json("list-certificate-authorities", "--profile", "dev") == {"CertificateAuthorities": []}


def test_a_store_can_be_made_in_a_folder_of_choice(newcomer: Pcacli) -> None:
    (line,) = re.findall(r"`pcacli (local init .*?)`", README)
    assert (
        succeed(newcomer.shell(f"pcacli {line.replace('/path/of/store', '$PWD/store')}")) == f"{newcomer.work}/store\n"
    )
    endpoint = f"local:{newcomer.work}/store"
    assert newcomer.json("list-certificate-authorities", "--endpoint-url", endpoint) == {"CertificateAuthorities": []}


def test_nothing_happens_on_the_embedded_authority_unasked(newcomer: Pcacli) -> None:
    """Without credentials the command fails as with aws, and says both ways out."""
    refused = newcomer.run("list-certificate-authorities", AWS_EC2_METADATA_DISABLED="true", AWS_REGION="eu-central-1")
    assert refused.exit_code == 253
    assert "--local" in refused.err
    assert not newcomer.store.exists()
