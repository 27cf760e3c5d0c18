"""The README's commands work as they stand there, for somebody with an empty home and no environment variables."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.command_line import Finished, Pcacli, openssl_ok
from tests.support.postgresql import PostgreSQLServer
from tests.support.serving import REGION, Server, serving
from tests.support.session_picture import PICTURE, picture
from tests.support.soft_hsm import SoftHsm

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


def test_the_commands_about_a_token_make_cas_with_keys_in_it(newcomer: Pcacli, soft_hsm: SoftHsm) -> None:
    before = soft_hsm.objects()
    newcomer.environment.update(soft_hsm.environment)
    script = BLOCKS["token"].replace("/usr/lib/softhsm/libsofthsm2.so", soft_hsm.token.module)
    assert "IssuingCertificateAuthorityArn" in succeed(newcomer.shell(script))
    # The token itself and two key pairs.
    assert len(soft_hsm.objects() - before) == 5


def test_the_commands_of_the_test_store_let_years_pass_and_take_them_back(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell(BLOCKS["test-store"]))
    assert "EXPIRED  SUBORDINATE  Private Issuing CA" in printed
    endpoint = ("--endpoint-url", f"local:{newcomer.work / 'rehearsal'}")
    assert newcomer.json("local", "clock", "show", *endpoint)["AheadInSeconds"] == 0


def test_the_commands_that_keep_a_store_safe_leave_one_without_a_key_file(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell(BLOCKS["by-hand"] + BLOCKS["safe"]))
    assert "no findings; looked at CAs: 1" in printed
    assert not (newcomer.store / "key-encryption.key").exists()
    assert (newcomer.work / "pki.backup").stat().st_size > 0


def test_the_script_finds_the_ca_and_learns_why_there_is_no_policy(newcomer: Pcacli) -> None:
    said = succeed(newcomer.shell(BLOCKS["by-hand"] + BLOCKS["script"]))
    assert said.startswith('"ACTIVE"\n')
    assert "An error occurred (ResourceNotFoundException) when calling the GetPolicy operation" in said
    assert "CN = Example Root" in openssl_ok(newcomer.work, "x509", "-in", "root.pem", "-noout", "-subject")


def test_the_seed_makes_cas_which_a_script_for_aws_finds_through_the_shim(newcomer: Pcacli) -> None:
    local = "export AWS_ENDPOINT_URL_ACM_PCA=local:"
    printed = succeed(newcomer.shell(f"{local}\n{BLOCKS['seed']}{BLOCKS['shim']}"))
    assert printed.count("\tcreated\n") == 2
    assert printed.endswith("\nACTIVE\tACTIVE\n")


def test_the_commands_for_many_machines_make_a_ca_on_the_database(
    newcomer: Pcacli, postgresql: PostgreSQLServer, database: str
) -> None:
    url = postgresql.url(database)
    block = BLOCKS["many-machines"].replace("postgresql://pca@db.example.com/pca", url)
    assert succeed(newcomer.shell(block)).startswith(f"{url}\n")
    key, endpoint = str(newcomer.home / "ca.key"), ("--endpoint-url", f"local:{url}")
    listed = newcomer.json("list-certificate-authorities", *endpoint, PCACLI_KEY_FILE=key)
    assert [one["Status"] for one in listed["CertificateAuthorities"]] == ["ACTIVE", "ACTIVE"]
    assert not newcomer.store.exists()


def test_the_estate_is_made_once_and_shown_with_its_checks(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell(BLOCKS["estate"]))
    assert "\n  ACTIVE Example Issuing CA  expires in 5 years" in printed
    assert len(newcomer.json("list-certificate-authorities", "--local")["CertificateAuthorities"]) == 2


def test_the_rehearsal_tells_what_breaks_next_year(newcomer: Pcacli, tmp_path: Path) -> None:
    owner = Pcacli(tmp_path / "aws")
    owner.environment.update(AWS_ACCOUNT_ID="111122223333", AWS_REGION=REGION)
    owner.ok("pki", "init", "--common-name", "Production", "--issuing-validity", "430d")
    with serving(owner) as server:
        configuration = newcomer.home / ".aws" / "config"
        configuration.parent.mkdir()
        configuration.write_text(profile_of(server))
        finished = newcomer.shell(BLOCKS["rehearsal"])
    assert finished.exit_code == 1
    assert "Not as it should be:\n  Production Issuing CA (arn:" in finished.err
    assert "ACTIVE Production Issuing CA  expires in 29 days" in finished.out


def profile_of(server: Server) -> str:
    """Return the configuration of a profile for which a server stands in for AWS."""
    lines = (
        *("[profile prod]", f"region = {REGION}", "services = stand-in"),
        f"aws_access_key_id = {server.access_key['AccessKeyId']}",
        f"aws_secret_access_key = {server.access_key['SecretAccessKey']}",
        *("[services stand-in]", "acm_pca =", f"  endpoint_url = {server.url}", ""),
    )
    return "\n".join(lines)


def test_a_list_and_a_renewal_leave_certificates_in_folders(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell("pcacli --local pki init\n" + BLOCKS["renewing"]))
    assert "db: not due, valid until" in printed
    assert printed.endswith("2 issued, 0 done before, 0 failed; see hosts/results.jsonl\n")
    for folder in ("db", "hosts/web1.example.com", "hosts/web2.example.com"):
        verify = ("verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "cert.pem")
        assert openssl_ok(newcomer.work / folder, *verify) == "cert.pem: OK\n"


def test_a_certificate_is_looked_at_verified_and_revoked(newcomer: Pcacli) -> None:
    made = BLOCKS["main-job"].removeprefix(INSTALLATION)
    printed = succeed(newcomer.shell(made + BLOCKS["looking"]))
    assert "  Verdict     good\n" in printed
    assert printed.splitlines()[-1].startswith("REVOKED          ")


def test_a_certificate_is_seen_before_it_exists(newcomer: Pcacli) -> None:
    printed = succeed(newcomer.shell("pcacli --local pki init\n" + BLOCKS["preview"]))
    assert "Would be issued  CN=app.example.com\n" in printed
    assert len(newcomer.json("--local", "pki", "list")) == 2


def test_a_program_calls_the_server_with_the_key_that_was_made_for_it(newcomer: Pcacli) -> None:
    make_key, serve = BLOCKS["serve"].splitlines()
    succeed(newcomer.shell(make_key))
    key = json.loads((newcomer.work / "key.json").read_text())
    program, *words = shlex.split(serve, comments=True)
    assert (program, *words[:2]) == ("pcacli", "local", "serve")
    # On a port that is free, and with the values in place of the dots.
    with serving(newcomer, *words[2:]) as server:
        settings = BLOCKS["serve-client"].replace("http://127.0.0.1:9443", server.url)
        for name, member in (("AWS_ACCESS_KEY_ID", "AccessKeyId"), ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey")):
            settings = settings.replace(f"{name}=...", f"{name}={shlex.quote(key[member])}")
        assert "..." not in settings
        printed = succeed(newcomer.shell(f"{settings}pcacli list-certificate-authorities --output json"))
    assert json.loads(printed) == {"CertificateAuthorities": []}


def test_every_console_block_is_run_by_somebody() -> None:
    """`.ci/run` reads the test command from the README and runs it; test_formatter_plug_ins.py the plug-in."""
    run_here = {
        "safe",
        "token",
        "main-job",
        "by-hand",
        "sharing",
        "test-store",
        "script",
        "seed",
        "shim",
        "many-machines",
        "estate",
        "rehearsal",
        "renewing",
        "looking",
        "preview",
        "serve",
        "serve-client",
    }
    assert set(BLOCKS) == run_here | {"test-command", "plug-in-use"}
    assert README.count("```console") == len(BLOCKS)
    assert "<!-- test-command -->" in (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")


def test_the_profile_chooses_the_laptop(newcomer: Pcacli) -> None:
    (profile,) = re.findall(r"```ini\n(.*?)```", README, re.DOTALL)
    configuration = newcomer.home / ".aws" / "config"
    configuration.parent.mkdir()
    configuration.write_text(profile)
    assert newcomer.json("list-certificate-authorities", "--profile", "dev") == {"CertificateAuthorities": []}


def test_a_store_can_be_made_in_a_folder_of_choice(newcomer: Pcacli) -> None:
    (line,) = re.findall(r"make it with `pcacli (local init .*?)`", README)
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


def table_under(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading, without its head."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


def test_the_table_of_settings_has_every_variable_of_ours() -> None:
    told = {name for row in table_under("Settings") for name in re.findall(r"PCACLI_[A-Z0-9_]+", row[0])}
    read = {name for text in sources() for name in re.findall(r"\bPCACLI_[A-Z0-9_]*[A-Z0-9]\b", text)}
    assert told == read


def test_troubleshooting_quotes_sentences_that_the_program_says() -> None:
    quoted = [row[0].strip("`") for row in table_under("Troubleshooting") if row[0].startswith("`")]
    everything = "\n".join(sources())
    assert len(quoted) >= 5
    assert [sentence for sentence in quoted if sentence not in everything] == []


def sources() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in (Path(__file__).parents[2] / "pcacli").rglob("*.py")]


def test_the_picture_shows_what_the_commands_print(tmp_path: Path) -> None:
    committed = PICTURE.read_text(encoding="utf-8")
    assert f"]({PICTURE.relative_to(PICTURE.parents[1])})" in README
    drawn = picture(tmp_path)
    for text in ("Example Issuing CA", "like EndEntityCertificate/V1", "ACTIVE", "expires"):
        assert text.replace(" ", "&#160;") in drawn
        assert text.replace(" ", "&#160;") in committed
    # Rich's own format would have the reader's browser fetch fonts.
    assert "font-face" not in committed
