"""SQL that is written from the names of columns, so that a field is declared in the codec and the schema only.

Every name comes from this package, never from a request; values always travel as parameters.
"""

from collections.abc import Sequence

from pcacli.api.arns import AuthorityArn
from pcacli.engine.store import codec


def select(columns: Sequence[str], source: str) -> str:
    """Write the start of a query: the columns, in order, and where they come from."""
    return " ".join(("SELECT", ", ".join(columns), "FROM", source))


def insert(table: str, columns: Sequence[str]) -> str:
    """Write the statement that inserts one row."""
    marks = ", ".join("?" * len(columns))
    return " ".join(("INSERT INTO", table, "(", ", ".join(columns), ") VALUES (", marks, ")"))


def upsert(table: str, key: Sequence[str], rest: Sequence[str]) -> str:
    """Write the statement that inserts one row, or changes the one with the same key where it stands."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in rest)
    return " ".join((insert(table, (*key, *rest)), "ON CONFLICT (", ", ".join(key), ") DO UPDATE SET", changes))


def matching(columns: Sequence[str]) -> str:
    """Write the condition that each of the columns equals a parameter."""
    return " AND ".join(f"{column} = ?" for column in columns)


ISSUED_COLUMNS = codec.CERTIFICATE.columns[:-2]
"""The columns of `certificates`; a certificate's last two fields come from `revocations`."""

_ARN = AuthorityArn._fields
_REPORT = ("authority", *codec.AUDIT_REPORT.columns)
_TOKEN = codec.IDEMPOTENCY_TOKEN.columns

AUTHORITY_ID = " ".join((select(("id",), "authorities"), "WHERE", matching(_ARN)))
AUTHORITIES = select((*_ARN, *codec.AUTHORITY.columns), "authorities")
AUTHORITY = " ".join((AUTHORITIES, "WHERE", matching(_ARN)))
AUTHORITY_COUNT = """
    SELECT count(*) FROM authorities
    WHERE account = ? AND region = ? AND (restorable_until IS NULL OR restorable_until > ?)
"""
PUT_AUTHORITY = upsert("authorities", _ARN, codec.AUTHORITY.columns)
REMOVE_AUTHORITY = "DELETE FROM authorities WHERE id = ?"
REMOVE_TOKENS = "DELETE FROM idempotency_tokens WHERE substr(result_arn || '/', 1, length(?1) + 1) = ?1 || '/'"
"""The tokens whose result is the CA itself or a certificate of it."""


def _certificates(issued_columns: Sequence[str]) -> str:
    """Write the start of a query for certificates of a CA: these columns, and what is known of a revocation."""
    columns = (*(f"certificates.{column}" for column in issued_columns), "revoked_at", "reason")
    source = "certificates LEFT JOIN revocations ON revocations.certificate = certificates.id"
    return " ".join((select(columns, source), "WHERE certificates.authority = ?"))


CERTIFICATE = f"{_certificates(ISSUED_COLUMNS)} AND certificates.serial = ?"
CERTIFICATES_IN_ORDER = f"{_certificates(ISSUED_COLUMNS)} ORDER BY certificates.number"
LISTED_IN_ORDER = f"{_certificates(codec.LISTED_CERTIFICATE.columns[:-2])} ORDER BY certificates.number"
CERTIFICATE_COUNT = "SELECT coalesce(max(number), 0) FROM certificates WHERE authority = ?"
ADD_CERTIFICATE = " ".join(
    (insert("certificates", ("authority", "number", *ISSUED_COLUMNS)), "ON CONFLICT (authority, serial) DO NOTHING")
)

REVOCATIONS = " ".join((select(codec.REVOCATION.columns, "revocations"), "WHERE authority = ?"))
REVOCATION_COUNT = "SELECT count(*) FROM revocations WHERE authority = ?"
LAST_SEQUENCE = "SELECT coalesce(max(sequence), 0) FROM revocations WHERE authority = ?"
EARLIEST_END = "SELECT min(not_after) FROM revocations WHERE authority = ?"
REVOKE = """
    INSERT INTO revocations (certificate, authority, serial, not_after, crl_partition, revoked_at, reason)
    SELECT id, authority, serial, not_after, crl_partition, ?, ? FROM certificates WHERE authority = ? AND serial = ?
    ON CONFLICT (certificate) DO NOTHING
"""

