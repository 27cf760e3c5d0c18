"""From what a user wants to a key, a CSR and an order: for one certificate and for each of thousands."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import UsageProblem
from pcacli.limits.readers import CSR_FILE
from pcacli.limits.reading import read_file
from pcacli.params.validities import parse_validity
from pcacli.pki.algorithms import KEY_ALGORITHMS
from pcacli.pki.documents import DocumentProblem, read_documents
from pcacli.pki.leaf_request import LeafNames, leaf_csr
from pcacli.pki.private_keys import private_key_pem, public_key_der, read_private_key, require_pkcs12
from pcacli.pki.templates import template_called
from pcacli.pki.x509_fields import Kind
from pcacli.service.workflows.certificate_request import ActiveAuthority, Conditions, Order
from pcacli.service.workflows.delivery import Secret
from pcacli.service.workflows.workflow import fixed_token

DEFAULT_TEMPLATE = "EndEntityCertificate/V1"
# What end entities use; SM2 exists only in China, and `cryptography` cannot make it.
LEAF_KEY_ALGORITHMS = ("EC_prime256v1", *(name for name in KEY_ALGORITHMS if name not in ("EC_prime256v1", "SM2")))


class Wish(NamedTuple):
    """A certificate as a user wants it: for a key that is made with these names, or for the CSR in a file.

    `validity` is a duration such as `90d`; None leaves it to the CA.
    """

    names: LeafNames = LeafNames()
    csr_file: Path | None = None
    template: str = DEFAULT_TEMPLATE
    validity: str | None = None
    key_algorithm: str = LEAF_KEY_ALGORITHMS[0]

    def checked(self, now: datetime) -> "Wish":
        """Return the wish with what can be known to be right before anything is made.

        Raises:
            UsageProblem: something in it is wrong.
        """
        if self.csr_file is None and not any(self.names):
            raise UsageProblem("A name is missing: a common name, DNS name, IP address, e-mail address, URI, or a CSR.")
        if self.csr_file is not None and any(self.names):
            raise UsageProblem("The names are those in the CSR; give none beside it.")
        self.names.checked()
        return self.with_checked_terms(now)

    def with_checked_terms(self, now: datetime) -> "Wish":
        """Return the wish with kind of key, validity and template known to be right, whatever its names are.

        Raises:
            UsageProblem: one of them is wrong.
        """
        if self.key_algorithm not in LEAF_KEY_ALGORITHMS:
            raise UsageProblem(f"There is no key algorithm {self.key_algorithm}; see --key-algorithm.")
        if self.validity is not None:
            parse_validity(self.validity, now)
        return self._replace(template=template_called(self.template))


def new_secret(wish: Wish, pkcs12_password: bytes | None, known_pem: bytes | None = None) -> Secret | None:
    """Make the key for a wish, or read the one that an earlier run made; None if the wish comes with a CSR.

    Raises:
        UsageProblem: a PKCS #12 file is wanted and cannot be written for this key, or without one.
    """
    if pkcs12_password is not None:
        check_pkcs12(wish)
    if wish.csr_file is not None:
        return None
    from pcacli.pki.algorithms import generate_private_key

    key = generate_private_key(wish.key_algorithm) if known_pem is None else read_private_key(known_pem, "key.pem")
    return Secret(key, known_pem or private_key_pem(key), pkcs12_password)


def check_pkcs12(wish: Wish) -> None:
    """Check that there can be a PKCS #12 file for a wish.

    Raises:
        UsageProblem: it comes with a CSR, or is for a key for which they cannot be written.
    """
    if wish.csr_file is not None:
        raise UsageProblem("A PKCS #12 file needs the private key, which a CSR does not bring along.")
    require_pkcs12(wish.key_algorithm)


def csr_for(wish: Wish, secret: Secret | None) -> bytes:
    """Return the CSR (PEM) of a wish: one for its key, or the one in its file.

    Raises:
        UsageProblem: a name is none, or the file cannot be read.
    """
    if secret is not None:
        return leaf_csr(secret.key, wish.names)
    if wish.csr_file is None:
        raise ValueError("A wish without a CSR needs a key.")
    return csr_in(wish.csr_file)


def csr_in(path: Path) -> bytes:
    """Return what a file holds that must be a CSR; the service judges what stands in it.

    Raises:
        UsageProblem: it cannot be read, or holds something else.
    """
    try:
        content = read_file(path, CSR_FILE)
        kinds = {document.kind for document in read_documents(content)}
    except OSError as error:
        raise UsageProblem(f"The CSR {path} cannot be read: {error.strerror}.") from error
    except DocumentProblem as problem:
        raise UsageProblem(f"The CSR {path} cannot be read: {problem}.") from problem
    if Kind.CERTIFICATE_REQUEST not in kinds:
        raise UsageProblem(f"There is no CSR in {path}.")
    return content


def order_for(wish: Wish, authority: ActiveAuthority, csr: bytes, *, now: datetime, token: str) -> Order:
    """Return the order for a wish and its CSR."""
    return Order(conditions_for(wish, authority, now), csr, token)


def conditions_for(wish: Wish, authority: ActiveAuthority, now: datetime) -> Conditions:
    """Return what a certificate is issued under, for whatever key."""
    validity = authority.default_validity if wish.validity is None else parse_validity(wish.validity, now)
    return Conditions(authority, wish.template, validity)


def token_for(digest: str, csr: bytes, secret: Secret | None, replaced: bytes | None) -> str:
    """Return the token of a request that is the same whenever it is for the same wish and key.

    `replaced` is the certificate that is in the place of the new one: with --force, the same CSR gets another one.
    """
    return fixed_token(digest, csr if secret is None else public_key_der(secret.key), replaced)
