"""The environment of whoever runs the tests, which must not decide about them.

Tests run without what would change the answers of pcacli, boto3, click and PostgreSQL. What has to reach the network
beyond this machine (a registry of packages, AWS with `--aws`) is started with `BEFORE`.
"""

import os

from tests.support.programs import REQUIRE_PROGRAMS

BEFORE = dict(os.environ)
"""What stood in the environment when the tests were started."""

_PREFIXES = ("AWS_", "PCACLI_", "PG", "XDG_")
_PROXY = "_PROXY"
_NAMES = frozenset({"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR"})
_KEPT = frozenset({REQUIRE_PROGRAMS})


def leave() -> None:
    """Take out of the environment of this process, which runs tests, what would decide about them."""
    for name in filter(_decides, list(os.environ)):
        del os.environ[name]
    # Files in the home of whoever runs the tests would decide, too.
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def _decides(name: str) -> bool:
    if name in _KEPT:
        return False
    # Proxies are named in capitals or not.
    return name.startswith(_PREFIXES) or name.upper().endswith(_PROXY) or name in _NAMES
