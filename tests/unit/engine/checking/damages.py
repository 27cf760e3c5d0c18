"""The ways in which a store can be damaged, and what a check has to say of each."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from cryptography import x509

from pcacli.engine.checking.findings import Kind
from tests.support.crafted import leaf_csr
from tests.unit.engine.checking.checked_estate import Estate


def _chmod(path: str, mode: int) -> Callable[[Estate], None]:
    return lambda estate: (estate.directory / path).chmod(mode)


def _sql(*statements: str) -> Callable[[Estate], None]:
    return lambda estate: estate.sql(*statements)


def _flip(column: str, table: str, where: str) -> Callable[[Estate], None]:
    """Change the last byte of a value: in a certificate that is part of the signature."""

    def damage(estate: Estate) -> None:
        with closing(sqlite3.connect(estate.directory / "authority.db")) as connection:
            ((row, value),) = connection.execute(f"SELECT id, {column} FROM {table} WHERE {where}")
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE id = ?", (value[:-1] + bytes((value[-1] ^ 1,)), row)
            )
            connection.commit()

    return damage


def _without_unique_serials(estate: Estate) -> None:
    """Issue a serial number twice: the first certificate gets the number of the second."""
    estate.sql(
        "PRAGMA legacy_alter_table = ON",
        "ALTER TABLE certificates RENAME TO sound",
        "CREATE TABLE certificates AS SELECT * FROM sound",
        "DROP TABLE sound",
        "UPDATE certificates SET serial = (SELECT serial FROM certificates WHERE number = 3 AND authority = 2) "
        "WHERE number = 4 AND authority = 2",
    )


def _foreign_crl(estate: Estate) -> None:
    estate.publish_crls(estate.root)
    estate.revoke(estate.root, _subordinate_certificate(estate))
    foreign = estate.artifacts.get("bucket", f"crl/{estate.root.rpartition('/')[2]}.crl")
    assert foreign is not None
    estate.put_crl(foreign)


def _subordinate_certificate(estate: Estate) -> str:
    serial = int(estate.describe(estate.issuing)["Serial"])
    return f"{estate.root}/certificate/{serial:032x}"


def _older_crl(estate: Estate) -> None:
    older = estate.crl()
    estate.revoke(estate.issuing, estate.leaves[2])
    estate.put_crl(older)


def _unpublished_revocation(estate: Estate) -> None:
    estate.artifacts.break_bucket("bucket")
    estate.revoke(estate.issuing, estate.leaves[2])
    estate.artifacts.mend_bucket("bucket")


def _back_from_deletion(estate: Estate) -> None:
    estate.call("UpdateCertificateAuthority", CertificateAuthorityArn=estate.issuing, Status="DISABLED")
    estate.call("DeleteCertificateAuthority", CertificateAuthorityArn=estate.issuing)
    estate.sql(
        "UPDATE authorities SET state = 'DISABLED', state_before_deletion = NULL, restorable_until = NULL WHERE id = 2"
    )


def _unused_bits(estate: Estate) -> None:
    """Say that the last bit of a signature is unused, which DER allows if it is not set."""
    with closing(sqlite3.connect(estate.directory / "authority.db")) as connection:
        content = b"\x01"
        while content[-1] & 1:
            estate.issue(estate.issuing, leaf_csr())
            query = "SELECT id, certificate FROM certificates ORDER BY id DESC LIMIT 1"
            ((row, content),) = connection.execute(query)
        at = len(content) - len(x509.load_der_x509_certificate(content).signature) - 1
        damaged = content[:at] + b"\x01" + content[at + 1 :]
        connection.execute("UPDATE certificates SET certificate = ? WHERE id = ?", (damaged, row))
        connection.commit()


def _swap_page(index: str, other: str) -> Callable[[Estate], None]:
    """Let an index begin on the page of another one, as a disk that writes to the wrong place would have it."""
    return _sql(
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = '{other}') "
        f"WHERE name = '{index}'",
        "PRAGMA schema_version = 99",
    )


def _zero_middle(estate: Estate) -> None:
    estate.store.close()
    file = estate.directory / "authority.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'trail'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(bytes(size))


LEAF = "number = 3 AND authority = 2"
NTH_ISSUANCE = "(SELECT id FROM trail WHERE action = 'IssueCertificate' ORDER BY id LIMIT 1 OFFSET 3)"

DAMAGES: dict[str, tuple[Callable[[Estate], object], Kind, str]] = {
    "folder open": (_chmod(".", 0o755), Kind.FILE, r"open to others \(mode 0755\), not 0700"),
    "database open": (_chmod("authority.db", 0o644), Kind.FILE, r"mode 0644\), not 0600"),
    "key file open": (_chmod("key-encryption.key", 0o640), Kind.FILE, r"mode 0640\), not 0600"),
    "key file gone": (lambda estate: estate.key_file.unlink(), Kind.AUTHORITY, "private key does not open"),
    "two keys": (
        lambda estate: estate.key_file.write_bytes(estate.key_file.read_bytes() * 2),
        Kind.KEY,
        "holds 2 keys: a rotation was interrupted",
    ),
    "another key": (
        lambda estate: estate.key_file.write_text(f"pcacli-key-encryption-key:1:{'A' * 43}=\n"),
        Kind.AUTHORITY,
        "holds another key than that of the store",
    ),
    "index misplaced": (_swap_page("revocations_by_end", "events_in_order"), Kind.STORAGE, "index"),
    "page zeroed": (_zero_middle, Kind.STORAGE, "malformed|btree|page"),
    "reference dangles": (_sql("UPDATE events SET authority = 99"), Kind.STORAGE, "belongs to a row of authorities"),
    "CA gone with all that is its own": (
        _sql("PRAGMA foreign_keys = ON", "DELETE FROM authorities WHERE id = 2"),
        Kind.AUTHORITY,
        "not there, and the audit trail does not say that it was deleted",
    ),
    "CA back from deletion": (
        _back_from_deletion,
        Kind.AUTHORITY,
        "it is DISABLED, but the audit trail says that it was deleted",
    ),
    "CA deleted by nobody": (
        _sql(
            "UPDATE authorities SET state = 'DELETED', state_before_deletion = 'DISABLED', restorable_until = not_after"
        ),
        Kind.AUTHORITY,
        "it is DELETED, but the audit trail does not say that it was deleted",
    ),
    "creation of the CA": (
        _sql("UPDATE authorities SET created_at = created_at + 1000 WHERE id = 2"),
        Kind.TRAIL,
        "does not know that it was created then",
    ),
    "unknown type": (_sql("UPDATE authorities SET type = 'LEAF' WHERE id = 2"), Kind.AUTHORITY, "no type LEAF"),
    "key algorithm": (
        _sql("UPDATE authorities SET key_algorithm = 'RSA_2048' WHERE id = 2"),
        Kind.AUTHORITY,
        "its key algorithm is RSA_2048, that of its CSR EC_prime256v1",
    ),
    "signing algorithm": (
        _sql("UPDATE authorities SET signing_algorithm = 'SHA512WITHECDSA' WHERE id = 2"),
        Kind.AUTHORITY,
        "its signing algorithm is SHA512WITHECDSA, that of its CSR SHA256WITHECDSA",
    ),
    "subject of the CA": (
        _sql("""UPDATE authorities SET subject = '{"CommonName":"Other"}' WHERE id = 2"""),
        Kind.AUTHORITY,
        "its subject is not that of its CSR",
    ),
    "subject of another form": (
        _sql("UPDATE authorities SET subject = '[7]' WHERE id = 2"),
        Kind.AUTHORITY,
        "its subject is not that of its CSR",
    ),
    "unknown state": (_sql("UPDATE authorities SET state = 'BUSY'"), Kind.AUTHORITY, "no state BUSY"),
    "active without certificate": (
        _sql("UPDATE authorities SET certificate = NULL WHERE id = 2"),
        Kind.AUTHORITY,
        "in the state ACTIVE it must have certificate",
    ),
    "pending with certificate": (
        _sql("UPDATE authorities SET state = 'PENDING_CERTIFICATE'"),
        Kind.AUTHORITY,
        "in the state PENDING_CERTIFICATE it cannot have certificate",
    ),
    "deleted without end": (
        _sql("UPDATE authorities SET state = 'DELETED' WHERE id = 2"),
        Kind.AUTHORITY,
        "must have restorable_until",
    ),
    "keys exchanged": (
        _sql(
            "UPDATE authorities SET key_reference = (SELECT key_reference FROM authorities WHERE id = 1) WHERE id = 2"
        ),
        Kind.AUTHORITY,
        "private key is not that of its CSR",
    ),
    "key reference damaged": (
        _sql("UPDATE authorities SET key_reference = substr(key_reference, 1, 100) WHERE id = 2"),
        Kind.AUTHORITY,
        "private key does not open",
    ),
    "CSR damaged": (_flip("csr", "authorities", "id = 2"), Kind.AUTHORITY, "CSR is damaged: its signature is wrong"),
    "CSRs exchanged": (
        _sql("UPDATE authorities SET csr = (SELECT csr FROM authorities WHERE id = 1) WHERE id = 2"),
        Kind.AUTHORITY,
        "certificate is not for the key of its CSR",
    ),
    "certificate of the CA damaged": (
        _flip("certificate", "authorities", "id = 2"),
        Kind.AUTHORITY,
        "signatures up to the root are not all good",
    ),
    "certificate of the CA unreadable": (
        _sql("UPDATE authorities SET certificate = x'3000' WHERE id = 2"),
        Kind.AUTHORITY,
        "certificate or chain is damaged",
    ),
    "end of the CA": (
        _sql("UPDATE authorities SET not_after = not_after + 1000000 WHERE id = 2"),
        Kind.AUTHORITY,
        "not the one that is recorded",
    ),
    "chain gone": (
        _sql("UPDATE authorities SET chain = '[]' WHERE id = 2"),
        Kind.AUTHORITY,
        "SUBORDINATE does not go with 0 certificates above it",
    ),
    "CA unreadable": (_sql("UPDATE authorities SET tags = '{' WHERE id = 2"), Kind.STORAGE, "record .*cannot be"),
    "certificate damaged": (
        _flip("certificate", "certificates", LEAF),
        Kind.CERTIFICATE,
        "its signature is not the CA's",
    ),
    "signature with unused bits": (_unused_bits, Kind.CERTIFICATE, "its signature is not the CA's"),
    "certificate unreadable": (
        _sql(f"UPDATE certificates SET certificate = x'3000' WHERE {LEAF}"),
        Kind.CERTIFICATE,
        "it is damaged",
    ),
    "certificate exchanged": (
        _sql(
            "UPDATE certificates SET certificate = "
            f"(SELECT certificate FROM certificates WHERE number = 4 AND authority = 2) WHERE {LEAF}"
        ),
        Kind.CERTIFICATE,
        "serial number or validity is not what is recorded",
    ),
    "instant of issuance": (
        _sql(f"UPDATE certificates SET issued_at = issued_at + 1 WHERE {LEAF}"),
        Kind.TRAIL,
        "does not know that .* was issued then",
    ),
    "serial number changed": (
        _sql(f"UPDATE certificates SET serial = x'0102' WHERE {LEAF}"),
        Kind.TRAIL,
        "does not know that .*/certificate/0{28}0102 was issued",
    ),
    "serial number twice": (_without_unique_serials, Kind.CERTIFICATE, "serial number leads to another certificate"),
    "certificate gone": (
        _sql("PRAGMA foreign_keys = ON", f"DELETE FROM certificates WHERE {LEAF}"),
        Kind.CERTIFICATE,
        "that were issued: 4, that are there: 3",
    ),
    "newest certificate gone": (
        _sql("DELETE FROM certificates WHERE number = 4 AND authority = 2"),
        Kind.TRAIL,
        "that were issued and are not there: 1",
    ),
    "revocation gone": (
        _sql("DELETE FROM revocations WHERE sequence = 2"),
        Kind.TRAIL,
        "that were revoked and are not there: 1",
    ),
    "revocation invented": (
        _sql(
            "INSERT INTO revocations (certificate, authority, serial, revoked_at, reason, not_after) "
            f"SELECT id, authority, serial, issued_at, 'SUPERSEDED', not_after FROM certificates WHERE {LEAF}"
        ),
        Kind.TRAIL,
        "does not know that .* was revoked",
    ),
    "unknown reason": (
        _sql("UPDATE revocations SET reason = 'BOREDOM' WHERE sequence = 1"),
        Kind.CERTIFICATE,
        "no reason BOREDOM",
    ),
    "end in the revocation": (
        _sql("UPDATE revocations SET not_after = 0 WHERE sequence = 1"),
        Kind.REVOCATION,
        "not the one of the certificate",
    ),
    "serial number in the revocation": (
        _sql("UPDATE revocations SET serial = x'0102' WHERE sequence = 1"),
        Kind.REVOCATION,
        "was never issued",
    ),
    "trail edited": (
        _sql("UPDATE trail SET caller = 'nobody' WHERE id = 3"),
        Kind.TRAIL,
        "broken at the entry .* its content was changed",
    ),
    "entry of the trail gone": (
        _sql("DELETE FROM trail WHERE id = 3"),
        Kind.TRAIL,
        "it does not follow the entry before it",
    ),
    "trail cut off": (
        _sql(f"DELETE FROM trail WHERE chain = 2 AND id >= {NTH_ISSUANCE}"),
        Kind.TRAIL,
        "does not know that .* was issued",
    ),
    "trail of a CA gone": (
        _sql("DELETE FROM trail WHERE chain = 2"),
        Kind.TRAIL,
        "does not begin with the creation of the CA",
    ),
    "CRL missing": (
        lambda estate: estate.sql("UPDATE published_crls SET key = 'crl/lost.crl'"),
        Kind.CRL,
        "bucket/crl/lost.crl: it is missing",
    ),
    "CRL damaged": (lambda estate: estate.put_crl(estate.crl()[:-1] + b"?"), Kind.CRL, "its signature is not the CA's"),
    "CRL ahead of the revocations": (
        _sql("UPDATE published_crls SET last_sequence = last_sequence + 1"),
        Kind.CRL,
        "it is recorded to cover revocations that were not made yet",
    ),
    "CRL unreadable": (lambda estate: estate.put_crl(b"?"), Kind.CRL, "it is damaged"),
    "CRL of another CA": (_foreign_crl, Kind.CRL, "its signature is not the CA's"),
    "CRL of before": (_older_crl, Kind.CRL, "but number .* was published last"),
    "CRL out of date": (lambda estate: estate.advance(days=11), Kind.CRL, "it has expired on .* pcacli local refresh"),
    "CRL behind": (_unpublished_revocation, Kind.CRL, "it lacks the newest revocations"),
    "revocation hidden from the CRL": (
        _sql("UPDATE revocations SET reason = 'SUPERSEDED' WHERE sequence = 1"),
        Kind.CRL,
        "is KEY_COMPROMISE, not SUPERSEDED",
    ),
    "secret of another access key": (
        _sql("UPDATE access_keys SET access_key_id = 'PCAKAAAAAAAAAAAAAAAA'"),
        Kind.KEY,
        "PCAKAAAAAAAAAAAAAAAA: its secret does not open",
    ),
    "access key gone": (
        _sql("DELETE FROM access_keys"),
        Kind.KEY,
        "not there, and the audit trail does not say that it was deleted",
    ),
    "access key of another account": (
        _sql("UPDATE access_keys SET account = '999999999999'"),
        Kind.KEY,
        "the audit trail does not know that it was created so",
    ),
}
