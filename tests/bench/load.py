"""One request, sent again and again by wrk over eight connections."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

CONNECTIONS, SECONDS, WARM_UP_SECONDS = 8, 3, 1
# Writes down every ARN that comes back, in wrk's language.
KEEP_ARNS = """
local answers = io.open({path}, "a")
answers:setvbuf("line")
response = function(status, headers, body)
    answers:write(body:match('"CertificateArn": ?"([^"]+)"') or "", "\\n")
end
"""


class Load(NamedTuple):
    """One request, sent again and again; ARNs in the answers are kept in a file."""

    url: str
    body: str
    headers: Mapping[str, str]
    answers: Path | None = None


def rate(load: Load, folder: Path) -> float:
    """Send the request over all connections for some seconds; return how many were answered with 200 in one."""
    script = folder / "load.lua"
    headers = "".join(f"wrk.headers[{json.dumps(name)}]={json.dumps(value)}\n" for name, value in load.headers.items())
    kept = KEEP_ARNS.format(path=json.dumps(str(load.answers))) if load.answers else ""
    script.write_text(f'wrk.method="POST"\nwrk.body={json.dumps(load.body)}\n{headers}{kept}')
    words = ("wrk", "-t1", f"-c{CONNECTIONS}", "-s", str(script), load.url)
    subprocess.run([*words, f"-d{WARM_UP_SECONDS}s"], capture_output=True, check=True)
    out = subprocess.run([*words, f"-d{SECONDS}s"], capture_output=True, check=True, text=True).stdout
    assert "Non-2xx" not in out, out
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found is not None, out
    return float(found[1])
