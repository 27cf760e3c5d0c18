"""The extensions that a caller spells out in an API request, as DER."""

from collections.abc import Mapping
from typing import Any

import pytest
from cryptography import x509

from pcacli.api.extensions import ACCESS_METHOD, EXTENDED_KEY_USAGE, KEY_USAGE
from pcacli.api.shapes import String, Structure
from pcacli.errors import ServiceError
from pcacli.pki.extensions import Extension
from pcacli.pki.requested_extensions import ACCESS_METHODS, passthrough_extensions, requested_csr_extensions
from pcacli.pki.usages import EXTENDED_KEY_USAGES, requested_usages


def only(extensions: list[Extension]) -> Extension:
    (extension,) = extensions
    return extension


def passed(requested: Mapping[str, Any]) -> list[Extension]:
    return passthrough_extensions(requested, subject_is_empty=False)


def choices(structure: Structure, name: str) -> set[str]:
    member = structure.member(name)
    assert member is not None
    assert isinstance(member.shape, String)
    return set(member.shape.choices)


@pytest.mark.fact("2.4", "nine-bits")
@pytest.mark.parametrize(
    ("usages", "value"),
    [
        (("DigitalSignature",), "0303078000"),
        (("KeyCertSign", "CRLSign"), "0303070600"),
        (("DigitalSignature", "DecipherOnly"), "0303078080"),
    ],
)
def test_key_usage_through_the_api_is_critical_and_has_nine_bits(usages: tuple[str, ...], value: str) -> None:
    extension = only(passed({"KeyUsage": dict.fromkeys(usages, True)}))
    assert extension == Extension("2.5.29.15", critical=True, value=bytes.fromhex(value))


def test_key_usage_without_any_usage_is_left_out() -> None:
    assert passed({"KeyUsage": {"DigitalSignature": False}}) == []


def test_every_usage_and_method_of_the_api_is_known() -> None:
    members = [member.name for member in KEY_USAGE.members]
    assert requested_usages(dict.fromkeys(members, True)) == members
    assert set(EXTENDED_KEY_USAGES) == choices(EXTENDED_KEY_USAGE, "ExtendedKeyUsageType")
    assert set(ACCESS_METHODS) == choices(ACCESS_METHOD, "AccessMethodType")


@pytest.mark.fact("2.4", "purposes")
def test_extended_key_usage_takes_names_and_object_identifiers() -> None:
    purposes = [{"ExtendedKeyUsageType": name} for name in EXTENDED_KEY_USAGES]
    purposes.append({"ExtendedKeyUsageObjectIdentifier": "1.3.6.1.5.5.7.3.17"})
    expected = x509.ExtendedKeyUsage(
        [x509.ObjectIdentifier(oid) for oid in (*EXTENDED_KEY_USAGES.values(), "1.3.6.1.5.5.7.3.17")]
    )
    extension = only(passed({"ExtendedKeyUsage": purposes}))
    assert extension == Extension("2.5.29.37", critical=False, value=expected.public_bytes())


@pytest.mark.fact("2.4", "policies")
def test_certificate_policies_carry_their_cps_uris() -> None:
    qualifier = {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "https://example.com/cps"}}
    policies = [{"CertPolicyId": "2.23.140.1.2.1"}, {"CertPolicyId": "1.2.3.4", "PolicyQualifiers": [qualifier]}]
    expected = x509.CertificatePolicies(
        [
            x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), None),
            x509.PolicyInformation(x509.ObjectIdentifier("1.2.3.4"), ["https://example.com/cps"]),
        ]
    )
    extension = only(passed({"CertificatePolicies": policies}))
    assert extension == Extension("2.5.29.32", critical=False, value=expected.public_bytes())


