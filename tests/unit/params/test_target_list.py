"""Lists of certificates are understood in the forms in which other commands write them."""

import pytest

from pcacli.params.target_list import Row, target_rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a\nb c\n# comment\nd # more\n", ["a", "b", "c", "d"]),
        ("a\tb\n", ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ('[{"CertificateArn": "a", "Serial": "1"}, {"certificateArn": "b"}]', ["a", "b"]),
        ('{"CertificateArn": "a"}\n\n{"serial": "1"}\n', ["a", "1"]),
        ("serial,subject,certificateArn,new\n1,CN=x,a,\n2,CN=y,,z\n", ["a", "2"]),
        ('subject,certificate_arn\n"CN=a,O=b",a\n', ["a"]),
    ],
)
def test_every_form_names_its_certificates(text: str, expected: list[str]) -> None:
    assert [row.word for row in target_rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (
            "certificateArn,serial\na,1\none\n,\n",
            [("line 3", "1 fields and not 2"), ("line 4", "no certificate is named")],
        ),
        ('{"CertificateArn": "a"}\nx\n', [("line 2", "this is no JSON: Expecting value: line 1 column 1 (char 0)")]),
        (
            '["a", 7, {"Subject": "CN=x"}]',
            [("element 2", "no certificate is named"), ("element 3", "no certificate is named")],
        ),
        ("[1", [("the file", "this is no JSON: Expecting ',' delimiter: line 1 column 3 (char 2)")]),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text: str, bad: list[tuple[str, str]]) -> None:
    assert [(row.place, row.problem) for row in target_rows(text) if row.word is None] == bad


def test_places_count_as_an_editor_does() -> None:
    assert list(target_rows("\n\nab\n")) == [Row("line 3", "ab")]
