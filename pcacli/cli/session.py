"""One run of the command line: its global options, its settings, its terminal and its backend."""

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pcacli import __version__
from pcacli.cli.global_options import GlobalOptions
from pcacli.cli.terminal import terminal
from pcacli.output.safe_text import one_line
from pcacli.output.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pcacli.engine.call import Parts
    from pcacli.engine.context import Caller
    from pcacli.engine.store.port import Store
    from pcacli.engine.store_home import StoreHome
    from pcacli.output.query import CompiledQuery
    from pcacli.service.port import Service
    from pcacli.service.settings import Settings
    from pcacli.service.store_place import StorePlace


_WHERE = ("--local", "--endpoint-url", "--profile", "--region")


class Session:
    """What the commands share; settings and backend are read when they are first needed."""

    def __init__(self, options: GlobalOptions) -> None:
        self.options = options
        self._open: list[Service | Store] = []
        self._lender: Session | None = None

    def with_options(self, given: Mapping[str, str]) -> "Session":
        """Return a session with further global options, which uses this one's backend; they must not name another."""
        session = Session(GlobalOptions({**self.options.given, **given}))
        session._lender = self
        return session

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
        if self._lender is not None:
            return self._lender.service
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
    def store_place(self) -> "StorePlace":
        """The store that the endpoint setting names if it is a `local:` one, else the default store."""
        from pcacli.service.store_place import StorePlace

        return StorePlace.from_settings(self.settings)

    @cached_property
    def store_home(self) -> "StoreHome[Any]":
        """What that store lives in, and what lies beside it."""
        return self.store_place.home()

    def make_default_store(self) -> None:
        """Make the store if it is the default one and is not there yet."""
        is_default = self.store_home.location == str(self.settings.default_directory)
        if is_default and self.store_home.create():
            self.notice(f"Created a store for the embedded authority in {self.store_home.location}")

    @cached_property
    def store_parts(self) -> "Parts":
        """The embedded authority of that store."""
        from pcacli.service.local import open_parts

        parts = open_parts(self.store_place, self.notice)
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
            refuse_ordinary_store(self.store_home.location)
        return self.store_parts

    @cached_property
    def caller(self) -> "Caller":
        """Who this run is to the embedded authority."""
        from pcacli.service.local import caller_of

        return caller_of(self.settings)

    def command_line(self, words: str) -> str:
        """Write a command to copy, with the options of this command line that say where it works."""
        import shlex

        given = ((name, self.options.text(name)) for name in _WHERE)
        where = (f" {name} {shlex.quote(value)}" if value else f" {name}" for name, value in given if value is not None)
        return f"pcacli{''.join(where)} {words}"

    def notice(self, text: str) -> None:
        """Say one thing to the person at the terminal, on standard error."""
        sys.stderr.write(f"pcacli: {one_line(text)}\n")

    def version_line(self) -> str:
        """Return the answer to --version."""
        return f"pcacli/{__version__} Python/{sys.version.split()[0]}"
