"""Whether a certificate was revoked, as far as its CA lets it be known: the store, its OCSP responder or its CRL."""

from collections.abc import Callable
from datetime import datetime

from pcacli.errors import Interrupted, PcaError
from pcacli.pki.revocation_evidence import Evidence
from pcacli.service.port import Service
from pcacli.service.publications import PublicationsOf
from pcacli.service.workflows.issuers import IssuingAuthority
from pcacli.service.workflows.revocation_lookup import Lookup, look_up

FindIssuer = Callable[[], IssuingAuthority | None]


def known_revocation(
    service: Service, certificate: bytes, find_issuer: FindIssuer, publications: PublicationsOf, now: datetime
) -> Lookup:
    """Return what is known of the revocation of a certificate (DER), whose CA is looked for.

    Whatever keeps it from being known is among the problems. Without evidence and problems the CA publishes nothing.
    """
    try:
        authority = find_issuer()
        if authority is None:
            return Lookup(problems=("None of your CAs in this account and region issued it.",))
        return _known(service, certificate, authority, publications, now)
    except Interrupted:
        raise
    except PcaError as problem:
        return Lookup(problems=(problem.message,))
    except ValueError as problem:
        return Lookup(problems=(f"The certificate is damaged: {problem}.",))


def _known(
    service: Service, certificate: bytes, authority: IssuingAuthority, publications: PublicationsOf, now: datetime
) -> Lookup:
    from pcacli.pki.certificate_facts import certificate_facts

    in_store = getattr(service, "revocation", None)
    if in_store is None:
        return look_up(certificate, authority.certificate, publications(authority.description), now)
    said = Evidence("STORE", now, None)
    revocation = in_store(authority.arn, certificate_facts(certificate).serial)
    return Lookup(said if revocation is None else said._replace(revoked_at=revocation[0], reason=revocation[1]))
