"""`pcacli local serve` as its users run it: a process, its URL, and an access key to call it with."""

import json
import os
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from tests.support.command_line import PROGRAM, Pcacli, openssl_ok

REGION = "eu-central-1"
START_SECONDS = 60
STOP_SECONDS = 20
"""Less than the server would wait for requests in hand."""


class Server:
    """A server that runs. `address` is its host:port, `verifier_address` that of --verifier-port if there is one.

    It logs to a file, because nobody reads a pipe meanwhile.
    """

    def __init__(self, process: subprocess.Popen[str], access_key: dict[str, str], log: Path) -> None:
        self.process = process
        self.access_key = access_key
        self._log = log
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        # The server writes all its URLs at once.
        urls = os.read(process.stdout.fileno(), 1024).decode().split() if readable else []
        assert urls, log.read_text()
        self.url = urls[0]
        self.address, self.verifier_address = urlsplit(urls[0]).netloc, urlsplit(urls[-1]).netloc

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to call the server with its access key."""
        return {
            "AWS_ENDPOINT_URL_ACM_PCA": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.access_key["SecretAccessKey"],
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, **changes: Any) -> Any:
        """Return a client of boto3."""
        settings = {
            "aws_access_key_id": self.access_key["AccessKeyId"],
            "aws_secret_access_key": self.access_key["SecretAccessKey"],
            "region_name": REGION,
            "config": Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        }
        return boto3.client("acm-pca", endpoint_url=self.url, **{**settings, **changes})

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[HTTPResponse, bytes]:
        """Send a request as it stands; return the response and its body."""
        host, _, port = self.address.partition(":")
        connection = HTTPConnection(host, int(port), timeout=STOP_SECONDS)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def stop(self) -> list[dict[str, Any]]:
        """Stop the server with SIGTERM and return its log."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=STOP_SECONDS)
        logged = self._log.read_text()
        assert self.process.returncode == 0, logged
        return [json.loads(line) for line in logged.splitlines()]


@contextmanager
def serving(pcacli: Pcacli, *options: str, stderr: int | None = None) -> Iterator[Server]:
    """Make an access key and run a server on a free port as long as the `with` block; `stderr` is another log."""
    access_key = pcacli.json("local", "credentials", "create")
    log = pcacli.home / "serve.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [*PROGRAM, "local", "serve", "--port", "0", *options],
            cwd=pcacli.work,
            env=pcacli.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file if stderr is None else stderr,
            text=True,
        )
    try:
        yield Server(process, access_key, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=STOP_SECONDS)


def tls_options(pcacli: Pcacli) -> tuple[str, ...]:
    """Make a certificate for the loopback that signs itself, tls.pem; return the options that let a server use it."""
    words = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    openssl_ok(pcacli.work, *words, *names, "-keyout", "tls.key", "-out", "tls.pem")
    return ("--tls-cert", "tls.pem", "--tls-key", "tls.key")
