"""One serial number, three notations."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcacli.pki.serials import SerialProblem, colon_hex, parse_serial, serial_candidates
from tests.pki.crafting import entity

SERIAL = 0x0A07447683A9B7F4055627FFD55CEBCC


@pytest.mark.fact("5.1", "serial")
@pytest.mark.parametrize(
    "text",
    [
        "0a:07:44:76:83:a9:b7:f4:05:56:27:ff:d5:5c:eb:cc",
        "0A:07:44:76:83:A9:B7:F4:05:56:27:FF:D5:5C:EB:CC",
        "a:07:44:76:83:a9:b7:f4:05:56:27:ff:d5:5c:eb:cc",
        "0a07447683a9b7f4055627ffd55cebcc",
        "0A07447683A9B7F4055627FFD55CEBCC",
        "a07447683a9b7f4055627ffd55cebcc",
    ],
)
def test_every_notation_of_a_serial_means_the_same_number(text: str) -> None:
    assert parse_serial(text) == SERIAL


@pytest.mark.parametrize(
    "text", ["", ":", "0x10", "10:", ":10", "1:2", "10::11", "123:45", "10 11", "10\n", "-1", "xyz", "\u0661"]
)
def test_text_that_is_no_hexadecimal_serial_is_refused(text: str) -> None:
    with pytest.raises(SerialProblem, match="is not a hexadecimal serial number"):
        parse_serial(text)


@pytest.mark.fact("1.4", "serial-notations")
def test_a_serial_is_written_as_lower_case_pairs() -> None:
    assert colon_hex(0xE8CBD2BEDB122329F97706BCFEC990F8) == "e8:cb:d2:be:db:12:23:29:f9:77:06:bc:fe:c9:90:f8"
    assert colon_hex(4118) == "10:16"
    assert colon_hex(0) == "00"
    assert colon_hex(4118, minimum_bytes=4) == "00:00:10:16"


@given(st.integers(min_value=0, max_value=2**160))
def test_a_written_serial_is_read_back(serial: int) -> None:
    assert parse_serial(colon_hex(serial)) == parse_serial(colon_hex(serial, minimum_bytes=16)) == serial
    assert parse_serial(f"{serial:x}") == parse_serial(f"{serial:X}") == serial


def test_the_serial_that_openssl_prints_is_read() -> None:
    command = ["openssl", "x509", "-noout", "-serial"]
    certificate = entity("any", serial=SERIAL).pem
    shown = subprocess.run(command, input=certificate, capture_output=True, check=True).stdout.decode()
    assert parse_serial(shown.strip().removeprefix("serial=")) == SERIAL


@pytest.mark.parametrize(
    "text",
    [
        "serial=0A07447683A9B7F4055627FFD55CEBCC",
        "0x0a07447683a9b7f4055627ffd55cebcc",
        "  0a:07:44:76:83:a9:b7:f4:\n     05:56:27:ff:d5:5c:eb:cc\n",
        "0A 07 44 76 83 A9 B7 F4 05 56 27 FF D5 5C EB CC",
        str(SERIAL),
    ],
)
def test_what_any_program_prints_is_understood(text: str) -> None:
    assert SERIAL in serial_candidates(text)


def test_decimal_digits_may_mean_two_numbers() -> None:
    assert serial_candidates("1234") == (0x1234, 1234)
    assert serial_candidates("7") == (7,)
    assert serial_candidates("12ab") == (0x12AB,)


@pytest.mark.parametrize("text", ["", "serial=", "www.example.com", "1" * 50, "\u0661"])
def test_what_is_no_serial_in_any_notation_is_refused(text: str) -> None:
    with pytest.raises(SerialProblem, match="is not a serial number"):
        serial_candidates(text)
