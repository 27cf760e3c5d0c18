"""The files of one certificate in a folder: key, certificate, chain; never over others' work.

`chain.pem` holds what is above the certificate, root last, as AWS returns it; `fullchain.pem` what a TLS server sends:
the certificate and its intermediates without the root (RFC 8446 section 4.4.2).

Each file is written beside its place under a temporary name, and only when all of them are on the disk they are
renamed, key and certificate first, one directly after the other. Who is cut off between two of these renames leaves
the rest under their temporary names, which `recover` brings to their places. Who is cut off before leaves the key, and
a note of the certificate's ARN if that is known: who comes next goes on with them.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pcacli.engine.files import sync
from pcacli.engine.own_files import Rights, open_own, place_of, read_own, require_own_folder, safe_rights
from pcacli.errors import PcaError
from pcacli.limits.readers import FOLDER_FILE
from pcacli.limits.reading import read_file
from pcacli.service.workflows.certificate_request import Issued

KEY, CERTIFICATE, CHAIN, FULL_CHAIN, ROOT = "key.pem", "cert.pem", "chain.pem", "fullchain.pem", "root.pem"
PKCS12 = "cert.p12"
PUBLIC_FILES = (CERTIFICATE, FULL_CHAIN, CHAIN, ROOT)
PRIVATE_FILES = (KEY, PKCS12)
FILES = (KEY, CERTIFICATE, FULL_CHAIN, PKCS12, CHAIN, ROOT)
# Says by its presence that a deploy hook has not succeeded since the files came; holds the certificate's ARN.
DUE_HOOK = ".deploy-hook-due"
_IN_ORDER_OF_RENAMES = (*FILES, DUE_HOOK)
_NOTE = "certificate-arn"
_PRIVATE, _PUBLIC, _FOLDER = 0o600, 0o644, 0o755


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
    it the certificate would be worth nothing. `mark` is part of the temporary names: who comes with the same one finds
    what an earlier run left; without one they are the process's own. With `as_before` each file gets owner and mode of
    the one that it replaces, if those are safe: a server's user may have been given the key; `notify` is told where
    they are not. A file that is a link of the caller's stays one: the new content goes to its target.
    """

    def __init__(
        self,
        directory: Path,
        *,
        mark: str | None = None,
        as_before: bool = False,
        notify: Callable[[str], object] | None = None,
    ) -> None:
        self.directory = directory
        self._mark = mark or str(os.getpid())
        self._as_before = as_before
        self._notify = notify
        self._written: dict[str, Path] = {}
        self._is_new_key = False

    @property
    def key_file(self) -> Path | None:
        """Where the key is at the moment; None if there is none."""
        if KEY not in self._written:
            return None
        return next(path for path in (self._written[KEY], self.directory / KEY) if path.exists())

    def require_places(self) -> None:
        """Check that each file can be put where it belongs, before anything is ordered.

        Raises:
            PlantedFile: others can put files into the folder, or somebody else made a link that stands in a file's
                place, or one leads where others may write.
            PcaError: a folder stands in a file's place, or a place cannot be looked at.
        """
        try:
            # Who has the key already can do no more by having its folder.
            key = self.directory / KEY
            require_own_folder(self.directory, [key.lstat().st_uid] if self._as_before and os.path.lexists(key) else [])
            for name in _IN_ORDER_OF_RENAMES:
                if self._place(name).is_dir():
                    raise PcaError(f"{self.directory / name} is a folder and cannot become a file.")
        except OSError as error:
            raise self._problem(error) from error

    def begin(self, key_pem: bytes | None) -> None:
        """Make the folder and write the key, if there is one, readable by its owner only; the one that waits stays.

        Raises:
            PcaError: that is not possible, or another key has come to wait, which is somebody else's.
        """
        try:
            if not self.directory.exists():
                require_own_folder(self.directory)
                # Whatever the umask: a folder that others may write to would be refused.
                self.directory.mkdir(_FOLDER, parents=True, exist_ok=True)
            self.require_places()
            if key_pem is not None and key_pem != self.waiting_key():
                self.forget_issued()
                self._write_key(key_pem)
        except OSError as error:
            raise self._problem(error) from error
        if key_pem is not None:
            self._written[KEY] = self._temporary(KEY)

    def waiting_key(self) -> bytes | None:
        """Return the key that an earlier run with the same mark wrote for a certificate that it did not get.

        Raises:
            PlantedFile: a file lies in its place that is not ours, or that others may read.
        """
        with suppress(OSError):
            before = self._safe_rights(KEY)
            return read_own(self._temporary(KEY), "key that waits,", FOLDER_FILE, is_secret=True, like=before)
        return None

    def note_issued(self, arn: str) -> None:
        """Write down that the certificate is issued, for who goes on if this run cannot.

        Raises:
            PcaError: that is not possible.
        """
        if self.issued_arn() == arn:
            return
        try:
            self._temporary(_NOTE).unlink(missing_ok=True)
            _write_new(self._temporary(_NOTE), f"{arn}\n".encode(), _PUBLIC)
        except OSError as error:
            raise self._problem(error) from error

    def issued_arn(self) -> str | None:
        """Return the ARN of the certificate that is issued, as far as this or an earlier run knows.

        Raises:
            PlantedFile: a file lies in the place of the note that is not ours.
        """
        with suppress(OSError):
            line = read_own(self._temporary(_NOTE), "note of the ARN,", FOLDER_FILE).decode("utf-8", "replace")
            # One that was cut off has no end.
            return line.removesuffix("\n") if line.endswith("\n") else None
        return None

    def forget_issued(self) -> None:
        """Remove the note: everybody who has to know of the certificate does, or there is none."""
        with suppress(OSError):
            self._temporary(_NOTE).unlink()

    def recover(self) -> bool:
        """Finish what was cut off between the renames, or remove what was cut off before; tell whether it is finished.

        The key is written first and renamed first. If other temporary files are there without it, all of them are
        whole, and the key in its place is theirs. Otherwise the key stays for who goes on.

        Raises:
            PcaError: that is not possible.
        """
        left = {name: path for name in _IN_ORDER_OF_RENAMES if os.path.lexists(path := self._temporary(name))}
        if left:
            self.require_places()
        try:
            for name, temporary in left.items():
                like = self._safe_rights(name)
                os.close(open_own(temporary, "unfinished file", is_secret=name in PRIVATE_FILES, like=like))
            if left and KEY not in left:
                self._put_in_place(left)
                return True
            for name, temporary in left.items():
                if name != KEY or not _is_whole(temporary):
                    temporary.unlink()
        except OSError as error:
            raise self._problem(error) from error
        return False

    def discard(self) -> None:
        """Forget the key of a certificate that was not issued, unless an earlier run made it, and an empty folder."""
        if self._is_new_key:
            self._written.pop(KEY).unlink(missing_ok=True)
        with suppress(OSError):
            self.directory.rmdir()

    def forget_key(self) -> None:
        """Remove the key that waits, with the note of its certificate.

        Raises:
            PcaError: that is not possible.
        """
        self.forget_issued()
        try:
            self._temporary(KEY).unlink(missing_ok=True)
        except OSError as error:
            raise self._problem(error) from error

    def finish(self, contents: Mapping[str, bytes]) -> None:
        """Write the files and put all of them in their places.

        Raises:
            PcaError: that is not possible. The key stays where `key_file` says.
        """
        try:
            for name in _IN_ORDER_OF_RENAMES:
                if name in contents:
                    self._temporary(name).unlink(missing_ok=True)
                    self._write(name, contents[name])
            self._put_in_place(self._written)
        except OSError as error:
            self._keep_key_only()
            raise self._problem(error) from error

    def _put_in_place(self, temporaries: Mapping[str, Path]) -> None:
        try:
            self._rename(temporaries)
        except KeyboardInterrupt:
            # Half of it would be worse than all of it.
            self._rename(temporaries)
            raise
        if os.name == "posix":
            for folder in {self._place(name).parent for name in _IN_ORDER_OF_RENAMES}:
                sync(folder)

    def _rename(self, temporaries: Mapping[str, Path]) -> None:
        for name in _IN_ORDER_OF_RENAMES:
            if name in temporaries and temporaries[name].exists():
                temporaries[name].replace(self._place(name))

    def _keep_key_only(self) -> None:
        for name, temporary in self._written.items():
            if name != KEY:
                temporary.unlink(missing_ok=True)

    def _write_key(self, key_pem: bytes) -> None:
        try:
            self._write(KEY, key_pem)
        except FileExistsError as error:
            raise PcaError(f"Another process is requesting this certificate into {self.directory}.") from error
        self._is_new_key = True

    def _write(self, name: str, content: bytes) -> None:
        mode = _PRIVATE if name in PRIVATE_FILES else _PUBLIC
        _write_new(self._temporary(name), content, mode, self._rights_of(name))
        self._written[name] = self._temporary(name)

    def _rights_of(self, name: str) -> Rights | None:
        """Return owner and mode of the file that a new one replaces, None if there is none that is safe to have them.

        Where there is one that is not, that is said.
        """
        rights, place = self._safe_rights(name), self._place(name)
        if rights is None and self._notify is not None and self._as_before and os.path.lexists(place):
            what = "readable" if name in PRIVATE_FILES else "writable"
            self._notify(f"{place} was open to others; the new file is {what} by its owner only.")
        return rights

    def _safe_rights(self, name: str) -> Rights | None:
        place = self._place(name)
        if not self._as_before or not os.path.lexists(place):
            return None
        return safe_rights(place, is_secret=name in PRIVATE_FILES)

    def _place(self, name: str) -> Path:
        """Return where a file belongs: its name in the folder, or the end of the caller's link of that name."""
        return place_of(self.directory / name, "file")

    def _temporary(self, name: str) -> Path:
        place = self._place(name)
        return place.with_name(f".{place.name}.{self._mark}")

    def _problem(self, error: OSError) -> PcaError:
        return PcaError(f"{self.directory} cannot be written to: {error.strerror}.")


def _write_new(path: Path, content: bytes, mode: int, rights: Rights | None = None) -> None:
    """Write a file that is not there yet, down to the disk; what is left of it after a failure is removed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if rights is not None:
                _give_rights(descriptor, rights)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _give_rights(descriptor: int, rights: Rights) -> None:
    """Give a new file owner and mode of an old one, if its owner may be set."""
    with suppress(PermissionError):
        os.fchown(descriptor, rights.owner, rights.group)
        os.fchmod(descriptor, rights.mode)


def _is_whole(key_file: Path) -> bool:
    """Tell whether a key was written to its end: the last line of PEM."""
    return _read(key_file).rstrip().endswith(b"-----")


def _read(path: Path) -> bytes:
    return read_file(path, FOLDER_FILE, only_regular=True)


def _text(blocks: Iterable[str]) -> bytes:
    return "".join(f"{block.strip()}\n" for block in blocks).encode()
