"""What a server says in the clear is read as far as it is whole."""

from pcacli.service.tls_messages import is_tls, presented_in


def counted(octets: int, content: bytes) -> bytes:
    return len(content).to_bytes(octets, "big") + content


def record(content: bytes, kind: int = 22) -> bytes:
    return bytes((kind, 3, 3)) + counted(2, content)


HELLO = b"\x02" + counted(3, b"\x03\x03" + bytes(40))
CERTIFICATES = b"\x0b" + counted(3, counted(3, counted(3, b"first") + counted(3, b"second")))
ASKS = b"\x0d" + counted(3, b"\x01\x01\x00\x00\x00\x00")


def test_certificates_version_and_the_wish_for_a_certificate_are_read() -> None:
    messages = HELLO + CERTIFICATES + ASKS
    expected = ([b"first", b"second"], True, "TLSv1.2")
    assert presented_in(record(messages)) == expected
    # A message may be in several records, and other records may be between them.
    assert presented_in(record(messages[:50]) + record(b"\x01\x00", 21) + record(messages[50:])) == expected


def test_what_comes_after_the_keys_is_not_read() -> None:
    assert presented_in(record(HELLO) + record(b"\x01", 20) + record(CERTIFICATES)) == ([], False, "TLSv1.2")


def test_what_is_cut_off_or_nonsense_does_no_harm() -> None:
    whole = record(HELLO + CERTIFICATES)
    for length in range(len(whole)):
        assert presented_in(whole[:length]).certificates == []
    assert presented_in(b"220 mail.example.com ESMTP\r\n").certificates == []
    assert presented_in(bytes(1000)).certificates == []


def test_a_record_is_told_from_other_protocols() -> None:
    assert is_tls(record(b"x"))
    assert not any(map(is_tls, (b"", b"220 ", b"* OK", b"HTTP/1.1 400")))
