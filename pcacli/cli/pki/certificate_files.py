"""The files of one certificate in a folder: key, certificate, chain; never over others' work.

`chain.pem` holds what is above the certificate, root last, as AWS returns it; `fullchain.pem` what a TLS server sends:
the certificate and its intermediates without the root (RFC 8446 section 4.4.2).
"""

import os
from collections.abc import Iterable
from contextlib import suppress
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


class CertificateFiles:
    """The five files of a certificate that is still to be issued: first the key, then the rest.

    Everything is written beside its place and renamed at the end. A key is on the disk before its certificate is
    asked for, and stays there if the rest cannot be written: without it the certificate would be worth nothing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._written: dict[str, Path] = {}

    def write_key(self, key_pem: bytes) -> None:
        """Make the folder and write the key, readable by its owner only.

        Raises:
            PcaError: that is not possible; nothing is left behind.
        """
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._write(KEY, key_pem, _PRIVATE)
        except OSError as error:
            raise PcaError(f"{self._directory / KEY} cannot be written: {error.strerror}.") from error

    def discard(self) -> None:
        """Forget the key of a certificate that was not issued, and the folder if it is empty."""
        for temporary in self._written.values():
            temporary.unlink(missing_ok=True)
        with suppress(OSError):
            self._directory.rmdir()

    def finish(self, issued: Issued) -> None:
        """Write the certificate and its chain, and put all files in their places.

        Raises:
            PcaError: that is not possible; the message names the certificate's ARN and the file with its key.
        """
        *intermediates, root = issued.chain or (issued.certificate,)
        contents = {
            CERTIFICATE: _text([issued.certificate]),
            CHAIN: _text(issued.chain or [issued.certificate]),
            FULL_CHAIN: _text([issued.certificate, *intermediates]),
            ROOT: _text([root]),
        }
        try:
            for name, content in contents.items():
                self._write(name, content, _PUBLIC)
            for name, temporary in self._written.items():
                temporary.replace(self._directory / name)
        except OSError as error:
            key = next(path for path in (self._written[KEY], self._directory / KEY) if path.exists())
            for temporary in self._written.values():
                if temporary != key:
                    temporary.unlink(missing_ok=True)
            raise PcaError(
                f"{self._directory} cannot be written to: {error.strerror}. The certificate was issued and can be "
                f"fetched: {issued.arn}. Its key is in {key}"
            ) from error

    def _write(self, name: str, content: bytes, mode: int) -> None:
        temporary = self._directory / f".{name}.{os.getpid()}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._written[name] = temporary


def _text(blocks: Iterable[str]) -> bytes:
    return "".join(f"{block.strip()}\n" for block in blocks).encode()
