"""Finding a template by its ARN."""

import pytest

from pcacli.errors import ServiceError
from pcacli.pki.templates import DEFAULT_TEMPLATE, TEMPLATES, template_named


@pytest.mark.fact("2", "default")
def test_default_is_the_end_entity_template() -> None:
    assert template_named(None) is DEFAULT_TEMPLATE
    assert DEFAULT_TEMPLATE.name == "EndEntityCertificate"


@pytest.mark.fact("2", "partitions")
@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_template_is_found_in_any_partition(partition: str) -> None:
    for template in TEMPLATES.values():
        assert template_named(template.arn(partition)) is template


@pytest.mark.fact("3.4", "unknown-template")
@pytest.mark.parametrize(
    "template_arn",
    [
        "arn:aws:acm-pca:::template/NoSuchCertificate/V1",
        "arn:aws:acm-pca:::template/EndEntityCertificate/V2",
        "arn:aws:acm-pca:::template/EndEntityCertificate",
        "arn:aws:acm-pca:::template/RootCACertificate_CSRPassthrough/V1",
        "arn:aws:acm-pca:us-east-1::template/EndEntityCertificate/V1",
        "arn:aws:acm-pca::111122223333:template/EndEntityCertificate/V1",
        "x:acm-pca:::template/EndEntityCertificate/V1",
        "EndEntityCertificate/V1",
        "",
    ],
)
def test_unknown_template_is_refused_by_name(template_arn: str) -> None:
    with pytest.raises(ServiceError) as refusal:
        template_named(template_arn)
    assert refusal.value.code == "InvalidArgsException"
    assert template_arn in refusal.value.message


def test_misspelt_template_names_the_nearest_one() -> None:
    with pytest.raises(ServiceError) as refusal:
        template_named("arn:aws:acm-pca:::template/EndEntityClientAuthCertifcate/V1")
    assert refusal.value.code == "InvalidArgsException"
    assert refusal.value.hint == (
        "The nearest template is arn:aws:acm-pca:::template/EndEntityClientAuthCertificate/V1."
    )
