"""`pcacli pki batch`: a co-process that answers each line at once, as the command alone would."""

import json
import subprocess
from typing import Any

from tests.support import hierarchies as pki
from tests.support.command_line import PROGRAM, TIMEOUT_SECONDS, Finished, Pcacli
from tests.support.hierarchies import Estate

BATCH = ("pki", "batch")
LIST = "list-certificate-authorities --query 'CertificateAuthorities[].Arn'"


def batch(pcacli: Pcacli, text: str | bytes, *options: str) -> tuple[Finished, list[dict[str, Any]]]:
    """Run the lines; return the end of the process and the results."""
    done = subprocess.run(
        [*PROGRAM, *BATCH, *options],
        input=text if isinstance(text, bytes) else text.encode(),
        cwd=pcacli.work,
        env=pcacli.environment,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    finished = Finished(done.returncode, done.stdout.decode(), done.stderr.decode())
    return finished, [json.loads(line) for line in finished.out.splitlines()]


def test_each_line_has_its_result(client: Pcacli, estate: Estate) -> None:
    lines = f"""# what there is
{LIST}

aws acm-pca {LIST} --output text
pcacli describe-certificate-authority --certificate-authority-arn {estate.root} --query CertificateAuthority.Status
tag-certificate-authority --certificate-authority-arn {estate.root} --tags 'Key=two words,Value=x'
"""
    done, results = batch(client, lines)
    assert (done.exit_code, done.err) == (0, "")
    assert results == [
        {"line": 2, "ok": True, "exitCode": 0, "output": [estate.root, estate.issuing]},
        {"line": 4, "ok": True, "exitCode": 0, "output": f"{estate.root}\t{estate.issuing}\n"},
        {"line": 5, "ok": True, "exitCode": 0, "output": "ACTIVE"},
        {"line": 6, "ok": True, "exitCode": 0, "output": None},
    ]
    tags = client.json("list-tags", "--certificate-authority-arn", estate.root, "--query", "Tags[].Key")
    assert tags == ["two words"]


def test_a_line_that_fails_stops_nothing_unless_that_is_wanted(client: Pcacli, estate: Estate) -> None:
    missing = estate.root[:-12] + "000000000000"
    lines = f"describe-certificate-authority --certificate-authority-arn {missing}\n{LIST} --bogus\n{LIST}\n"
    done, (refused, unknown, listed) = batch(client, lines)
    assert done.exit_code == 1
    assert "2 of 3 commands failed." in done.err
    assert (refused["ok"], refused["exitCode"], refused["output"]) == (False, 254, None)
    assert refused["error"]["code"] == "ResourceNotFoundException"
    assert missing in refused["error"]["message"]
    assert (unknown["exitCode"], unknown["error"]["message"]) == (252, "Unknown options: --bogus")
    assert listed["ok"]
    done, results = batch(client, lines, "--stop-on-error")
    assert (done.exit_code, len(results)) == (1, 1)


def test_exit_codes_and_sentences_are_those_of_the_command_alone(estate: Estate) -> None:
    lines = [
        "describe-certificate-authority",
        "describe-certificate-authority --certificate-authority-arn x",
        "get-policy --resource-arn " + estate.root,
        "list-certificate-authorities --query '['",
        "list-certificate-authorities --max-results 0",
    ]
    _, results = batch(estate, "\n".join(lines))
    for line, result in zip(lines, results, strict=True):
        alone = estate.shell(f"pcacli {line}")
        assert (result["exitCode"], result["output"]) == (alone.exit_code, None), line
        assert result["error"]["message"] in alone.err, line


def test_a_byte_order_mark_is_no_part_of_the_first_command(estate: Estate) -> None:
    done = estate.shell("printf '\\357\\273\\277list-certificate-authorities\\r\\n' | pcacli pki batch")
    assert (done.exit_code, json.loads(done.out)["ok"]) == (0, True)


def test_what_is_no_mirrored_command_is_refused(estate: Estate) -> None:
    lines = b"pki list\nlocal reset\nhelp me 'x\nlist-certificate-authoritys\n\xff\xfe\nwait\n"
    done, results = batch(estate, lines)
    assert done.exit_code == 1
    assert [result["exitCode"] for result in results] == [252] * 6
    assert "and not: pki" in results[0]["error"]["message"]
    assert "No closing quotation" in results[2]["error"]["message"]


def test_a_test_suite_can_drive_it_as_a_co_process(estate: Estate) -> None:
    process = subprocess.Popen(
        [*PROGRAM, *BATCH],
        cwd=estate.work,
        env=estate.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    csr = pki.openssl_csr(estate.work, "co.example.com")
    authority = f"--certificate-authority-arn {estate.issuing}"

    def answer(line: str) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())["output"]

    issued = f"issue-certificate {authority} --csr fileb://{csr} --signing-algorithm SHA256WITHECDSA"
    arn = answer(f"{issued} --validity Value=1,Type=DAYS")["CertificateArn"]
    assert answer(f"wait certificate-issued {authority} --certificate-arn {arn}") is None
    assert answer(f"get-certificate {authority} --certificate-arn {arn}")["Certificate"].startswith(pki.BEGIN)
    # What another process does meanwhile is seen.
    estate.ok("update-certificate-authority", "--certificate-authority-arn", estate.issuing, "--status", "DISABLED")
    assert answer(f"describe-certificate-authority {authority} --query CertificateAuthority.Status") == "DISABLED"
    process.stdin.close()
    process.stdout.close()
    assert process.wait(TIMEOUT_SECONDS) == 0


def test_a_line_may_have_options_of_its_own(estate: Estate) -> None:
    elsewhere = estate.work / "elsewhere"
    estate.ok("local", "init", "--endpoint-url", f"local:{elsewhere}")
    lines = (
        f"{LIST} --region eu-west-1\n{LIST} --endpoint-url local:{elsewhere}\naws --region us-east-1 acm-pca {LIST}\n"
    )
    _, results = batch(estate, lines)
    assert [len(result["output"]) for result in results] == [0, 0, 2]


def test_notices_and_help_are_part_of_the_answer(pcacli: Pcacli) -> None:
    _, (created, shown) = batch(
        pcacli,
        "create-certificate-authority --certificate-authority-type ROOT --certificate-authority-configuration "
        "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=x}\nget-policy help\n",
    )
    assert created["ok"]
    assert created["notices"] == [f"pcacli: Created a store for the embedded authority in {pcacli.store}"]
    assert shown["output"].startswith("Usage: pcacli get-policy")
