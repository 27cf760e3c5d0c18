"""`pcacli local serve` with several processes, its end, its settings, and what it does in the background."""

import base64
import json
import os
import shutil
import socket
import sqlite3
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.boto import CONFIGURATION, active_root, issue
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.serving import REGION, STOP_SECONDS, Server, serving, tls_options
from tests.support.signing import signed
from tests.support.waiting import wait_until


def leaf_csr(folder: Path) -> bytes:
    words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")
    openssl_ok(folder, *words, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
    return (folder / "leaf.csr").read_bytes()


def is_open(host: str, port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((host, port)) == 0


def is_answering(server: Server) -> bool:
    """Tell whether a new client is answered; while workers stop, it may only be kept waiting."""
    try:
        with urlopen(f"{server.url}/healthz", timeout=0.5):
            return True
    except OSError:
        return False


def test_two_workers_share_a_store(pcacli: Pcacli) -> None:
    csr = leaf_csr(pcacli.work)
    with serving(pcacli, "--workers", "2") as server:
        arn = active_root(server.client())

        def issue_some(_client: int) -> list[str]:
            client = server.client()
            return [issue(client, arn, csr) for _ in range(10)]

        with ThreadPoolExecutor(8) as clients:
            issued = [one for some in clients.map(issue_some, range(8)) for one in some]
        assert len(set(issued)) == 80
        client = server.client()
        for certificate_arn in issued[::20]:
            assert client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=certificate_arn)["Certificate"]
        _, metrics = server.send("GET", "/metrics")
        # The numbers of both processes, whichever of them is asked; the root's own certificate makes 81.
        assert b'pcacli_actions_total{action="IssueCertificate",result="success"} 81.0' in metrics
        assert {line["status"] for line in server.stop() if line.get("action")} == {200}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_finishes_the_requests_in_hand(pcacli: Pcacli, workers: str) -> None:
    body = json.dumps({"CertificateAuthorityType": "ROOT", "CertificateAuthorityConfiguration": CONFIGURATION}).encode()
    with serving(pcacli, "--workers", workers) as server:
        host, _, port = server.address.partition(":")
        target = {"X-Amz-Target": "ACMPrivateCA.CreateCertificateAuthority"}
        headers = {**signed(server, body, headers=target), "Content-Length": str(len(body)), "Expect": "100-continue"}
        with closing(HTTPConnection(host, int(port), timeout=STOP_SECONDS)) as client:
            client.putrequest("POST", "/")
            for name, value in headers.items():
                client.putheader(name, value)
            client.endheaders()
            # So the server has the request in hand, and waits for the rest of it.
            assert client.sock.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n")
            server.process.terminate()
            wait_until(lambda: not is_answering(server))
            client.send(body)
            response = client.getresponse()
            made = json.loads(response.read())["CertificateAuthorityArn"]
        log = server.stop()
    assert [line["status"] for line in log if line.get("action") == "CreateCertificateAuthority"] == [200]
    words = ("list-certificate-authorities", "--query", "CertificateAuthorities[].Arn")
    assert pcacli.json(*words, AWS_REGION=REGION) == [made]


def test_workers_stop_when_the_process_that_looks_after_them_is_killed(pcacli: Pcacli) -> None:
    with serving(pcacli, "--workers", "2") as server:
        assert server.send("GET", "/healthz")[1] == b"ok\n"
        server.process.kill()
        host, port = server.address.split(":")
        wait_until(lambda: not is_open(host, int(port)))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_log_that_nobody_reads_keeps_nobody_waiting(pcacli: Pcacli, workers: str) -> None:
    reading, writing = os.pipe()
    try:
        with serving(pcacli, "--workers", workers, stderr=writing) as server:
            with closing(HTTPConnection(server.address, timeout=5)) as client:
                # Their log has twice the size of a pipe (pipe(7)).
                for _ in range(800):
                    client.request("GET", "/healthz")
                    assert client.getresponse().read() == b"ok\n"
            server.stop()
    finally:
        os.close(reading)
        os.close(writing)


def test_a_crl_that_becomes_due_is_published_in_the_background(pcacli: Pcacli) -> None:
    """A CRL that the bucket refused once is there after `serve` has started again."""
    revocation = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls"}}
    bucket = pcacli.store / "buckets" / "crls"
    with serving(pcacli) as server:
        client = server.client()
        arn = active_root(client, RevocationConfiguration=revocation)
        bucket.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(bucket)
        bucket.write_text("not a folder")
        issue(client, arn, leaf_csr(pcacli.work))
        _, metrics = server.send("GET", "/metrics")
        assert b"pcacli_misconfigured_crl_bucket_total" in metrics
        server.stop()
    bucket.unlink()
    with serving(pcacli) as server:
        path = bucket / "crl" / f"{arn.rpartition('/')[2]}.crl"
        wait_until(path.exists)
        assert any(line["event"] == "published CRL" for line in server.stop())


def test_a_store_of_another_place_must_be_there(pcacli: Pcacli, tmp_path: Path) -> None:
    refused = pcacli.run("local", "serve", "--endpoint-url", f"local:{tmp_path}/nowhere")
    assert refused.exit_code == 253
    assert "There is no store in" in refused.err


def test_without_its_libraries_the_server_says_how_to_get_them(pcacli: Pcacli) -> None:
    hidden = pcacli.home / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['uvicorn'] = None\n")
    path = os.pathsep.join((str(hidden), pcacli.environment["PYTHONPATH"]))
    refused = pcacli.run("local", "serve", PYTHONPATH=path)
    assert (refused.exit_code, refused.out) == (253, "")
    assert "pip install 'pcacli[server]'" in refused.err


def test_without_signatures_only_on_loopback(pcacli: Pcacli) -> None:
    refused = pcacli.run("local", "serve", "--no-auth", "--host", "0.0.0.0", "--port", "0")
    assert (refused.exit_code, refused.out) == (252, "")
    assert "--no-auth" in refused.err
    with serving(pcacli, "--no-auth") as server:
        body = json.dumps({"CertificateAuthorityType": "ROOT", "CertificateAuthorityConfiguration": CONFIGURATION})
        response, content = server.send(
            "POST",
            "/",
            body.encode(),
            Content_Type="application/x-amz-json-1.1",
            X_Amz_Target="ACMPrivateCA.CreateCertificateAuthority",
        )
        assert response.status == 200
        assert json.loads(content)["CertificateAuthorityArn"].startswith("arn:aws:acm-pca:us-east-1:000000000000:")


def test_without_signatures_only_by_the_name_of_this_machine(pcacli: Pcacli) -> None:
    """A page whose name a browser was told is 127.0.0.1 must not reach the CA (DNS rebinding)."""
    with serving(pcacli, "--no-auth") as server:
        called = {
            "Content_Type": "application/x-amz-json-1.1",
            "X_Amz_Target": "ACMPrivateCA.ListCertificateAuthorities",
        }
        here = ("localhost:1", "127.0.0.1", "[::1]:9443")
        elsewhere = (
            "evil.example:9443",
            "127.0.0.1.evil.example",
            "[",
            "127.0.0.1@evil",
            "evil@localhost",
            "localhost.evil",
            "2130706433",
        )
        statuses = {host: server.send("POST", "/", b"{}", Host=host, **called)[0].status for host in here + elsewhere}
        assert statuses == dict.fromkeys(here, 200) | dict.fromkeys(elsewhere, 400)


def test_tls_is_spoken_with_the_given_certificate(pcacli: Pcacli) -> None:
    tls = tls_options(pcacli)
    with serving(pcacli, *tls) as server:
        assert server.url.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=str(pcacli.work / "tls.pem"))
        with urlopen(f"{server.url}/healthz", context=context, timeout=5) as response:
            assert response.read() == b"ok\n"
    openssl_ok(pcacli.work, "pkey", "-in", "tls.key", "-aes256", "-passout", "pass:secret", "-out", "sealed.key")
    refused = pcacli.run("local", "serve", "--port", "0", *tls[:-1], "sealed.key")
    assert (refused.exit_code, refused.out) == (253, "")
    assert "sealed.key is encrypted; `openssl pkey` writes one without a passphrase" in refused.err
    (pcacli.work / "tls.pem").write_text("nothing")
    refused = pcacli.run("local", "serve", "--port", "0", *tls)
    assert refused.exit_code == 253
    assert "cannot be used" in refused.err


