"""The `pem` format (ours): the certificates and requests of a response, as one file that every TLS program reads.

The order is that of the response: the certificate, then its chain, nearest issuer first.
"""

import re
from collections.abc import Iterator, Mapping

from pcacli.api.catalogue import OPERATIONS, command_name
from pcacli.api.shapes import Operation
from pcacli.errors import UsageProblem
from pcacli.output.terminal import Terminal

# The members of responses that hold PEM. Source: ACM PCA API reference, GetCertificate,
# GetCertificateAuthorityCertificate and GetCertificateAuthorityCsr.
_PEM_MEMBERS = frozenset({"Certificate", "CertificateChain", "Csr"})

# RFC 7468 section 3: the label after END repeats the one after BEGIN.
_BOUNDARY = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]+)-----")


def check(operation: Operation) -> None:
    """Refuse an operation that returns no PEM, before it is called: it may change something.

    Raises:
        UsageProblem: the response of `operation` has no member for PEM.
    """
    if not _returns_pem(operation):
        fitting = ", ".join(command_name(name) for name, other in OPERATIONS.items() if _returns_pem(other))
        message = f"argument --output: {command_name(operation.name)} returns no PEM; these commands do: {fitting}"
        raise UsageProblem(message)


def format_value(value: object, _terminal: Terminal) -> str:
    """Write all PEM blocks in a value, in order, each ending in exactly one newline.

    Raises:
        UsageProblem: there is no PEM in the value (a query may have left it out).
    """
    blocks = "".join(_block(label, body) for text in _strings(value) for label, body in _blocks(text))
    if not blocks:
        raise UsageProblem("argument --output: pem: there is no PEM in the result; choose another format or --query")
    return blocks


def _returns_pem(operation: Operation) -> bool:
    return operation.output is not None and any(member.name in _PEM_MEMBERS for member in operation.output.members)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield label and body of each block, in time that grows with the text alone, however many have no end."""
    boundaries = list(_BOUNDARY.finditer(text))
    ends: dict[str, list[re.Match[str]]] = {}
    for boundary in reversed(boundaries):
        if boundary[1] == "END":
            ends.setdefault(boundary[2], []).append(boundary)
    position = 0
    for begin in boundaries:
        if begin[1] != "BEGIN" or begin.start() < position:
            continue
        waiting = ends.get(begin[2], [])
        while waiting and waiting[-1].start() < begin.end():
            waiting.pop()
        if waiting:
            yield begin[2], text[begin.end() : waiting[-1].start()]
            position = waiting[-1].end()


def _block(label: str, body: str) -> str:
    return "\n".join([f"-----BEGIN {label}-----", *body.split(), f"-----END {label}-----", ""])


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(part)
