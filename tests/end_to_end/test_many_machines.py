"""The embedded authority on a PostgreSQL database, from several machines: each has a folder and the key file only."""

import json
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509

from tests.support import hierarchies as pki
from tests.support.boto import active_root, issue
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.postgresql import GUARDED, PostgreSQLServer
from tests.support.serving import Server, serving
from tests.support.waiting import wait_until


class Site(NamedTuple):
    """A database with a store, and two machines that use it; the second one was given the key file."""

    server: PostgreSQLServer
    database: str
    first: Pcacli
    second: Pcacli

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.server.execute(query, self.database)


def machine(folder: Path, url: str) -> Pcacli:
    made = Pcacli(folder, endpoint={"AWS_ENDPOINT_URL_ACM_PCA": f"local:{url}"})
    made.environment["PCACLI_KEY_FILE"] = str(made.home / "ca.key")
    return made


def key_file(pcacli: Pcacli) -> Path:
    return Path(pcacli.environment["PCACLI_KEY_FILE"])


@pytest.fixture
def empty_site(tmp_path: Path, postgresql: PostgreSQLServer, database: str) -> Site:
    """Two machines and a database without a store."""
    url = postgresql.url(database)
    return Site(postgresql, database, machine(tmp_path / "first", url), machine(tmp_path / "second", url))


@pytest.fixture
def site(empty_site: Site) -> Site:
    empty_site.first.ok("local", "init")
    shutil.copy2(key_file(empty_site.first), key_file(empty_site.second))
    return empty_site


def test_init_makes_tables_and_a_private_key_file_once(empty_site: Site) -> None:
    first, second = empty_site.first, empty_site.second
    url = f"postgresql://pcacli@{empty_site.server.url('').partition('@')[2]}{empty_site.database}"
    assert first.ok("local", "init") == f"{url}\n"
    key = key_file(first).read_bytes()
    assert stat.S_IMODE(key_file(first).stat().st_mode) == 0o600
    assert first.ok("local", "init") == f"{url}\n"
    assert key_file(first).read_bytes() == key
    refused = second.run("local", "init")
    assert refused.exit_code == 253
    assert f"The key file {key_file(second)} cannot be read: No such file or directory" in refused.err
    assert not key_file(second).exists()
    assert not first.store.exists()


def test_machines_go_on_where_another_stopped(site: Site) -> None:
    """Creating, activating, issuing, revoking and reporting, each on the other machine than the step before."""
    first, second = site.first, site.second
    root = pki.create(first, "ROOT", "Shared Root", pki.P256, "--revocation-configuration", pki.PUBLISHING)
    pki.activate(second, root, root)
    leaf = pki.issue(first, root, pki.openssl_csr(first.work, "www.example.com"))
    named = ("--certificate-authority-arn", root)
    bundle = pki.fetch(second, root, leaf)
    for name, pem in zip(("leaf.pem", "root.pem"), bundle, strict=True):
        (second.work / name).write_text(pem)
    openssl_ok(second.work, "verify", "-x509_strict", "-CAfile", "root.pem", "leaf.pem")
    second.ok(
        "revoke-certificate", *named, "--certificate-serial", pki.serial_of(leaf), "--revocation-reason", "SUPERSEDED"
    )
    status = first.json("local", "status")["CertificateAuthorities"][0]
    assert (status["Certificates"], status["RevokedCertificates"]) == (2, 1)
    assert [(crl["Entries"], crl["IsDue"]) for crl in status["Crls"]] == [(1, False)]
    wanted = ("--s3-bucket-name", "audits", "--audit-report-response-format", "JSON")
    report = first.json("create-certificate-authority-audit-report", *named, *wanted)
    described = second.json(
        "describe-certificate-authority-audit-report", *named, "--audit-report-id", report["AuditReportId"]
    )
    assert described["AuditReportStatus"] == "SUCCESS"
    listed = second.json("pki", "list", *named)
    assert {row["CertificateArn"]: bool(row.get("RevokedAt")) for row in listed}[leaf]
    assert second.ok("local", "bucket", "list").split() == ["audits", pki.BUCKET]
    assert not first.store.exists()
    assert not second.store.exists()


