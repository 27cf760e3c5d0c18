"""PostgreSQL's errors in the words of our tree: one sentence each, which names the database.

Source: PostgreSQL, appendix A, "PostgreSQL Error Codes"; the first two letters are the class.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

from pcacli.errors import ConfigurationProblem, DamagedStore, PcaError

_Branch = type[PcaError]

_DAMAGED = (DamagedStore, "The database {place} is damaged ({detail}); nothing was changed.")
_OTHER = (PcaError, "The database {place} failed ({detail}); nothing was changed.")
_LOST = "08"
_PROBLEMS: Mapping[str, tuple[_Branch, str]] = {
    "25006": (ConfigurationProblem, "The database {place} can only be read; nothing was changed."),
    "42501": (
        ConfigurationProblem,
        "The database {place} does not let its user do this ({detail}); nothing was changed.",
    ),
    "53100": (PcaError, "The disk of the database {place} is full; nothing was changed."),
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    # Tables, columns or references that are not what they were when we made them.
    "42": _DAMAGED,
    "23": _DAMAGED,
    _LOST: (PcaError, "The connection to the database {place} was lost ({detail}); nothing was changed."),
    "57": (PcaError, "The database {place} stopped its work ({detail}); nothing was changed."),
}


class PostgreSQLProblems:
    """A block in which whatever psycopg raises becomes an error that names the database.

    Raises:
        ConfigurationProblem: the database may not be used.
        DamagedStore: what it holds is not what it should be.
        PcaError: the connection was lost, or the database fails.
    """

    __slots__ = ("_place",)

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, psycopg.Error):
            raise _translated(error, self._place) from error


def unreachable(error: psycopg.Error, place: str) -> ConfigurationProblem:
    """Return the error which says that no connection could be made."""
    return ConfigurationProblem(f"The database {place} cannot be used: {_detail(error)}.")


def failed_commit(error: psycopg.Error, connection: psycopg.Connection[Any], place: str) -> PcaError:
    """Return the error which says what became of a change that was to be committed."""
    if not connection.closed:
        return _translated(error, place)
    return PcaError(
        f"The connection to the database {place} was lost during a commit ({_detail(error)}); "
        "whether the last change was kept has to be looked up."
    )


def _translated(error: psycopg.Error, place: str) -> PcaError:
    code = error.sqlstate or ""
    if not code and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        code = _LOST  # it was not the server that spoke
    branch, sentence = _PROBLEMS.get(code) or _PROBLEMS.get(code[:2]) or _OTHER
    return branch(sentence.format(place=place, detail=_detail(error)))


def _detail(error: psycopg.Error) -> str:
    """Return what was said last in the first line, without the end of the sentence.

    libpq says that a connection failed, to which server, and then why.
    """
    line = (error.diag.message_primary or str(error)).partition("\n")[0]
    return line.rpartition(" failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")
