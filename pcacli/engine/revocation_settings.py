"""A CA's revocation configuration: from the API's words to records, checked, and back for Describe.

Sources: API reference, "CrlConfiguration" and "OcspConfiguration" (what may stand together); the disabled form that
Describe shows is that of real responses (facts, section 1.4).
"""

from collections.abc import Mapping
from typing import Any

from pcacli.engine.records import CrlConfiguration, OcspConfiguration
from pcacli.errors import ServiceError

_CRL_MEMBERS = {
    "ExpirationInDays": "expiration_in_days",
    "CustomCname": "custom_cname",
    "S3BucketName": "s3_bucket_name",
    "S3ObjectAcl": "s3_object_acl",
    "CrlType": "crl_type",
    "CustomPath": "custom_path",
}
_OMIT = "CrlDistributionPointExtensionConfiguration"
_REQUIRED_WHEN_ENABLED = ("ExpirationInDays", "S3BucketName")
_DEFAULT_OBJECT_ACL = "PUBLIC_READ"


def crl_configuration(asked: Mapping[str, Any]) -> CrlConfiguration:
    """Turn the API's CrlConfiguration into a record.

    Raises:
        ServiceError: InvalidArgsException, the members contradict each other.
    """
    if not asked["Enabled"]:
        _refuse_companions("CrlConfiguration", asked)
        return CrlConfiguration()
    for name in _REQUIRED_WHEN_ENABLED:
        if asked.get(name) is None:
            # Assumption: the API documents no default, and every public sample gives both.
            raise ServiceError("InvalidArgsException", f"{name} is required when the CRL is enabled.")
    omit = asked.get(_OMIT, {}).get("OmitExtension")
    cname = asked.get("CustomCname")
    if omit and cname:
        raise ServiceError("InvalidArgsException", "OmitExtension cannot be true when CustomCname is given.")
    _refuse_scheme("CustomCname", cname)
    _refuse_dots("CustomPath", asked.get("CustomPath"))
    members = {field: asked[name] for name, field in _CRL_MEMBERS.items() if asked.get(name) is not None}
    members.setdefault("s3_object_acl", _DEFAULT_OBJECT_ACL)
    return CrlConfiguration(enabled=True, omit_extension=omit, **members)


def ocsp_configuration(asked: Mapping[str, Any]) -> OcspConfiguration:
    """Turn the API's OcspConfiguration into a record.

    Raises:
        ServiceError: InvalidArgsException, the members contradict each other.
    """
    if not asked["Enabled"]:
        _refuse_companions("OcspConfiguration", asked)
        return OcspConfiguration()
    cname = asked.get("OcspCustomCname")
    _refuse_scheme("OcspCustomCname", cname)
    return OcspConfiguration(enabled=True, ocsp_custom_cname=cname)


def described(crl: CrlConfiguration, ocsp: OcspConfiguration) -> dict[str, Any]:
    """Return the API's RevocationConfiguration; a member that was never set is absent."""
    crl_shown: dict[str, Any] = {"Enabled": crl.enabled}
    for name, field in _CRL_MEMBERS.items():
        if getattr(crl, field) is not None:
            crl_shown[name] = getattr(crl, field)
    if crl.omit_extension is not None:
        crl_shown[_OMIT] = {"OmitExtension": crl.omit_extension}
    ocsp_shown: dict[str, Any] = {"Enabled": ocsp.enabled}
    if ocsp.ocsp_custom_cname is not None:
        ocsp_shown["OcspCustomCname"] = ocsp.ocsp_custom_cname
    return {"CrlConfiguration": crl_shown, "OcspConfiguration": ocsp_shown}


def _refuse_companions(structure: str, asked: Mapping[str, Any]) -> None:
    # Assumption: the guide says that the call fails, not with which exception.
    others = [name for name, value in asked.items() if name != "Enabled" and value is not None]
    if others:
        raise ServiceError("InvalidArgsException", f"{structure} with Enabled=false must not have {', '.join(others)}.")


def _refuse_dots(name: str, path: str | None) -> None:
    # Whoever follows the URL in a certificate takes these parts out of it (RFC 3986 section 5.2.4).
    if path and not {".", ".."}.isdisjoint(path.split("/")):
        raise ServiceError("InvalidArgsException", f"{name} {path} must not have the parts . and .. in it.")


def _refuse_scheme(name: str, cname: str | None) -> None:
    if cname and "://" in cname:
        raise ServiceError("InvalidArgsException", f"{name} must not contain a protocol prefix such as http://.")
