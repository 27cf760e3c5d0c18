"""Fuzz the targets, guided by coverage: `python -m tests.fuzz [--runs N] [TARGET …]`; needs `pip install atheris`.

Each target runs in a process of its own from the corpus in tests/fuzz/corpus/, which stays as it is: new inputs go to
a temporary folder. What a target should not have raised ends its run; the input is then kept in the corpus, where
test_corpus.py goes on to try it.
"""

import argparse
import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.corpus import CORPUS, inputs

RUNS = 600_000
# Nothing that a person or a program means to send is longer, apart from CSRs and chains, which are limited elsewhere.
MAXIMUM_BYTES = 4096


def main() -> int:
    """Run the targets one after the other; return 1 if one of them found something."""
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET")
    parser.add_argument("--runs", type=int, default=RUNS, help="executions of each target")
    asked = parser.parse_args()
    if find_spec("atheris") is None:
        parser.error("atheris, which guides the search, is not installed: pip install atheris")
    return max([_fuzz(target, asked.runs) for target in asked.targets or TARGETS])


def _fuzz(target: str, runs: int) -> int:
    """Fuzz one target in another process; keep what it found."""
    with tempfile.TemporaryDirectory() as folder:
        fresh, artifacts = Path(folder, "corpus"), Path(folder, "found-")
        fresh.mkdir()
        options = (f"-runs={runs}", f"-max_len={MAXIMUM_BYTES}", "-timeout=10", f"-artifact_prefix={artifacts}")
        words = (sys.executable, "-m", "tests.fuzz.process", target, *options, str(fresh), str(CORPUS / target))
        done = subprocess.run(words, stderr=subprocess.PIPE, text=True, check=False)
        lines = [line for line in done.stderr.splitlines() if line]
        print(f"{target}: {lines[-1] if lines else 'nothing said'}", flush=True)
        for found in Path(folder).glob("found-*"):
            kept = CORPUS / target / f"finding-{sha256(found.read_bytes()).hexdigest()[:12]}"
            kept.write_bytes(found.read_bytes())
            print("\n".join((f"kept as {kept}", *lines[-40:])))
    return 1 if done.returncode else 0


if __name__ == "__main__":
    assert inputs()
    sys.exit(main())
