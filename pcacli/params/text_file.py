"""Text files that the user names."""

from collections.abc import Callable
from pathlib import Path

from pcacli.errors import UsageProblem


def read_text(path: Path, shown: str) -> str:
    """Return the UTF-8 text of a file, without a byte order mark; `shown` is what an error calls the file.

    Raises:
        UsageProblem: it cannot be read, or it is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageProblem(f"{shown} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{shown} cannot be read: it is no UTF-8 text.") from error


MAXIMUM_LIST_BYTES = 256 * 1024 * 1024
"""How large a list may be: that of a million certificates takes about 100 MB."""


def read_list(path: Path, shown: str) -> str:
    """Return the text of a file that lists things, as `list_text` does.

    Raises:
        UsageProblem: it cannot be read, or it is no list.
    """
    try:
        with path.open("rb") as file:
            return list_text(file.read, shown)
    except OSError as error:
        raise UsageProblem(f"{shown} cannot be read: {error.strerror}.") from error


def list_text(read: Callable[[int], bytes], shown: str) -> str:
    """Return the UTF-8 text of a list, without a byte order mark, from what reads so many bytes.

    Raises:
        UsageProblem: it is empty, too large, or no text; NULs are what UTF-16 looks like.
    """
    content = read(MAXIMUM_LIST_BYTES + 1)
    if len(content) > MAXIMUM_LIST_BYTES:
        raise UsageProblem(f"{shown} cannot be read: it is larger than {MAXIMUM_LIST_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{shown} cannot be read: it is no UTF-8 text.") from error
    if "\0" in text:
        raise UsageProblem(f"{shown} cannot be read: there is a NUL in it, so that it is no UTF-8 text.")
    if not text.strip():
        raise UsageProblem(f"{shown} is empty.")
    return text
