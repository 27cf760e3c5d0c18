import pytest

from pcacli.errors import ServiceError
from tests.support.embedded import Embedded

CHINESE = "CCPC_LEVEL_1_OR_HIGHER"


@pytest.mark.fact("1.4", "key-standard")
@pytest.mark.parametrize(
    ("region", "standard"),
    [("cn-north-1", None), ("cn-northwest-1", "FIPS_140_2_LEVEL_3_OR_HIGHER"), ("eu-central-1", CHINESE)],
)
def test_a_standard_that_the_region_does_not_offer_is_refused(
    embedded: Embedded, region: str, standard: str | None
) -> None:
    asked = {} if standard is None else {"KeyStorageSecurityStandard": standard}
    with pytest.raises(ServiceError) as refusal:
        embedded.create(caller=embedded.owner._replace(region=region), **asked)
    assert (refusal.value.code, refusal.value.message) == (
        "InvalidArgsException",
        "A certificate authority cannot be created in this region with the specified security standard.",
    )


@pytest.mark.fact("1.4", "key-standard")
def test_a_ca_in_china_has_the_standard_of_china(embedded: Embedded) -> None:
    caller = embedded.owner._replace(region="cn-north-1")
    arn = embedded.create(caller=caller, KeyStorageSecurityStandard=CHINESE)
    described = embedded.call("DescribeCertificateAuthority", caller, CertificateAuthorityArn=arn)
    assert described["CertificateAuthority"]["KeyStorageSecurityStandard"] == CHINESE
    assert arn.startswith("arn:aws-cn:acm-pca:cn-north-1:")
