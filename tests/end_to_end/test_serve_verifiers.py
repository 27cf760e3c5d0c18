"""CRLs and OCSP responses from `pcacli local serve`, under the URLs that stand in the certificates."""

import base64
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from tests.support.boto import active_root, issue
from tests.support.command_line import Pcacli, openssl, openssl_ok
from tests.support.serving import STOP_SECONDS, Server, serving, tls_options


class Verifier:
    """A folder with root.pem, good.pem and revoked.pem, of a CA whose URLs point to the server (`verifier_address`)."""

    def __init__(self, server: Server, folder: Path, custom_path: str | None, **client_settings: str) -> None:
        self.server, self.folder = server, folder
        client = server.client(**client_settings)
        crl = {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "crls", "CustomCname": server.verifier_address}
        if custom_path is not None:
            crl["CustomPath"] = custom_path
        responder = {"Enabled": True, "OcspCustomCname": server.verifier_address}
        configuration = {"CrlConfiguration": crl, "OcspConfiguration": responder}
        arn = active_root(client, RevocationConfiguration=configuration)
        for name in ("good", "revoked"):
            found = client.get_certificate(CertificateAuthorityArn=arn, CertificateArn=self._leaf(client, arn, name))
            (folder / f"{name}.pem").write_text(found["Certificate"])
            (folder / "root.pem").write_text(found["CertificateChain"])
        serial = f"{self.certificate('revoked').serial_number:x}"
        client.revoke_certificate(
            CertificateAuthorityArn=arn, CertificateSerial=serial, RevocationReason="KEY_COMPROMISE"
        )

    def _leaf(self, client: Any, arn: str, name: str) -> str:
        words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k.pem")
        openssl_ok(self.folder, *words, "-subj", f"/CN={name}", "-out", "leaf.csr")
        return issue(client, arn, (self.folder / "leaf.csr").read_bytes())

    def certificate(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{name}.pem").read_bytes())

    def crl_path(self) -> str:
        points = self.certificate("good").extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        names = next(iter(points)).full_name
        assert names is not None
        url = urlsplit(str(names[0].value))
        assert (url.scheme, url.netloc) == ("http", self.server.verifier_address)
        return url.path

    def question(self, name: str) -> bytes:
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            self.certificate(name), self.certificate("root"), hashes.SHA1()
        )
        return builder.build().public_bytes(serialization.Encoding.DER)

    def require_that_openssl_fetches_the_crl(self) -> None:
        words = ("verify", "-crl_check", "-crl_download", "-CAfile", "root.pem")
        openssl_ok(self.folder, *words, "good.pem")
        assert "certificate revoked" in openssl(self.folder, *words, "revoked.pem").err

    def require_that_openssl_is_told(self, name: str, status: str) -> None:
        """Ask for the status of a certificate at the URL that stands in it."""
        url = openssl_ok(self.folder, "x509", "-in", f"{name}.pem", "-noout", "-ocsp_uri").strip()
        words = ("ocsp", "-issuer", "root.pem", "-CAfile", "root.pem", "-cert", f"{name}.pem", "-url", url)
        done = openssl(self.folder, *words)
        assert f"{name}.pem: {status}" in done.out
        assert "Response verify OK" in done.err


