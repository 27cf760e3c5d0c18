"""The tables of a PostgreSQL store, in a schema of their own, and how an older store becomes a newer one.

`schema_version` holds the version in one row. Each migration is one tuple of statements; a published one is
never changed, the next is appended. PostgreSQL 13 must do.

The tables are those of SQLite's schema, where their form is explained. Where SQLite adds the number of the row to an
index by itself, it is named here.
"""

from collections.abc import Sequence

from pcacli.engine.store.sql_executor import Executor
from pcacli.errors import ConfigurationProblem

Migration = tuple[str, ...]

SCHEMA = "pcacli"
"""The schema, in which every connection of ours looks for tables."""

VERSION = "SELECT version FROM pcacli.schema_version"
"""Reads the version; it fails where there are no tables, and for a user who may not use the schema."""

_VERSION_1: Migration = (
    """
    CREATE TABLE authorities (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        partition TEXT NOT NULL,
        region TEXT NOT NULL,
        account TEXT NOT NULL,
        authority_id TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        last_state_change_at BIGINT NOT NULL,
        key_algorithm TEXT NOT NULL,
        signing_algorithm TEXT NOT NULL,
        subject TEXT NOT NULL,
        usage_mode TEXT NOT NULL,
        key_storage_security_standard TEXT NOT NULL,
        key_reference TEXT NOT NULL,
        csr BYTEA NOT NULL,
        csr_extensions TEXT,
        crl TEXT NOT NULL,
        ocsp TEXT NOT NULL,
        certificate BYTEA,
        chain TEXT NOT NULL,
        not_before BIGINT,
        not_after BIGINT,
        serial BYTEA,
        failure_reason TEXT,
        state_before_deletion TEXT,
        restorable_until BIGINT,
        policy TEXT,
        tags TEXT NOT NULL,
        ready_at BIGINT,
        UNIQUE (account, region, authority_id, partition)
    )
    """,
    """
    CREATE TABLE certificates (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        number BIGINT NOT NULL,
        serial BYTEA NOT NULL,
        certificate BYTEA NOT NULL,
        template_arn TEXT NOT NULL,
        issued_at BIGINT NOT NULL,
        not_before BIGINT NOT NULL,
        not_after BIGINT NOT NULL,
        requested_by TEXT,
        ready_at BIGINT,
        crl_partition TEXT,
        UNIQUE (authority, serial),
        UNIQUE (authority, number)
    )
    """,
    """
    CREATE TABLE revocations (
        sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        certificate BIGINT NOT NULL UNIQUE REFERENCES certificates ON DELETE CASCADE,
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        serial BYTEA NOT NULL,
        revoked_at BIGINT NOT NULL,
        reason TEXT NOT NULL,
        not_after BIGINT NOT NULL,
        crl_partition TEXT
    )
    """,
    "CREATE INDEX revocations_in_order ON revocations (authority, sequence)",
    "CREATE INDEX revocations_by_end ON revocations (authority, not_after)",
    """
    CREATE INDEX revocations_of_partition ON revocations (authority, crl_partition, sequence)
        WHERE crl_partition IS NOT NULL
    """,
    """
    CREATE INDEX revocations_of_partition_by_end ON revocations (authority, crl_partition, not_after)
        WHERE crl_partition IS NOT NULL
    """,
    """
    CREATE TABLE permissions (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        principal TEXT NOT NULL,
        source_account TEXT NOT NULL,
        actions TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        UNIQUE (authority, principal, source_account)
    )
    """,
    """
    CREATE TABLE audit_reports (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        report_id TEXT NOT NULL,
        status TEXT NOT NULL,
        s3_bucket_name TEXT NOT NULL,
        s3_key TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        ready_at BIGINT,
        UNIQUE (authority, report_id)
    )
    """,
    """
    CREATE TABLE crl_partitions (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        partition_id TEXT NOT NULL,
        s3_bucket_name TEXT NOT NULL,
        key TEXT NOT NULL,
        url TEXT NOT NULL,
        certificates BIGINT NOT NULL,
        last_expiry BIGINT NOT NULL,
        UNIQUE (authority, partition_id)
    )
    """,
    """
    CREATE TABLE published_crls (
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        crl_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        generated_at BIGINT NOT NULL,
        next_update BIGINT NOT NULL,
        last_sequence BIGINT NOT NULL,
        entries BIGINT NOT NULL,
        s3_bucket_name TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (authority, crl_id)
    )
    """,
    "CREATE INDEX published_crls_by_key ON published_crls (key)",
    """
    CREATE TABLE events (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        authority BIGINT NOT NULL REFERENCES authorities ON DELETE CASCADE,
        at BIGINT NOT NULL,
        kind TEXT NOT NULL,
        result TEXT NOT NULL,
        detail TEXT NOT NULL,
        subject TEXT NOT NULL
    )
    """,
    "CREATE INDEX events_in_order ON events (authority, id)",
    """
    CREATE TABLE idempotency_tokens (
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        scope TEXT NOT NULL,
        token TEXT NOT NULL,
        result_arn TEXT NOT NULL,
        used_at BIGINT NOT NULL,
        PRIMARY KEY (account, region, scope, token)
    )
    """,
    """
    CREATE TABLE trail_chains (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE trail (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        chain BIGINT NOT NULL REFERENCES trail_chains,
        at BIGINT NOT NULL,
        account TEXT NOT NULL,
        caller TEXT NOT NULL,
        action TEXT NOT NULL,
        resource TEXT NOT NULL,
        request_sha256 BYTEA NOT NULL,
        result_sha256 BYTEA NOT NULL,
        previous_sha256 BYTEA NOT NULL,
        sha256 BYTEA NOT NULL
    )
    """,
    "CREATE INDEX trail_in_order ON trail (chain, id)",
    """
    CREATE TABLE access_keys (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        access_key_id TEXT NOT NULL UNIQUE,
        sealed_secret TEXT NOT NULL,
        account TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        organization_id TEXT,
        organization_path TEXT
    )
    """,
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # Buckets and their objects (artifacts/postgresql.py); a long object is in pieces, which are written one by one.
    "CREATE TABLE buckets (name TEXT PRIMARY KEY)",
    """
    CREATE TABLE objects (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        bucket TEXT NOT NULL REFERENCES buckets,
        key TEXT NOT NULL,
        UNIQUE (bucket, key)
    )
    """,
    """
    CREATE TABLE object_pieces (
        object BIGINT NOT NULL REFERENCES objects ON DELETE CASCADE,
        number BIGINT NOT NULL,
        content BYTEA NOT NULL,
        PRIMARY KEY (object, number)
    )
    """,
)

