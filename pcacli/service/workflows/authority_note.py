"""The note in a certificate's folder of which CA it was asked from, where somebody had to name that CA.

Such a CA need not be in any list, and the next command has to find it again. The note says only where to look: whether
that CA issued the certificate is verified.
"""

from contextlib import suppress
from pathlib import Path

from pcacli.api.arns import authority_arn
from pcacli.engine.files import temporary_beside
from pcacli.engine.own_files import PlantedFile, read_own
from pcacli.errors import ServiceError
from pcacli.limits.readers import FOLDER_FILE

NOTE = ".certificate-authority-arn"


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
        content = read_own(directory / NOTE, "note of the CA,", FOLDER_FILE)
    except (OSError, PlantedFile):
        return None
    with suppress(ServiceError, ValueError):
        return str(authority_arn(content.decode("ascii").strip()))
    return None
