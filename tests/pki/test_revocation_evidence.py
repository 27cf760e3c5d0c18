"""A CRL and an OCSP response prove something only if the CA said it, now, about this certificate."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pcacli.pki.crl import CrlEntry
from pcacli.pki.crl_evidence import evidence_of_crl
from pcacli.pki.issuance import issue
from pcacli.pki.ocsp import CertificateStatus, Responder, malformed_request, respond
from pcacli.pki.ocsp_evidence import AGES, evidence_of_ocsp
from pcacli.pki.revocation_evidence import EvidenceProblem, Locations, locations, ocsp_request
from tests.pki import crls, issuing
from tests.pki.crafting import DAY, KEY_MAKERS, NOW, Entity, entity

CA, STRANGER = crls.CA, entity("issuing CA")
LEAF, OTHER = entity("leaf", CA, extensions=[]), entity("other", CA, extensions=[])
URL = "http://example.com/any.crl"
ANSWERED_AT = NOW.replace(microsecond=0)
REVOKED_AT = datetime(2026, 3, 1, 11, 0, 0, tzinfo=UTC)


def crl(*entries: CrlEntry, issuer: Entity = CA, **changes: Any) -> bytes:
    return crls.signed(*entries, issuer=issuer, **changes)


def revoked(certificate: Entity, reason: str = "KEY_COMPROMISE") -> CrlEntry:
    return CrlEntry(certificate.certificate.serial_number, REVOKED_AT, reason)


def answered(status: CertificateStatus | None, issuer: Entity = CA, about: Entity = LEAF) -> bytes:
    algorithm = crls.SIGNING_ALGORITHMS[issuer.kind]
    responder = Responder(issuer.der, issuer.der, issuer.key, algorithm)
    return respond(ocsp_request(about.der, issuer.der), lambda _serial: status, responder, ANSWERED_AT)


def test_a_certificate_says_where_its_ca_publishes() -> None:
    order = issuing.order("EndEntityCertificate", issuing.request(issuing.key("leaf")))
    assert locations(issue(order, issuing.root(configured=True))) == Locations((issuing.CRL_URL,), (issuing.OCSP_URL,))
    assert locations(LEAF.der) == Locations((), ())


@pytest.mark.parametrize("kind", sorted(set(KEY_MAKERS)))
def test_a_crl_tells_the_revoked_from_the_good_for_every_kind_of_key(kind: str) -> None:
    issuer = entity("issuing CA", kind=kind)
    bad, good = (entity(name, issuer, extensions=[]) for name in ("bad", "good"))
    made = crl(revoked(bad), issuer=issuer)
    found = evidence_of_crl(made, bad.der, issuer.der, url=URL, now=NOW)
    assert (found.source, found.revoked_at, found.reason) == ("CRL", REVOKED_AT, "KEY_COMPROMISE")
    assert evidence_of_crl(made, good.der, issuer.der, url=URL, now=NOW).revoked_at is None


def test_an_entry_without_a_reason_is_unspecified() -> None:
    found = evidence_of_crl(crl(revoked(LEAF, "UNSPECIFIED")), LEAF.der, CA.der, url=URL, now=NOW)
    assert found.reason == "UNSPECIFIED"


@pytest.mark.parametrize(
    ("made", "now", "url", "reason"),
    [
        (b"hello", NOW, URL, "cannot be read"),
        (crl(issuer=STRANGER), NOW, URL, "not signed by the certificate's CA"),
        (crl(issuer=entity("other CA")), NOW, URL, "not signed by the certificate's CA"),
        (crl(), NOW + 8 * DAY, URL, "out of date since 2026-03-08 12:00:00 UTC"),
        (crl(), NOW - DAY, URL, "from the future"),
        (crl(partition_url=crls.PARTITION_URL), NOW, URL, f"that of {crls.PARTITION_URL}"),
    ],
)
def test_a_crl_that_proves_nothing_has_a_reason(made: bytes, now: datetime, url: str, reason: str) -> None:
    with pytest.raises(EvidenceProblem, match=reason):
        evidence_of_crl(made, LEAF.der, CA.der, url=url, now=now)


def test_the_crl_of_the_right_partition_counts() -> None:
    made = crl(revoked(LEAF), partition_url=crls.PARTITION_URL)
    assert evidence_of_crl(made, LEAF.der, CA.der, url=crls.PARTITION_URL, now=NOW).revoked_at == REVOKED_AT


@pytest.mark.parametrize("kind", ["EC", "RSA", "ML_DSA"])
def test_a_responder_tells_the_revoked_from_the_good(kind: str) -> None:
    issuer = entity("issuing CA", kind=kind)
    leaf = entity("leaf", issuer, extensions=[])
    good = evidence_of_ocsp(answered(CertificateStatus(), issuer, leaf), leaf.der, issuer.der, now=NOW)
    assert (good.source, good.revoked_at) == ("OCSP", None)
    said = answered(CertificateStatus(REVOKED_AT, "SUPERSEDED"), issuer, leaf)
    found = evidence_of_ocsp(said, leaf.der, issuer.der, now=NOW)
    assert (found.revoked_at, found.reason) == (REVOKED_AT, "SUPERSEDED")


@pytest.mark.parametrize(
    ("response", "now", "reason"),
    [
        (b"hello", NOW, "cannot be read"),
        (malformed_request(), NOW, "answers MALFORMED_REQUEST"),
        (answered(None), NOW, "does not know the certificate"),
        (answered(CertificateStatus(), about=OTHER), NOW, "about another certificate"),
        (answered(CertificateStatus(), STRANGER), NOW, "not signed for the certificate's CA"),
        (answered(CertificateStatus()), NOW + DAY, "out of date"),
        (answered(CertificateStatus()), ANSWERED_AT - AGES.maximum_skew - timedelta(seconds=1), "from the future"),
    ],
)
def test_a_response_that_proves_nothing_has_a_reason(response: bytes, now: datetime, reason: str) -> None:
    with pytest.raises(EvidenceProblem, match=reason):
        evidence_of_ocsp(response, LEAF.der, CA.der, now=now)


def test_the_clock_of_the_ca_may_be_ahead_a_little() -> None:
    moment = ANSWERED_AT - AGES.maximum_skew
    assert evidence_of_ocsp(answered(CertificateStatus()), LEAF.der, CA.der, now=moment).this_update == ANSWERED_AT
