import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pcacli.errors import UsageProblem
from pcacli.pki.algorithms import generate_private_key
from pcacli.pki.leaf_request import LeafNames, leaf_csr
from pcacli.service.workflows.bulk_rows import COLUMNS, Row, read_rows
from pcacli.service.workflows.certificate_request import ActiveAuthority
from pcacli.service.workflows.leaf_orders import Wish

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AUTHORITY = ActiveAuthority("arn:of:it", "SHA256WITHECDSA", "GENERAL_PURPOSE")
DEFAULTS = Wish(validity="30d", key_algorithm="RSA_2048")


def read(folder: Path, name: str, text: str) -> tuple[list[Row], list[str]]:
    """Write a file and read its rows; return them and the complaints."""
    (folder / name).write_text(text, encoding="utf-8")
    complaints: list[str] = []
    rows = read_rows(folder / name, DEFAULTS, NOW, lambda line, reason: complaints.append(f"{line}: {reason}"))
    return rows, complaints


def test_every_column_is_read_from_both_formats(tmp_path: Path) -> None:
    row: dict[str, str | list[str]] = {
        "directory": "web",
        "common_name": "Web",
        "dns_names": ["www.example.com", "example.com"],
        "ip_addresses": ["192.0.2.1"],
        "emails": ["a@example.com"],
        "uris": ["spiffe://example.com/web"],
        "template": "EndEntityClientAuthCertificate",
        "validity": "7d",
        "key_algorithm": "EC_secp384r1",
    }
    flat = [" ".join(value) if isinstance(value, list) else value for value in row.values()]
    (from_csv,), _ = read(tmp_path, "rows.csv", f"{','.join(row)}\n{','.join(flat)}\n")
    (from_json,), _ = read(tmp_path, "rows.jsonl", f"{json.dumps(row)}\n")
    names = LeafNames("Web", tuple(row["dns_names"]), ("192.0.2.1",), ("a@example.com",), ("spiffe://example.com/web",))
    assert from_csv.wish == Wish(names, None, "EndEntityClientAuthCertificate/V1", "7d", "EC_secp384r1")
    assert (from_csv.line, from_csv.directory) == (2, "web")
    assert (from_json.line, from_json.directory, from_json.wish) == (1, "web", from_csv.wish)
    assert from_json.digest == from_csv.digest
    assert {*row, "csr"} == set(COLUMNS)


def test_what_a_row_leaves_out_is_taken_from_the_options(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "rows.csv", "\ufeffdns_names , validity\nwww.example.com,\n\n*.example.com, 7d \n")
    assert [(row.line, row.directory, row.wish.validity) for row in rows] == [
        (2, "www.example.com", "30d"),
        (4, "wildcard.example.com", "7d"),
    ]
    assert {row.wish.key_algorithm for row in rows} == {"RSA_2048"}


def test_a_csr_names_its_folder(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "rows.csv", "csr\nrequests/web.csr\n")
    assert (row.directory, row.wish.csr_file) == ("web", Path("requests/web.csr"))


def test_a_digest_is_that_of_what_is_wanted_and_not_of_its_place(tmp_path: Path) -> None:
    (first,), _ = read(tmp_path, "a.csv", "dns_names\nwww.example.com\n")
    (moved,), _ = read(tmp_path, "b.csv", "dns_names,validity\n\nwww.example.com,\n")
    (other,), _ = read(tmp_path, "c.csv", "dns_names,validity\nwww.example.com,7d\n")
    digests = [row.addressed_to(AUTHORITY).digest for row in (first, moved, other)]
    assert digests[0] == digests[1] != digests[2]
    assert first.addressed_to(AUTHORITY._replace(arn="arn:of:another")).digest != digests[0]


