"""README and docs are true when they are followed literally: each page in one shell, in an empty folder and home.

`STAND_INS` has all that a page asks of its reader and that a test does not have, and what the test gives it instead.
"""

import re
import socket
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import documents, plug_in
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.document_shell import Reader
from tests.support.documents import PAGES, README, ROOT, Block, blocks, in_language, name_of
from tests.support.serving import REGION, Server, serving
from tests.support.session_picture import PICTURE, picture

DOCS = ROOT / "docs"
AWS_ACCOUNT = "111122223333"

Replaced = Mapping[str, str]
Provide = Callable[[Reader, pytest.FixtureRequest], AbstractContextManager[Replaced]]
"""Give the reader what the page needs, as long as the `with` block; yields what to write in place of what."""


class StandIn(NamedTuple):
    """What a page needs (`programs` that must be installed, and more), how it is provided, and what it is."""

    what: str
    provide: Provide
    programs: tuple[str, ...] = ()


def installed_already(reader: Reader, _: pytest.FixtureRequest) -> AbstractContextManager[Replaced]:
    reader.has_python("pip", "-c", "import sys; assert sys.argv[1:] == ['install', '.']")
    return nullcontext({})


def plug_in_without_network(reader: Reader, _: pytest.FixtureRequest) -> AbstractContextManager[Replaced]:
    folder = reader.home / "plug-ins"
    reader.has_python("pip", "-m", "tests.support.plug_in")
    reader.environment[plug_in.FOLDER] = str(folder)
    reader.environment["PYTHONPATH"] += f":{folder}"
    return nullcontext({})


@contextmanager
def account_of_aws(reader: Reader, request: pytest.FixtureRequest) -> Iterator[Replaced]:
    with serving(Pcacli(new_folder(request))) as server:
        reader.configure(*profile("default", server))
        yield {}


@contextmanager
def account_to_clone_and_pytest(reader: Reader, request: pytest.FixtureRequest) -> Iterator[Replaced]:
    reader.has_python("pytest", "-m", "pytest", "-p", "pcacli.pytest_plugin")
    reader.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    owner = Pcacli(new_folder(request))
    owner.environment.update(AWS_ACCOUNT_ID=AWS_ACCOUNT, AWS_REGION=REGION)
    owner.ok("pki", "init", "--common-name", "Production", "--issuing-validity", "430d")
    with serving(owner) as server:
        reader.configure(*profile("profile prod", server))
        yield {}


def free_port(_: Reader, __: pytest.FixtureRequest) -> AbstractContextManager[Replaced]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    return nullcontext({"local serve ": f"local serve --port {port} ", "127.0.0.1:9443": f"127.0.0.1:{port}"})


def database(_: Reader, request: pytest.FixtureRequest) -> AbstractContextManager[Replaced]:
    name = request.getfixturevalue("database")
    return nullcontext({"postgresql://pca@db.example.com/pca": request.getfixturevalue("postgresql").url(name)})


@contextmanager
def token(reader: Reader, request: pytest.FixtureRequest) -> Iterator[Replaced]:
    soft_hsm = request.getfixturevalue("soft_hsm")
    reader.environment.update(soft_hsm.environment)
    before = soft_hsm.objects()
    yield {"/usr/lib/softhsm/libsofthsm2.so": soft_hsm.token.module}
    # The token itself and two key pairs.
    assert len(soft_hsm.objects() - before) == 5


STAND_INS = {
    "README.md": StandIn("a pip that has installed pcacli already", installed_already),
    "docs/against-aws.md": StandIn("`local serve` in place of AWS, for the default profile", account_of_aws),
    "docs/keys-and-backups.md": StandIn("SoftHSM with a folder of its own", token, ("softhsm2-util",)),
    "docs/many-machines.md": StandIn("a PostgreSQL server of the tests", database, ("initdb",)),
    "docs/serving.md": StandIn("a port that is free", free_port, ("curl", "jq")),
    "docs/settings.md": StandIn("a pip that needs no network", plug_in_without_network),
    "docs/testing.md": StandIn(
        "pytest with our plug-in only; `local serve` in place of AWS, for the profile prod", account_to_clone_and_pytest
    ),
}
NOTHING = StandIn("", lambda _, __: nullcontext({}))

# Marked blocks that no page runs here, with who runs them.
RUN_ELSEWHERE = {"test-command": ".ci/run"}

