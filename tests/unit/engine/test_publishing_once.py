"""Many revocations in one block make one CRL."""

from tests.pki import issuing
from tests.support.embedded import Embedded


def test_a_block_of_revocations_ends_with_one_crl() -> None:
    embedded = Embedded()
    root = embedded.active_root()
    embedded.publish_crls(root)
    csr = issuing.request(issuing.key("leaf"))
    certificates = [embedded.issue(root, csr) for _ in range(3)]
    written = len(embedded.artifacts.writes)
    with embedded.authority.publishing_once():
        for certificate in certificates:
            embedded.revoke(root, certificate)
        assert len(embedded.artifacts.writes) == written
    assert len(embedded.artifacts.writes) == written + 1
    embedded.revoke(root, embedded.issue(root, csr))
    assert len(embedded.artifacts.writes) == written + 2
