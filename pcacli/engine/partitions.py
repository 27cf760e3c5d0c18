"""Partitioned CRLs: the partition to which a new certificate belongs, for as long as it lives.

A certificate names its partition's URL, so neither its partition nor a partition's place ever changes: when the CA's
CRL configuration changes, new certificates go to new partitions, and the older ones stay covered by theirs.
Sources: AWS Private CA User Guide, "Planning a certificate revocation list" (partitions, a random GUID in the name);
RFC 5280, sections 5.2.5 and 6.3.3 (the URL of the CRL has to be the certificate's).
"""

from collections.abc import Callable

from pcacli.engine.crl_location import crl_place
from pcacli.engine.records import Certificate, CertificateAuthority, CrlPartition
from pcacli.engine.store.port import Snapshot, Transaction

PARTITIONED = "PARTITIONED"
# Assumption: AWS does not say how large a partition grows. A tenth of what a complete CRL may cover keeps a
# partition's CRL below 4 MB even if every certificate in it is revoked.
CERTIFICATES_PER_PARTITION = 100_000
CERTIFICATES_PER_PARTITION_SETTING = "certificates_per_crl_partition"
"""The setting of a store that takes the place of CERTIFICATES_PER_PARTITION."""


def of_new_certificate(
    snapshot: Snapshot, authority: CertificateAuthority, new_uuid: Callable[[], str]
) -> CrlPartition | None:
    """Return the partition for the next certificate, an empty one if none has room, or None if the CA has none."""
    crl = authority.crl
    if not crl.enabled or crl.crl_type != PARTITIONED:
        return None
    found = _with_room(snapshot, authority)
    if found is not None:
        return found
    partition_id = new_uuid()
    place = crl_place(crl, authority.arn, partition_id)
    return CrlPartition(authority.arn, partition_id, *place, certificates=0, last_expiry=authority.created_at)


def opened(transaction: Transaction, authority: CertificateAuthority, wanted: CrlPartition) -> CrlPartition:
    """Open a new partition, unless another caller has opened one with room meanwhile; return the one that counts."""
    found = _with_room(transaction, authority)
    if found is not None:
        return found
    transaction.put_crl_partition(wanted)
    return wanted


def assign(transaction: Transaction, partition: CrlPartition, certificate: Certificate) -> None:
    """Count a certificate that is being added into its partition.

    Two certificates that are issued at once may both get the last place: the size is no sharp limit.
    """
    known = {one.partition_id: one for one in transaction.crl_partitions(certificate.authority)}
    current = known.get(partition.partition_id, partition)
    transaction.put_crl_partition(
        current._replace(
            certificates=current.certificates + 1, last_expiry=max(current.last_expiry, certificate.not_after)
        )
    )


def _with_room(snapshot: Snapshot, authority: CertificateAuthority) -> CrlPartition | None:
    """Return the newest partition that lies where the CA publishes now and takes another certificate."""
    room = int(snapshot.setting(CERTIFICATES_PER_PARTITION_SETTING) or CERTIFICATES_PER_PARTITION)
    for partition in reversed(snapshot.crl_partitions(authority.arn)):
        place = (partition.s3_bucket_name, partition.key, partition.url)
        if partition.certificates < room and place == crl_place(authority.crl, authority.arn, partition.partition_id):
            return partition
    return None
