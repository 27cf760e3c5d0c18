"""The process behind `pcacli local serve`: it listens, says where, and lets uvicorn do HTTP.

With several workers this process only looks after them; each opens the store for itself (SQLite connections must not
be carried over a fork). They stop when it is gone, however it went, and so let go of the port.
"""

import gc
import multiprocessing
import os
import signal
import socket
import ssl
import sys
import threading
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from pcacli.errors import ConfigurationProblem, Interrupted, PcaError
from pcacli.limits.readers import TLS_FILE
from pcacli.limits.reading import read_file
from pcacli.output.safe_text import on_lines
from pcacli.server import log
from pcacli.server.metrics_directory import metrics_directory
from pcacli.service.serve_options import ServeOptions

if TYPE_CHECKING:
    from uvicorn import Config

    from pcacli.server.app import Application

_ALLOCATIONS_BEFORE_COLLECTION = 50_000
_BACKLOG = 1024


def run(options_json: str) -> int:
    """Serve until a signal comes; return the exit code."""
    try:
        _serve(ServeOptions.from_json(options_json))
    except PcaError as problem:
        sys.stderr.write(f"pcacli: {on_lines(problem.message)}\n")
        return problem.exit_code
    except KeyboardInterrupt:
        return Interrupted.exit_code
    return 0


def _serve(options: ServeOptions) -> None:
    _check_tls(options)
    with ExitStack() as stack:
        stack.callback(log.flush)
        listener = stack.enter_context(_listener(options.host, options.port))
        urls = [_url("https" if options.tls_certificate_file else "http", options.host, listener)]
        verifier_listener = None
        if options.verifier_port is not None:
            verifier_listener = stack.enter_context(_listener(options.host, options.verifier_port))
            urls.append(_url("http", options.host, verifier_listener))
        if options.workers > 1:
            # Before anything imports prometheus-client, which looks once.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = stack.enter_context(metrics_directory())
        _print(urls)
        _run_uvicorn(_uvicorn_config(options, verifier_listener), listener)


def _print(urls: list[str]) -> None:
    """Print lines to standard output, all at once.

    Raises:
        PcaError: nobody can get them.
    """
    try:
        os.write(sys.stdout.fileno(), "".join(f"{url}\n" for url in urls).encode())
    except OSError as error:
        raise PcaError(f"Standard output cannot be written to: {error.strerror}.") from error


def _run_uvicorn(config: "Config", listener: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C; requests in hand are finished.

    Raises:
        PcaError: the application did not start; the log says why.
    """
    from uvicorn import Server
    from uvicorn.supervisors import Multiprocess

    # uvicorn stops on SIGTERM and then sends it to itself again, which would end us with a signal's exit code.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: None)
    if config.workers > 1:
        Multiprocess(config, [listener]).run()
        return
    try:
        Server(config).run([listener])
    except SystemExit as failed:
        raise PcaError("The server could not be started; the lines above say why.") from failed


def _uvicorn_config(options: ServeOptions, verifier_listener: socket.socket | None) -> "Config":
    from pcacli.server.http_server import uvicorn_config

    log.take_over_uvicorn()
    return uvicorn_config(
        partial(build, options, verifier_listener),
        factory=True,
        lifespan="on",
        workers=options.workers,
        ssl_certfile=options.tls_certificate_file,
        ssl_keyfile=options.tls_key_file,
    )


def build(options: ServeOptions, verifier_listener: socket.socket | None) -> "Application":
    """Make the application of one process."""
    from pcacli.server.app import Application

    log.take_over_uvicorn()
    _stop_without_supervisor()
    # What is there now stays; a request leaves hardly anything behind that only a collection finds.
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTION)
    return Application(options, verifier_listener)


def _stop_without_supervisor() -> None:
    """Let a worker stop, as on SIGTERM, when the process that looks after it has been killed."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return

    def wait() -> None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor", daemon=True).start()


def _listener(host: str, port: int) -> socket.socket:
    """Begin to listen.

    Raises:
        ConfigurationProblem: the address cannot be used.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        # Python adds to the system's words what it was doing, in parentheses.
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise ConfigurationProblem(f"Cannot listen on {host}, port {port}: {reason}.") from error
    except UnicodeError as error:
        raise ConfigurationProblem(f"Cannot listen on {host}, port {port}: that is no host name.") from error
    listener.set_inheritable(True)
    return listener


def _url(scheme: str, host: str, listener: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{listener.getsockname()[1]}"


def _check_tls(options: ServeOptions) -> None:
    """Make sure that certificate and key can be used.

    Raises:
        ConfigurationProblem: they cannot.
    """
    if options.tls_certificate_file is None:
        return
    for file in (options.tls_certificate_file, options.tls_key_file or options.tls_certificate_file):
        _require_readable(file)
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls_certificate_file, options.tls_key_file, _no_passphrase)
    except _EncryptedKey as error:
        raise ConfigurationProblem(
            f"The TLS key {options.tls_key_file} is encrypted; `openssl pkey` writes one without a passphrase."
        ) from error
    except OSError as error:
        raise ConfigurationProblem(
            f"The TLS certificate {options.tls_certificate_file} cannot be used: {error.strerror or error}."
        ) from error


class _EncryptedKey(Exception):
    """OpenSSL asks for a passphrase."""


def _no_passphrase() -> str:
    """Say that there is none: even with an empty one OpenSSL would do as many iterations as the file asks for."""
    raise _EncryptedKey


def _require_readable(file: str) -> None:
    """Read a file of TLS as far as its limits go; OpenSSL would read anything to its end, and wait for pipes.

    Raises:
        ConfigurationProblem: it cannot be read, is too large or no file.
    """
    try:
        read_file(file, TLS_FILE, only_regular=True)
    except OSError as error:
        raise ConfigurationProblem(f"The TLS file {file} cannot be read: {error.strerror}.") from error
