"""What `cryptography` raises for structures that are damaged or unknown to it; most of them it reads on demand."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def readable() -> Iterator[None]:
    """Turn all that `cryptography` says of a damaged structure into one exception.

    Raises:
        ValueError: what is looked at in the block cannot be read.
    """
    try:
        yield
    except parse_errors() as problem:
        raise ValueError(str(problem)) from problem


def parse_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that say so; a TypeError is about a bit string in a name, for one."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        TypeError,
        OverflowError,
        NotImplementedError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    )
