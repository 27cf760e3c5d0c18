"""Checks that requested extensions hold what their identifiers say, as independent readers see it.

`cryptography` reads every extension that it knows. It has no class for ediPartyName, and reads no extension at all
beside one. So our own reader checks alternative names, and the library gets the rest one by one.
Sources: RFC 5280, section 4.2; AWS Private CA User Guide, validation of IssueCertificate requests.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial

from pcacli.pki.alternative_names import check_alternative_names
from pcacli.pki.der_reader import DerProblem
from pcacli.pki.der_writer import BIT_STRING, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, UTC_TIME, context_tag, encode
from pcacli.pki.der_writer import object_identifier as written
from pcacli.pki.extension_contents import check_contents
from pcacli.pki.extensions import ISSUER_ALTERNATIVE_NAME, SUBJECT_ALTERNATIVE_NAME, Extension, encoded
from pcacli.pki.parse_errors import parse_errors

_OF_NAMES = (SUBJECT_ALTERNATIVE_NAME, ISSUER_ALTERNATIVE_NAME)
# A certificate around the extensions, of which nothing else is looked at: some are read in certificates only.
_RSA = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, written("1.2.840.113549.1.1.1")))
_NO_KEY = encode(SEQUENCE, _RSA, encode(BIT_STRING, b"\0"))
_NO_NAME, _INSTANT = encode(SEQUENCE), encode(UTC_TIME, b"700101000000Z")
_HEAD = b"".join(
    (
        encode(context_tag(0, constructed=True), encode(INTEGER, b"\2")),
        encode(INTEGER, b"\1"),
        _RSA,
        _NO_NAME,
        encode(SEQUENCE, _INSTANT, _INSTANT),
        _NO_NAME,
        _NO_KEY,
    )
)


@lru_cache(maxsize=512)
def check_extensions(extensions: tuple[Extension, ...]) -> None:
    """Check the values of extensions, and that there is one of each kind.

    Raises:
        ValueError: one of them is not what its identifier says; the text says which, for the end of a sentence.
    """
    _check_unique(extensions)
    for extension in extensions:
        if extension.oid in _OF_NAMES:
            _check(extension, check_alternative_names)
    if _problem(extensions) is not None:
        for extension in extensions:
            _check_readable(extension)
    for extension in extensions:
        _check(extension, partial(check_contents, extension.oid))


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


def _check(extension: Extension, check: Callable[[bytes], None]) -> None:
    try:
        check(extension.value)
    except DerProblem as problem:
        raise DerProblem(f"in the extension {extension.oid}, {problem}") from problem
    except (ValueError, StopIteration) as problem:
        raise DerProblem(f"the extension {extension.oid} cannot be read") from problem


def _problem(extensions: Sequence[Extension]) -> Exception | None:
    """Return what `cryptography` raises when it reads these extensions."""
    from cryptography import x509

    listed = encode(context_tag(3, constructed=True), encode(SEQUENCE, *map(encoded, extensions)))
    certificate = encode(SEQUENCE, encode(SEQUENCE, _HEAD, listed), _RSA, encode(BIT_STRING, b"\0"))
    try:
        _ = x509.load_der_x509_certificate(certificate).extensions
    except KeyError as problem:  # It is about a TLS feature that the library does not know.
        return problem
    except parse_errors() as problem:
        return problem
    return None