def test_nothing_in_the_database_opens_a_key(site: Site) -> None:
    pki.create(site.first, "ROOT", "Shared Root")
    secret = site.first.json("local", "credentials", "create")["SecretAccessKey"]
    tables = [name for (name,) in site.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'pcacli'")]
    content = json.dumps([site.rows(f"SELECT * FROM pcacli.{table}") for table in tables], default=str)
    key = key_file(site.first).read_text().rpartition(":")[2].strip()
    assert key
    assert key not in content
    assert secret not in content


@pytest.mark.parametrize("command", ["issue", "create", "serve"])
def test_another_key_is_refused_before_anything_is_signed(site: Site, command: str, tmp_path: Path) -> None:
    root = pki.create(site.first, "ROOT", "Shared Root")
    pki.activate(site.first, root, root)
    stranger = machine(tmp_path / "stranger", "postgresql:///unused")
    stranger.ok("local", "init", AWS_ENDPOINT_URL_ACM_PCA=f"local:{tmp_path}/elsewhere")
    shutil.copy2(tmp_path / "elsewhere" / "key-encryption.key", key_file(site.second))
    before = site.rows("SELECT (SELECT count(*) FROM pcacli.authorities), (SELECT count(*) FROM pcacli.certificates)")
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Other}"
    commands = {
        "issue": (
            *("issue-certificate", "--certificate-authority-arn", root, "--validity", "Value=1,Type=DAYS"),
            *("--csr", f"fileb://{pki.openssl_csr(site.second.work, 'leaf')}"),
            *("--signing-algorithm", "SHA256WITHECDSA"),
        ),
        "create": (
            *("create-certificate-authority", "--certificate-authority-type", "ROOT"),
            *("--certificate-authority-configuration", configuration),
        ),
        "serve": ("local", "serve", "--port", "0"),
    }
    refused = site.second.run(*commands[command])
    assert (refused.exit_code, refused.out) == (253, "")
    assert f"The key file {key_file(site.second)} holds another key than that of the store" in refused.err
    after = site.rows("SELECT (SELECT count(*) FROM pcacli.authorities), (SELECT count(*) FROM pcacli.certificates)")
    assert after == before
    assert site.second.run("local", "init").exit_code == 253


def test_a_passphrase_may_stand_in_the_place_of_the_key_file(empty_site: Site) -> None:
    phrase = empty_site.first.home / "phrase"
    phrase.write_text("correct horse battery staple\n")
    phrase.chmod(0o600)
    for pcacli in (empty_site.first, empty_site.second):
        del pcacli.environment["PCACLI_KEY_FILE"]
        pcacli.environment["PCACLI_PASSPHRASE_FILE"] = str(phrase)
    empty_site.first.ok("local", "init")
    root = pki.create(empty_site.first, "ROOT", "Shared Root")
    pki.activate(empty_site.second, root, root)
    del empty_site.second.environment["PCACLI_PASSPHRASE_FILE"]
    refused = empty_site.second.run("local", "credentials", "create")
    assert refused.exit_code == 253
    assert "PCACLI_PASSPHRASE_FILE must name the file" in refused.err


def test_a_test_store_moves_in_time_fails_and_is_emptied_but_has_no_snapshots(empty_site: Site) -> None:
    first, second = empty_site.first, empty_site.second
    first.ok("local", "init", "--test")
    shutil.copy2(key_file(first), key_file(second))
    first.ok("local", "clock", "advance", "400d")
    assert second.json("local", "clock", "show")["AheadInSeconds"] == 400 * 86_400
    first.ok("local", "faults", "add", "--error", "InternalFailure", "--times", "1")
    assert "InternalFailure" in second.run("list-certificate-authorities").err
    pki.create(second, "ROOT", "Shared Root")
    refused = first.run("local", "snapshot", "save", "fresh")
    assert (refused.exit_code, refused.out) == (253, "")
    assert "Snapshots are for test stores in folders" in refused.err
    first.ok("local", "reset", "--yes")
    assert second.json("list-certificate-authorities") == {"CertificateAuthorities": []}
    assert second.json("local", "clock", "show")["AheadInSeconds"] == 0
    pki.create(second, "ROOT", "The key is the same")


BAD_PLACES: dict[str, tuple[str, str, int]] = {
    "no database": ("{host}/nothere", 'database "nothere" does not exist', 253),
    "nobody listens": ("postgresql://127.0.0.1:1/pca", "127.0.0.1:1/pca cannot be used: Connection refused", 253),
    "wrong password": ("{guarded}/{database}", "password authentication failed", 253),
    "no schema": ("{host}/{database}", "Create one with: pcacli local init --endpoint-url local:postgresql", 253),
    "password in the URL": ("postgresql://pca:s3cret@127.0.0.1/pca", "holds a password", 252),
}


MIRRORED, STATUS, SERVE = ("list-certificate-authorities",), ("local", "status"), ("local", "serve", "--port", "0")


