"""Run the differential suite against the AWS CLI and hold its failures against the list of accidents.

    python -m tests.support.differential PATH/OF/differential [run.py's options]

Exit code 1: a case fails that is not in `tests/differential_accidents.json`, or one that is there passes.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ACCIDENTS = Path(__file__).parent.parent / "differential_accidents.json"


def main() -> int:
    """Run the suite and judge it."""
    suite, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        results = Path(directory, "results.json")
        run = [sys.executable, str(Path(suite, "run.py")), "--cli", "pcacli", "--golden-only", "--no-save"]
        subprocess.run([*run, "--json", str(results), *options], check=False)
        cases = json.loads(results.read_text(encoding="utf-8"))
    failed = {case["id"] for case in cases if case["differences"]}
    run_cases = {case["id"] for case in cases}
    listed = set(json.loads(ACCIDENTS.read_text(encoding="utf-8"))) & run_cases
    for case in sorted(failed - listed):
        print(f"differs, and is no known accident: {case}")
    for case in sorted(listed - failed):
        print(f"is listed as an accident, but passes: {case}")
    print(f"{len(run_cases - failed)} of {len(run_cases)} cases as aws, {len(failed & listed)} known accidents")
    return 1 if failed ^ listed else 0


if __name__ == "__main__":
    sys.exit(main())
