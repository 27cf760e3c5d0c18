"""Are the files of a store its owner's alone, and is there no key too many?"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pcacli.engine.checking.findings import Finding, Kind
from pcacli.engine.files import OF_OTHERS
from pcacli.engine.keys.source import KeySource
from pcacli.errors import PcaError

_ROTATE_AGAIN = "a rotation was interrupted, run: pcacli local rotate-key"


def findings(directory: Path) -> Iterator[Finding]:
    """Yield every file and folder of a store that others may use. Links are not followed."""
    yield from _of(directory)
    for folder, names, files in os.walk(directory):
        for name in (*names, *files):
            yield from _of(Path(folder, name))


def findings_of_key_file(source: KeySource) -> Iterator[Finding]:
    """Yield what is wrong with the key file, such as what a rotation that was interrupted has left in it."""
    try:
        protection, number = source.protection(), len(source.keys_in_file())
    except PcaError as problem:
        yield Finding(Kind.KEY, "key-encryption key", problem.message)
        return
    if number and protection is not None and protection.derivation is not None:
        detail = f"lies there although a passphrase protects the store: {_ROTATE_AGAIN}"
        yield Finding(Kind.KEY, str(source.key_file), detail)
    elif number > 1:
        yield Finding(Kind.KEY, str(source.key_file), f"holds {number} keys: {_ROTATE_AGAIN}")


def _of(path: Path) -> Iterator[Finding]:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return  # Somebody was just finishing with it.
    mode = stat.S_IMODE(status.st_mode)
    if mode & OF_OTHERS and not stat.S_ISLNK(status.st_mode):
        right = "0700" if stat.S_ISDIR(status.st_mode) else "0600"
        yield Finding(Kind.FILE, str(path), f"is open to others (mode {mode:04o}), not {right}")
