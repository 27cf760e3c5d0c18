"""Text files that the user names."""

from pathlib import Path

from pcacli.errors import UsageProblem
from pcacli.limits.readers import Limits
from pcacli.limits.reading import read_file


def read_text(path: Path, shown: str, limits: Limits) -> str:
    """Return the UTF-8 text of a file, without a byte order mark; `shown` is what an error calls the file.

    Raises:
        UsageProblem: it cannot be read, or it is no text.
    """
    try:
        return text_of(read_file(path, limits), shown)
    except OSError as error:
        raise UsageProblem(f"{shown} cannot be read: {error.strerror}.") from error


def text_of(content: bytes, shown: str) -> str:
    """Return the text that bytes are in UTF-8, without a byte order mark and with every line end as a newline.

    Raises:
        UsageProblem: they are no text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{shown} cannot be read: it is no UTF-8 text.") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def list_in(text: str, shown: str) -> str:
    """Return a text that lists something.

    Raises:
        UsageProblem: it lists nothing, or is no text; NULs are what UTF-16 looks like.
    """
    if "\0" in text:
        raise UsageProblem(f"{shown} cannot be read: there is a NUL in it, so that it is no UTF-8 text.")
    if not text.strip():
        raise UsageProblem(f"{shown} is empty.")
    return text
