import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from pcacli.errors import UsageProblem
from pcacli.pki.csr import read_csr
from pcacli.pki.distinguished_names import rfc2253
from pcacli.pki.leaf_request import LeafNames, leaf_csr

KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("www.example.com", "www.example.com"),
        ("localhost", "localhost"),
        ("*.example.com", "*.example.com"),
        ("_service.host-1.example", "_service.host-1.example"),
        ("3com.example", "3com.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
    ],
)
def test_dns_names_become_alternative_names(given: str, found: str) -> None:
    csr = x509.load_pem_x509_csr(leaf_csr(KEY, LeafNames(dns_names=[given])))
    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [found]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "www example com",
        "https://www.example.com",
        "user@example.com",
        "www..example.com",
        "www.example.com.",
        ".example.com",
        "*",
        "www.*.com",
        "-www.example.com",
        "192.0.2.1",
        f"{'a' * 64}.example",
        ".".join(["a" * 50] * 6),
        "bücher..example",
        "www.example.com\n",
    ],
)
def test_what_is_no_dns_name_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match="is not a DNS name"):
        leaf_csr(KEY, LeafNames(dns_names=[name]))


@pytest.mark.parametrize("name", ["", "x" * 65, "日本語" * 22])
def test_a_common_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match="common name must have 1 to 64 characters"):
        leaf_csr(KEY, LeafNames(name, ["www.example.com"]))


def test_a_common_name_is_counted_in_characters() -> None:
    csr = read_csr(leaf_csr(KEY, LeafNames(common_name="ü" * 64)))
    assert rfc2253(csr.subject) == f"CN={'ü' * 64}"


def test_the_first_name_that_fits_becomes_the_common_name() -> None:
    names = [f"{'a' * 60}.example.com", "www.example.com"]
    csr = x509.load_pem_x509_csr(leaf_csr(KEY, LeafNames(dns_names=names)))
    assert csr.subject.rfc4514_string() == "CN=www.example.com"


def test_names_of_every_kind_stand_in_the_request_once() -> None:
    names = LeafNames(
        dns_names=["www.example.com", "www.example.com"],
        ip_addresses=["192.0.2.1", "2001:0db8:0::1", "2001:db8::1"],
        emails=["anna@bücher.example"],
        uris=["spiffe://example.com/web"],
    )
    csr = x509.load_pem_x509_csr(leaf_csr(KEY, names))
    extension = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert [str(name.value) for name in extension.value] == [
        "www.example.com",
        "192.0.2.1",
        "2001:db8::1",
        "anna@xn--bcher-kva.example",
        "spiffe://example.com/web",
    ]
    assert not extension.critical


def test_alternative_names_are_critical_where_there_is_no_subject() -> None:
    csr = x509.load_pem_x509_csr(leaf_csr(KEY, LeafNames(uris=["spiffe://example.com/web"])))
    assert csr.subject.rfc4514_string() == ""
    assert csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (LeafNames(ip_addresses=["300.1.1.1"]), "'300.1.1.1' is not an IP address"),
        (LeafNames(emails=["anna"]), "'anna' is not an e-mail address"),
        (LeafNames(emails=["an na@example.com"]), "is not an e-mail address"),
        (LeafNames(emails=["anna@exam ple"]), "is not a DNS name"),
        (LeafNames(uris=["example.com/web"]), "is not a URI"),
        (LeafNames(uris=["spiffe:"]), "is not a URI"),
        (LeafNames(uris=["https://exam ple"]), "is not a URI"),
        (LeafNames(uris=["https://[::1"]), "is not a URI"),
    ],
)
def test_what_is_no_address_and_no_uri_is_refused(names: LeafNames, complaint: str) -> None:
    with pytest.raises(UsageProblem, match=complaint):
        leaf_csr(KEY, names)
