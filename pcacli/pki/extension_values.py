"""Checks that requested extensions hold what their identifiers say, as independent readers see it.

`cryptography` reads every extension that it knows. It has no class for ediPartyName, and reads no extension at all
beside one. So our own reader checks alternative names, and the library gets the rest one by one.
Sources: RFC 5280, section 4.2; AWS Private CA User Guide, validation of IssueCertificate requests.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from pcacli.pki.alternative_names import check_alternative_names
from pcacli.pki.der_reader import DerProblem
from pcacli.pki.der_writer import BIT_STRING, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET, context_tag, encode
from pcacli.pki.der_writer import object_identifier as written
from pcacli.pki.extensions import ISSUER_ALTERNATIVE_NAME, SUBJECT_ALTERNATIVE_NAME, Extension, encoded
from pcacli.pki.parse_errors import parse_errors

_OF_NAMES = (SUBJECT_ALTERNATIVE_NAME, ISSUER_ALTERNATIVE_NAME)
_EXTENSION_REQUEST = encode(OBJECT_IDENTIFIER, written("1.2.840.113549.1.9.14"))
# A request around the extensions, of which nothing else is looked at: an RSA key and a signature of no bits.
_RSA = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, written("1.2.840.113549.1.1.1")))
_NO_KEY = encode(SEQUENCE, _RSA, encode(BIT_STRING, b"\0"))


@lru_cache(maxsize=512)
def check_extensions(extensions: tuple[Extension, ...]) -> None:
    """Check the values of extensions, and that there is one of each kind.

    Raises:
        ValueError: one of them is not what its identifier says; the text says which, for the end of a sentence.
    """
    _check_unique(extensions)
    for extension in extensions:
        if extension.oid in _OF_NAMES:
            _check_names(extension)
    if _problem(extensions) is not None:
        for extension in extensions:
            _check_readable(extension)


def _check_readable(extension: Extension) -> None:
    """Name the extension that cannot be read; of names of the two kinds, our own reader has judged them."""
    from cryptography import x509

    problem = _problem((extension,))
    is_judged = extension.oid in _OF_NAMES and isinstance(problem, x509.UnsupportedGeneralNameType)
    if problem is not None and not is_judged:
        raise DerProblem(f"the extension {extension.oid} cannot be read") from problem


def _check_unique(extensions: Iterable[Extension]) -> None:
    seen = set()
    for extension in extensions:
        if extension.oid in seen:
            raise DerProblem(f"the extension {extension.oid} is there twice")
        seen.add(extension.oid)


def _check_names(extension: Extension) -> None:
    try:
        check_alternative_names(extension.value)
    except ValueError as problem:
        raise DerProblem(f"in the extension {extension.oid}, {problem}") from problem


def _problem(extensions: Sequence[Extension]) -> Exception | None:
    """Return what `cryptography` raises when it reads these extensions."""
    from cryptography import x509

    requested = encode(SET, encode(SEQUENCE, *map(encoded, extensions)))
    attributes = encode(context_tag(0, constructed=True), encode(SEQUENCE, _EXTENSION_REQUEST, requested))
    content = encode(SEQUENCE, encode(INTEGER, b"\0"), encode(SEQUENCE), _NO_KEY, attributes)
    try:
        _ = x509.load_der_x509_csr(encode(SEQUENCE, content, _RSA, encode(BIT_STRING, b"\0"))).extensions
    except parse_errors() as problem:
        return problem
    return None
