"""Text files that the user names."""

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