@pytest.mark.fact("1.5", "extensions")
def test_csr_extensions_are_key_usage_and_subject_information_access() -> None:
    requested = {
        "KeyUsage": {"KeyCertSign": True, "CRLSign": True, "DigitalSignature": True},
        "SubjectInformationAccess": [
            {
                "AccessMethod": {"AccessMethodType": "CA_REPOSITORY"},
                "AccessLocation": {"UniformResourceIdentifier": "rsync://example.com/repository/"},
            },
            {"AccessMethod": {"CustomObjectIdentifier": "1.2.3"}, "AccessLocation": {"DnsName": "example.com"}},
        ],
    }
    expected = x509.SubjectInformationAccess(
        [
            x509.AccessDescription(
                x509.ObjectIdentifier("1.3.6.1.5.5.7.48.5"),
                x509.UniformResourceIdentifier("rsync://example.com/repository/"),
            ),
            x509.AccessDescription(x509.ObjectIdentifier("1.2.3"), x509.DNSName("example.com")),
        ]
    )
    assert requested_csr_extensions(requested) == [
        Extension("2.5.29.15", critical=True, value=bytes.fromhex("03020186")),
        Extension("1.3.6.1.5.5.7.1.11", critical=False, value=expected.public_bytes()),
    ]


KEY_USAGE_AGAIN = {"ObjectIdentifier": "2.5.29.15", "Value": "AwIHgA=="}
UMLAUT = {"PolicyQualifierId": "CPS", "Qualifier": {"CpsUri": "https://käse.example.com"}}
UNKNOWN = {"ObjectIdentifier": "1.2.3", "Value": "BQA="}


@pytest.mark.fact("2.4", "given-twice")
@pytest.mark.parametrize(
    ("requested", "message"),
    [
        (
            {"KeyUsage": {"CRLSign": True}, "CustomExtensions": [KEY_USAGE_AGAIN]},
            r"2\.5\.29\.15 is specified more than",
        ),
        ({"CustomExtensions": [UNKNOWN, UNKNOWN]}, r"1\.2\.3 is specified more than once"),
        ({"CustomExtensions": [{"ObjectIdentifier": "1.2.3", "Value": "?"}]}, "is not base64"),
        ({"CustomExtensions": [{"ObjectIdentifier": "1.99", "Value": "BQA="}]}, "is not an object identifier"),
        (
            {"CustomExtensions": [{"ObjectIdentifier": "1.2." + "9" * 60, "Value": "BQA="}]},
            "is not an object identifier",
        ),
        ({"ExtendedKeyUsage": [{"ExtendedKeyUsageObjectIdentifier": "1.99"}]}, "is not an object identifier"),
        ({"ExtendedKeyUsage": [{}]}, "Exactly one of ExtendedKeyUsageType"),
        (
            {"ExtendedKeyUsage": [{"ExtendedKeyUsageType": "SERVER_AUTH", "ExtendedKeyUsageObjectIdentifier": "1.2"}]},
            "Exactly one of ExtendedKeyUsageType",
        ),
        ({"CertificatePolicies": [{"CertPolicyId": "1"}]}, "is not an object identifier"),
        ({"CertificatePolicies": [{"CertPolicyId": "1.2", "PolicyQualifiers": [UMLAUT]}]}, "ASCII"),
        ({"SubjectAlternativeNames": [{"DnsName": "a", "Rfc822Name": "b"}]}, "exactly one kind"),
    ],
)
def test_impossible_extensions_are_refused(requested: dict[str, Any], message: str) -> None:
    with pytest.raises(ServiceError, match=message) as refusal:
        passed(requested)
    assert refusal.value.code == "InvalidArgsException"


@pytest.mark.fact("1.5", "access-method")
@pytest.mark.parametrize("method", [{}, {"AccessMethodType": "CA_REPOSITORY", "CustomObjectIdentifier": "1.2.3"}])
def test_access_method_is_given_once(method: dict[str, str]) -> None:
    requested = {"SubjectInformationAccess": [{"AccessMethod": method, "AccessLocation": {"DnsName": "a"}}]}
    with pytest.raises(ServiceError, match="Exactly one of AccessMethodType") as refusal:
        requested_csr_extensions(requested)
    assert refusal.value.code == "InvalidArgsException"
