"""Where a certificate to look at comes from: a file, standard input, an ARN, or a TLS server."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import PcaError, ServiceError, UsageProblem
from pcacli.limits.readers import DOCUMENT
from pcacli.limits.reading import OverLimit, read_file
from pcacli.pki.documents import (
    Document,
    DocumentProblem,
    Found,
    PasswordWanted,
    Unread,
    certificates_in,
    find_documents,
    read_documents,
)
from pcacli.service.port import Service
from pcacli.service.tls_peer import Address, Peer, address, presented_by

STANDARD_INPUT = "-"


class Reading(NamedTuple):
    """How sources are read. `service` opens the backend, which only an ARN needs; `password` is for PKCS #12 files."""

    service: Callable[[], Service]
    standard_input: Callable[[], bytes]
    timeout_seconds: float
    server_name: str | None = None
    password: bytes | None = None


class Source(NamedTuple):
    """What was found: the documents, and what is known of their place, where it is an ARN or a server."""

    name: str
    found: Found
    arn: str | None = None
    server: Address | None = None
    tls_version: str | None = None
    broken_off: str | None = None

    @property
    def documents(self) -> list[Document]:
        """The documents that can be read."""
        return self.found.documents

    @property
    def problems(self) -> list[str]:
        """What cannot be read, and why a server broke off, a sentence for each."""
        unread = [f"{self.name}: {unread}." for unread in self.found.unread]
        return unread if self.broken_off is None else [self.broken_off, *unread]

    def leaf(self) -> bytes:
        """Return the first certificate in DER.

        Raises:
            UsageProblem: there is none, or what comes first cannot be read: a later one is not what is meant.
        """
        certificates = self.certificates()
        if not certificates:
            raise UsageProblem(f"{self.name}: there is no certificate in it.")
        if self.found.first_certificate_is_unread:
            raise UsageProblem(f"{self.name}: {self.found.unread[0]}, and it is the certificate in question.")
        return certificates[0]

    def certificates(self) -> list[bytes]:
        """Return all certificates in DER."""
        return certificates_in(self.documents)


def is_source(text: str) -> bool:
    """Tell whether a word names a file that is there, standard input, an ARN or a server."""
    return text == STANDARD_INPUT or text.startswith("arn:") or is_there(Path(text)) or address(text) is not None


def is_there(path: Path) -> bool:
    """Tell whether there is a file, or may be one where nobody may look; reading it says why it cannot be read."""
    try:
        return path.exists()
    except PermissionError:
        return True
    except (OSError, ValueError):
        # A word that is too long for a name, or has a NUL in it.
        return False


def read_source(text: str, reading: Reading) -> Source:
    """Read the documents that a word stands for.

    Raises:
        UsageProblem: there is no such file, or nothing in it that can be read.
        ServiceError: the service does not show what the ARN names.
        PcaError: the server does not answer.
    """
    if text.startswith("arn:"):
        return _of_arn(text, reading.service())
    if text == STANDARD_INPUT:
        return Source("standard input", _documents("Standard input", reading.standard_input(), reading))
    if is_there(Path(text)):
        return Source(text, _documents(text, _content(Path(text)), reading))
    server = address(text)
    if server is None:
        raise UsageProblem(
            f"{text} is none of these: a file that is there, an ARN, HOST:PORT (such as www.example.com:443), or -."
        )
    peer = presented_by(server, server_name=reading.server_name, timeout_seconds=reading.timeout_seconds)
    found = _presented(server, peer)
    return Source(str(server), found, server=server, tls_version=peer.tls_version, broken_off=peer.broken_off)


def _presented(server: Address, peer: Peer) -> Found:
    """Return the certificates that a server presents.

    Raises:
        PcaError: there is none, or the first is none.
    """
    documents: list[Document] = []
    unread: list[Unread] = []
    for number, der in enumerate(peer.certificates, 1):
        try:
            documents += read_documents(der)
        except DocumentProblem as problem:
            if number == 1:
                raise PcaError(f"{server} presents something else than a certificate.") from problem
            unread.append(Unread(number, "CERTIFICATE", "cannot be read as X.509"))
    if not documents:
        raise PcaError(f"{server} presents no certificate.")
    return Found(documents, tuple(unread))


def _content(path: Path) -> bytes:
    try:
        return read_file(path, DOCUMENT)
    except OverLimit as error:
        raise UsageProblem(f"{path} is too large for a certificate or a CRL.") from error
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from error


def _documents(name: str, content: bytes, reading: Reading) -> Found:
    try:
        return find_documents(content, reading.password)
    except PasswordWanted as problem:
        raise UsageProblem(f"{name}: {problem} (--pkcs12-password-file).") from problem
    except DocumentProblem as problem:
        raise UsageProblem(f"{name}: {problem}.") from problem


def _of_arn(arn: str, service: Service) -> Source:
    """Fetch what an ARN names: a certificate with its chain, a CA's certificate with its chain, or the CA's CSR."""
    authority, separator, _ = arn.partition("/certificate/")
    if separator:
        response = service.call("GetCertificate", {"CertificateAuthorityArn": authority, "CertificateArn": arn})
        pem = _with_chain(response)
    else:
        pem = _of_authority(authority, service)
    try:
        return Source(arn, find_documents(pem.encode()), arn=arn)
    except DocumentProblem as problem:
        raise PcaError(f"The service returned something for {arn} that cannot be read: {problem}.") from problem


def _of_authority(arn: str, service: Service) -> str:
    request = {"CertificateAuthorityArn": arn}
    try:
        return _with_chain(service.call("GetCertificateAuthorityCertificate", request))
    except ServiceError as refusal:
        if refusal.code != "InvalidStateException":
            raise
    # A CA that still waits for its certificate has a request for one.
    csr: str = service.call("GetCertificateAuthorityCsr", request)["Csr"]
    return csr


def _with_chain(response: Mapping[str, str]) -> str:
    """Return the PEM of a certificate and of those above it, of which a root has none."""
    return f"{response['Certificate']}\n{response.get('CertificateChain') or ''}"
