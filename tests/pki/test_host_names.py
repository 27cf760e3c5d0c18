"""Host names in other scripts, by IDNA 2008 and UTS 46."""

import pytest

from pcacli.errors import UsageProblem
from pcacli.pki.host_names import ascii_host_name
from pcacli.pki.leaf_request import LeafNames


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # IDNA 2003 made strasse and faß's fass of these, and lost the sigma at the end.
        ("straße.example", "xn--strae-oqa.example"),
        ("STRAẞE.example", "xn--strae-oqa.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.Example", "xn--bcher-kva.example"),
        # A u with a diaeresis that is written as two characters, and a full stop of other scripts.
        ("bu\u0308cher。example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"),
        ("www.Example.com", "www.Example.com"),
        ("*.example.com", "*.example.com"),
        ("xn--strae-oqa.example", "xn--strae-oqa.example"),
    ],
)
def test_letters_of_other_scripts_become_a_labels(text: str, expected: str) -> None:
    assert ascii_host_name(text) == expected
    assert LeafNames(dns_names=(text,)).checked().dns_names == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "💩.example",
        "-ü.example",
        "ü-.example",
        "\u0300a.example",  # begins with a combining mark
        "a\u200db.example",  # a joiner where none may stand
        "a\u202eb.example",  # turns the writing round
        "א1a.example",  # mixes directions (RFC 5893)
        "ü" * 64 + ".example",
        "ü" * 100_000,
        "\uff0a.bücher.example",  # a full-width asterisk is no wildcard
        "f*.bücher.example",
        "ü..example",
        "\uff11\uff19\uff12.0.2.1",  # an address in full-width digits
    ],
)
def test_what_is_no_name_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageProblem) as refusal:
        LeafNames(dns_names=(text,)).checked()
    assert refusal.value.message.isprintable()
    assert "is not a DNS name" in refusal.value.message


def test_the_host_of_an_e_mail_address_is_a_name_like_any_other() -> None:
    assert LeafNames(emails=("anna@straße.example",)).checked().emails == ("anna@xn--strae-oqa.example",)
