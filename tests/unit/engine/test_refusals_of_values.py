"""Values that no declared limit of the API excludes and that no CA can work with."""

import pytest

from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ServiceError, match="Member must be text that can be encoded") as refusal:
        Embedded().create(name="\ud800")
    assert refusal.value.code == "ValidationException"


def test_true_is_no_number_of_days() -> None:
    embedded = Embedded()
    root = embedded.active_root()
    with pytest.raises(ServiceError, match="is not a number") as refusal:
        embedded.issue(root, leaf_csr(), Validity={"Type": "DAYS", "Value": True})
    assert refusal.value.code == "SerializationException"


@pytest.mark.parametrize("name", [{"DnsName": ""}, {"DirectoryName": {}}])
def test_an_empty_name_is_refused(name: dict[str, object]) -> None:
    embedded = Embedded()
    root = embedded.active_root()
    with pytest.raises(ServiceError, match="is empty") as refusal:
        embedded.issue(
            root,
            leaf_csr(),
            TemplateArn="arn:aws:acm-pca:::template/BlankEndEntityCertificate_APIPassthrough/V1",
            ApiPassthrough={"Extensions": {"SubjectAlternativeNames": [name]}},
        )
    assert refusal.value.code == "InvalidArgsException"
