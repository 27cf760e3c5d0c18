"""Signatures are worked out without botocore; its signer is the judge of them here."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from pcacli.engine import credentials
from pcacli.engine.context import Caller
from pcacli.errors import ServiceError
from pcacli.server.messages import Request
from pcacli.server.signatures import Signatures
from tests.support.embedded import REGION, Embedded

PATH_LETTERS = "abz019-._~/%+:=@!$&'()*,; \u00e9"
HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


class Signed:
    """An authority with one access key, and requests that botocore has signed with it just now."""

    def __init__(self) -> None:
        self.embedded = Embedded()
        self.key = credentials.create(self.embedded.parts, self.embedded.owner)
        self.signatures = Signatures(self.embedded.parts, lambda: datetime.now(UTC))

    def request(self, path: str = "/", query: str = "", body: bytes = b"{}", **headers: str) -> Request:
        url = f"http://host.example:8000{path}{f'?{query}' if query else ''}"
        foreign = AWSRequest("POST", url, headers=headers, data=body)
        signer = SigV4Auth(Credentials(self.key.access_key_id, self.key.secret_access_key), "acm-pca", REGION)
        signer.add_auth(foreign)
        sent: dict[str, Any] = {name.lower(): str(value) for name, value in foreign.headers.items()}
        return Request("POST", path, query, {**sent, "host": "host.example:8000"}, body, "127.0.0.1")

    def caller(self, request: Request) -> Caller:
        return self.signatures.caller(request)


@pytest.fixture(scope="module")
def signed() -> Signed:
    return Signed()


@given(
    path=st.text(PATH_LETTERS, max_size=30).map(lambda path: f"/{path}"),
    query=st.text("abz01=&%-~", max_size=20),
    body=st.binary(max_size=50),
    value=HEADER_VALUES,
)
def test_whatever_botocore_signs_is_recognised(signed: Signed, path: str, query: str, body: bytes, value: str) -> None:
    assert signed.caller(signed.request(path, query, body, **{"X-Amz-Target": value})).account == "111122223333"


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"{ }"},
        {"path": "/other"},
        {"query": "a=1"},
        {"method": "PUT"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_request_that_is_not_what_was_signed_is_refused(signed: Signed, change: dict[str, Any]) -> None:
    request = signed.request()._replace(**change)
    with pytest.raises(ServiceError, match="signature we calculated does not match") as caught:
        signed.caller(request)
    assert caught.value.code == "InvalidSignatureException"


def test_a_key_that_is_deleted_between_two_requests_signs_no_more() -> None:
    """What is remembered of a key, in memory, is its secret and not that it exists."""
    mine = Signed()
    request = mine.request()
    assert mine.caller(request).region == REGION
    credentials.delete(mine.embedded.parts, mine.key.access_key_id, mine.embedded.owner)
    with pytest.raises(ServiceError, match="security token") as caught:
        mine.caller(request)
    assert caught.value.code == "UnrecognizedClientException"
