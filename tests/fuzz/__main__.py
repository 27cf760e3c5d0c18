"""Fuzz the targets, guided by coverage: `python -m tests.fuzz [OPTIONS] [TARGET …]`; needs `pip install atheris`.

Each target runs in a process of its own from the corpus in tests/fuzz/corpus/, which stays as it is: new inputs go to
a temporary folder. What a target should not have raised ends its run; the input is then kept in the corpus, where
test_corpus.py goes on to try it.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.corpus import CORPUS, inputs

RUNS = 600_000
# Nothing that a person or a program means to send is longer, apart from CSRs and chains, which are limited elsewhere.
MAXIMUM_BYTES = 4096


def main() -> int:
    """Run the targets one after the other; return 1 if one of them found something."""
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET")
    parser.add_argument("--runs", type=int, default=RUNS, help="executions of each target (default: %(default)s)")
    parser.add_argument("--minutes", type=float, help="time for all targets together, in place of --runs")
    parser.add_argument("--seed", type=int, default=1, help="decides what is tried (default: %(default)s)")
    asked = parser.parse_args()
    if find_spec("atheris") is None:
        parser.error("atheris, which guides the search, is not installed: pip install atheris")
    targets = asked.targets or list(TARGETS)
    limit = f"-runs={asked.runs}"
    if asked.minutes is not None:
        limit = f"-max_total_time={ceil(asked.minutes * 60 / len(targets))}"
    began = time.monotonic()
    done = [_fuzz(target, limit, asked.seed) for target in targets]
    executions, findings = sum(one.executions for one in done), sum(one.is_found for one in done)
    seconds = time.monotonic() - began
    print(f"seed {asked.seed}: {len(done)} targets, {executions} executions, {seconds:.0f} s; findings: {findings}")
    return 1 if findings else 0


class _Done(NamedTuple):
    """What came of one target."""

    executions: int
    is_found: bool


def _fuzz(target: str, limit: str, seed: int) -> _Done:
    """Fuzz one target in another process; keep what it found."""
    with tempfile.TemporaryDirectory() as folder:
        fresh, artifacts = Path(folder, "corpus"), Path(folder, "found-")
        fresh.mkdir()
        options = (limit, f"-seed={seed}", f"-max_len={MAXIMUM_BYTES}", "-timeout=10", f"-artifact_prefix={artifacts}")
        words = (sys.executable, "-m", "tests.fuzz.process", target, *options, str(fresh), str(CORPUS / target))
        done = subprocess.run(words, stderr=subprocess.PIPE, text=True, check=False)
        lines = [line for line in done.stderr.splitlines() if line]
        print(f"{target}: {lines[-1] if lines else 'nothing said'}", flush=True)
        for found in Path(folder).glob("found-*"):
            kept = CORPUS / target / f"finding-{sha256(found.read_bytes()).hexdigest()[:12]}"
            kept.write_bytes(found.read_bytes())
            print("\n".join((f"kept as {kept}", *lines[-40:])))
    executed = re.search(r"^Done (\d+) runs", lines[-1]) if lines else None
    return _Done(int(executed[1]) if executed else 0, is_found=done.returncode != 0)


if __name__ == "__main__":
    assert inputs()
    sys.exit(main())
