from collections.abc import Mapping
from typing import Any

import pytest
from botocore.paginate import Paginator as BotocorePaginator
from hypothesis import given, settings
from hypothesis import strategies as st

from pcacli.api.catalogue import OPERATIONS, PAGINATORS
from pcacli.errors import PcaError, ServiceError, UsageProblem
from pcacli.service.paging import paged_by_hand, pages
from tests.unit.service.scripted_service import ScriptedService

ARN = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"
LIST_TAGS = OPERATIONS["ListTags"]
REQUEST = {"CertificateAuthorityArn": ARN}


class Listing:
    """Items in pages of two; the token of a page is its number."""

    def __init__(self, item_count: int) -> None:
        self._item_count = item_count
        self.requests: list[dict[str, Any]] = []

    def call(self, _operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        self.requests.append(dict(request))
        start = int(request.get("NextToken", 0)) * 2
        page: dict[str, Any] = {"Tags": [{"Key": str(item)} for item in range(start, min(start + 2, self._item_count))]}
        return page | ({"NextToken": str(start // 2 + 1)} if start + 2 < self._item_count else {})

    def close(self) -> None:
        pass


def by_botocore(listing: Listing, **options: Any) -> tuple[list[dict[str, Any]], str | None]:
    """Go through a listing with botocore's own paginator."""
    config = {"input_token": "NextToken", "output_token": "NextToken", "limit_key": "MaxResults", "result_key": "Tags"}
    paginator = BotocorePaginator(lambda **request: listing.call("ListTags", request), config, _Model())
    iterator = paginator.paginate(**REQUEST, PaginationConfig=options)
    return list(iterator), iterator.resume_token


class _Model:
    """The part of an operation's model that botocore's paginator reads: the type of the page size."""

    class input_shape:  # noqa: N801 - botocore's name
        members = {"MaxResults": type("Shape", (), {"type_name": "integer"})}  # noqa: RUF012 - a constant of the test


@settings(max_examples=200)
@given(
    item_count=st.integers(0, 9),
    max_items=st.none() | st.integers(-2, 10),
    page_size=st.none() | st.integers(1, 5),
    starting_token=st.sampled_from([None, "1", "1___1", "None___1", "2___0", "3___9", "0___-1"]),
)
def test_pages_requests_and_resume_token_are_botocores(
    item_count: int, max_items: int | None, page_size: int | None, starting_token: str | None
) -> None:
    theirs, ours = Listing(item_count), Listing(item_count)
    expected = by_botocore(theirs, MaxItems=max_items, PageSize=page_size, StartingToken=starting_token)
    found = pages(ours, LIST_TAGS, REQUEST, max_items=max_items, page_size=page_size, starting_token=starting_token)
    assert (list(found), found.resume_token) == expected
    assert ours.requests == theirs.requests


@given(item_count=st.integers(0, 9), max_items=st.integers(1, 4))
def test_resuming_until_the_end_gives_every_item_once(item_count: int, max_items: int) -> None:
    listing, token = Listing(item_count), None
    keys: list[str] = []
    while len(keys) <= item_count:
        part = pages(listing, LIST_TAGS, REQUEST, max_items=max_items, starting_token=token)
        keys += [item["Key"] for page in part for item in page["Tags"]]
        token = part.resume_token
        if token is None:
            break
    assert keys == [str(item) for item in range(item_count)]


def test_a_page_without_items_shows_null_after_a_starting_token() -> None:
    assert list(pages(ScriptedService({}), LIST_TAGS, REQUEST, starting_token="t")) == [{"Tags": None}]


def test_pages_before_a_refusal_are_given_out() -> None:
    service = ScriptedService({"Tags": [{"Key": "a"}], "NextToken": "t"}, ServiceError("InvalidStateException", "gone"))
    found = iter(pages(service, LIST_TAGS, REQUEST))
    assert next(found) == {"Tags": [{"Key": "a"}], "NextToken": "t"}
    with pytest.raises(ServiceError, match="gone"):
        next(found)


def test_a_service_that_repeats_its_token_does_not_loop_for_ever() -> None:
    sentence = "Error during pagination: The same next token was received twice: {'NextToken': 't'}"
    service = ScriptedService({"Tags": [], "NextToken": "t"})
    with pytest.raises(PcaError) as caught:
        list(pages(service, LIST_TAGS, REQUEST))
    assert (caught.value.message, caught.value.exit_code) == (sentence, 255)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"starting_token": ""}, "Invalid length for parameter NextToken, value: 0, valid min length: 1"),
        ({"page_size": 0}, "Invalid value for parameter MaxResults, value: 0, valid min value: 1"),
        ({"starting_token": "eyJmb28iOiAxfQ=="}, 'Unknown parameter in input: "foo", must be one of: '),
    ],
)
def test_what_the_options_add_to_the_request_is_validated_before_anything_is_sent(
    options: dict[str, Any], complaint: str
) -> None:
    service = ScriptedService({})
    with pytest.raises(UsageProblem) as caught:
        pages(service, LIST_TAGS, REQUEST, **options)
    assert caught.value.message.startswith(f"Parameter validation failed:\n{complaint}")
    assert service.requests == []


@pytest.mark.parametrize(("request_", "expected"), [({"MaxResults": 2}, True), ({"NextToken": "t"}, True), ({}, False)])
def test_the_services_own_members_turn_paging_off(request_: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert paged_by_hand(PAGINATORS["ListTags"], REQUEST | request_) is expected
