"""Read the files that a value names: `file://path` is text, `fileb://path` is bytes.

Variables and a leading `~` in the path are expanded. Text is read in the encoding of `AWS_CLI_FILE_ENCODING`, else of
the locale, with every kind of line end as a newline. Web addresses are plain text, as in the AWS CLI since version 2.
Source: AWS CLI User Guide, pages "Loading a parameter from a file" and "Environment variables".
"""

import io
import os
import stat

from pcacli.errors import PcaError
from pcacli.limits.readers import PARAMETER_FILE
from pcacli.limits.reading import read_file

_TEXT = "file://"
_BYTES = "fileb://"


def load_paramfile(value: str) -> str | bytes | None:
    """Return the content of the file that `value` names, or None if it names none.

    Raises:
        PcaError: the file cannot be read or decoded.
    """
    path = _named_path(value)
    if path is None:
        return None
    try:
        content = read_file(path, PARAMETER_FILE)
        return content if value.startswith(_BYTES) else _text(content)
    except UnicodeDecodeError as error:
        raise PcaError(
            f"Unable to load paramfile ({path}), text contents could not be decoded.  If this is a binary file, "
            "please use the fileb:// prefix instead of the file:// prefix."
        ) from error
    except (OSError, ValueError, LookupError) as error:
        # ValueError: the path holds a NUL; LookupError: AWS_CLI_FILE_ENCODING names no encoding.
        raise PcaError(f"Unable to load paramfile {value}: {error}") from error


def is_readable_once(value: str) -> bool:
    """Say whether `value` names a pipe or the like, which a second reader would find empty."""
    path = _named_path(value)
    try:
        return path is not None and not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - see _named_path
    except (OSError, ValueError):
        return False


def _named_path(value: str) -> str | None:
    prefix = next((prefix for prefix in (_TEXT, _BYTES) if value.startswith(prefix)), None)
    if prefix is None:
        return None
    # pathlib would tidy the path up ("./a" becomes "a"), and error messages show it as it was typed.
    return os.path.expandvars(os.path.expanduser(value.removeprefix(prefix)))  # noqa: PTH111 - see above


def _text(content: bytes) -> str:
    text = io.TextIOWrapper(io.BytesIO(content), encoding=os.environ.get("AWS_CLI_FILE_ENCODING"))
    return text.read()
