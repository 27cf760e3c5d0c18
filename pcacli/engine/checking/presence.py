"""Is everything there of which the audit trail says that it was made and not deleted?"""

from collections.abc import Iterator

from pcacli.engine import credentials, states
from pcacli.engine.checking.findings import Finding, Kind
from pcacli.engine.records import TrailEntry
from pcacli.engine.store.port import Snapshot

_GONE = "it is not there, and the audit trail does not say that it was deleted"


class Presence:
    """The CAs and access keys that have to be there, as far as the audit trail has been read.

    A CA may be there that the audit trail does not know: in a test store it may be a copy (clones.py).
    """

    def __init__(self) -> None:
        self._deleted: dict[str, bool] = {}
        self._access_keys: dict[str, TrailEntry] = {}

    def read(self, entry: TrailEntry) -> None:
        """Take notice of the next entry."""
        match entry.action:
            case "CreateCertificateAuthority" | "RestoreCertificateAuthority":
                self._deleted[entry.chain] = False
            case "DeleteCertificateAuthority":
                self._deleted[entry.chain] = True
            case "CreateAccessKey":
                self._access_keys[entry.resource] = entry
            case "DeleteAccessKey":
                self._access_keys.pop(entry.resource, None)

    def findings(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield what is missing, and access keys of which the audit trail does not know as they are."""
        yield from self._authority_findings(snapshot)
        yield from self._access_key_findings(snapshot)

    def _authority_findings(self, snapshot: Snapshot) -> Iterator[Finding]:
        damaged: list[str] = []
        present = {str(authority.arn): authority.state for authority in snapshot.authorities(unreadable=damaged.append)}
        for arn, deleted in self._deleted.items():
            if arn not in present:
                # That a record is damaged is a finding of its own.
                if not deleted and not any(arn in record for record in damaged):
                    yield Finding(Kind.AUTHORITY, arn, _GONE)
            elif deleted != (present[arn] == states.DELETED):
                says = "says" if deleted else "does not say"
                detail = f"it is {present[arn]}, but the audit trail {says} that it was deleted"
                yield Finding(Kind.AUTHORITY, arn, detail)

    def _access_key_findings(self, snapshot: Snapshot) -> Iterator[Finding]:
        access_keys = {access_key.access_key_id: access_key for access_key in snapshot.access_keys()}
        yield from (Finding(Kind.KEY, name, _GONE) for name in sorted(self._access_keys.keys() - access_keys.keys()))
        for name, access_key in access_keys.items():
            entry = self._access_keys.get(name)
            made = (credentials.recorded_sha256(access_key), access_key.created_at)
            if entry is None or (entry.request_sha256, entry.at) != made:
                yield Finding(Kind.KEY, name, "the audit trail does not know that it was created so")
