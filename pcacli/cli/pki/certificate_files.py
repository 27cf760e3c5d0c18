"""The files of one certificate in a folder: key, certificate, chain; whole or not at all, never over others' work.

`chain.pem` holds what is above the certificate, root last, as AWS returns it; `fullchain.pem` what a TLS server sends:
the certificate and its intermediates without the root (RFC 8446 section 4.4.2).
"""

import os
from collections.abc import Iterable
from pathlib import Path

from pcacli.errors import PcaError, UsageProblem
from pcacli.service.workflows.certificate_request import Issued

KEY, CERTIFICATE, CHAIN, FULL_CHAIN, ROOT = "key.pem", "cert.pem", "chain.pem", "fullchain.pem", "root.pem"
FILES = (KEY, CERTIFICATE, CHAIN, FULL_CHAIN, ROOT)
_PRIVATE, _PUBLIC = 0o600, 0o644


def require_room(directory: Path, *, force: bool) -> None:
    """Check that the files can be written and that nothing would be overwritten; nothing is made yet.

    Raises:
        UsageProblem: files are there and `force` is not set, or the folder cannot be made or written to.
    """
    place = next(folder for folder in (directory, *directory.absolute().parents) if os.path.lexists(folder))
    if not place.is_dir():
        raise UsageProblem(f"--out-dir {directory}: {place} is not a folder.")
    if not os.access(place, os.W_OK | os.X_OK):
        raise UsageProblem(f"--out-dir {directory}: {place} cannot be written to.")
    present = [name for name in FILES if (directory / name).exists()]
    if present and not force:
        raise UsageProblem(f"{directory} already has {', '.join(present)}; use another --out-dir or --force.")


def write_files(directory: Path, key_pem: bytes, issued: Issued) -> None:
    """Make the folder and write the five files, the key readable by its owner only.

    Raises:
        PcaError: a file could not be written; the message names the certificate's ARN, under which it can be fetched.
    """
    *intermediates, root = issued.chain or (issued.certificate,)
    contents = {
        CERTIFICATE: _text([issued.certificate]),
        CHAIN: _text(issued.chain or [issued.certificate]),
        FULL_CHAIN: _text([issued.certificate, *intermediates]),
        ROOT: _text([root]),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write(directory / KEY, key_pem, _PRIVATE)
        for name, content in contents.items():
            _write(directory / name, content, _PUBLIC)
    except OSError as error:
        raise PcaError(
            f"{error.filename}: {error.strerror}. The certificate was issued and can be fetched: {issued.arn}"
        ) from error


def _text(blocks: Iterable[str]) -> bytes:
    return "".join(f"{block.strip()}\n" for block in blocks).encode()


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write beside the file and rename, so that a reader sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
