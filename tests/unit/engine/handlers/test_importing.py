"""Importing again, and after expiry: what the states make of an accepted certificate."""

from typing import Any

import pytest

from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import ROOT_TEMPLATE, Embedded


def own_certificate(embedded: Embedded, root: str, days: int = 365) -> bytes:
    csr = embedded.call("GetCertificateAuthorityCsr", CertificateAuthorityArn=root)["Csr"].encode()
    validity = {"Type": "DAYS", "Value": days}
    issued = embedded.issue(root, csr, TemplateArn=ROOT_TEMPLATE, Validity=validity)
    return embedded.fetch(root, issued)["Certificate"].encode()


def install(embedded: Embedded, root: str, certificate: bytes, **members: Any) -> None:
    request = {"CertificateAuthorityArn": root, "Certificate": certificate, **members}
    assert embedded.call("ImportCertificateAuthorityCertificate", **request) == {}


def set_status(embedded: Embedded, root: str, status: str) -> None:
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, Status=status)


@pytest.mark.fact("1.2", "reissue")
@pytest.mark.fact("4", "after-success")
def test_a_new_certificate_keeps_the_ca_and_what_it_issued(embedded: Embedded) -> None:
    root = embedded.active_root()
    issued = embedded.issue(root, leaf_csr())
    before = embedded.describe(root)
    embedded.advance(hours=1)
    install(embedded, root, own_certificate(embedded, root))
    after = embedded.describe(root)
    assert (after["Status"], after["LastStateChangeAt"]) == ("ACTIVE", embedded.now)
    changed = {"Serial", "NotBefore", "NotAfter", "LastStateChangeAt"}
    assert {name for name in after if after[name] != before[name]} == changed
    embedded.certificate(root, issued).verify_directly_issued_by(embedded.certificate(root, _own(embedded, root)))


def _own(embedded: Embedded, root: str) -> str:
    return f"{root}/certificate/{int(embedded.describe(root)['Serial']):032x}"


@pytest.mark.fact("4", "states")
def test_a_disabled_ca_takes_no_certificate(embedded: Embedded) -> None:
    root = embedded.active_root()
    renewal = own_certificate(embedded, root)
    set_status(embedded, root, "DISABLED")
    before = embedded.describe(root)
    with pytest.raises(ServiceError) as refusal:
        install(embedded, root, renewal)
    assert refusal.value.code == "InvalidStateException"
    assert embedded.describe(root) == before


@pytest.mark.fact("1.2", "expiry", "renewal")
@pytest.mark.parametrize(("status", "afterwards"), [("ACTIVE", "ACTIVE"), ("DISABLED", "DISABLED")])
def test_an_expired_ca_comes_back_as_it_was_before(embedded: Embedded, status: str, afterwards: str) -> None:
    root = embedded.active_root()
    set_status(embedded, root, status)
    embedded.advance(days=4000)
    assert embedded.describe(root)["Status"] == "EXPIRED"
    install(embedded, root, own_certificate(embedded, root))
    assert embedded.describe(root)["Status"] == afterwards


@pytest.mark.fact("1.2", "expiry")
def test_a_ca_that_expires_while_it_is_deleted_is_shown_as_deleted(embedded: Embedded) -> None:
    root = embedded.create()
    install(embedded, root, own_certificate(embedded, root, days=5))
    set_status(embedded, root, "DISABLED")
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=root)
    embedded.advance(days=6)
    assert embedded.describe(root)["Status"] == "DELETED"
    embedded.call("RestoreCertificateAuthority", CertificateAuthorityArn=root)
    assert embedded.describe(root)["Status"] == "EXPIRED"


@pytest.mark.fact("1.2", "expiry")
def test_an_expired_ca_is_deleted_with_a_window(embedded: Embedded) -> None:
    root = embedded.active_root()
    embedded.advance(days=4000)
    embedded.call("DeleteCertificateAuthority", CertificateAuthorityArn=root, PermanentDeletionTimeInDays=7)
    assert (embedded.describe(root)["RestorableUntil"] - embedded.now).days == 7
