import json
from base64 import b64encode

import pytest
from botocore.paginate import TokenDecoder, TokenEncoder
from hypothesis import given
from hypothesis import strategies as st

from pcacli.errors import PcaError
from pcacli.service.tokens import Position, decode, encode

_SERVICE_TOKENS = st.none() | st.text()
_SKIPS = st.integers(-5, 10_000)


@given(_SERVICE_TOKENS, _SKIPS)
def test_a_token_inside_a_page_is_the_aws_clis(service_token: str | None, skip: int) -> None:
    content = {"NextToken": service_token, "boto_truncate_amount": skip}
    token = encode(Position({"NextToken": service_token}, skip))
    assert token == TokenEncoder().encode(content)
    assert TokenDecoder().decode(token) == content


@given(_SERVICE_TOKENS)
def test_a_token_at_the_end_of_a_page_is_the_aws_clis(service_token: str | None) -> None:
    assert encode(Position({"NextToken": service_token})) == TokenEncoder().encode({"NextToken": service_token})


@given(_SERVICE_TOKENS, _SKIPS)
def test_a_token_survives_the_round_trip(service_token: str | None, skip: int) -> None:
    position = Position({"NextToken": service_token}, skip)
    assert decode(encode(position), "NextToken") == position


@pytest.mark.parametrize(
    ("token", "service_token", "skip"),
    [
        ("page2___1", "page2", 1),
        ("None___3", None, 3),
        ("page2___x", "page2___x", 0),
        ("None", None, 0),
        ("!!!", "!!!", 0),
        ("", "", 0),
        (b64encode(b"5").decode(), b64encode(b"5").decode(), 0),
    ],
)
def test_what_is_no_json_object_is_the_services_own_token(token: str, service_token: str | None, skip: int) -> None:
    assert decode(token, "NextToken") == Position({"NextToken": service_token}, skip)


@pytest.mark.parametrize(
    "token", ["a___b___1", b64encode(json.dumps({"NextToken": "a", "boto_truncate_amount": "b"}).encode()).decode()]
)
def test_a_damaged_token_is_refused(token: str) -> None:
    with pytest.raises(PcaError, match=r"^Bad starting token: "):
        decode(token, "NextToken")