def test_a_digest_is_that_of_the_csr_and_not_of_its_file(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b", "a"):
        csr = leaf_csr(generate_private_key("EC_prime256v1"), LeafNames(name))
        (tmp_path / "web.csr").write_bytes(csr)
        (row,), _ = read(tmp_path, "rows.csv", f"csr\n{tmp_path / 'web.csr'}\n")
        digests += [row.addressed_to(AUTHORITY).digest] * 2
    assert len(set(digests)) == 3


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("not a_name!,,", "'a_name!' is not a DNS name."),
        (",,", "A name is missing"),
        ("b.example,soon,", "'soon' is no duration"),
        ("b.example,,,", "4 fields and not 3."),
        ("b.example,", "2 fields and not 3."),
        ('"b.example"x,,', "',' expected after '\"'."),
        ("b.example,,../b", "'../b' cannot name a folder"),
        ("b.example,,.hidden", "'.hidden' cannot name a folder"),
        ("b.example,,a.example", "the folder a.example is that of line 2 already."),
    ],
)
def test_a_bad_row_is_named_and_the_others_read(tmp_path: Path, line: str, complaint: str) -> None:
    text = f"dns_names,validity,directory\na.example,,\n{line}\nc.example,,\n"
    rows, (said,) = read(tmp_path, "rows.csv", text)
    assert [row.directory for row in rows] == ["a.example", "c.example"]
    assert said.startswith("3: ")
    assert complaint in said


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "this is not JSON"),
        ("[]", "a row is an object"),
        ('"text"', "a row is an object"),
        ('{"dns_name": "b.example"}', "There is no column 'dns_name'; the columns are"),
        ('{"dns_names": [1]}', "dns_names must be a text or a list of texts."),
        ('{"common_name": 1}', "common_name must be a text."),
        ('{"csr": "a\\u0000.csr"}', "csr holds a character that is none"),
        ('{"dns_names": ["a.example", "\\ud800"]}', "dns_names holds a character that is none"),
        ("[" * 100_000, "this is not JSON"),
        ('{"common_name": "b", "key_algorithm": "SM2"}', "There is no key algorithm SM2"),
        ('{"common_name": "b", "template": "EndEntity"}', "There is no template EndEntity"),
    ],
)
def test_a_bad_json_line_is_named_and_the_others_read(tmp_path: Path, line: str, complaint: str) -> None:
    rows, (said,) = read(tmp_path, "rows.jsonl", f'{{"common_name": "a"}}\n{line}\n{{"common_name": "c"}}\n')
    assert [row.directory for row in rows] == ["a", "c"]
    assert said.startswith("2: ")
    assert complaint in said


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rows.csv", "", "is empty"),
        ("rows.jsonl", "", "is empty"),
        ("rows.csv", "\ufeff\r\n \n", "is empty"),
        ("rows.csv", "www.example.com\nb.example.com\n", "The first line must name the columns, which are directory"),
        ("rows.csv", "www.example.com,90d\n", "; 'www.example.com' is none."),
        ("rows.csv", "\ndns_names\na.example\n", "The first line must name the columns"),
        ("rows.csv", "DNS_NAMES\na.example\n", "The first line must name the columns"),
        ("rows.csv", "dns_names,\na.example,\n", "There is no column ''"),
        ("rows.csv", "dns_names,validity,dns_names\na,,b\n", "The column 'dns_names' is there 2 times."),
        ("rows.csv", "dns_names\na.example\0\n", "there is a NUL in it"),
        ("rows.jsonl", '{"common_name": "a"}\n\0', "there is a NUL in it"),
    ],
)
def test_what_is_no_list_is_told_and_not_taken_for_an_empty_one(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(UsageProblem) as refusal:
        read(tmp_path, name, text)
    assert said in refusal.value.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_other_encodings_are_told(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "rows.csv").write_bytes("dns_names\nbücher.example\n".encode(encoding))
    with pytest.raises(UsageProblem, match="no UTF-8 text"):
        read_rows(tmp_path / "rows.csv", DEFAULTS, NOW, lambda _line, _reason: None)


def test_line_ends_and_marks_of_windows_are_taken(tmp_path: Path) -> None:
    rows, complaints = read(tmp_path, "rows.csv", "\ufeffdns_names,validity\r\na.example,7d\r\n\r\nb.example,\r\n")
    assert ([row.directory for row in rows], complaints) == (["a.example", "b.example"], [])
    rows, complaints = read(tmp_path, "rows.jsonl", '\ufeff{"dns_names": "a.example"}\r\n\r\n')
    assert ([row.directory for row in rows], complaints) == (["a.example"], [])


def test_a_misspelt_column_is_refused_before_anything_is_issued(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="There is no column 'templte'"):
        read(tmp_path, "rows.csv", "dns_names,templte\na.example,EndEntityClientAuthCertificate\n")