_PERMISSION = ("authority", "principal", "source_account")
PERMISSIONS = " ".join((select(codec.PERMISSION.columns, "permissions"), "WHERE authority = ? ORDER BY id"))
PUT_PERMISSION = upsert("permissions", _PERMISSION, codec.PERMISSION.columns[2:])
REMOVE_PERMISSION = " ".join(("DELETE FROM permissions WHERE", matching(_PERMISSION)))

AUDIT_REPORT = " ".join((select(_REPORT[1:], "audit_reports"), "WHERE", matching(_REPORT[:2])))
NEWEST_AUDIT_REPORT = " ".join((select(_REPORT[1:], "audit_reports"), "WHERE authority = ? ORDER BY id DESC LIMIT 1"))
PUT_AUDIT_REPORT = upsert("audit_reports", _REPORT[:2], _REPORT[2:])

TOKEN = " ".join((select(_TOKEN, "idempotency_tokens"), "WHERE", matching(_TOKEN[:4])))
PUT_TOKEN = upsert("idempotency_tokens", _TOKEN[:4], _TOKEN[4:])
REMOVE_TOKENS_OF_TIME = "DELETE FROM idempotency_tokens WHERE used_at <= ? OR used_at > ?"

_PARTITION = ("authority", *codec.CRL_PARTITION.columns)
CRL_PARTITIONS = " ".join((select(_PARTITION[1:], "crl_partitions"), "WHERE authority = ? ORDER BY id"))
PUT_CRL_PARTITION = upsert("crl_partitions", _PARTITION[:2], _PARTITION[2:])

_CRL = ("authority", *codec.PUBLISHED_CRL.columns)
PUBLISHED_CRL = " ".join((select(_CRL[1:], "published_crls"), "WHERE", matching(_CRL[:2])))
CRL_NUMBERS = "SELECT crl_id, max(number) FROM published_crls GROUP BY crl_id"
PUBLISHED_CRLS_OF_KEY = " ".join(
    (
        select(
            (*(f"authorities.{column}" for column in _ARN), *(f"published_crls.{column}" for column in _CRL[1:])),
            "published_crls JOIN authorities ON authorities.id = published_crls.authority",
        ),
        "WHERE published_crls.key = ? ORDER BY authorities.id",
    )
)
PUT_PUBLISHED_CRL = upsert("published_crls", _CRL[:2], _CRL[2:])

EVENTS = " ".join((select(codec.EVENT.columns, "events"), "WHERE authority = ? ORDER BY id"))
APPEND_EVENT = insert("events", ("authority", *codec.EVENT.columns))
FORGET_EVENTS = """
    DELETE FROM events WHERE authority = ?1 AND id <=
        (SELECT id FROM events WHERE authority = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
"""

_TRAIL = select(
    ("trail_chains.name", *codec.TRAIL_ENTRY.columns[1:]), "trail JOIN trail_chains ON trail_chains.id = trail.chain"
)
TRAIL = f"{_TRAIL} ORDER BY trail.id"
CHAIN_ID = "SELECT id FROM trail_chains WHERE name = ?"
# PostgreSQL reads the entries in the order of an index only if it knows the chain's number first.
TRAIL_OF_CHAIN = f"{_TRAIL} WHERE trail.chain = ({CHAIN_ID}) ORDER BY trail.id"
TRAIL_HEAD = f"{TRAIL_OF_CHAIN} DESC LIMIT 1"
ADD_CHAIN = "INSERT INTO trail_chains (name) VALUES (?)"
APPEND_TRAIL = insert("trail", codec.TRAIL_ENTRY.columns)

_ACCESS_KEY = codec.ACCESS_KEY.columns
ACCESS_KEYS = " ".join((select(_ACCESS_KEY, "access_keys"), "ORDER BY id"))
ACCESS_KEY = " ".join((select(_ACCESS_KEY, "access_keys"), "WHERE", matching(_ACCESS_KEY[:1])))
PUT_ACCESS_KEY = upsert("access_keys", _ACCESS_KEY[:1], _ACCESS_KEY[1:])
REMOVE_ACCESS_KEY = "DELETE FROM access_keys WHERE access_key_id = ?"

SETTING = " ".join((select(("value",), "settings"), "WHERE name = ?"))
PUT_SETTING = upsert("settings", ("name",), ("value",))
REMOVE_SETTING = "DELETE FROM settings WHERE name = ?"
