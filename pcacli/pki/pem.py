"""PEM text: written as the service writes it, read as shell scripts send it.

Whatever stands between the boundaries must be base64 and nothing else; everything around the blocks may vary.
Source: RFC 7468, sections 2 (whitespace), 3 (64 columns) and 5.2 (text around the blocks is permitted).
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

CERTIFICATE = "CERTIFICATE"
CERTIFICATE_REQUEST = "CERTIFICATE REQUEST"

_COLUMNS = 64
_MAXIMUM_KEPT_BYTES = 16 * 1024
_BOUNDARY = re.compile(rb"-----(?P<kind>BEGIN|END) (?P<label>[^-\r\n]*)-----")


class PemProblem(ValueError):
    """The bytes are not the PEM text that was expected; the message says why."""


class Block(NamedTuple):
    """One PEM block: its label, and what stands between the boundaries, in base64; None without an END line."""

    label: str
    body: bytes | None

    def der(self) -> bytes:
        """Decode the body.

        Raises:
            PemProblem: it is not base64, or empty, or there is none.
        """
        if self.body is None:
            raise PemProblem(f"a {self.label} block has BEGIN and END lines that do not pair up")
        try:
            der = b64decode(b"".join(self.body.split()), validate=True)
        except binascii.Error as problem:
            raise PemProblem(f"a {self.label} block is not valid base64") from problem
        if not der:
            raise PemProblem(f"a {self.label} block is empty")
        return der


def certificate_pem(der: bytes) -> str:
    """Write a certificate as one PEM block without a final newline."""
    return _block(der, CERTIFICATE)


def csr_pem(der: bytes) -> str:
    """Write a certificate signing request as one PEM block without a final newline."""
    return _block(der, CERTIFICATE_REQUEST)


def bundle(certificates: Iterable[bytes]) -> str:
    """Write certificates one under the other, without a final newline.

    Assumption: blocks are joined by one newline (facts: GetCertificate, CertificateChain).
    """
    return "\n".join(map(certificate_pem, certificates))


def read_pem(data: bytes, label: str) -> list[bytes]:
    """Return the DER of each block; there is at least one, and every one carries `label`.

    Line ends, lines of any length or none (`echo $PEM` joins them by spaces), whitespace and text around the blocks
    do not matter. Another label is refused, `NEW CERTIFICATE REQUEST` too (facts: CSR dialects).
    Assumption: the service accepts text around the blocks, as `openssl x509 -text` writes it.

    Raises:
        PemProblem: there is no block, a label is another one, boundary lines do not pair up, or a block is not base64.
    """
    blocks = pem_blocks(data)
    if not blocks:
        raise PemProblem(f"there is no {label} block")
    for block in blocks:
        if block.label != label:
            raise PemProblem(f"a block is labelled {block.label}, not {label}")
    return [block.der() for block in blocks]


def pem_blocks(data: bytes) -> list[Block]:
    """Return the blocks in a text, whatever their labels are; none where there is no boundary line.

    Raises:
        PemProblem: boundary lines do not pair up.
    """
    boundaries = list(_BOUNDARY.finditer(data))
    blocks = []
    for begin, end in zip_longest(boundaries[::2], boundaries[1::2]):
        label = begin["label"].decode("utf-8", "replace")
        if end is None or (begin["kind"], end["kind"]) != (b"BEGIN", b"END") or begin["label"] != end["label"]:
            raise PemProblem(f"the BEGIN and END lines of the {label} blocks do not pair up")
        blocks.append(Block(label, data[begin.end() : end.start()]))
    return blocks


def loose_blocks(data: bytes) -> list[Block]:
    """Return the blocks in a text as far as they can be made out; headers in them (RFC 1421) are left out."""
    boundaries = list(_BOUNDARY.finditer(data))
    blocks = []
    for begin, end in zip_longest(boundaries, boundaries[1:]):
        label = begin["label"].decode("utf-8", "replace")
        if begin["kind"] == b"BEGIN":
            pairs_up = end is not None and end["kind"] == b"END" and end["label"] == begin["label"]
            blocks.append(Block(label, _without_headers(data[begin.end() : end.start()]) if pairs_up else None))
    return blocks


def _without_headers(body: bytes) -> bytes:
    """Leave out the lines up to the first empty one, if these are headers."""
    if b":" not in body:
        return body
    lines = body.strip().splitlines()
    return b"\n".join(lines[lines.index(b"") + 1 :]) if b"" in lines else body


def _block(der: bytes, label: str) -> str:
    """Write a block; those of CA certificates are written again and again, and large ones are not kept for that."""
    return _kept_block(der, label) if len(der) <= _MAXIMUM_KEPT_BYTES else _written_block(der, label)


@lru_cache(maxsize=256)
def _kept_block(der: bytes, label: str) -> str:
    return _written_block(der, label)


def _written_block(der: bytes, label: str) -> str:
    text = b64encode(der).decode()
    lines = [text[start : start + _COLUMNS] for start in range(0, len(text), _COLUMNS)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"))
