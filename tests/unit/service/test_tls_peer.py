"""What a TLS server presents is fetched whatever it is, in bounded time."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pcacli.errors import PcaError
from pcacli.service.tls_peer import Address, address, presented_by
from tests.pki.crafting import DAY, NOW, Entity, entity
from tests.support.waiting import LONGEST_SECONDS

EXPIRED = entity("expired", valid=(NOW - 20 * DAY, NOW - 10 * DAY))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("www.example.com:443", Address("www.example.com", 443)),
        ("https://www.example.com:8443/", Address("www.example.com", 8443)),
        ("[::1]:443", Address("::1", 443)),
        ("[fe80::1%eth0]:443", Address("fe80::1%eth0", 443)),
        ("[fe80::1%]:443", None),
        ("192.0.2.1:1", Address("192.0.2.1", 1)),
        ("www.example.com", None),
        ("www.example.com:0", None),
        ("www.example.com:65536", None),
        ("::1", None),
        ("a b:443", None),
        ("0a:07:44", None),
        ("host:\u0664", None),
        ("straße.example:443", Address("xn--strae-oqa.example", 443)),
        ("💩.example:443", None),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, expected: Address | None) -> None:
    assert address(text) == expected


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def at(listening: socket.socket) -> Address:
    return Address("127.0.0.1", listening.getsockname()[1])


def test_an_expired_certificate_of_nobody_is_presented(listener: socket.socket, tmp_path: Path) -> None:
    key = EXPIRED.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "server.pem").write_bytes(key + EXPIRED.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    def serve() -> None:
        connection, _ = listener.accept()
        # How a client goes that has seen enough is its own affair.
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    peer = presented_by(at(listener), server_name="www.example.com", timeout_seconds=LONGEST_SECONDS)
    server.join()
    assert peer.certificates[0] == EXPIRED.der
    assert peer.tls_version.startswith("TLS")
    assert names == ["www.example.com"]


def test_a_server_that_says_nothing_is_given_up(listener: socket.socket) -> None:
    with pytest.raises(PcaError, match=re.escape("did not answer within 0.1 s (--timeout).")):
        presented_by(at(listener), server_name=None, timeout_seconds=0.1)


def test_a_server_of_another_protocol_is_told_from_tls(listener: socket.socket) -> None:
    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 mail.example.com ESMTP\r\n")
            connection.recv(1024)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    with pytest.raises(PcaError, match="does not speak TLS as it should: "):
        presented_by(at(listener), server_name=None, timeout_seconds=LONGEST_SECONDS)
    server.join()


def test_another_protocol_gets_a_hint_about_starttls(listener: socket.socket) -> None:
    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"* OK IMAP4rev1\r\n")
            connection.recv(1024)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    with pytest.raises(PcaError) as refused:
        presented_by(at(listener), server_name=None, timeout_seconds=LONGEST_SECONDS)
    server.join()
    assert "STARTTLS" in (refused.value.hint or "")
    assert f"-connect {at(listener)}" in (refused.value.hint or "")


def context_with(certificate: Entity, folder: Path) -> ssl.SSLContext:
    key = certificate.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(key + certificate.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_asks_for_a_client_certificate_is_shown(
    listener: socket.socket, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    context = context_with(EXPIRED, tmp_path)
    context.load_verify_locations(tmp_path / "server.pem")
    context.verify_mode, context.maximum_version = ssl.CERT_REQUIRED, version

    def serve() -> None:
        connection, _ = listener.accept()
        with suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    peer = presented_by(at(listener), server_name=None, timeout_seconds=LONGEST_SECONDS)
    server.join()
    assert (peer.certificates[0], peer.tls_version) == (EXPIRED.der, version.name.replace("_", "."))
    # With TLS 1.3 the server only says so when the client is connected.
    asks = f"{at(listener)} breaks the connection off: it asks for a client certificate."
    assert peer.broken_off == (asks if version is ssl.TLSVersion.TLSv1_2 else None)


def test_a_server_that_never_comes_to_an_end_is_given_up(listener: socket.socket) -> None:
    def serve() -> None:
        connection, _ = listener.accept()
        # Records of alerts that are warnings: each is in time, and there is no last one.
        with suppress(OSError), connection:
            while True:
                connection.sendall(b"\x15\x03\x03\x00\x02\x01\x5a" * 100)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    with pytest.raises(PcaError, match=r"does not speak TLS as it should|did not answer within"):
        presented_by(at(listener), server_name=None, timeout_seconds=2)
    server.join()


def test_nobody_there_is_one_sentence(listener: socket.socket) -> None:
    server = at(listener)
    listener.close()
    with pytest.raises(PcaError, match="cannot be reached: Connection refused"):
        presented_by(server, server_name=None, timeout_seconds=LONGEST_SECONDS)
    with pytest.raises(PcaError, match="cannot be reached: "):
        presented_by(Address("a" * 64 + ".example", 443), server_name=None, timeout_seconds=LONGEST_SECONDS)
