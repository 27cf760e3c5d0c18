"""Where a certificate to look at comes from: a file, standard input, an ARN, or a TLS server."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import PcaError, ServiceError, UsageProblem
from pcacli.limits.readers import DOCUMENT
from pcacli.limits.reading import OverLimit, read_file
from pcacli.pki.documents import Document, DocumentProblem, PasswordWanted, certificates_in, read_documents
from pcacli.service.port import Service
from pcacli.service.tls_peer import Address, address, presented_by

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
    documents: list[Document]
    arn: str | None = None
    server: Address | None = None
    tls_version: str | None = None

    def leaf(self) -> bytes:
        """Return the first certificate in DER.

        Raises:
            UsageProblem: there is none.
        """
        certificates = self.certificates()
        if not certificates:
            raise UsageProblem(f"{self.name}: there is no certificate in it.")
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
    try:
        documents = [document for der in peer.certificates for document in read_documents(der)]
    except DocumentProblem as problem:
        raise PcaError(f"{server} presents something else than a certificate.") from problem
    if not documents:
        raise PcaError(f"{server} presents no certificate.")
    return Source(str(server), documents, server=server, tls_version=peer.tls_version)


def _content(path: Path) -> bytes:
    try:
        return read_file(path, DOCUMENT)
    except OverLimit as error:
        raise UsageProblem(f"{path} is too large for a certificate or a CRL.") from error
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from error


def _documents(name: str, content: bytes, reading: Reading) -> list[Document]:
    try:
        return read_documents(content, reading.password)
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
    return Source(arn, read_documents(pem.encode()), arn=arn)


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
