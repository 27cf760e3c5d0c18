"""When a CRL is no good to verifiers, as a table, and what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest

from pcacli.service.surroundings import CrlState, CrlTrouble
from pcacli.service.workflows.authority_status import AuthorityStatus
from pcacli.service.workflows.status_conditions import complaints, crl_fitness, parse_conditions

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ARN = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11223344-1234-1122-2233-112233445566"


@pytest.mark.parametrize(
    ("crl", "said"),
    [
        (CrlState("b/k", NOW - DAY, NOW + DAY), ""),
        (CrlState("b/k", NOW + MINUTE, NOW + DAY), ""),
        (CrlState("b/k", NOW - 2 * DAY, NOW), "is stale since"),
        (CrlState("b/k", NOW - 2 * DAY, NOW - DAY), "is stale since"),
        (CrlState("b/k", NOW + DAY, NOW + 2 * DAY), "is from the future"),
        (CrlState("b/k", NOW - DAY, None), "does not say until when"),
        (CrlState("b/k", trouble=CrlTrouble.NEVER_MADE), "was never made"),
        (CrlState("b/k", trouble=CrlTrouble.GONE), "was published and is gone"),
        (CrlState("b/k", problem="NoSuchKey", trouble=CrlTrouble.ABSENT), "is not there"),
        (CrlState("b/k", problem="timed out", trouble=CrlTrouble.UNREACHABLE), "cannot be reached (timed out)"),
        (CrlState("b/k", problem="these bytes are no CRL", trouble=CrlTrouble.DAMAGED), "is none that can be read"),
        # What is known of its window does not help where nothing can be had.
        (CrlState("b/k", NOW - DAY, NOW + DAY, trouble=CrlTrouble.GONE), "was published and is gone"),
    ],
)
def test_a_crl_is_good_only_if_it_can_be_had_and_is_in_force(crl: CrlState, said: str) -> None:
    status = AuthorityStatus(ARN, "Root", "ROOT", "ACTIVE", None, None, None, None, (crl,), None)
    lines = list(complaints(parse_conditions("crl-stale"), [status], NOW))
    assert [said in line for line in lines] == ([True] if said else [])
    assert crl_fitness(crl, NOW).is_good is not bool(said)
    assert list(complaints(parse_conditions("expired"), [status], NOW)) == []


def test_every_trouble_has_words_of_its_own() -> None:
    words = {crl_fitness(CrlState("b/k", trouble=trouble), NOW).words for trouble in CrlTrouble}
    assert len(words) == len(CrlTrouble)


@pytest.mark.parametrize("state", ["ACTIVE", "DISABLED", "EXPIRED"])
def test_a_ca_whose_end_is_over_has_expired_whatever_its_state(state: str) -> None:
    status = AuthorityStatus(ARN, "Root", "ROOT", state, NOW, None, None, None, (), None)
    assert len(list(complaints(parse_conditions("expired"), [status], NOW))) == 1
