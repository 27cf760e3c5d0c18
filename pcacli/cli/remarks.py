"""What a user should know of a request that AWS takes without a word; `--strict` leaves it out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_ADVISED_RSA_BITS = 2048  # NIST SP 800-131A revision 2, section 3: shorter keys sign nothing new


def remarks(operation: str, request: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line about each thing in a request for that operation that is allowed, and hardly meant."""
    if operation in _REMARKS:
        yield from _REMARKS[operation](request)


def _short_key(request: Mapping[str, Any]) -> Iterator[str]:
    from pcacli.pki.csr import rsa_bits_of_request

    bits = rsa_bits_of_request(request["Csr"])
    if bits is not None and bits < _ADVISED_RSA_BITS:
        yield f"The CSR has an RSA key of {bits} bits; many programs refuse keys below {_ADVISED_RSA_BITS} bits."


_REMARKS: dict[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {"IssueCertificate": _short_key}
