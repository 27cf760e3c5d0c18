"""One run of the command line: its global options, its settings, its terminal and its backend."""

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from pcacli import __version__
from pcacli.cli.global_options import GlobalOptions
from pcacli.cli.terminal import terminal
from pcacli.errors import UsageProblem
from pcacli.output.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from pcacli.engine.call import Parts
    from pcacli.engine.context import Caller
    from pcacli.engine.home import Home
    from pcacli.engine.store.port import Store
    from pcacli.output.query import CompiledQuery
    from pcacli.service.port import Service
    from pcacli.service.settings import Settings


class Session:
    """What the commands share; settings and backend are read when they are first needed."""

    def __init__(self, options: GlobalOptions) -> None:
        self.options = options
        self._open: list[Service | Store] = []

    @cached_property
    def strict(self) -> bool:
        """Whether every leniency is off. It can be asked even where the settings cannot be read."""
        from pcacli.service.settings import is_strict

        return is_strict(self.options.given, os.environ)

    @cached_property
    def settings(self) -> "Settings":
        """Everything that options, environment and profile decide."""
        from pcacli.service.settings import read_settings

        return read_settings(self.options.given, os.environ)

    @cached_property
    def terminal(self) -> Terminal:
        """What is known about the place where the output goes."""
        facts = terminal(self.options.text("--color") or "auto", self.settings.cli_timestamp_format)
        return facts._replace(wide=self.options.flag("--wide"), now=self.now)

    def now(self) -> "datetime":
        """Return the time of the backend: a test store may have moved its own."""
        from datetime import UTC, datetime

        moved: Callable[[], datetime] | None = getattr(self.service, "now", None)
        return datetime.now(UTC) if moved is None else moved()

    @cached_property
    def query(self) -> "CompiledQuery | None":
        """The expression of --query, compiled."""
        expression = self.options.text("--query")
        if expression is None:
            return None
        from pcacli.output.query import compile_query

        return compile_query(expression)

    @cached_property
    def service(self) -> "Service":
        """The backend that the settings name."""
        from pcacli.service.backends import open_service

        service = open_service(self.settings, notify=self.notice)
        self._open.append(service)
        if not self.options.flag("--debug"):
            return service
        from pcacli.cli.debug_log import LoggedService

        return LoggedService(service)

    def close(self) -> None:
        """Let go of the backend and the store, if they were opened."""
        for opened in self._open:
            opened.close()

    @cached_property
    def store_directory(self) -> "Path":
        """The store that the endpoint setting names if it is a `local:` one, else the default store's folder."""
        from pcacli.service.endpoints import Local, backend_of

        backend = backend_of(self.settings.endpoint_url)
        if isinstance(backend, Local) and backend.database_url is not None:
            raise UsageProblem("This command works on a store in a folder.")
        named = backend.directory if isinstance(backend, Local) else None
        return named or self.settings.default_directory

    @cached_property
    def store_home(self) -> "Home":
        """That store's folder and what lies in it."""
        from pcacli.engine.home import Home

        return Home(self.store_directory)

    def make_default_store(self) -> None:
        """Make the store if it is the default one and is not there yet."""
        if self.store_directory == self.settings.default_directory and self.store_home.create():
            self.notice(f"Created a store for the embedded authority in {self.store_directory}")

    @cached_property
    def store_parts(self) -> "Parts":
        """The embedded authority of that store."""
        from pcacli.service.local import open_parts

        parts = open_parts(
            self.store_directory,
            default_directory=self.settings.default_directory,
            notify=self.notice,
            aws_profile=self.settings.profile,
        )
        self._open.append(parts.store)
        return parts

    @cached_property
    def test_store_parts(self) -> "Parts":
        """The same of a test store.

        Raises:
            ConfigurationProblem: the store is an ordinary one.
        """
        from pcacli.engine.store_kind import refuse_ordinary_store

        if not self.store_parts.is_test_store:
            refuse_ordinary_store(self.store_directory)
        return self.store_parts

    @cached_property
    def caller(self) -> "Caller":
        """Who this run is to the embedded authority."""
        from pcacli.service.local import caller_of

        return caller_of(self.settings)

    def notice(self, text: str) -> None:
        """Say one thing to the person at the terminal, on standard error."""
        sys.stderr.write(f"pcacli: {text}\n")

    def version_line(self) -> str:
        """Return the answer to --version."""
        return f"pcacli/{__version__} Python/{sys.version.split()[0]}"