@pytest.fixture(scope="module", params=[None, "my/lists", "/"], ids=["crl folder", "custom path", "root"])
def verifier(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return Verifier(server, tmp_path_factory.mktemp("verifier"), request.param)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(Pcacli(tmp_path_factory.mktemp("serve"))) as running:
        yield running


def test_the_crl_named_in_certificates_decides_for_openssl(verifier: Verifier) -> None:
    response, content = verifier.server.send("GET", verifier.crl_path())
    assert response.headers["content-type"] == "application/pkix-crl"
    (verifier.folder / "list.der").write_bytes(content)
    openssl_ok(verifier.folder, "crl", "-inform", "DER", "-in", "list.der", "-out", "list.pem")
    words = ("verify", "-crl_check", "-CAfile", "root.pem", "-CRLfile", "list.pem")
    openssl_ok(verifier.folder, *words, "good.pem")
    refused = openssl(verifier.folder, *words, "revoked.pem")
    assert "certificate revoked" in refused.err + refused.out


def test_openssl_fetches_the_crl_by_itself(verifier: Verifier) -> None:
    verifier.require_that_openssl_fetches_the_crl()


@pytest.mark.fact("5.4")
@pytest.mark.parametrize(("name", "status"), [("good", "good"), ("revoked", "revoked")])
def test_openssl_gets_a_status_from_the_url_in_the_certificate(verifier: Verifier, name: str, status: str) -> None:
    verifier.require_that_openssl_is_told(name, status)


def test_a_response_over_get_may_be_cached_until_it_ends(verifier: Verifier) -> None:
    path = "/" + quote(base64.b64encode(verifier.question("good")).decode(), safe="")
    response, content = verifier.server.send("GET", path)
    answer = ocsp.load_der_ocsp_response(content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert response.headers["content-type"] == "application/ocsp-response"
    assert response.headers["cache-control"] == "max-age=3600, public, no-transform, must-revalidate"
    assert response.headers["expires"].endswith("GMT")
    assert response.headers["last-modified"].endswith("GMT")
    assert response.headers["etag"].startswith('"')


def test_a_ca_that_is_not_here_or_has_no_responder_is_not_answered_for(server: Server) -> None:
    client = server.client()
    certificate = client.get_certificate_authority_certificate(CertificateAuthorityArn=active_root(client))
    silent = x509.load_pem_x509_certificate(certificate["Certificate"].encode())
    question = ocsp.OCSPRequestBuilder().add_certificate(silent, silent, hashes.SHA256()).build()
    body = question.public_bytes(serialization.Encoding.DER)
    _, content = server.send("POST", "/", body, Content_Type="application/ocsp-request")
    assert ocsp.load_der_ocsp_response(content).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_an_unchanged_crl_is_not_sent_again(verifier: Verifier) -> None:
    first, _ = verifier.server.send("GET", verifier.crl_path())
    conditions: tuple[dict[str, Any], ...] = (
        {"If_None_Match": first.headers["etag"]},
        {"If_Modified_Since": first.headers["last-modified"]},
    )
    for condition in conditions:
        again, content = verifier.server.send("GET", verifier.crl_path(), **condition)
        assert (again.status, content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        # RFC 9110, section 8.6: the length would have to be that of the CRL.
        assert again.headers["content-length"] is None


@pytest.mark.parametrize("since", ["Mon, 01 Jan 99999999999999 00:00:00 GMT", "Sun, 22 Nov 2026 02:50:00 -0000", "?"])
def test_a_condition_that_is_no_date_is_passed_over(verifier: Verifier, since: str) -> None:
    response, content = verifier.server.send("GET", verifier.crl_path(), If_Modified_Since=since)
    assert (response.status, bool(content)) == (200, True)


def test_head_tells_what_get_would_send(verifier: Verifier) -> None:
    question = "/" + quote(base64.b64encode(verifier.question("good")).decode(), safe="")
    # Two signatures of one key may differ in length.
    for path, names in ((verifier.crl_path(), ("content-length", "etag")), (question, ("cache-control",))):
        got, _ = verifier.server.send("GET", path)
        told, content = verifier.server.send("HEAD", path)
        assert (told.status, content) == (200, b"")
        assert int(told.headers["content-length"]) > 0
        assert [told.headers[name] for name in names] == [got.headers[name] for name in names]
        assert told.headers["content-type"] == got.headers["content-type"]


def test_certificates_find_the_crl_where_it_was_when_they_were_issued(tmp_path: Path) -> None:
    pcacli = Pcacli(tmp_path)
    with serving(pcacli) as server:
        verifier = Verifier(server, pcacli.work, "old/place")
        client = server.client()
        (authority,) = client.list_certificate_authorities()["CertificateAuthorities"]
        was = authority["RevocationConfiguration"]["CrlConfiguration"]
        moved = {**was, "CustomPath": "new", "S3BucketName": "more"}
        client.update_certificate_authority(
            CertificateAuthorityArn=authority["Arn"], RevocationConfiguration={"CrlConfiguration": moved}
        )
        assert verifier.crl_path().startswith("/old/place/")
        serial = f"{verifier.certificate('good').serial_number:x}"
        client.revoke_certificate(
            CertificateAuthorityArn=authority["Arn"], CertificateSerial=serial, RevocationReason="SUPERSEDED"
        )
        words = ("verify", "-crl_check", "-crl_download", "-CAfile", "root.pem", "good.pem")
        assert "certificate revoked" in openssl(verifier.folder, *words).err


def test_beside_tls_verifiers_have_a_port_without_it(tmp_path: Path) -> None:
    pcacli = Pcacli(tmp_path)
    with serving(pcacli, *tls_options(pcacli), "--verifier-port", "0", "--workers", "2") as server:
        assert server.url.startswith("https://")
        verifier = Verifier(server, pcacli.work, None, verify=str(pcacli.work / "tls.pem"))
        verifier.require_that_openssl_fetches_the_crl()
        verifier.require_that_openssl_is_told("revoked", "revoked")
        target = {"X-Amz-Target": "ACMPrivateCA.ListCertificateAuthorities"}
        with closing(HTTPConnection(server.verifier_address, timeout=STOP_SECONDS)) as plain:
            for method, path, status in (
                ("GET", "/healthz", 200),
                ("GET", verifier.crl_path(), 200),
                ("GET", "/metrics", 404),
                ("POST", "/", 404),
            ):
                plain.request(method, path, headers=target)
                response = plain.getresponse()
                assert (path, response.status) == (path, status)
                response.read()
        server.stop()


@pytest.mark.parametrize(
    "path",
    [
        "/authority.db",
        "/../authority.db",
        "/%2e%2e/%2e%2e/authority.db",
        "/crl/../../../key-encryption.key",
        "/crls/crl/",
        "/crl/%00.crl",
        "//etc/passwd",
        "/reports/audit-report/x.json",
        "/M" + "A" * 300,
        "/MEMwQTA",
    ],
)
def test_nothing_else_of_the_store_is_served(server: Server, path: str) -> None:
    response, content = server.send("GET", path)
    is_malformed = content == b"\x30\x03\x0a\x01\x01"  # what OCSP answers to a path that is base64 of something else
    assert response.status == 404 or is_malformed


REFUSED_THERE = {"another type": ("POST /crl", "text/plain"), "a call": ("POST /", "application/x-amz-json-1.1")}


@pytest.mark.parametrize(("line", "content_type"), REFUSED_THERE.values(), ids=REFUSED_THERE)
def test_where_only_verifiers_are_answered_other_bodies_are_not_waited_for(
    tmp_path: Path, line: str, content_type: str
) -> None:
    with serving(Pcacli(tmp_path), "--verifier-port", "0") as server:
        host, _, port = server.verifier_address.partition(":")
        with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as connection:
            head = f"{line} HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\nContent-Length: 4000000\r\n\r\n"
            connection.sendall(head.encode())
            answers = connection.makefile("rb")
            assert b" 404 " in answers.readline()
            # What comes all the same is dropped, and the connection goes on.
            connection.sendall(bytes(4_000_000) + b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert any(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)