# Blocks of other languages, by page, with who looks at them.
OTHER_LANGUAGES = {
    ("README.md", "python"): "test_pytest_plugin.py",
    ("docs/first-ca.md", "ini"): "test_the_profile_chooses_the_laptop",
    ("docs/first-ca.md", "sh"): "people with uv",
    ("docs/keys-and-backups.md", "sh"): "test_extras_are_installed_by_lines_that_name_one",
    ("docs/many-machines.md", "sh"): "test_extras_are_installed_by_lines_that_name_one",
    ("docs/serving.md", "sh"): "test_extras_are_installed_by_lines_that_name_one",
    ("docs/serving.md", "hcl"): "test_settings_for_other_programs.py",
    ("docs/serving.md", "yaml"): "test_settings_for_other_programs.py",
    ("docs/testing.md", "python"): "test_pytest_plugin.py",
}


def new_folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("stand-in")
    return folder


def profile(section: str, server: Server) -> tuple[str, ...]:
    """Return the lines of a profile for which a server stands in for AWS."""
    return (
        *(f"[{section}]", f"region = {REGION}", "services = stand-in"),
        f"aws_access_key_id = {server.access_key['AccessKeyId']}",
        f"aws_secret_access_key = {server.access_key['SecretAccessKey']}",
        *("[services stand-in]", "acm_pca =", f"  endpoint_url = {server.url}"),
        # Who calls is then not asked of AWS itself.
        *("sts =", "  endpoint_url = http://127.0.0.1:9"),
    )


def to_follow(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.mark not in RUN_ELSEWHERE]


def check_readme(reader: Reader) -> None:
    www = reader.work / "www"
    made = {file.name for file in www.iterdir() if not file.name.startswith(".")}
    assert made == {"cert.pem", "chain.pem", "fullchain.pem", "key.pem", "root.pem"}
    assert (www / "key.pem").stat().st_mode & 0o777 == 0o600
    assert "CN = Example Issuing CA" in openssl_ok(www, "x509", "-in", "cert.pem", "-noout", "-issuer")
    (revoked,) = reader.json("--local", "pki", "list", "--status", "REVOKED")
    assert revoked["Subject"] == "CN=www.example.com"


def check_first_ca(reader: Reader) -> None:
    listed = reader.json("--local", "list-certificate-authorities")["CertificateAuthorities"]
    # The second `pki init` made nothing.
    assert [one["Status"] for one in listed] == ["ACTIVE"] * 3


def check_certificates(reader: Reader) -> None:
    for folder in ("db", "hosts/web1.example.com", "hosts/web2.example.com"):
        verify = ("verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "cert.pem")
        assert openssl_ok(reader.work / folder, *verify) == "cert.pem: OK\n"
    # Two CAs and three certificates: a preview issues nothing.
    assert len(reader.json("--local", "pki", "list")) == 5


def check_keys_and_backups(reader: Reader) -> None:
    assert not (reader.store / "key-encryption.key").exists()
    assert (reader.work / "restored" / "key-encryption.key").exists()
    assert (reader.work / "pki.backup").stat().st_size > 0


def check_many_machines(reader: Reader) -> None:
    assert (reader.home / "ca.key").stat().st_mode & 0o777 == 0o600
    assert not reader.store.exists()


def check_settings(reader: Reader) -> None:
    assert "CN = Example Root CA" in openssl_ok(reader.work, "x509", "-in", "root.pem", "-noout", "-subject")
    head, *rows = (reader.work / "list.csv").read_text().splitlines()
    assert head == "CertificateArn,Serial,Subject,Template,Status,NotAfter,SubjectAlternativeNames"
    assert len(rows) == 3


# What a reader would miss, and the page itself does not show.
OUTCOMES: Mapping[str, Callable[[Reader], None]] = {
    "README.md": check_readme,
    "docs/certificates.md": check_certificates,
    "docs/first-ca.md": check_first_ca,
    "docs/keys-and-backups.md": check_keys_and_backups,
    "docs/many-machines.md": check_many_machines,
    "docs/settings.md": check_settings,
}


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def with_commands() -> Iterator[object]:
    for page in PAGES:
        if "console" in {block.language for block in to_follow(page)}:
            programs = STAND_INS.get(name_of(page), NOTHING).programs
            yield pytest.param(page, marks=[pytest.mark.needs(*programs)] if programs else [], id=name_of(page))


@pytest.mark.parametrize("page", list(with_commands()))
def test_a_page_works_from_top_to_bottom_in_one_shell(
    page: Path, reader: Reader, request: pytest.FixtureRequest
) -> None:
    name = name_of(page)
    with STAND_INS.get(name, NOTHING).provide(reader, request) as replaced:
        reader.follow(to_follow(page), replaced)
    if check := OUTCOMES.get(name):
        check(reader)


def test_a_page_that_fails_or_prints_something_else_is_noticed(reader: Reader) -> None:
    fails = [Block("", "console", "true\n", ""), Block("", "console", "false\ntrue\n", "")]
    with pytest.raises(AssertionError, match="exit code 1 in\nfalse"):
        reader.follow(fails, {})
    lies = [Block("", "console", "echo one; echo two\n", ""), Block("", "text", "one\n...\nthree\n", "console")]
    with pytest.raises(AssertionError, match="expected\none"):
        reader.follow(lies, {})


def test_every_block_is_run_or_looked_at_by_somebody() -> None:
    languages = {(name_of(page), block.language) for page in PAGES for block in blocks(page)}
    assert {found for found in languages if found[1] not in ("console", "text")} == OTHER_LANGUAGES.keys()
    every_mark = {block.mark for page in PAGES for block in blocks(page)}
    assert every_mark >= RUN_ELSEWHERE.keys()
    assert STAND_INS.keys() <= {name_of(page) for page in PAGES}


def test_the_gate_takes_its_test_command_from_the_readme() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"test_command=\$\(sed -n '(.*?)' README.md\)", gate)
    found = subprocess.run(["sed", "-n", pattern, str(README)], capture_output=True, text=True, check=True).stdout
    assert found == documents.marked(README, "test-command") == "pip install -e '.[dev]' && pytest\n"


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= 8192


