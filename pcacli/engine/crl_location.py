"""Where a CA's CRLs lie in their bucket, and the URLs that certificates carry.

Sources: AWS Private CA User Guide, "Planning a certificate revocation list", and the URLs of real certificates
(facts, sections 5.3 and 5.4).
"""

from typing import NamedTuple

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import CrlConfiguration, OcspConfiguration

DEFAULT_FOLDER = "crl"

_EXTENSION = ".crl"
_DOMAIN_SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


class CrlPlace(NamedTuple):
    """Where a CRL is written, and the URL under which verifiers look for it."""

    s3_bucket_name: str
    key: str
    url: str


def crl_place(crl: CrlConfiguration, authority: AuthorityArn, crl_id: str) -> CrlPlace:
    """Return the place of one CRL; `crl_id` is the CA's own id for the complete one, a partition's for a partition.

    CustomPath takes the place of the folder, "/" means no folder.
    Assumption: a partition's file is named by its GUID alone, as in the example of the API reference for CustomPath.
    """
    folder = DEFAULT_FOLDER if crl.custom_path is None else crl.custom_path.strip("/")
    key = f"{folder}/{crl_id}{_EXTENSION}".lstrip("/")
    bucket = crl.s3_bucket_name or ""
    return CrlPlace(bucket, key, f"http://{_host(crl.custom_cname, bucket, authority)}/{key}")


def crl_id_of_key(key: str) -> str | None:
    """Return the id of the CRL for which `crl_place` makes this key in some folder, None if it makes no such key."""
    name = key.rpartition("/")[2]
    return name.removesuffix(_EXTENSION) if name.endswith(_EXTENSION) else None


def is_named(crl: CrlConfiguration) -> bool:
    """Tell whether the CA's certificates say where its CRL is."""
    return crl.enabled and not crl.omit_extension


def ocsp_url(ocsp: OcspConfiguration, authority: AuthorityArn) -> str | None:
    """Return the OCSP responder's address for certificates of this CA, None if they shall have none."""
    if not ocsp.enabled:
        return None
    host = ocsp.ocsp_custom_cname or f"ocsp.acm-pca.{authority.region}.{_domain_suffix(authority.partition)}"
    return f"http://{host}"


def _host(custom_cname: str | None, bucket: str, authority: AuthorityArn) -> str:
    """Return what stands between "http://" and the object's key."""
    if custom_cname:
        return custom_cname
    suffix = _domain_suffix(authority.partition)
    if "." in bucket:
        # Assumption: the path-style form, which the guide also shows, is for names that break virtual hosts.
        return f"s3.{authority.region}.{suffix}/{bucket}"
    return f"{bucket}.s3.{authority.region}.{suffix}"


def _domain_suffix(partition: str) -> str:
    return _DOMAIN_SUFFIXES.get(partition, "amazonaws.com")
