"""Several regions at once: who refuses keeps nobody else from answering."""

import pytest

from pcacli.errors import ServiceError
from pcacli.service.workflows.authority_status import AuthorityStatus, RegionStatus, region_statuses
from tests.support.onlooker import Onlooker


def status(region: str) -> AuthorityStatus:
    arn = f"arn:aws:acm-pca:{region}:111122223333:certificate-authority/11223344-1234-1122-2233-112233445566"
    return AuthorityStatus(arn, "Root", "ROOT", "ACTIVE", None, None, None, None, (), None)


def test_a_region_that_refuses_is_told_beside_the_others() -> None:
    def look(region: str) -> list[AuthorityStatus]:
        if region == "me-south-1":
            raise ServiceError("UnrecognizedClientException", "The security token is invalid.")
        return [status(region)]

    onlooker = Onlooker()
    assert region_statuses(["eu-west-1", "me-south-1", "us-east-1"], look, onlooker) == [
        RegionStatus("eu-west-1", [status("eu-west-1")]),
        RegionStatus("me-south-1", [], "The security token is invalid."),
        RegionStatus("us-east-1", [status("us-east-1")]),
    ]
    assert onlooker.last("Reading regions") == (3, 3)


def test_if_every_region_refuses_that_is_the_answer() -> None:
    def look(region: str) -> list[AuthorityStatus]:
        raise ServiceError("AccessDeniedException", region)

    with pytest.raises(ServiceError, match="west-1"):
        region_statuses(["eu-west-1", "us-west-1"], look)