def test_the_readme_leads_to_every_page() -> None:
    linked = {*documents.links(README), *(f"docs/{link}" for link in documents.links(DOCS / "README.md"))}
    assert {name_of(page) for page in PAGES} <= linked | {"README.md"}
    assert "docs/README.md" in documents.links(README)


def test_extras_are_installed_by_lines_that_name_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    known = project["optional-dependencies"].keys()
    lines = re.findall(r"(?:pip|pipx|uv tool) install '?\.\[(.*?)\]", "\n".join(page.read_text() for page in PAGES))
    named = {extra for line in lines for extra in line.split(",")}
    assert {"server", "postgres", "pkcs11"} <= named <= known
    # Nothing is on PyPI yet.
    assert not [page for page in PAGES if re.search(r"install '?pcacli", page.read_text())]
    for page in ("keys-and-backups.md", "many-machines.md", "serving.md"):
        assert all(line.startswith("pip install '.[") for line in in_language(DOCS / page, "sh"))


def test_the_profile_chooses_the_laptop(reader: Reader) -> None:
    (lines,) = in_language(DOCS / "first-ca.md", "ini")
    reader.configure(lines)
    assert reader.json("list-certificate-authorities", "--profile", "dev") == {"CertificateAuthorities": []}


def test_nothing_happens_on_the_embedded_authority_unasked(reader: Reader) -> None:
    """Without credentials the command fails as with aws, and names both ways out."""
    refused = reader.run("list-certificate-authorities", AWS_EC2_METADATA_DISABLED="true", AWS_REGION="eu-central-1")
    assert refused.exit_code == 253
    assert "--local" in refused.err
    assert not reader.store.exists()


def test_the_table_of_settings_has_every_variable_of_ours() -> None:
    rows = documents.tables(DOCS / "settings.md")[-1]
    told = {name for row in rows for name in re.findall(r"PCACLI_[A-Z0-9_]+", row[0])}
    read = {name for text in sources() for name in re.findall(r"\bPCACLI_[A-Z0-9_]*[A-Z0-9]\b", text)}
    assert told == read


def test_troubleshooting_quotes_sentences_that_the_program_says() -> None:
    page = documents.prose(DOCS / "troubleshooting.md")
    messages = re.findall(r"^## `([A-Z][^`]*|could [^`]*)`$", page, re.MULTILINE)
    everything = "\n".join(sources())
    assert len(messages) >= 6
    assert [message for message in messages if message not in everything] == []


def sources() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in (ROOT / "pcacli").rglob("*.py")]


def test_the_picture_shows_what_the_commands_print(tmp_path: Path) -> None:
    committed = PICTURE.read_text(encoding="utf-8")
    assert str(PICTURE.relative_to(ROOT)) in documents.links(README)
    drawn = picture(tmp_path)
    for text in ("Example Issuing CA", "like EndEntityCertificate/V1", "ACTIVE", "expires"):
        assert text.replace(" ", "&#160;") in drawn
        assert text.replace(" ", "&#160;") in committed
    # Rich's own format would have the reader's browser fetch fonts.
    assert "font-face" not in committed
