"""The note in a certificate's folder of which CA it was asked from, where somebody had to name that CA.

Such a CA need not be in any list, and the next command has to find it again. The note says only where to look: whether
that CA issued the certificate is verified.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from pcacli.api.arns import authority_arn
from pcacli.engine.files import temporary_beside
from pcacli.errors import ServiceError

NOTE = ".certificate-authority-arn"
_MAXIMUM_BYTES = 512
# Windows has neither of the latter two.
_READ_NO_LINK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def note_authority(directory: Path, arn: str) -> None:
    """Write the note; where that is not possible, the CA has to be named again."""
    path = directory / NOTE
    if noted_authority(directory) == arn:
        return
    with suppress(OSError), temporary_beside(path) as temporary:
        temporary.write_text(f"{arn}\n", encoding="ascii")
        temporary.replace(path)


def noted_authority(directory: Path) -> str | None:
    """Return the ARN in the note, None if there is no regular file with one."""
    try:
        descriptor = os.open(directory / NOTE, _READ_NO_LINK)
    except OSError:
        return None
    try:
        content = os.read(descriptor, _MAXIMUM_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return None
    finally:
        os.close(descriptor)
    with suppress(ServiceError, ValueError):
        return str(authority_arn(content.decode("ascii").strip()))
    return None
