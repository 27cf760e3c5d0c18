import subprocess
import sys

HEAVY = {"boto3", "botocore", "click", "cryptography", "dataclasses", "jmespath", "rich", "ruamel", "sqlite3"}


def test_catalogue_loads_without_any_slow_library() -> None:
    program = "import sys, pcacli.api.catalogue; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "pcacli.api.certificates" in loaded
    assert HEAVY.isdisjoint(loaded)
