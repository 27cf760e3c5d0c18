"""What `cryptography` raises for structures that are damaged or unknown to it; most of them it reads on demand."""

from collections.abc import Iterator
from contextlib import contextmanager

from pcacli.pki.der_reader import DerProblem


class UnreadableX509(ValueError):
    """Something is not what it should be; the message says it in our words, never in a library's."""


@contextmanager
def readable() -> Iterator[None]:
    """Turn all that `cryptography` says of a damaged structure into one exception.

    Raises:
        ValueError: what is looked at in the block cannot be read; what we found ourselves keeps its words.
    """
    try:
        yield
    except (UnreadableX509, DerProblem):
        raise
    except parse_errors() as problem:
        raise UnreadableX509("it is not written as DER and RFC 5280 ask for") from problem


def parse_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that say so; a TypeError is about a bit string in a name, for one."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        IndexError,
        TypeError,
        OverflowError,
        NotImplementedError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    )