MIGRATIONS: Sequence[Migration] = (_VERSION_1,)

# What belongs to a CA or to an object goes with it.
_EMPTY = (
    "DELETE FROM authorities",
    "DELETE FROM idempotency_tokens",
    "DELETE FROM trail",
    "DELETE FROM trail_chains",
    "DELETE FROM access_keys",
    "DELETE FROM settings",
    "DELETE FROM objects",
    "DELETE FROM buckets",
)


def version(executor: Executor) -> int | None:
    """Return the version of the tables, None if there are none."""
    (there,) = executor.row("SELECT to_regclass('pcacli.schema_version') IS NOT NULL") or (False,)
    if not there:
        return None
    (found,) = executor.row(VERSION) or (0,)
    return int(found)


def refuse_other(found: int, known: int, place: str) -> None:
    """Refuse a store that is not in the form that this program knows.

    Nobody brings an older one forward in passing: the other machines would all stop.

    Raises:
        ConfigurationProblem: a newer or an older pcacli wrote it.
    """
    refuse_newer(found, known, place)
    if found < known:
        raise ConfigurationProblem(
            f"The database {place} was written by an older pcacli (schema {found}, this one writes {known}). "
            f"Bring it forward, for every machine, with: pcacli local init --endpoint-url local:{place}"
        )


def refuse_newer(found: int, known: int, place: str) -> None:
    """Refuse a store that a later pcacli has written.

    Raises:
        ConfigurationProblem: the version found is above the version known.
    """
    if found > known:
        raise ConfigurationProblem(
            f"The database {place} was written by a newer pcacli (schema {found}, this one knows {known}); "
            "nothing was changed.",
            hint="Install the newer pcacli, or choose another store.",
        )


def make(executor: Executor, migrations: Sequence[Migration]) -> None:
    """Make all tables, and the schema unless somebody has made it for a user who may not."""
    if executor.row("SELECT 1 FROM pg_namespace WHERE nspname = ?", SCHEMA) is None:
        executor.change(f"CREATE SCHEMA {SCHEMA}")
    executor.change("CREATE TABLE schema_version (version INTEGER NOT NULL)")
    executor.change("INSERT INTO schema_version VALUES (0)")
    migrate(executor, 0, migrations)


def migrate(executor: Executor, found: int, migrations: Sequence[Migration]) -> None:
    """Bring the tables from the version found to the newest."""
    for statements in migrations[found:]:
        for statement in statements:
            executor.change(statement)
    executor.change("UPDATE schema_version SET version = ?", len(migrations))


def empty(executor: Executor) -> None:
    """Delete every record and every object; the tables stay."""
    for statement in _EMPTY:
        executor.change(statement)
