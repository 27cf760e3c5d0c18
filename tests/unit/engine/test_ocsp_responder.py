"""How answers to OCSP requests come from the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pcacli.engine import clock
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.ocsp_responder import OcspResponder
from pcacli.engine.store.memory import MemoryStore
from pcacli.engine.store.memory_snapshot import MemorySnapshot
from tests.support.crafted import leaf_csr
from tests.support.crls import certificate_of
from tests.support.embedded import START, Embedded

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

ANSWERING = {"OcspConfiguration": {"Enabled": True}}


class CountedReads(MemoryStore):
    """A store that knows how many snapshots are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open = 0

    @contextmanager
    def read(self) -> Iterator[MemorySnapshot]:
        with super().read() as snapshot:
            self.open += 1
            try:
                yield snapshot
            finally:
                self.open -= 1


class KeysOutsideOfTransactions(SoftwareKeyStore):
    """Keys that are opened only while nothing is being read, as those on another machine have to be."""

    def __init__(self, store: CountedReads) -> None:
        super().__init__(lambda: b"k" * 32)
        self._store = store
        self.opened_during_reads: list[int] = []

    def open(self, reference: str) -> "PrivateKey":
        self.opened_during_reads.append(self._store.open)
        return super().open(reference)


def request_for(embedded: Embedded, root: str, certificate: str) -> bytes:
    described = embedded.call("GetCertificateAuthorityCertificate", CertificateAuthorityArn=root)
    issuer = x509.load_pem_x509_certificate(described["Certificate"].encode())
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate_of(embedded, certificate), issuer, SHA256())
    return builder.build().public_bytes(Encoding.DER)


def test_an_answer_is_signed_while_no_transaction_is_open() -> None:
    store = CountedReads()
    keys = KeysOutsideOfTransactions(store)
    embedded = Embedded(store=store, keys=keys)
    root = embedded.active_root(RevocationConfiguration=ANSWERING)
    request = request_for(embedded, root, embedded.issue(root, leaf_csr()))
    keys.opened_during_reads.clear()
    answer = OcspResponder(embedded.parts).answer(request)
    assert ocsp.load_der_ocsp_response(answer.content).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert keys.opened_during_reads == [0]


@pytest.mark.parametrize("days", [0, 400])
def test_the_times_of_an_answer_are_those_of_the_clock_of_the_store(days: int) -> None:
    embedded = Embedded(is_test_store=True)
    root = embedded.active_root(RevocationConfiguration=ANSWERING)
    request = request_for(embedded, root, embedded.issue(root, leaf_csr()))
    clock.advance(embedded.store, timedelta(days=days), embedded.parts.context.now)
    answer = ocsp.load_der_ocsp_response(OcspResponder(embedded.parts).answer(request).content)
    assert answer.this_update_utc == START.replace(microsecond=0) + timedelta(days=days)


def test_a_revocation_of_the_future_is_one_of_now() -> None:
    embedded = Embedded(is_test_store=True)
    root = embedded.active_root(RevocationConfiguration=ANSWERING)
    certificate = embedded.issue(root, leaf_csr())
    request = request_for(embedded, root, certificate)
    clock.advance(embedded.store, timedelta(days=2), embedded.parts.context.now)
    embedded.revoke(root, certificate)
    clock.reset(embedded.store)
    answer = ocsp.load_der_ocsp_response(OcspResponder(embedded.parts).answer(request).content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_time_utc == START.replace(microsecond=0)
