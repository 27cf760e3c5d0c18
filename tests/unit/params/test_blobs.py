import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import PcaError
from pcacli.params.blobs import RAW, decode_blobs

REQUEST = OPERATIONS["ImportCertificateAuthorityCertificate"].input
PEM = "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n"


def decoded(text: object, **options: object) -> object:
    return decode_blobs(REQUEST, {"Certificate": text}, **options)["Certificate"]  # type: ignore[arg-type]


@given(st.binary())
def test_base64_is_decoded(content: bytes) -> None:
    assert decoded(base64.b64encode(content).decode()) == content


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", b""), ("Zm9v\n", b"foo"), (" Z m 9 v ", b"foo"), ("Zm*9v", b"foo"), ("Zm8=", b"fo"), ("Zm8=!", b"fo")],
)
def test_what_is_not_in_the_alphabet_is_skipped(text: str, expected: bytes) -> None:
    assert decoded(text) == expected


@pytest.mark.parametrize("text", ["Z", "Zm9", "plain text!"])
def test_incomplete_base64_is_refused_with_exit_code_255(text: str) -> None:
    with pytest.raises(PcaError) as raised:
        decoded(text)
    assert raised.value.message == f'Invalid base64: "{text}"'
    assert raised.value.exit_code == 255
    assert raised.value.hint == "Certificate: to give the content of a file, write fileb://path."


def test_base64_beyond_ascii_is_refused() -> None:
    with pytest.raises(PcaError, match=r"^string argument should contain only ASCII characters$"):
        decoded("größe")


def test_raw_text_is_its_utf8_bytes() -> None:
    assert decoded("größe", binary_format=RAW) == "größe".encode()


def test_raw_text_that_has_no_bytes_is_refused() -> None:
    with pytest.raises(PcaError, match="surrogates not allowed"):
        decoded("\ud800", binary_format=RAW)


@pytest.mark.parametrize("binary_format", ["base64", RAW])
def test_bytes_stay(binary_format: str) -> None:
    assert decoded(b"Zm9v", binary_format=binary_format) == b"Zm9v"


@pytest.mark.parametrize("value", [5, None, ["Zm9v"]])
def test_what_is_neither_text_nor_bytes_is_left_to_the_validation(value: object) -> None:
    assert decoded(value) == value


def test_other_members_stay() -> None:
    assert decode_blobs(REQUEST, {"CertificateAuthorityArn": "Zm9v"}) == {"CertificateAuthorityArn": "Zm9v"}


@pytest.mark.parametrize("pem", [PEM, f"\n{PEM}", PEM.replace("\n", " ")], ids=["plain", "after a line", "one line"])
def test_pem_is_understood_and_the_user_is_told(pem: str) -> None:
    told: list[str] = []
    assert decoded(pem, notice=told.append) == pem.encode()
    assert told == ["Certificate: PEM text is taken as it is; aws would refuse it. Name the file with fileb://."]


def test_pem_is_base64_like_any_other_text_when_strict() -> None:
    told: list[str] = []
    with pytest.raises(PcaError, match=r"^Invalid base64: "):
        decoded(PEM, strict=True, notice=told.append)
    assert told == []


def test_raw_pem_is_nothing_to_talk_about() -> None:
    told: list[str] = []
    assert decoded(PEM, binary_format=RAW, notice=told.append) == PEM.encode()
    assert told == []


def test_given_request_is_not_changed() -> None:
    request = {"Certificate": "Zm9v"}
    decode_blobs(REQUEST, request)
    assert request == {"Certificate": "Zm9v"}