def test_a_port_that_is_taken_is_said_to_be(pcacli: Pcacli) -> None:
    with serving(pcacli) as server:
        refused = pcacli.run("local", "serve", "--port", server.address.rpartition(":")[2])
    assert refused.exit_code == 253
    assert "Cannot listen on 127.0.0.1" in refused.err
    assert "while attempting" not in refused.err


HOSTS = {
    "a name that leads nowhere": ("no.such.host.invalid", 253),
    "an empty label": ("a..b", 253),
    "a label in front that is empty": (".example", 253),
    "a label that is too long": (f"{'a' * 64}.example", 253),
    "a name that is too long": ("a" * 300, 253),
    "an address that is none": ("300.1.1.1", 253),
    "an address of another machine": ("192.0.2.1", 253),
    "a URL": ("http://localhost", 253),
    "an address with a port": ("127.0.0.1:80", 253),
    "a zone that is not there": ("fe80::1%nowhere", 253),
    "nothing": ("", 252),
    "two lines": ("a\nb", 252),
    "a colour": ("\x1b[31mred", 252),
}


@pytest.mark.parametrize(("host", "code"), HOSTS.values(), ids=HOSTS)
def test_a_host_on_which_nobody_can_listen_is_said_in_a_sentence(pcacli: Pcacli, host: str, code: int) -> None:
    pcacli.ok("local", "init")
    refused = pcacli.run("local", "serve", "--port", "0", "--host", host)
    assert (refused.exit_code, refused.out) == (code, "")
    assert len(refused.err.strip().splitlines()) == 1
    assert "Traceback" not in refused.err
    assert "\x1b" not in refused.err


