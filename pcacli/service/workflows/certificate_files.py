"""The files of one certificate in a folder: key, certificate, chain; never over others' work.

`chain.pem` holds what is above the certificate, root last, as AWS returns it; `fullchain.pem` what a TLS server sends:
the certificate and its intermediates without the root (RFC 8446 section 4.4.2).

Each file is written beside its place under a temporary name, and only when all of them are on the disk they are
renamed, key and certificate first, one directly after the other. Who is cut off between two of these renames leaves
the rest under their temporary names, which `recover` brings to their places.
"""

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pcacli.engine.files import sync
from pcacli.errors import PcaError, UsageProblem
from pcacli.service.workflows.certificate_request import Issued

KEY, CERTIFICATE, CHAIN, FULL_CHAIN, ROOT = "key.pem", "cert.pem", "chain.pem", "fullchain.pem", "root.pem"
PKCS12 = "cert.p12"
PUBLIC_FILES = (CERTIFICATE, FULL_CHAIN, CHAIN, ROOT)
PRIVATE_FILES = (KEY, PKCS12)
# In the order in which they are renamed.
FILES = (KEY, CERTIFICATE, FULL_CHAIN, PKCS12, CHAIN, ROOT)
_PRIVATE, _PUBLIC = 0o600, 0o644


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
    present = [name for name in FILES if name not in kept and os.path.lexists(directory / name)]
    if present and not force:
        raise UsageProblem(f"{directory} already has {', '.join(present)}; use another folder or --force.")
    for name in present:
        if name not in names:
            raise UsageProblem(f"{directory / name} would not belong to the new certificate; remove it first.")
        if (directory / name).is_dir():
            raise UsageProblem(f"{directory / name} is a folder and cannot become a file.")


def contents_of(issued: Issued) -> dict[str, bytes]:
    """Return the public files of a certificate by their names."""
    *intermediates, root = issued.chain or (issued.certificate,)
    return {
        CERTIFICATE: _text([issued.certificate]),
        FULL_CHAIN: _text([issued.certificate, *intermediates]),
        CHAIN: _text(issued.chain or [issued.certificate]),
        ROOT: _text([root]),
    }


class CertificateFiles:
    """The files of a certificate that is still to be issued: first the key, then the rest.

    A key is on the disk before its certificate is asked for, and stays there if the rest cannot be written: without
    it the certificate would be worth nothing. `mark` is part of the temporary names: the process's number, or a fixed
    text where nobody else writes into the folder and a later run shall find what an earlier one left. With `as_before`
    each file gets owner and mode of the one that it replaces: a server's user may have been given the key.
    """

    def __init__(self, directory: Path, *, mark: str | None = None, as_before: bool = False) -> None:
        self.directory = directory
        self._mark = mark or str(os.getpid())
        self._as_before = as_before
        self._written: dict[str, Path] = {}

    @property
    def key_file(self) -> Path | None:
        """Where the key is at the moment; None if there is none."""
        if KEY not in self._written:
            return None
        return next(path for path in (self._written[KEY], self.directory / KEY) if path.exists())

    def begin(self, key_pem: bytes | None) -> None:
        """Make the folder and write the key, if there is one, readable by its owner only.

        Raises:
            PcaError: that is not possible; nothing is left behind.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            if key_pem is not None:
                self._write(KEY, key_pem)
        except OSError as error:
            raise PcaError(f"{self.directory} cannot be written to: {error.strerror}.") from error

    def waiting_key(self) -> bytes | None:
        """Return the key that an earlier run with the same mark wrote for a certificate that it did not get."""
        with suppress(OSError):
            return self._temporary(KEY).read_bytes()
        return None

    def recover(self) -> bool:
        """Finish what was cut off between the renames, or remove what was cut off before; tell whether it is finished.

        The key is written first and renamed first. If other temporary files are there without it, all of them are
        whole, and the key in its place is theirs.

        Raises:
            PcaError: that is not possible.
        """
        left = {name: path for name in FILES if (path := self._temporary(name)).exists()}
        try:
            if left and KEY not in left:
                self._put_in_place(left)
                return True
            self._written = left
            self.discard()
        except OSError as error:
            raise PcaError(f"{self.directory} cannot be written to: {error.strerror}.") from error
        return False

    def discard(self) -> None:
        """Forget the key of a certificate that was not issued, and the folder if it is empty."""
        for temporary in self._written.values():
            temporary.unlink(missing_ok=True)
        self._written.clear()
        with suppress(OSError):
            self.directory.rmdir()

    def finish(self, contents: Mapping[str, bytes]) -> None:
        """Write the files and put all of them in their places.

        Raises:
            PcaError: that is not possible. The key stays where `key_file` says.
        """
        try:
            for name in FILES:
                if name in contents:
                    self._write(name, contents[name])
            self._put_in_place(self._written)
        except OSError as error:
            self._keep_key_only()
            raise PcaError(f"{self.directory} cannot be written to: {error.strerror}.") from error

    def _put_in_place(self, temporaries: Mapping[str, Path]) -> None:
        try:
            self._rename(temporaries)
        except KeyboardInterrupt:
            # Half of it would be worse than all of it.
            self._rename(temporaries)
            raise
        if os.name == "posix":
            sync(self.directory)

    def _rename(self, temporaries: Mapping[str, Path]) -> None:
        for name in FILES:
            if name in temporaries and temporaries[name].exists():
                temporaries[name].replace(self.directory / name)

    def _keep_key_only(self) -> None:
        for name, temporary in self._written.items():
            if name != KEY:
                temporary.unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        temporary = self._temporary(name)
        temporary.unlink(missing_ok=True)
        mode = _PRIVATE if name in PRIVATE_FILES else _PUBLIC
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                if self._as_before:
                    _take_over_rights(descriptor, self.directory / name)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._written[name] = temporary

    def _temporary(self, name: str) -> Path:
        return self.directory / f".{name}.{self._mark}"


def _take_over_rights(descriptor: int, old: Path) -> None:
    """Give a new file owner and mode of an old one, if there is one and its owner may be set."""
    with suppress(FileNotFoundError, PermissionError):
        rights = old.stat()
        os.fchown(descriptor, rights.st_uid, rights.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(rights.st_mode))


def _text(blocks: Iterable[str]) -> bytes:
    return "".join(f"{block.strip()}\n" for block in blocks).encode()
