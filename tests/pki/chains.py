"""Chains of three levels, one for each template, in turn with each kind of key, for programs of others to judge.

The template decides the certificate at its own level: the root's, the subordinate CA's or the end entity's. Blank
templates get the usages that their level needs through the API or the CSR. The chains are valid today.
"""

from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pcacli.pki.csr import authority_csr
from pcacli.pki.issuance import Issuer, issue
from pcacli.pki.pem import csr_pem
from pcacli.pki.templates import TEMPLATES, Template
from pcacli.pki.validity import Validity, validity_window
from tests.pki.issuing import CRL_URL, OCSP_URL, key, order, request

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

DNS_NAME = "leaf.example.com"


class Kind(NamedTuple):
    """What all keys of a chain are, and how its certificates are signed."""

    key_algorithm: str
    signing_algorithm: str


KINDS = (
    Kind("RSA_2048", "SHA256WITHRSA"),
    Kind("RSA_2048", "SHA256WITHRSA_PSS"),
    Kind("EC_prime256v1", "SHA256WITHECDSA"),
    Kind("EC_secp384r1", "SHA384WITHECDSA"),
    Kind("EC_secp521r1", "SHA512WITHECDSA"),
)
POST_QUANTUM_KINDS = tuple(Kind(name, name) for name in ("ML_DSA_44", "ML_DSA_65", "ML_DSA_87"))
USUAL_TEMPLATES = {
    "root": TEMPLATES["RootCACertificate"],
    "subordinate": TEMPLATES["SubordinateCACertificate_PathLen0"],
    "leaf": TEMPLATES["EndEntityCertificate"],
}
DAYS = {"root": 3650, "subordinate": 1825, "leaf": 30}


class Chain(NamedTuple):
    """The DER of the certificates from the root to the leaf, with the template that one of them was made by."""

    template: Template
    kind: Kind
    certificates: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        return self.certificates[0]

    @property
    def subordinates(self) -> tuple[bytes, ...]:
        return self.certificates[1:-1]

    @property
    def leaf(self) -> bytes:
        return self.certificates[-1]


def level_of(template: Template) -> str:
    """Return where certificates of a template stand."""
    if template.profile.self_signed:
        return "root"
    return "subordinate" if template.profile.certificate_authority else "leaf"


@cache
def chains() -> tuple[Chain, ...]:
    """Return a chain for each of the templates."""
    return tuple(chain(template, kind) for template, kind in zip(TEMPLATES.values(), cycle(KINDS)))


def chain(template: Template, kind: Kind) -> Chain:
    """Issue a chain, with this template at its level and the usual ones at the others.

    A root of path length 0 signs its leaf itself.
    """
    templates = {**USUAL_TEMPLATES, level_of(template): template}
    if templates["root"].profile.path_length == 0:
        del templates["subordinate"]
    issuer = Issuer(None, key("root", kind.key_algorithm), kind.key_algorithm)
    certificates = []
    for level, chosen in templates.items():
        private_key = key(level, kind.key_algorithm)
        certificate = _certificate(chosen, private_key, issuer, kind)
        certificates.append(certificate)
        issuer = Issuer(certificate, private_key, kind.key_algorithm, CRL_URL, OCSP_URL)
    return Chain(template, kind, tuple(certificates))


def _certificate(template: Template, private_key: "PrivateKey", issuer: Issuer, kind: Kind) -> bytes:
    level = level_of(template)
    ordered = order(
        template.name,
        _request(level, f"{template.name} {level}"[:64], private_key, kind),
        serial=x509.random_serial_number(),
        window=validity_window(Validity("DAYS", DAYS[level]), None, datetime.now(UTC)),
        signing_algorithm=kind.signing_algorithm,
        api_passthrough={"Extensions": _API_EXTENSIONS[level]},
    )
    return issue(ordered, issuer)


def _request(level: str, name: str, private_key: "PrivateKey", kind: Kind) -> bytes:
    if level == "root":
        subject = {"Country": "DE", "CommonName": name}
        return csr_pem(authority_csr(private_key, kind.signing_algorithm, subject, None)).encode()
    return request(private_key, name, _CSR_EXTENSIONS[level], kind.signing_algorithm)


def _key_usage(**used: bool) -> x509.KeyUsage:
    unused = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**{**unused, **used})


_AUTHORITY_USAGE = {"KeyUsage": {"DigitalSignature": True, "KeyCertSign": True, "CRLSign": True}}
_API_EXTENSIONS: dict[str, dict[str, Any]] = {
    "root": _AUTHORITY_USAGE,
    "subordinate": _AUTHORITY_USAGE,
    "leaf": {
        "KeyUsage": {"DigitalSignature": True, "KeyEncipherment": True},
        "ExtendedKeyUsage": [{"ExtendedKeyUsageType": "SERVER_AUTH"}],
        "SubjectAlternativeNames": [{"DnsName": DNS_NAME}],
    },
}
_CSR_EXTENSIONS: dict[str, tuple[tuple[x509.ExtensionType, bool], ...]] = {
    "subordinate": ((_key_usage(digital_signature=True, key_cert_sign=True, crl_sign=True), True),),
    "leaf": (
        (x509.SubjectAlternativeName([x509.DNSName(DNS_NAME)]), False),
        (_key_usage(digital_signature=True, key_encipherment=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    ),
}
