"""What tests fetch from registries of packages, which may be slow, fail now and then, or be out of reach."""

import subprocess
import time
from pathlib import Path

from tests.support import surroundings
from tests.support.programs import do_without_download

ATTEMPTS = 3
ATTEMPT_SECONDS = 300
PAUSE_SECONDS = 5


def download(what: str, *words: str, cwd: Path) -> None:
    """Fetch something by a command, if need be several times; the test does without it if all of them fail."""
    complaint = ""
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE_SECONDS * attempt)
        try:
            subprocess.run(
                words,
                cwd=cwd,
                env=surroundings.BEFORE,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=ATTEMPT_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            complaint = f"nothing came within {ATTEMPT_SECONDS} s"
        except subprocess.CalledProcessError as failed:
            complaint = failed.stderr.strip()
        else:
            return
    do_without_download(what, complaint)
