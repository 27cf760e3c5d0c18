"""The folder through which the processes of one server add up their numbers; it goes when the server goes.

A server that is killed leaves it behind, and the next one of the same user removes it. Whose folder it is says a lock
in it, which the kernel frees when its holder dies.
"""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcacli.engine.store.locks import hold
from pcacli.errors import PcaError

_PREFIX, _LOCK = "pcacli-metrics-", "server.lock"
# Who has just made its folder may not hold the lock yet.
_YOUNG_SECONDS = 60


@contextmanager
def metrics_directory() -> Iterator[str]:
    """Make the folder for the length of a block, and remove those that belong to nobody any more."""
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as directory, hold(Path(directory, _LOCK)):
        yield directory


def _remove_abandoned() -> None:
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        if _is_abandoned(lock):
            shutil.rmtree(lock.parent, ignore_errors=True)


def _is_abandoned(lock: Path) -> bool:
    """Tell whether a folder is this user's own and its lock is free; where that cannot be told, it is not."""
    try:
        folder = lock.parent.lstat()
        is_ours = stat.S_ISDIR(folder.st_mode) and folder.st_uid == os.getuid()
        # A file of the future is not young: a clock was wrong.
        if not is_ours or abs(time.time() - lock.lstat().st_mtime) < _YOUNG_SECONDS:
            return False
        with hold(lock, wait=False) as is_free:
            return is_free
    except (OSError, PcaError):
        return False
