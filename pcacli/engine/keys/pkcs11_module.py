"""PKCS #11 modules of this process, and the tokens in them to which it is logged in.

A module and a login belong to the process and not to an object (PKCS #11 3.0, sections 5.4 and 5.6.8), so both are kept
here. Modules are initialised without support for threads, and a session does one thing at a time, so that one thread
after the other uses a module. After a fork the child starts anew, as the specification asks.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import RLock
from typing import Any, NamedTuple

import pkcs11

from pcacli.errors import ConfigurationProblem

_PROBLEMS: dict[type[pkcs11.PKCS11Error], str] = {
    pkcs11.NoSuchToken: "is not there",
    pkcs11.TokenNotPresent: "is not there any more",
    pkcs11.DeviceRemoved: "is not there any more",
    pkcs11.MultipleTokensReturned: "is not the only one with this label",
    pkcs11.UserPinNotInitialized: "has no user PIN yet",
    pkcs11.PinLocked: "has locked its PIN after too many wrong ones",
    pkcs11.PinExpired: "wants a new PIN",
    pkcs11.TokenWriteProtected: "is write-protected",
    pkcs11.NoSuchKey: "does not hold the key",
    pkcs11.MultipleObjectsReturned: "holds two keys of one name",
}
_WRONG_PIN = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)


class OpenToken(NamedTuple):
    """A session that is logged in, and the keys that were found in it, by class and CKA_ID."""

    session: pkcs11.Session
    keys: dict[tuple[pkcs11.ObjectClass, bytes], Any]

    def key(self, kind: pkcs11.ObjectClass, key_id: bytes) -> Any:
        """Return a key object.

        Raises:
            NoSuchKey: it is not there.
        """
        if (kind, key_id) not in self.keys:
            self.keys[kind, key_id] = self.session.get_key(object_class=kind, id=key_id)
        return self.keys[kind, key_id]


class Pkcs11Module:
    """One module of this process."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = RLock()
        self._process: int | None = None
        self._open: dict[str, OpenToken] = {}
        self._refused: set[str] = set()

    @contextmanager
    def token(self, label: str, pin: Callable[[], str]) -> Iterator[OpenToken]:
        """Use a token alone for the length of a block, in which errors of the module become ours.

        `pin` is asked when nobody is logged in yet.

        Raises:
            ConfigurationProblem: the module or the token does not do what is asked of it.
        """
        with self._lock:
            try:
                yield self._logged_in(label, pin)
            except pkcs11.PKCS11Error as error:
                # Nobody knows whether the session still works.
                self._forget(label)
                raise self._problem(label, error) from error

    def _logged_in(self, label: str, pin: Callable[[], str]) -> OpenToken:
        library = self._library()
        if label in self._refused:
            raise _wrong_pin(label)
        if label not in self._open:
            self._open[label] = OpenToken(self._login(library, label, pin()), {})
        return self._open[label]

    def _login(self, library: Any, label: str, pin: str) -> pkcs11.Session:
        token: pkcs11.Token = library.get_token(token_label=label)
        try:
            return token.open(rw=True, user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:
            return token.open(rw=True)
        except _WRONG_PIN as error:
            # Trying again and again, as a server would, locks the token.
            self._refused.add(label)
            raise _wrong_pin(label) from error

    def _library(self) -> Any:
        """Return the module, loaded and initialised by this very process."""
        try:
            library = pkcs11.lib(self._path)
            if self._process not in (None, os.getpid()):
                self._open.clear()
                library.reinitialize()
        except pkcs11.PKCS11Error as error:
            detail = str(error).rpartition(f"{self._path}: ")[2] or type(error).__name__
            raise ConfigurationProblem(f"The PKCS #11 module {self._path} cannot be loaded: {detail}.") from error
        self._process = os.getpid()
        return library

    def _forget(self, label: str) -> None:
        """Let the next who comes begin with a new session."""
        token = self._open.pop(label, None)
        if token is not None:
            with suppress(pkcs11.PKCS11Error):
                token.session.close()

    def _problem(self, label: str, error: pkcs11.PKCS11Error) -> ConfigurationProblem:
        name = type(error).__name__
        detail = _PROBLEMS.get(type(error)) or f"failed: {name}{f' ({error})' if str(error) else ''}"
        return ConfigurationProblem(f"The PKCS #11 token {label} of {self._path} {detail}.")


def _wrong_pin(label: str) -> ConfigurationProblem:
    return ConfigurationProblem(
        f"The PKCS #11 token {label} refuses the PIN.",
        hint="This process does not try it again, so that the token does not lock itself.",
    )


@cache
def pkcs11_module(path: str) -> Pkcs11Module:
    """Return the module in a file."""
    return Pkcs11Module(path)
