"""Answers whether a certificate is good: its path, dates and names, its revocation, and what its CA knows of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from pcacli.errors import ServiceError
from pcacli.pki.path_validation import Wanted, judge
from pcacli.pki.revocation_evidence import Evidence
from pcacli.service.port import Service
from pcacli.service.publications import PublicationsOf
from pcacli.service.workflows.issuers import Issuers, IssuingAuthority, issued_certificate
from pcacli.service.workflows.revocation_lookup import Lookup, look_up


class Revocation(NamedTuple):
    """What was found out about the revocation of one certificate (DER) of the path."""

    certificate: bytes
    lookup: Lookup


class Verdict(NamedTuple):
    """The answer: good if there are no reasons against it. The path holds certificates in DER, root last.

    `owner` is the account that shares the CA with the caller, None for one of the caller's.
    """

    reasons: tuple[str, ...]
    path: tuple[bytes, ...]
    revocations: tuple[Revocation, ...]
    authority_arn: str | None = None
    certificate_arn: str | None = None
    owner: str | None = None


class Trust(NamedTuple):
    """Who is trusted: the CAs of a backend, or the certificates (DER) that somebody named, of which ARNs are unknown.

    `service` and `issuers` are None with the latter.
    """

    service: Service | None
    issuers: Issuers | None
    named: Sequence[bytes] = ()

    def issuer_of(self, certificate: bytes) -> IssuingAuthority | None:
        """Return the CA of ours that issued a certificate, if one did."""
        return None if self.issuers is None else self.issuers.of(certificate)


def verify(certificates: Sequence[bytes], trust: Trust, wanted: Wanted, publications: PublicationsOf | None) -> Verdict:
    """Judge the first of the certificates (DER); the others may lead from it to the root.

    With `publications` None nobody is asked about revocations.

    Raises:
        ServiceError: the service refuses to show a certificate.
    """
    leaf, *others = certificates
    authority = _issuer(trust, leaf)
    anchors, above = _anchors(trust, authority)
    judgement = judge(leaf, [*others, *above], anchors, wanted)
    arn, doubts = _known_by(trust, authority, leaf)
    revocations = [] if publications is None else _revocations(judgement.path, trust, publications, wanted.moment)
    reasons = (*judgement.reasons, *doubts, *(reason for each in revocations for reason in _objections(each)))
    owner = None if authority is None else authority.owner
    return Verdict(reasons, judgement.path, tuple(revocations), authority and authority.arn, arn, owner)


def _issuer(trust: Trust, certificate: bytes) -> IssuingAuthority | None:
    """Return the CA of ours that issued a certificate; of one that cannot be read nobody knows it."""
    try:
        return trust.issuer_of(certificate)
    except ValueError:
        return None


def _anchors(trust: Trust, authority: IssuingAuthority | None) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Return the certificates that are trusted, and those known to stand between."""
    if trust.issuers is None:
        return trust.named, ()
    if authority is not None:
        *between, root = (authority.certificate, *authority.chain)
        return [root], between
    everything = list(trust.issuers.everything())
    roots = [(each.certificate, *each.chain)[-1] for each in everything]
    return list(dict.fromkeys(roots)), [each.certificate for each in everything]


def _known_by(
    trust: Trust, authority: IssuingAuthority | None, certificate: bytes
) -> tuple[str | None, tuple[str, ...]]:
    """Return the ARN under which the CA has the certificate, or what is strange about it."""
    if trust.service is None or authority is None:
        return None, ()
    from pcacli.pki.certificate_facts import serial_number

    try:
        found = issued_certificate(trust.service, authority.arn, serial_number(certificate))
    except ServiceError as refusal:
        if authority.owner is None or refusal.code != "AccessDeniedException":
            raise
        # The CA is shared for issuing, and its certificates are shown to its owner.
        return None, ()
    if found is not None and found[1] == certificate:
        return found[0], ()
    if certificate == authority.certificate:
        # A root that was made elsewhere and imported has no ARN.
        return None, ()
    return None, (f"{authority.arn} signed the certificate, but does not have it.",)


def _revocations(path: Sequence[bytes], trust: Trust, publications: PublicationsOf, now: datetime) -> list[Revocation]:
    found = []
    for certificate, issuer in pairwise(path):
        authority = _issuer(trust, certificate)
        description: Mapping[str, Any] | None = None if authority is None else authority.description
        lookup = look_up(certificate, issuer, publications(description), now)
        if authority is not None and lookup == Lookup():
            lookup = _looked_up_in_store(trust.service, authority.arn, certificate, now)
        found.append(Revocation(certificate, lookup))
    return found


def _looked_up_in_store(service: Service | None, authority: str, certificate: bytes, now: datetime) -> Lookup:
    """Ask the embedded authority for a revocation that its CA publishes nowhere; AWS tells nobody."""
    from pcacli.pki.certificate_facts import serial_number

    revocation_of = getattr(service, "revocation", None)
    revocation = revocation_of and revocation_of(authority, serial_number(certificate))
    return Lookup(Evidence("STORE", now, None, *revocation)) if revocation else Lookup()


def _objections(revocation: Revocation) -> tuple[str, ...]:
    """Say what speaks against a certificate: it is revoked, or nobody can tell although somebody should."""
    from pcacli.pki.certificate_names import title

    evidence, subject = revocation.lookup.evidence, title(revocation.certificate)
    if evidence is not None and evidence.revoked_at is not None:
        return (f"{subject} was revoked at {evidence.revoked_at:%Y-%m-%d %H:%M:%S} UTC ({evidence.reason}).",)
    if revocation.lookup.problems:
        why = " ".join(revocation.lookup.problems)
        return (f"Whether {subject} is revoked cannot be told (--no-revocation leaves it out): {why}",)
    return ()
