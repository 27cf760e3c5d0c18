"""SoftHSM: PKCS #11 tokens in files, made by the distribution's `softhsm2-util`."""

import os
import secrets
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.support.programs import do_without

UTILITY = "softhsm2-util"
_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


class SoftToken(NamedTuple):
    """A token, the module that reaches it and the file with its PIN."""

    module: str
    label: str
    pin_file: Path


class SoftHsm:
    """Tokens in a folder. Whoever uses them has `environment` in its environment.

    `token` is the one for tests in this process: the module does not notice tokens that are made after its start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "tokens").mkdir()
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(configuration)}
        self.token = self.new_token()

    def objects(self) -> set[Path]:
        """Return the files of all objects in all tokens: two for each key pair, and one for each token."""
        return set(self._folder.rglob("*.object"))

    def new_token(self) -> SoftToken:
        """Make a token with a label of its own."""
        label, pin_file = f"pki {secrets.token_hex(4)}", self._folder / f"{secrets.token_hex(4)}.pin"
        pin_file.touch(0o600)
        pin_file.write_text("1234\n")
        words = (UTILITY, "--init-token", "--free", "--label", label, "--pin", "1234", "--so-pin", "12345678")
        subprocess.run(words, check=True, capture_output=True, env={**os.environ, **self.environment})
        return SoftToken(soft_hsm_module(), label, pin_file)


def soft_hsm_module() -> str:
    """Return the file of SoftHSM's module, or do without."""
    return next(filter(os.path.exists, _MODULES), None) or do_without("libsofthsm2.so (SoftHSM)")
