"""`pcacli local serve`: the embedded authority over HTTP."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import click

import pcacli
from pcacli.cli.session import Session
from pcacli.errors import ConfigurationProblem, UsageProblem
from pcacli.service.serve_options import ServeOptions, is_loopback

_DEFAULTS = ServeOptions._field_defaults
_LIBRARIES = ("cbor2", "httptools", "prometheus_client", "uvicorn")
_HIGHEST_PORT = 65_535
_MAXIMUM_WORKERS = 64
_file = click.Path(exists=True, dir_okay=False, resolve_path=True)


@click.command("serve", epilog="\b\nExample:\n  pcacli local serve --workers 2")
@click.option("--host", default=_DEFAULTS["host"], show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, _HIGHEST_PORT),
    default=_DEFAULTS["port"],
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option(
    "--verifier-port",
    type=click.IntRange(0, _HIGHEST_PORT),
    help="One more port, without TLS, with nothing but CRLs, OCSP and /healthz; 0 takes a free one.",
)
@click.option(
    "--workers", type=click.IntRange(1, _MAXIMUM_WORKERS), default=_DEFAULTS["workers"], help="How many processes."
)
@click.option(
    "--tls-cert",
    "tls_certificate_file",
    type=_file,
    help="PEM file with the certificate to speak TLS with, and its chain.",
)
@click.option("--tls-key", "tls_key_file", type=_file, help="PEM file with the key of --tls-cert.")
@click.option(
    "--no-auth",
    "authenticate",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Take requests without looking at signatures; on loopback only.",
)
@click.pass_obj
def command(session: Session, /, **given: Any) -> None:
    """Let SDKs, the AWS CLI, Terraform and others use the embedded authority, and verifiers its CRLs and OCSP.

    Prints the URL, which belongs into AWS_ENDPOINT_URL_ACM_PCA, and logs each request as a line of JSON on standard
    error. Requests are signed with a key of `pcacli local credentials create`. Under the same URL lie the CRLs, the
    OCSP responder, /healthz and /metrics: let CustomCname and OcspCustomCname of a CA be host:port. The URLs in
    certificates are http:// ones, so beside --tls-cert they need --verifier-port, whose URL is printed as a second
    line. CRLs that become due are published in the background. SIGTERM finishes the requests in hand.
    """
    options = ServeOptions(
        place=session.store_place,
        caller=session.caller,
        **given,
    )
    _check(options)
    _require_libraries()
    session.make_default_store()
    # Whatever is wrong with the store or its key is better said here than by each worker.
    session.store_parts.keys.require_usable()
    session.store_parts.store.close()
    _become_server(options)


def _check(options: ServeOptions) -> None:
    """Make sure that options which concern each other fit.

    Raises:
        UsageProblem: they do not.
    """
    if not options.host or not options.host.isprintable():
        raise UsageProblem("--host is not the name or the address of a host.")
    if (options.tls_certificate_file is None) != (options.tls_key_file is None):
        raise UsageProblem("--tls-cert and --tls-key go together.")
    if not options.authenticate and not is_loopback(options.host):
        raise UsageProblem(f"--no-auth lets everybody in, so it is refused on {options.host}: it is for loopback only.")


def _require_libraries() -> None:
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise ConfigurationProblem("The server needs more libraries; install them with: pip install 'pcacli[server]'")


def _become_server(options: ServeOptions) -> NoReturn:
    """Replace this process by the server's, which is of this very package, wherever that lies."""
    paths = (str(Path(pcacli.__file__).parents[1]), os.environ.get("PYTHONPATH"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    # -P keeps the current folder off the path of imports.
    words = [sys.executable, "-P", "-m", "pcacli.server", options.to_json()]
    sys.stdout.flush()
    os.execve(sys.executable, words, environment)  # noqa: S606 - our own interpreter, without a shell
