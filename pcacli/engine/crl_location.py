"""Where a CA's CRL lies in its bucket, and the URLs that certificates carry.

Sources: AWS Private CA User Guide, "Planning a certificate revocation list", and the URLs of real certificates
(facts, sections 5.3 and 5.4).
"""

from pcacli.api.arns import AuthorityArn
from pcacli.engine.records import CrlConfiguration, OcspConfiguration

DEFAULT_FOLDER = "crl"


def crl_key(crl: CrlConfiguration, authority: AuthorityArn) -> str:
    """Return the object key of the complete CRL; CustomPath takes the place of the folder, "/" means no folder."""
    folder = DEFAULT_FOLDER if crl.custom_path is None else crl.custom_path.strip("/")
    return f"{folder}/{authority.authority_id}.crl".lstrip("/")


def crl_url(crl: CrlConfiguration, authority: AuthorityArn) -> str | None:
    """Return the CRL distribution point for certificates of this CA, None if they shall have none."""
    if not crl.enabled or crl.omit_extension:
        return None
    key = crl_key(crl, authority)
    if crl.custom_cname:
        return f"http://{crl.custom_cname}/{key}"
    bucket, suffix = crl.s3_bucket_name or "", _domain_suffix(authority.partition)
    if "." in bucket:
        # Assumption: the path-style form, which the guide also shows, is for names that break virtual hosts.
        return f"http://s3.{authority.region}.{suffix}/{bucket}/{key}"
    return f"http://{bucket}.s3.{authority.region}.{suffix}/{key}"


def ocsp_url(ocsp: OcspConfiguration, authority: AuthorityArn) -> str | None:
    """Return the OCSP responder's address for certificates of this CA, None if they shall have none."""
    if not ocsp.enabled:
        return None
    host = ocsp.ocsp_custom_cname or f"ocsp.acm-pca.{authority.region}.{_domain_suffix(authority.partition)}"
    return f"http://{host}"


def _domain_suffix(partition: str) -> str:
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
