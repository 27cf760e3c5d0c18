"""From an order to files: what is issued is never lost, and what was there stays until the new is whole."""

from typing import TYPE_CHECKING, NamedTuple

from pcacli.errors import Interrupted, PcaError
from pcacli.service.workflows.certificate_files import KEY, PKCS12, PUBLIC_FILES, CertificateFiles, contents_of
from pcacli.service.workflows.certificate_request import Issued, Order, fetch, place
from pcacli.service.workflows.workflow import Workflow

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class Secret(NamedTuple):
    """A private key that is written with its certificate, and the password of the PKCS #12 file, if there shall be one.

    The text of the key is what goes into the file: a key that is used again keeps it.
    """

    key: "PrivateKey"
    pem: bytes
    pkcs12_password: bytes | None = None


def file_names(*, key: bool, pkcs12: bool) -> list[str]:
    """Return the names of the files that a certificate comes in."""
    return [*([KEY] if key else ()), *PUBLIC_FILES, *([PKCS12] if pkcs12 else ())]


def deliver(workflow: Workflow, order: Order, files: CertificateFiles, secret: Secret | None) -> Issued:
    """Order a certificate, fetch it and put it into its files, with its key if there is one.

    Raises:
        PcaError: something failed. Once the certificate is issued, the message says its ARN and where the key is.
        Interrupted: so did the user.
    """
    files.begin(secret.pem if secret else None)
    try:
        arn = place(workflow.service, order)
    except BaseException:
        files.discard()
        raise
    try:
        issued = fetch(workflow, arn)
        files.finish(contents_of(issued) | pkcs12_file(issued, secret))
    except KeyboardInterrupt as interruption:
        raise _told(Interrupted("Interrupted."), arn, files) from interruption
    except PcaError as problem:
        raise _told(problem, arn, files) from problem
    return issued


def pkcs12_file(issued: Issued, secret: Secret | None) -> dict[str, bytes]:
    """Return the PKCS #12 file by its name; nothing if there shall be none."""
    if secret is None or secret.pkcs12_password is None:
        return {}
    from pcacli.pki.private_keys import pkcs12_bundle

    return {PKCS12: pkcs12_bundle(secret.key, issued.certificate, issued.chain, secret.pkcs12_password)}


def _told(problem: PcaError, arn: str, files: CertificateFiles) -> PcaError:
    """Return the problem with what the user needs to go on."""
    key_file = files.key_file
    key = f" Its key is in {key_file}" if key_file else ""
    told = PcaError(f"{problem.message} The certificate was issued: {arn}{key}", code=problem.code)
    told.exit_code = problem.exit_code
    told.hint = f"Fetch it with: pcacli pki export {arn} --out-dir DIRECTORY"
    return told
