import pytest

from pcacli.errors import UsageProblem
from pcacli.output.pem_format import format_value
from pcacli.output.terminal import Terminal


def block(label: str, *lines: str) -> str:
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])


LEAF, ISSUER, ROOT = (block("CERTIFICATE", name, "QUJD") for name in ("TEVBRg==", "SVNTVUVS", "Uk9PVA=="))


def test_bundle_holds_the_certificate_and_its_chain_in_order() -> None:
    response = {"Certificate": LEAF, "CertificateChain": f"{ISSUER}\n{ROOT}"}
    assert format_value(response, Terminal()) == f"{LEAF}\n{ISSUER}\n{ROOT}\n"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n \n"])
def test_each_block_ends_in_one_newline(end: str) -> None:
    assert format_value({"Csr": block("CERTIFICATE REQUEST", "QUJD") + end}, Terminal()) == (
        block("CERTIFICATE REQUEST", "QUJD") + "\n"
    )


def test_carriage_returns_blank_lines_and_words_around_the_blocks_are_left_out() -> None:
    untidy = "subject=CN=a\r\n" + LEAF.replace("\n", "\r\n\r\n") + "  " + ISSUER
    assert format_value({"Certificate": untidy}, Terminal()) == f"{LEAF}\n{ISSUER}\n"


def test_query_may_leave_text_or_a_list() -> None:
    assert format_value(LEAF, Terminal()) == f"{LEAF}\n"
    assert format_value([None, ISSUER, {"a": [LEAF]}], Terminal()) == f"{ISSUER}\n{LEAF}\n"


@pytest.mark.parametrize("value", [None, 3, [], {"CertificateArn": "arn:x"}, "-----BEGIN CERTIFICATE-----\nQUJD"])
def test_result_without_a_whole_block_is_refused(value: object) -> None:
    with pytest.raises(UsageProblem, match="there is no PEM in the result"):
        format_value(value, Terminal())


def test_blocks_without_an_end_do_not_multiply_the_work() -> None:
    """One search for its end for each of them does not come to an end."""
    unfinished = "".join(f"-----BEGIN {'A' * (number % 50 + 1)}{number}-----\n" for number in range(50_000))
    assert format_value(unfinished + LEAF + unfinished, Terminal()) == f"{LEAF}\n"
    crossed = block("A", "QUJD").replace("END A", "END B")
    assert format_value(crossed + "\n" + block("A", "QUJD"), Terminal()).startswith("-----BEGIN A-----\nQUJD")
