"""Whatever is sent to `pcacli local serve`, AWS's way of refusing comes back and the next client is served."""

import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import cbor2
import pytest
from botocore.awsrequest import AWSRequest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcacli.api.catalogue import OPERATIONS
from tests.support.command_line import Pcacli
from tests.support.serving import REGION, STOP_SECONDS, Server, serving
from tests.support.signing import JSON_TYPE, LIST, Signer, signed

ACTIONS = sorted(OPERATIONS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose log, read at the end, holds no failure of its own."""
    with serving(Pcacli(tmp_path_factory.mktemp("serve"))) as running:
        yield running
        log = running.stop()
    assert [line for line in log if line["event"] == "failure" or line.get("level") == "ERROR"] == []


def refused(server: Server, headers: dict[str, str], body: bytes = b"{}", path: str = "/") -> tuple[int, str, str]:
    """Send a request; return status, code and message of the refusal."""
    response, content = server.send("POST", path, body, **headers)
    assert response.headers["x-amzn-requestid"]
    told = json.loads(content)
    return response.status, told["__type"], told.get("message") or told["Message"]


def changed_signature(headers: dict[str, str]) -> dict[str, str]:
    value = headers["Authorization"]
    return {**headers, "Authorization": value[:-1] + ("0" if value[-1] != "0" else "1")}


def without_signed_target(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Authorization": headers["Authorization"].replace(";x-amz-target", "")}


SIGNATURES: dict[str, tuple[dict[str, Any], str, str]] = {
    "late": ({"late": timedelta(minutes=16)}, "InvalidSignatureException", "Signature expired: "),
    "early": ({"late": timedelta(minutes=-16)}, "InvalidSignatureException", "Signature not yet current: "),
    "other service": ({"service": "s3"}, "InvalidSignatureException", "correct service: 'acm-pca'"),
    "no region": ({"region": "moon"}, "InvalidSignatureException", "a valid region"),
    "unknown key": ({"access_key": "AKIDEXAMPLE"}, "UnrecognizedClientException", "security token"),
    "wrong secret": ({"secret_key": "wrong"}, "InvalidSignatureException", "does not match"),
    "session token": ({"token": "FwoG"}, "UnrecognizedClientException", "security token"),
}


@pytest.mark.parametrize(("changes", "code", "text"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_that_is_wrong_is_refused(server: Server, changes: dict[str, Any], code: str, text: str) -> None:
    status, found, message = refused(server, signed(server, **changes))
    assert (status, found) == (400, code)
    assert text in message


def test_a_signature_within_the_allowed_skew_is_taken(server: Server) -> None:
    for late in (timedelta(minutes=14), timedelta(minutes=-14)):
        response, _ = server.send("POST", "/", b"{}", **signed(server, late=late))
        assert response.status == 200


TAMPERED: dict[str, tuple[Any, str]] = {
    "signature": (changed_signature, "InvalidSignatureException"),
    "target not signed": (without_signed_target, "InvalidSignatureException"),
    "another target": (lambda sent: {**sent, "X-Amz-Target": "ACMPrivateCA.ListTags"}, "InvalidSignatureException"),
    "one more header": (lambda sent: {**sent, "X-Amz-Extra": "1"}, "InvalidSignatureException"),
    "no signature": (lambda sent: {**sent, "Authorization": ""}, "MissingAuthenticationTokenException"),
    "basic": (lambda sent: {**sent, "Authorization": "Basic YTpi"}, "IncompleteSignatureException"),
    "half": (lambda sent: {**sent, "Authorization": "AWS4-HMAC-SHA256 Credential=a"}, "IncompleteSignatureException"),
    "bad date": (lambda sent: {**sent, "X-Amz-Date": "yesterday"}, "IncompleteSignatureException"),
    "other date": (lambda sent: {**sent, "X-Amz-Date": "20200101T000000Z"}, "InvalidSignatureException"),
}


@pytest.mark.parametrize(("tamper", "code"), TAMPERED.values(), ids=TAMPERED)
def test_a_request_that_was_changed_after_signing_is_refused(server: Server, tamper: Any, code: str) -> None:
    assert refused(server, tamper(signed(server)))[:2] == (400, code)


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 99999999999999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "-0000", "", "yesterday"]
)
def test_a_date_that_is_none_is_refused(server: Server, date: str) -> None:
    scope = f"Credential=AKIDEXAMPLE/20260101/{REGION}/acm-pca/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=date;host, Signature=00"
    headers = {"Content-Type": JSON_TYPE, "X-Amz-Target": LIST, "Authorization": authorization, "Date": date}
    assert refused(server, headers)[:2] == (400, "IncompleteSignatureException")


def test_another_body_than_the_signed_one_is_refused(server: Server) -> None:
    headers = signed(server, b"{}")
    assert refused(server, headers, b'{"MaxResults":1}')[1] == "InvalidSignatureException"
    # A client may name the hash of the body itself; that is no reason to believe it.
    headers = signed(server, b"{}", headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert refused(server, headers, b'{"MaxResults":1}')[1] == "InvalidSignatureException"


BODIES: dict[str, tuple[bytes, str]] = {
    "cut off": (b'{"MaxResults":', "The body is not JSON."),
    "no object": (b"[]", "START_ARRAY can not be converted to a Structure"),
    "text for number": (b'{"MaxResults":"1"}', "STRING_VALUE can not be converted to an Integer"),
    "true for number": (b'{"MaxResults":true}', "BOOLEAN_VALUE can not be converted to an Integer"),
    "fraction": (b'{"MaxResults":1.5}', "DECIMAL_VALUE can not be converted to an Integer"),
    "not a number": (b'{"MaxResults":NaN}', "The body is not JSON."),
    "number for text": (b'{"NextToken":1}', "NUMBER_VALUE can not be converted to a String"),
    "half a character": (b'{"NextToken":"\\ud800"}', "A string holds half a surrogate pair."),
    "no UTF-8": (b'{"NextToken":"\xff"}', "The body is not JSON."),
    "deep": (b"[" * 100_000, "The body is not JSON."),
    "endless number": (b'{"MaxResults":' + b"9" * 5000 + b"}", "The body is not JSON."),
}


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES)
def test_a_body_of_the_wrong_form_cannot_be_read(server: Server, body: bytes, message: str) -> None:
    assert refused(server, signed(server, body), body) == (400, "SerializationException", message)


@pytest.mark.parametrize("blob", ["not base64!", "AA", 1, ["AA=="]])
def test_a_blob_must_be_base64(server: Server, blob: Any) -> None:
    target = {"X-Amz-Target": "ACMPrivateCA.ImportCertificateAuthorityCertificate"}
    body = json.dumps({"CertificateAuthorityArn": "arn", "Certificate": blob}).encode()
    assert refused(server, signed(server, body, headers=target), body)[1] == "SerializationException"


@pytest.mark.fact("10.1")
def test_what_is_out_of_range_gets_the_services_own_complaint(server: Server) -> None:
    body = b'{"MaxResults":0}'
    message = (
        "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )
    assert refused(server, signed(server, body), body) == (400, "ValidationException", message)


@pytest.mark.parametrize("target", ["", "ACMPrivateCA.", "ACMPrivateCA.Nothing", "Other.ListTags", "ListTags"])
def test_an_unknown_action_is_named_so(server: Server, target: str) -> None:
    assert refused(server, {"Content-Type": JSON_TYPE, "X-Amz-Target": target})[1] == "UnknownOperationException"


def test_another_type_of_content_is_refused(server: Server) -> None:
    headers = signed(server, headers={"Content-Type": "text/xml"})
    assert refused(server, headers)[:2] == (415, "UnsupportedMediaTypeException")


def test_a_body_above_the_limit_is_refused(server: Server) -> None:
    body = b" " * (4 * 1024 * 1024 + 1)
    assert refused(server, signed(server, body), body)[:2] == (413, "RequestEntityTooLargeException")


def test_a_list_far_above_its_maximum_is_refused_at_its_length(server: Server) -> None:
    usages = [{"ExtendedKeyUsageType": "x"}] * 100_000
    members = {"CertificateAuthorityArn": "arn", "ApiPassthrough": {"Extensions": {"ExtendedKeyUsage": usages}}}
    body = json.dumps(members).encode()
    headers = signed(server, body, headers={"X-Amz-Target": "ACMPrivateCA.IssueCertificate"})
    response, content = server.send("POST", "/", body, **headers)
    assert json.loads(content)["__type"] in ("ValidationException", "InvalidArnException")
    body = json.dumps({**members, "CertificateAuthorityArn": f"arn:aws:acm-pca:{REGION}:000000000000:a/b"}).encode()
    headers = signed(server, body, headers={"X-Amz-Target": "ACMPrivateCA.IssueCertificate"})
    response, content = server.send("POST", "/", body, **headers)
    told = json.loads(content)
    assert (response.status, told["__type"]) == (400, "ValidationException")
    assert "Value '[100000 elements]' at 'apiPassthrough.extensions.extendedKeyUsage'" in told["message"]
    assert len(content) < 10_000


def test_a_token_that_is_nested_beyond_reason_is_none_of_ours(server: Server) -> None:
    body = json.dumps({"NextToken": b64encode(b"[" * 30_000).decode()}).encode()
    assert refused(server, signed(server, body), body)[:2] == (400, "InvalidNextTokenException")


def test_two_hosts_are_refused(server: Server) -> None:
    answer = raw(server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


LARGE_UNSEEN = b"Content-Length: 4000000\r\n\r\n"
BY_THEIR_HEAD = {
    "no action": (b"Content-Type: text/plain", b"400"),
    "no signature": (f"Content-Type: {JSON_TYPE}\r\nX-Amz-Target: {LIST}".encode(), b"400"),
    "too large a question": (b"Content-Type: application/ocsp-request", b"413"),
}


@pytest.mark.parametrize(("fields", "status"), BY_THEIR_HEAD.values(), ids=BY_THEIR_HEAD)
def test_a_large_body_is_refused_before_it_is_there(server: Server, fields: bytes, status: bytes) -> None:
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n" + LARGE_UNSEEN)
        assert connection.recv(65536).split()[1] == status


def test_a_client_that_asks_first_and_is_refused_cannot_go_on(server: Server) -> None:
    """Its next request could be taken for the body that it kept back."""
    asked = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 31\r\n\r\n"
    answer = raw(server, asked)
    assert (answer[:13], answer.count(b"HTTP/1.1")) == (b"HTTP/1.1 400 ", 1)
    assert b"connection: close" in answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed(server: Server, method: str) -> None:
    response, _ = server.send(method, "/")
    assert (response.status, response.headers["allow"]) == (405, "GET, HEAD, POST")


CBOR_BODIES = {
    "cut off": b"\xa1\x6aMax",
    "too long": b"\xa0\xa0",
    "regular expression": b"\xa1\x69NextToken\xd8\x23\x63(a)",
    "cycle": b"\xd8\x1c\xa1\x69NextToken\xd8\x1d\x00",
    "deep": b"\x81" * 1000,
    "huge": b"\x5b\x00\x00\xff\xff\xff\xff\xff\xff",
    "big number": b"\xa1\x6aMaxResults\xc2\x58\x20" + b"\xff" * 32,
    "one member twice": b"\xa2\x6aMaxResults\x01\x6aMaxResults\x02",
    "list": b"\x80",
}


@pytest.mark.parametrize("body", CBOR_BODIES.values(), ids=CBOR_BODIES)
def test_cbor_of_the_wrong_form_cannot_be_read(server: Server, body: bytes) -> None:
    path = "/service/ACMPrivateCA/operation/ListCertificateAuthorities"
    given = {"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor"}
    headers = signed(server, body, path, headers=given)
    headers.pop("X-Amz-Target")
    request = AWSRequest("POST", server.url + path, headers=given, data=body)
    Signer(server, late=timedelta(0), service="acm-pca", region=REGION).add_auth(request)
    response, content = server.send("POST", path, body, **dict(request.headers.items()))
    assert (response.status, cbor2.loads(content)["__type"]) == (400, "com.amazonaws.acmpca#SerializationException")


def raw(server: Server, octets: bytes) -> bytes:
    """Send anything at all and return what comes back before the connection ends or rests."""
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_what_is_no_http_is_refused_in_json(server: Server) -> None:
    answer = raw(server, b"\x16\x03\x01 hello\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"__type"' in answer


def test_a_head_above_the_limit_is_refused(server: Server) -> None:
    answer = raw(server, b"POST / HTTP/1.1\r\nHost: a\r\nX-Filler: " + b"x" * 70_000)
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_clients_that_are_slow_or_leave_do_not_keep_others_waiting(server: Server) -> None:
    host, _, port = server.address.partition(":")
    half = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"
    slow = [socket.create_connection((host, int(port)), timeout=STOP_SECONDS) for _ in range(40)]
    for connection in slow:
        connection.sendall(half)
    try:
        assert server.client().list_certificate_authorities()["CertificateAuthorities"] == []
    finally:
        for connection in slow:
            connection.close()
    assert server.client().list_certificate_authorities()["CertificateAuthorities"] == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
HEADERS = ("Authorization", "Date", "X-Amz-Date", "If-Modified-Since", "If-None-Match", "Host", "Smithy-Protocol")
header_values = st.sampled_from(
    [
        f"AWS4-HMAC-SHA256 Credential=A/20260101/{REGION}/acm-pca/aws4_request, SignedHeaders=host, Signature=0",
        "Sun, 22 Nov 2026 02:50:00 -0000",
        "20260230T000000Z",
        "[::1",
    ]
) | st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw an action and members that it has, each of any kind."""
    action = draw(st.sampled_from(ACTIONS))
    names = [member.name for member in OPERATIONS[action].input.members]
    return action, draw(st.dictionaries(st.sampled_from(names), json_values, max_size=len(names)))


@FUZZ
@given(request=requests())
def test_no_members_of_any_kind_break_an_action(server: Server, request: tuple[str, Any]) -> None:
    action, members = request
    body = json.dumps(members).encode()
    headers = signed(server, body, headers={"X-Amz-Target": f"ACMPrivateCA.{action}"})
    response, content = server.send("POST", "/", body, **headers)
    assert response.status in (200, 400)
    assert response.status == 200 or json.loads(content)["__type"]


@FUZZ
@given(
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    path=st.text(max_size=60),
    body=st.binary(max_size=200),
    content_type=st.sampled_from([JSON_TYPE, "application/cbor", "application/ocsp-request", "", "x/y"]),
    target=st.sampled_from(["", LIST, "ACMPrivateCA.IssueCertificate"]),
    more=st.dictionaries(st.sampled_from(HEADERS), header_values, max_size=3),
)
def test_nothing_that_is_sent_unsigned_breaks_the_server(
    server: Server, method: str, path: str, body: bytes, content_type: str, target: str, more: dict[str, str]
) -> None:
    headers = {"Content-Type": content_type, **({"X-Amz-Target": target} if target else {}), **more}
    response, _ = server.send(method, "/" + quote(path.encode("utf-8", "replace")), body, **headers)
    # A question to the OCSP responder gets an answer with status 200, whatever it is.
    is_ocsp = response.headers.get("content-type") == "application/ocsp-response"
    is_open = quote(path) in ("healthz", "metrics")
    assert 400 <= response.status < 500 or is_ocsp or is_open
