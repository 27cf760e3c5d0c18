"""CRLs of one CA, or of another."""

from typing import Any

from pcacli.pki.crl import CrlEntry, CrlOrder, crl_times, sign_crl
from tests.pki.crafting import NOW, Entity, entity

CA = entity("issuing CA")
SIGNING_ALGORITHMS = {
    "EC": "SHA256WITHECDSA",
    "RSA": "SHA384WITHRSA",
    "RSA_PSS": "SHA512WITHRSA_PSS",
    "ML_DSA": "ML_DSA_44",
}
PARTITION_URL = "http://bucket.s3.us-east-1.amazonaws.com/crl/partition.crl"


def signed(*entries: CrlEntry, issuer: Entity = CA, **changes: Any) -> bytes:
    """A CRL made now and valid for a week."""
    times = crl_times(NOW, 7)
    algorithm = SIGNING_ALGORITHMS[issuer.kind]
    order = CrlOrder(issuer.der, algorithm, 1519676905984, times.this_update, times.next_update, entries)
    return sign_crl(order._replace(**changes), issuer.key)
