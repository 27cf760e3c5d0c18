import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from pcacli.errors import UsageProblem
from pcacli.pki.leaf_request import leaf_csr

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
    csr = x509.load_pem_x509_csr(leaf_csr(KEY, common_name=None, dns_names=[given], ip_addresses=[]))
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
        leaf_csr(KEY, common_name=None, dns_names=[name], ip_addresses=[])


@pytest.mark.parametrize("name", ["", "x" * 65, "日本語" * 8])
def test_a_common_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match="--common-name must have 1 to 64 characters"):
        leaf_csr(KEY, common_name=name, dns_names=["www.example.com"], ip_addresses=[])


def test_the_first_name_that_fits_becomes_the_common_name() -> None:
    names = [f"{'a' * 60}.example.com", f"{'日本語' * 8}.example", "www.example.com"]
    csr = x509.load_pem_x509_csr(leaf_csr(KEY, common_name=None, dns_names=names, ip_addresses=[]))
    assert csr.subject.rfc4514_string() == "CN=www.example.com"
