"""The folder of a certificate: whether there is room in it, which one is meant, its certificate and its key."""

import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pcacli.api.arns import certificate_arn
from pcacli.errors import ServiceError, UsageProblem
from pcacli.limits.readers import FOLDER_FILE
from pcacli.limits.reading import read_file
from pcacli.pki.certificate_facts import certificate_facts
from pcacli.pki.pem import CERTIFICATE, certificate_pem, read_pem
from pcacli.pki.private_keys import is_key_of, read_private_key
from pcacli.service.workflows import certificate_files

if TYPE_CHECKING:
    from pcacli.pki.algorithms import PrivateKey


class Present(NamedTuple):
    """What a folder holds: its certificate in DER, what stands in it, and its key."""

    directory: Path
    certificate: bytes
    serial: int
    not_before: datetime
    not_after: datetime
    key: "PrivateKey"
    key_pem: bytes


def require_room(directory: Path, names: Collection[str], *, force: bool, kept: Collection[str] = ()) -> None:
    """Check that files of these names can be written and nothing would be lost; nothing is made yet.

    What is there under one of the names in `kept` may stay.

    Raises:
        UsageProblem: files are there and `force` is not set, one would stay that belongs to another certificate, or
            the folder cannot be made or written to.
    """
    place = next(folder for folder in (directory, *directory.absolute().parents) if os.path.lexists(folder))
    if not place.is_dir():
        raise UsageProblem(f"{directory} cannot be made: {place} is not a folder.")
    if not os.access(place, os.W_OK | os.X_OK):
        raise UsageProblem(f"{directory}: {place} cannot be written to.")
    present = [name for name in certificate_files.FILES if name not in kept and os.path.lexists(directory / name)]
    if present and not force:
        raise UsageProblem(f"{directory} already has {', '.join(present)}; use another folder or --force.")
    for name in present:
        if name not in names:
            raise UsageProblem(f"{directory / name} would not belong to the new certificate; remove it first.")
        if (directory / name).is_dir():
            raise UsageProblem(f"{directory / name} is a folder and cannot become a file.")


def folder_of(path: Path) -> Path:
    """Return the folder that is meant by itself or by a file of a certificate in it.

    Raises:
        UsageProblem: it is not the folder of a request, or nobody may look into it.
    """
    try:
        return _folder_of(path)
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from error


def _folder_of(path: Path) -> Path:
    if not path.exists():
        raise UsageProblem(f"There is no {path}.")
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
        certificate = read_pem(_content(certificate_file), CERTIFICATE)[0]
        facts = certificate_facts(certificate)
        key_pem = _content(key_file)
    except OSError as error:
        raise UsageProblem(f"{error.filename} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageProblem(f"{certificate_file} is no certificate: {error}.") from error
    key = read_private_key(key_pem, str(key_file))
    if not is_key_of(key, certificate_pem(certificate)):
        raise UsageProblem(f"{key_file} is not the key of {certificate_file}.")
    return Present(folder, certificate, facts.serial, facts.not_before, facts.not_after, key, key_pem)


def certificate_in(folder: Path) -> bytes:
    """Return the text of the certificate in a folder.

    Raises:
        UsageProblem: it cannot be read.
    """
    try:
        return _content(folder / certificate_files.CERTIFICATE)
    except OSError as error:
        raise UsageProblem(f"{error.filename} cannot be read: {error.strerror}.") from error


def _content(path: Path) -> bytes:
    return read_file(path, FOLDER_FILE, only_regular=True)


def holds(folder: Path, arn: str, names: Collection[str] = ()) -> bool:
    """Tell whether the certificate in a folder is the one with that ARN, and files of all these names are there."""
    if not all((folder / name).exists() for name in names):
        return False
    try:
        certificate = read_pem(certificate_in(folder), CERTIFICATE)[0]
        return certificate_facts(certificate).serial == certificate_arn(arn).serial
    except (ServiceError, UsageProblem, ValueError):
        return False
