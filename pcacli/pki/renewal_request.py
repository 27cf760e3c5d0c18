"""What a certificate was made from: the request that asks for the same again, and the template that gave its usages."""

from typing import TYPE_CHECKING

from pcacli.errors import UsageProblem
from pcacli.pki import extensions as known
from pcacli.pki.certificate_facts import subject
from pcacli.pki.descriptions import certificate_extensions_of
from pcacli.pki.leaf_request import signed_csr
from pcacli.pki.template_guess import likely_template
from pcacli.pki.templates import TEMPLATES

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# What the issuing CA says by itself, with any template.
_OF_THE_AUTHORITY = frozenset(
    {
        known.AUTHORITY_KEY_IDENTIFIER,
        known.SUBJECT_KEY_IDENTIFIER,
        known.CRL_DISTRIBUTION_POINTS,
        known.AUTHORITY_INFORMATION_ACCESS,
    }
)
_OF_BASE_TEMPLATES = _OF_THE_AUTHORITY | {
    known.BASIC_CONSTRAINTS,
    known.KEY_USAGE,
    known.EXTENDED_KEY_USAGE,
    known.SUBJECT_ALTERNATIVE_NAME,
}
# BasicConstraints with nothing in it: no CA (RFC 5280 section 4.2.1.9).
_NO_AUTHORITY = b"\x30\x00"
_BLANK = TEMPLATES["BlankEndEntityCertificate_CSRPassthrough"]
_BLANK_CRITICAL = TEMPLATES["BlankEndEntityCertificate_CriticalBasicConstraints_CSRPassthrough"]


def renewal_csr(certificate: bytes, key: "PrivateKey") -> bytes:
    """Return a CSR (PEM) for a key that asks for what a certificate (DER) has: subject, names and other extensions.

    What the CA decides by itself is left out. A template takes from the rest what it passes through.
    """
    left_out = _OF_THE_AUTHORITY | {known.BASIC_CONSTRAINTS}
    extensions = [each for each in certificate_extensions_of(certificate) if each.oid not in left_out]
    return signed_csr(subject(certificate), extensions, key)


def template_for_renewal(certificate: bytes) -> str:
    """Return the name of a template, with its version, that gives a certificate (DER) its extensions again.

    A certificate does not name its template. It is the one without passthrough whose extensions it has; where none
    has just these, a blank one that takes them from the CSR.

    Raises:
        UsageProblem: it is the certificate of a CA.
    """
    extensions = certificate_extensions_of(certificate)
    constraints = next((each for each in extensions if each.oid == known.BASIC_CONSTRAINTS), None)
    if constraints is not None and constraints.value != _NO_AUTHORITY:
        raise UsageProblem("This is the certificate of a CA, which pki activate renews.")
    if _OF_BASE_TEMPLATES.issuperset(each.oid for each in extensions):
        likely = likely_template(extensions, self_signed=False)
        if likely is not None:
            return likely
    return (_BLANK_CRITICAL if constraints and constraints.critical else _BLANK).versioned_name


def key_algorithm_of_certificate(certificate: bytes) -> str:
    """Return the API's name for the algorithm of a certificate's (DER) key.

    Raises:
        UsageProblem: the API has no such keys.
    """
    from cryptography import x509

    from pcacli.pki.algorithms import key_algorithm_of

    name = key_algorithm_of(x509.load_der_x509_certificate(certificate).public_key())
    if name is None:
        raise UsageProblem("The certificate's key is of a kind that AWS Private CA does not have.")
    return name
