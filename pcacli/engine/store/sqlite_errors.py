"""SQLite's errors in the words of our tree: one sentence each, which names the file.

Source: SQLite, "Result and Error Codes"; the primary code is the low byte of the extended one.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from pcacli.engine.files import file_problem
from pcacli.errors import ConfigurationProblem, DamagedStore, PcaError

_Branch = type[PcaError]

_PROBLEMS: Mapping[int, tuple[_Branch, str]] = {
    sqlite3.SQLITE_FULL: (PcaError, "The disk that holds {path} is full; nothing was changed."),
    # Even who reads makes a file there, of some 32 KB (SQLite, "Write-Ahead Logging", section 6).
    sqlite3.SQLITE_IOERR_SHMSIZE: (PcaError, "The disk that holds {path} is full or fails; nothing was changed."),
    sqlite3.SQLITE_IOERR: (PcaError, "{path} cannot be read or written ({detail}); nothing was changed."),
    sqlite3.SQLITE_BUSY: (PcaError, "{path} is locked by another program; nothing was changed."),
    sqlite3.SQLITE_READONLY: (ConfigurationProblem, "{path} cannot be written to; nothing was changed."),
    sqlite3.SQLITE_CANTOPEN: (
        ConfigurationProblem,
        "{path} cannot be opened: the file and its directory must be readable and writable, and the disk not full.",
    ),
    sqlite3.SQLITE_PERM: (ConfigurationProblem, "{path} cannot be opened: permission denied."),
}
_DAMAGED = "{path} is damaged ({detail}); nothing was overwritten."


class SQLiteProblems:
    """A block in which whatever SQLite or the file system raises becomes an error that names the file.

    It is not made by `contextmanager`, because it stands around each statement: that would take a twentieth of the
    time of issuing a certificate.

    Raises:
        ConfigurationProblem: the file may not be read or written.
        DamagedStore: the file is not what it should be.
        PcaError: the disk is full or fails, or another program keeps the file locked.
        RuntimeError: an iterator was used after its transaction.
    """

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        match error:
            case None:
                return
            case sqlite3.ProgrammingError():
                raise RuntimeError(f"A mistake in the use of the store: {error}") from error
            case sqlite3.Error():
                raise _translated(error, self._path) from error
            case UnicodeDecodeError():
                # What SQLite says of a damaged schema quotes it.
                raise DamagedStore(_DAMAGED.format(path=self._path, detail="its schema is no text")) from error
            case OSError():
                raise file_problem(error.filename or self._path, "used", error) from error


def _translated(error: sqlite3.Error, path: Path) -> PcaError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    branch, sentence = _PROBLEMS.get(code) or _PROBLEMS.get(code & 0xFF, (DamagedStore, _DAMAGED))
    return branch(sentence.format(path=path, detail=error))
