"""Reads the folder that a request made: which one is meant, its certificate and its key."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcacli.errors import UsageProblem
from pcacli.pki.certificate_facts import certificate_facts
from pcacli.pki.pem import CERTIFICATE, certificate_pem, read_pem
from pcacli.pki.private_keys import is_key_of, read_private_key
from pcacli.service.workflows import certificate_files

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class Present(NamedTuple):
    """What a folder holds: its certificate in DER, what stands in it, and its key."""

    certificate: bytes
    serial: int
    not_before: datetime
    not_after: datetime
    key: "PrivateKey"
    key_pem: bytes


def folder_of(path: Path) -> Path:
    """Return the folder that is meant by itself or by a file of a certificate in it.

    Raises:
        UsageProblem: it is not the folder of a request.
    """
    folder = path if path.is_dir() else path.parent
    if path != folder and path.name not in certificate_files.FILES:
        raise UsageProblem(
            f"{path} is none of the files of pki request ({', '.join(certificate_files.FILES)}), nor their folder."
        )
    if not (folder / certificate_files.CERTIFICATE).exists():
        raise UsageProblem(f"There is no {folder / certificate_files.CERTIFICATE}.")
    return folder


def present(folder: Path) -> Present:
    """Read the certificate and the key in a folder.

    Raises:
        UsageProblem: there is none, it cannot be read, or they do not belong together.
    """
    certificate_file, key_file = folder / certificate_files.CERTIFICATE, folder / certificate_files.KEY
    if not key_file.exists():
        raise UsageProblem(
            f"There is no {key_file}. The certificate of a CSR is renewed with: pcacli pki request --csr FILE --force"
        )
    try:
        certificate = read_pem(certificate_file.read_bytes(), CERTIFICATE)[0]
        facts = certificate_facts(certificate)
        key_pem = key_file.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{error.filename} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageProblem(f"{certificate_file} is no certificate: {error}.") from error
    key = read_private_key(key_pem, str(key_file))
    if not is_key_of(key, certificate_pem(certificate)):
        raise UsageProblem(f"{key_file} is not the key of {certificate_file}.")
    return Present(certificate, facts.serial, facts.not_before, facts.not_after, key, key_pem)


def certificate_in(folder: Path) -> bytes:
    """Return the text of the certificate in a folder.

    Raises:
        UsageProblem: it cannot be read.
    """
    try:
        return (folder / certificate_files.CERTIFICATE).read_bytes()
    except OSError as error:
        raise UsageProblem(f"{error.filename} cannot be read: {error.strerror}.") from error
