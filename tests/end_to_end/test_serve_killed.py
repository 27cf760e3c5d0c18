"""A server that is killed under load has lost nothing that it has answered for."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.exceptions import BotoCoreError

from tests.support.boto import active_root, issue
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.serving import REGION, serving

CLIENTS, BEFORE_THE_KILL = 8, 60


def test_every_certificate_that_was_answered_for_is_there(tmp_path: Path) -> None:
    pcacli = Pcacli(tmp_path)
    words = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key")
    openssl_ok(pcacli.work, *words, "-subj", "/CN=leaf.example", "-out", "leaf.csr")
    csr = (pcacli.work / "leaf.csr").read_bytes()
    answered: list[str] = []
    with serving(pcacli) as server:
        arn = active_root(server.client())

        def issue_until_the_end(_: int) -> None:
            client = server.client()
            try:
                while True:
                    answered.append(issue(client, arn, csr))
                    if len(answered) == BEFORE_THE_KILL:
                        server.process.kill()
            except (BotoCoreError, KeyError):
                # Gone before the answer, or between its head and its body, which botocore takes for an empty one.
                return

        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(issue_until_the_end, range(CLIENTS)))
    assert len(answered) >= BEFORE_THE_KILL
    assert len(set(answered)) == len(answered)
    named = ("--certificate-authority-arn", arn, "--region", REGION)
    report = pcacli.json(
        "create-certificate-authority-audit-report",
        *named,
        *("--s3-bucket-name", "bucket", "--audit-report-response-format", "JSON"),
    )
    listed = json.loads((pcacli.store / "buckets" / "bucket" / report["S3Key"]).read_text())
    assert set(answered) <= {entry["certificateArn"] for entry in listed}
