"""From an order to files: what is issued is never lost, and what was there stays until the new is whole."""

from typing import TYPE_CHECKING, NamedTuple

from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import ConfigurationProblem, Interrupted, PcaError, ServiceError, UsageProblem
from pcacli.service.workflows.certificate_files import (
    DUE_HOOK,
    KEY,
    PKCS12,
    PUBLIC_FILES,
    CertificateFiles,
    contents_of,
)
from pcacli.service.workflows.certificate_request import Issued, Order, fetch, place
from pcacli.service.workflows.workflow import Workflow

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey

# With these the service says that it issued nothing. Whatever else goes wrong leaves it open: a connection that ends
# too early, an internal failure, and throttling, too, which may be the answer to a second try of the same request.
# Source: API reference, IssueCertificate, "Errors", and "Common Errors".
_REFUSALS = frozenset(
    {
        *OPERATIONS["IssueCertificate"].errors,
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "RequestExpired",
        "UnrecognizedClientException",
        "ValidationError",
        "ValidationException",
    }
)
# With these it says that an ARN leads to no certificate and never will.
_LOST = frozenset({"RequestFailedException", "ResourceNotFoundException"})


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


def deliver(
    workflow: Workflow, order: Order, files: CertificateFiles, secret: Secret | None, *, is_hook_due: bool = False
) -> str:
    """Order a certificate, put it into its files, with its key if there is one, and return its ARN; see `collect`.

    Raises:
        PcaError: something failed. If the certificate is or may be issued, the message says so, and where the key is.
        Interrupted: so did the user.
    """
    files.begin(secret.pem if secret else None)
    return collect(workflow, _placed(workflow, order, files), files, secret, is_hook_due=is_hook_due)


def collect(
    workflow: Workflow, arn: str, files: CertificateFiles, secret: Secret | None, *, is_hook_due: bool = False
) -> str:
    """Fetch a certificate that is ordered, put it into its files, and return its ARN.

    The note of the ARN stays until the caller removes it. With `is_hook_due` a mark comes with the files, which says
    that nobody has been told of them.

    Raises:
        PcaError: something failed; the message says what is issued, and where the key is.
        Interrupted: so did the user.
    """
    files.begin(secret.pem if secret else None)
    try:
        files.note_issued(arn)
        issued = fetch(workflow, arn)
        mark = {DUE_HOOK: f"{arn}\n".encode()} if is_hook_due else {}
        files.finish(contents_of(issued) | pkcs12_file(issued, secret) | mark)
    except KeyboardInterrupt as interruption:
        raise _issued(Interrupted("Interrupted."), arn, files) from interruption
    except PcaError as problem:
        if problem.code not in _LOST:
            raise _issued(problem, arn, files) from problem.__cause__
        files.forget_issued()
        raise
    return arn


def _placed(workflow: Workflow, order: Order, files: CertificateFiles) -> str:
    """Ask for a certificate and return its ARN; the key is forgotten only if there is certainly no certificate."""
    try:
        return place(workflow.service, order)
    except KeyboardInterrupt as interruption:
        raise _open(Interrupted("Interrupted."), files) from interruption
    except PcaError as problem:
        if not _is_refusal(problem):
            raise _open(problem, files) from problem.__cause__
        files.discard()
        raise


def _is_refusal(problem: PcaError) -> bool:
    """Tell whether nothing was issued: the service says so, or was not asked."""
    if isinstance(problem, ServiceError):
        return problem.code in _REFUSALS
    return isinstance(problem, UsageProblem | ConfigurationProblem | Interrupted)


def _open(problem: PcaError, files: CertificateFiles) -> PcaError:
    """Return the problem of an order of which nobody knows what became, with how to go on."""
    key = f" with its key in {files.key_file}" if files.key_file else ""
    problem.add(f"Whether the certificate was issued is not known; the same command goes on{key}.")
    return problem


def _issued(problem: PcaError, arn: str, files: CertificateFiles) -> PcaError:
    """Return the problem behind which a certificate is issued, with where everything is and how to go on."""
    key = f", and its key is in {files.key_file}" if files.key_file else ""
    hint = "The same command goes on; `pki export` fetches the certificate alone, by its ARN."
    problem.add(f"The certificate was issued{key}: {arn}", hint=hint)
    return problem


def pkcs12_file(issued: Issued, secret: Secret | None) -> dict[str, bytes]:
    """Return the PKCS #12 file by its name; nothing if there shall be none."""
    if secret is None or secret.pkcs12_password is None:
        return {}
    from pcacli.pki.private_keys import pkcs12_bundle

    return {PKCS12: pkcs12_bundle(secret.key, issued.certificate, issued.chain, secret.pkcs12_password)}
