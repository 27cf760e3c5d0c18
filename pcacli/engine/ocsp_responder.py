"""The OCSP responder of all CAs of a store: it finds the CA that a request is about, and answers from the database.

Sources: RFC 5019, section 2.2.3 (`unauthorized` where the responder has no say); facts, section 5.4 (a CA answers
while it is ACTIVE or DISABLED).
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pcacli.engine import states
from pcacli.engine.call import Parts
from pcacli.engine.keys.signing_key import signing_key
from pcacli.engine.records import CertificateAuthority
from pcacli.engine.store.port import Snapshot
from pcacli.pki import ocsp

if TYPE_CHECKING:
    from pcacli.api.arns import AuthorityArn


class Answer(NamedTuple):
    """The DER of a response and, if it says something about a certificate, from when to when that holds."""

    content: bytes
    this_update: datetime | None = None
    next_update: datetime | None = None


class OcspResponder:
    """Answers for every CA of a store that has OCSP enabled. Threads may share it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._issuers: dict[ocsp.IssuerId, AuthorityArn] = {}

    def answer(self, request: bytes) -> Answer:
        """Answer the DER of an OCSP request."""
        now = self._parts.context.now()
        try:
            issuer = ocsp.asked_issuer(request)
        except ValueError:
            return Answer(ocsp.malformed_request())
        with self._parts.store.read() as snapshot:
            authority = self._authority(snapshot, issuer)
            if authority is None or not _answers(authority, now):
                return Answer(ocsp.unauthorized())
        return self._signed(authority, request, now)

    def _signed(self, authority: CertificateAuthority, request: bytes, now: datetime) -> Answer:
        """Sign an answer; no transaction is open meanwhile, since the key may be on another machine."""

        def lookup(serial: int) -> ocsp.CertificateStatus | None:
            with self._parts.store.read() as snapshot:
                found = snapshot.certificate(authority.arn, serial)
            if found is None:
                return None
            revoked_at = None if found.revoked_at is None else min(found.revoked_at, now)
            return ocsp.CertificateStatus(revoked_at, found.revocation_reason or "UNSPECIFIED")

        certificate = authority.certificate or b""
        key = signing_key(self._parts.store, self._parts.keys, authority)
        responder = ocsp.Responder(certificate, certificate, key, authority.signing_algorithm)
        now = now.replace(microsecond=0)  # The times of a response have whole seconds (RFC 6960, section 4.2.1).
        return Answer(ocsp.respond(request, lookup, responder, now), now, now + ocsp.VALIDITY)

    def _authority(self, snapshot: Snapshot, issuer: ocsp.IssuerId) -> CertificateAuthority | None:
        """Return the CA with this name and key; where it was found once it is looked for first."""
        known = self._issuers.get(issuer)
        authority = None if known is None else snapshot.authority(known)
        if authority is not None and _is(authority, issuer):
            return authority
        authority = next((one for one in snapshot.authorities() if _is(one, issuer)), None)
        if authority is not None:
            self._issuers[issuer] = authority.arn
        return authority


def _is(authority: CertificateAuthority, issuer: ocsp.IssuerId) -> bool:
    return authority.certificate is not None and ocsp.issuer_id(authority.certificate, issuer.hash_name) == issuer


def _answers(authority: CertificateAuthority, now: datetime) -> bool:
    return authority.ocsp.enabled and states.reported_state(authority, now) in (states.ACTIVE, states.DISABLED)