@pytest.mark.parametrize("kind", ["pipe", "device", "text", "folder", "slow"])
def test_a_file_that_is_no_key_for_tls_is_said_in_a_sentence(pcacli: Pcacli, kind: str) -> None:
    pcacli.ok("local", "init")
    tls = tls_options(pcacli)
    key = pcacli.work / "key"
    if kind == "pipe":
        os.mkfifo(key)
    elif kind == "device":
        key.symlink_to("/dev/zero")
    elif kind == "text":
        key.write_text("nothing")
    elif kind == "folder":
        key.mkdir()
    else:
        # As many iterations as a file can ask for.
        words = ("-topk8", "-in", "tls.key", "-passout", "pass:x", "-iter", "2048", "-outform", "DER")
        openssl_ok(pcacli.work, "pkcs8", *words, "-out", "sealed.der")
        slow = (pcacli.work / "sealed.der").read_bytes().replace(b"\x02\x02\x08\x00", b"\x02\x02\x7f\xff")
        text = base64.encodebytes(slow).decode()
        key.write_text(f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{text}-----END ENCRYPTED PRIVATE KEY-----\n")
    refused = pcacli.run("local", "serve", "--port", "0", *tls[:-1], str(key))
    assert (refused.exit_code, refused.out) == (252 if kind == "folder" else 253, "")
    assert "Traceback" not in refused.err


def test_the_secret_of_an_access_key_lies_nowhere_in_clear(pcacli: Pcacli) -> None:
    with serving(pcacli) as server:
        server.client().list_certificate_authorities()
        secret = server.access_key["SecretAccessKey"].encode()
        server.stop()
    for path in pcacli.store.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes()
    with closing(sqlite3.connect(pcacli.store / "authority.db")) as database:
        (sealed,) = database.execute("SELECT sealed_secret FROM access_keys").fetchone()
    assert sealed.startswith("software:1:access-key:")


def test_commands_and_server_work_on_one_store_at_once(pcacli: Pcacli) -> None:
    with serving(pcacli) as server:
        client = server.client(region_name="us-east-1")
        made: list[str] = []

        def over_http() -> None:
            made.extend(
                client.create_certificate_authority(
                    CertificateAuthorityType="ROOT", CertificateAuthorityConfiguration=CONFIGURATION
                )["CertificateAuthorityArn"]
                for _ in range(5)
            )

        thread = threading.Thread(target=over_http)
        thread.start()
        kind = ("--certificate-authority-type", "ROOT")
        configured = ("--certificate-authority-configuration", json.dumps(CONFIGURATION))
        by_command = pcacli.text("create-certificate-authority", *kind, *configured)
        thread.join()
        listed = client.list_certificate_authorities()["CertificateAuthorities"]
    assert {one["Arn"] for one in listed} == {*made, by_command}
