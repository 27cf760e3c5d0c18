"""Which CA may sign which CA."""

import pytest

from pcacli.errors import ServiceError
from pcacli.pki.path_length import check_path_length
from pcacli.pki.templates import TEMPLATES

# Path length of the issuer (None: no limit), template.
ALLOWED = (
    (None, "SubordinateCACertificate_PathLen3"),
    (3, "SubordinateCACertificate_PathLen2"),
    (1, "BlankSubordinateCACertificate_PathLen0_CSRPassthrough"),
    (0, "EndEntityCertificate"),
    (0, "BlankEndEntityCertificate_APIPassthrough"),
    (0, "RootCACertificate"),
)
REFUSED = (
    (3, "SubordinateCACertificate_PathLen3"),
    (1, "SubordinateCACertificate_PathLen1"),
    (1, "SubordinateCACertificate_PathLen3"),
    (0, "SubordinateCACertificate_PathLen0"),
)


@pytest.mark.fact("3.4", "path-length")
@pytest.mark.parametrize(("issuer_path_length", "template"), ALLOWED)
def test_certificate_lower_than_its_issuer_is_allowed(issuer_path_length: int | None, template: str) -> None:
    check_path_length(TEMPLATES[template].profile, issuer_path_length)


@pytest.mark.fact("3.4", "path-length")
@pytest.mark.parametrize(("issuer_path_length", "template"), REFUSED)
def test_ca_as_high_as_its_issuer_is_refused(issuer_path_length: int, template: str) -> None:
    with pytest.raises(ServiceError, match=f"less than the path length {issuer_path_length} ") as refusal:
        check_path_length(TEMPLATES[template].profile, issuer_path_length)
    assert refusal.value.code == "ValidationException"


@pytest.mark.fact("3.4", "levels")
def test_hierarchy_has_five_levels_at_most() -> None:
    """Each level signs the highest subordinate that it may: none, then path lengths 3, 2, 1 and 0."""
    for issuer_path_length in (None, 3, 2, 1):
        highest = 3 if issuer_path_length is None else issuer_path_length - 1
        check_path_length(TEMPLATES[f"SubordinateCACertificate_PathLen{highest}"].profile, issuer_path_length)
    assert "SubordinateCACertificate_PathLen4" not in TEMPLATES
