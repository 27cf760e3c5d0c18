"""The tables of a SQLite store, and how an older store becomes a newer one.

`PRAGMA user_version` holds the schema's version and `PRAGMA application_id` says that the file is ours at all. Each
migration is one tuple of statements; a published one is never changed, the next is appended. SQLite 3.34 must do
(Red Hat Enterprise Linux 9), so: no STRICT tables, no RETURNING.

Issuing and finding a certificate cost the same whatever the number of certificates: a certificate is appended to
`certificates` and never changed, its revocation is a row of its own, and `number` counts within one CA, so that one
index gives a CA's certificates in order and, by its last entry, how many there are. `revocations` repeats serial
number and end of the certificate, because a CRL of a million entries should not visit a million certificates.
"""

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Connection

from pcacli.errors import ConfigurationProblem, DamagedStore

Migration = tuple[str, ...]

APPLICATION_ID = 0x70636131
"""The letters "pca1", in the header of every store (SQLite file format, section 1.3.16)."""

_VERSION_1: Migration = (
    """
    CREATE TABLE authorities (
        id INTEGER PRIMARY KEY,
        partition TEXT NOT NULL,
        region TEXT NOT NULL,
        account TEXT NOT NULL,
        authority_id TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        last_state_change_at INTEGER NOT NULL,
        key_algorithm TEXT NOT NULL,
        signing_algorithm TEXT NOT NULL,
        subject TEXT NOT NULL,
        usage_mode TEXT NOT NULL,
        key_storage_security_standard TEXT NOT NULL,
        key_reference TEXT NOT NULL,
        csr BLOB NOT NULL,
        csr_extensions TEXT,
        crl TEXT NOT NULL,
        ocsp TEXT NOT NULL,
        certificate BLOB,
        chain TEXT NOT NULL,
        not_before INTEGER,
        not_after INTEGER,
        serial BLOB,
        failure_reason TEXT,
        state_before_deletion TEXT,
        restorable_until INTEGER,
        policy TEXT,
        tags TEXT NOT NULL,
        ready_at INTEGER,
        UNIQUE (account, region, authority_id, partition)
    )
    """,
    """
    CREATE TABLE certificates (
        id INTEGER PRIMARY KEY,
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        number INTEGER NOT NULL,
        serial BLOB NOT NULL,
        certificate BLOB NOT NULL,
        template_arn TEXT NOT NULL,
        issued_at INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        not_after INTEGER NOT NULL,
        requested_by TEXT,
        ready_at INTEGER,
        crl_partition TEXT,
        UNIQUE (authority, serial),
        UNIQUE (authority, number)
    )
    """,
    """
    CREATE TABLE revocations (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        certificate INTEGER NOT NULL UNIQUE REFERENCES certificates ON DELETE CASCADE,
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        serial BLOB NOT NULL,
        revoked_at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        not_after INTEGER NOT NULL,
        crl_partition TEXT
    )
    """,
    "CREATE INDEX revocations_in_order ON revocations (authority)",
    "CREATE INDEX revocations_by_end ON revocations (authority, not_after)",
    "CREATE INDEX revocations_of_partition ON revocations (authority, crl_partition) WHERE crl_partition IS NOT NULL",
    """
    CREATE INDEX revocations_of_partition_by_end ON revocations (authority, crl_partition, not_after)
        WHERE crl_partition IS NOT NULL
    """,
    """
    CREATE TABLE permissions (
        id INTEGER PRIMARY KEY,
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        principal TEXT NOT NULL,
        source_account TEXT NOT NULL,
        actions TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        UNIQUE (authority, principal, source_account)
    )
    """,
    """
    CREATE TABLE audit_reports (
        id INTEGER PRIMARY KEY,
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        report_id TEXT NOT NULL,
        status TEXT NOT NULL,
        s3_bucket_name TEXT NOT NULL,
        s3_key TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        ready_at INTEGER,
        UNIQUE (authority, report_id)
    )
    """,
    """
    CREATE TABLE crl_partitions (
        id INTEGER PRIMARY KEY,
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        partition_id TEXT NOT NULL,
        s3_bucket_name TEXT NOT NULL,
        key TEXT NOT NULL,
        url TEXT NOT NULL,
        certificates INTEGER NOT NULL,
        last_expiry INTEGER NOT NULL,
        UNIQUE (authority, partition_id)
    )
    """,
    """
    CREATE TABLE published_crls (
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        crl_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        generated_at INTEGER NOT NULL,
        next_update INTEGER NOT NULL,
        last_sequence INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        s3_bucket_name TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (authority, crl_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX published_crls_by_key ON published_crls (key)",
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        authority INTEGER NOT NULL REFERENCES authorities ON DELETE CASCADE,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        result TEXT NOT NULL,
        detail TEXT NOT NULL,
        subject TEXT NOT NULL
    )
    """,
    "CREATE INDEX events_in_order ON events (authority)",
    """
    CREATE TABLE idempotency_tokens (
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        scope TEXT NOT NULL,
        token TEXT NOT NULL,
        result_arn TEXT NOT NULL,
        used_at INTEGER NOT NULL,
        PRIMARY KEY (account, region, scope, token)
    )
    """,
    "CREATE TABLE trail_chains (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE trail (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain INTEGER NOT NULL REFERENCES trail_chains,
        at INTEGER NOT NULL,
        account TEXT NOT NULL,
        caller TEXT NOT NULL,
        action TEXT NOT NULL,
        resource TEXT NOT NULL,
        request_sha256 BLOB NOT NULL,
        result_sha256 BLOB NOT NULL,
        previous_sha256 BLOB NOT NULL,
        sha256 BLOB NOT NULL
    )
    """,
    "CREATE INDEX trail_in_order ON trail (chain)",
    """
    CREATE TABLE access_keys (
        id INTEGER PRIMARY KEY,
        access_key_id TEXT NOT NULL UNIQUE,
        sealed_secret TEXT NOT NULL,
        account TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        organization_id TEXT,
        organization_path TEXT
    )
    """,
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

MIGRATIONS: Sequence[Migration] = (_VERSION_1,)


def version(connection: Connection, path: Path) -> int:
    """Return the schema's version, having read it from disk: a transaction's snapshot begins here.

    Raises:
        DamagedStore: the file is a SQLite database, but not ours.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DamagedStore(f"{path} is not a pcacli store, or its header is damaged.")
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def refuse_newer(found: int, known: int, path: Path) -> None:
    """Refuse a store that a later pcacli has written.

    Raises:
        ConfigurationProblem: the version found is above the version known.
    """
    if found > known:
        raise ConfigurationProblem(
            f"{path} was written by a newer pcacli (schema {found}, this one knows {known}); nothing was changed.",
            hint="Install the newer pcacli, or choose another store with --endpoint-url local:/path.",
        )


def migrate(connection: Connection, found: int, migrations: Sequence[Migration]) -> None:
    """Bring the schema from the version found to the newest, inside the transaction that is open."""
    for statements in migrations[found:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
