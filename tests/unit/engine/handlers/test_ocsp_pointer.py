import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded


def pointers(certificate: x509.Certificate) -> list[tuple[x509.ObjectIdentifier, str]]:
    extension = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    assert not extension.critical
    return [(access.access_method, access.access_location.value) for access in extension.value]


@pytest.mark.fact("5.4", "pointer")
@pytest.mark.parametrize(
    ("members", "url"),
    [
        ({}, "http://ocsp.acm-pca.eu-central-1.amazonaws.com"),
        ({"OcspCustomCname": "ocsp.example.com"}, "http://ocsp.example.com"),
    ],
)
def test_new_certificates_point_to_the_responder(embedded: Embedded, members: dict[str, str], url: str) -> None:
    root = embedded.active_root()
    before = embedded.certificate(root, embedded.issue(root, leaf_csr()))
    ocsp = {"OcspConfiguration": {"Enabled": True, **members}}
    embedded.call("UpdateCertificateAuthority", CertificateAuthorityArn=root, RevocationConfiguration=ocsp)
    after = embedded.certificate(root, embedded.issue(root, leaf_csr()))
    assert pointers(after) == [(AuthorityInformationAccessOID.OCSP, url)]
    with pytest.raises(x509.ExtensionNotFound):
        pointers(before)


@pytest.mark.fact("5.4", "no-pointer-in-roots")
def test_a_root_does_not_point_to_its_own_responder(embedded: Embedded) -> None:
    root = embedded.active_root(RevocationConfiguration={"OcspConfiguration": {"Enabled": True}})
    own = f"{root}/certificate/{int(embedded.describe(root)['Serial']):032x}"
    with pytest.raises(x509.ExtensionNotFound):
        pointers(embedded.certificate(root, own))