@pytest.mark.parametrize(
    ("case", "words"),
    [*((case, MIRRORED) for case in BAD_PLACES), ("wrong password", STATUS), ("wrong password", SERVE)],
)
def test_a_database_that_cannot_be_used_is_one_clear_sentence(
    empty_site: Site, case: str, words: tuple[str, ...]
) -> None:
    place, told, exit_code = BAD_PLACES[case]
    url = place.format(
        host=empty_site.server.url("").rstrip("/"),
        guarded=empty_site.server.url("", user=GUARDED).rstrip("/"),
        database=empty_site.database,
    )
    refused = empty_site.first.run(*words, "--endpoint-url", f"local:{url}", PGPASSWORD="wrong")
    assert (refused.exit_code, refused.out) == (exit_code, "")
    assert told in refused.err
    assert refused.err.count("\n") <= 3
    assert "Traceback" not in refused.err
    assert "s3cret" not in refused.err


def test_a_store_of_a_newer_program_is_left_alone(site: Site) -> None:
    site.rows("UPDATE pcacli.schema_version SET version = 99")
    for words in (("local", "init"), ("list-certificate-authorities",)):
        refused = site.first.run(*words)
        assert refused.exit_code == 253
        assert "was written by a newer pcacli (schema 99" in refused.err


def test_no_key_file_is_named(empty_site: Site) -> None:
    del empty_site.first.environment["PCACLI_KEY_FILE"]
    refused = empty_site.first.run("local", "init")
    assert refused.exit_code == 253
    assert "PCACLI_KEY_FILE must name the file" in refused.err
    assert empty_site.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'pcacli'") == []


class Issued(NamedTuple):
    """What a node under load answered: every ARN, in order of arrival."""

    arns: list[str]

    def keep_issuing(self, server: Server, authority: str, csr: bytes, stop: threading.Event) -> None:
        """Issue until told to stop or until the node is gone."""
        client = server.client()
        while not stop.is_set():
            try:
                self.arns.append(issue(client, authority, csr))
            except (BotoCoreError, ClientError):
                return


def test_a_node_is_killed_under_load_and_nothing_that_was_answered_is_lost(site: Site) -> None:
    csr = pki.openssl_csr(site.first.work, "leaf").read_bytes()
    with serving(site.first) as doomed, serving(site.second) as survivor:
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"}
        root = active_root(doomed.client(), RevocationConfiguration={"CrlConfiguration": crl})
        by_doomed, by_survivor, stop = Issued([]), Issued([]), threading.Event()
        with ThreadPoolExecutor(8) as clients:
            for server, issued in [(doomed, by_doomed), (survivor, by_survivor)] * 4:
                clients.submit(issued.keep_issuing, server, root, csr, stop)
            try:
                wait_until(lambda: len(by_doomed.arns) >= 40)
                doomed.process.kill()
                seen = len(by_survivor.arns)
                wait_until(lambda: len(by_survivor.arns) >= seen + 40)
            finally:
                stop.set()
        answered = [*by_doomed.arns, *by_survivor.arns]
        assert len(set(answered)) == len(answered)
        client = survivor.client()
        for arn in answered:
            assert client.get_certificate(CertificateAuthorityArn=root, CertificateArn=arn)["Certificate"]
        ((rows, serials, numbers),) = site.rows(
            "SELECT count(*), count(DISTINCT serial), max(number) FROM pcacli.certificates"
        )
        assert rows == serials == numbers >= len(answered) + 1
        survivor.stop()


def revoked_at(server: Server, path: str) -> set[int]:
    """Return the serial numbers in the CRL that a node serves."""
    response, content = server.send("GET", path)
    assert (response.status, response.headers["Content-Type"]) == (200, "application/pkix-crl")
    return {entry.serial_number for entry in x509.load_der_x509_crl(content)}


def test_each_node_serves_and_continues_the_crl_that_the_other_made(site: Site) -> None:
    csr = pki.openssl_csr(site.first.work, "leaf").read_bytes()
    with serving(site.first) as doomed, serving(site.second) as survivor:
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"}
        root = active_root(doomed.client(), RevocationConfiguration={"CrlConfiguration": crl})
        path = f"/crl/{pki.authority_id(root)}.crl"
        serials = [pki.serial_of(issue(doomed.client(), root, csr)) for _ in range(2)]
        words = {"CertificateAuthorityArn": root, "RevocationReason": "SUPERSEDED"}
        doomed.client().revoke_certificate(**words, CertificateSerial=serials[0])
        assert revoked_at(survivor, path) == {int(serials[0], 16)} == revoked_at(doomed, path)
        doomed.process.kill()
        survivor.client().revoke_certificate(**words, CertificateSerial=serials[1])
        assert revoked_at(survivor, path) == {int(serial, 16) for serial in serials}
        survivor.stop()
