"""How much memory processes take at their peak; on Linux."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# A process inherits its parent's peak (getrusage(2) keeps it across exec), so a small one starts what is measured.
_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


class Ended(NamedTuple):
    """A process that worked: what it printed, and its peak of memory in MB."""

    out: str
    peak_mb: float


def run(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> Ended:
    """Run a command to its end; where it has processes of its own, the largest counts."""
    words = [sys.executable, "-S", "-E", "-c", _LAUNCHER, *command]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return Ended(done.stdout, _megabytes(done.stderr.split()[-1]))


def peak_mb(process: int) -> float:
    """Return the peak until now of a process that runs, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return _megabytes(found[1])


def _megabytes(kibibytes: str) -> float:
    return int(kibibytes) * 1024 / 1e6
