"""The map of design: which part of pcacli may import which, and where each foreign library is at home."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pcacli

# A part imports itself and the parts of lower levels; parts of one level are strangers to each other.
LEVELS = {
    "errors": 0,
    "limits": 1,
    "api": 1,
    "params": 2,
    "output": 2,
    "pki": 2,
    "engine": 3,
    "service": 4,
    "server": 5,
    "cli": 5,
    "__main__": 6,
    "testing": 6,  # answers botocore with the server's protocol
    "aws_shim": 7,
    "pytest_plugin": 7,
}

# Every library that is not Python's own, and those of Python's own that have few homes. The longest name counts.
HOMES = {
    "boto3": ("service.aws", "engine.aws_client", "engine.artifacts.s3", "testing"),
    # service.aws_s3 reads what AWS writes to S3: the audit reports of `pki list`.
    "botocore": (
        "service.aws",
        "service.aws_s3",
        "engine.aws_client",
        "engine.artifacts.s3",
        "engine.keys.kms",
        "testing",
    ),
    "botocore.auth": ("service.aws",),
    "cbor2": ("server",),
    "click": ("cli",),
    "cryptography": ("pki", "engine.keys"),
    "http.server": ("server",),
    "idna": ("pki",),
    "jmespath": ("output", "params"),
    "pkcs11": ("engine.keys",),
    "prometheus_client": ("server",),
    "psycopg": ("engine.store",),
    "pytest": ("pytest_plugin",),
    "rich": ("cli", "output.table_format", "output.table_widths"),  # the table formatter is in two modules
    "ruamel": ("output", "params"),
    "sqlite3": ("engine.store",),
    "uvicorn": ("server",),
}

ROOT = Path(pcacli.__file__).parent


def within(module: str, home: str) -> bool:
    """Say whether a module is that home or lies in it."""
    return module == home or module.startswith(f"{home}.")


def imports(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Yield line and full dotted name of everything that a module in `package` imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def complaint(module: str, imported: str) -> str | None:
    """Say what is wrong when `module` (its name inside pcacli) imports `imported`; None if nothing is.

    The package itself offers its version and imports nothing.
    """
    if within(imported, "pcacli"):
        return layer_complaint(module.partition(".")[0], imported.split(".")[1:])
    return home_complaint(module, imported)


def layer_complaint(part: str, target: list[str]) -> str | None:
    if part == "__init__":
        return "the package itself imports no part"
    other = target[0] if target else "__init__"
    if other in {part, "__init__", "__version__"}:
        return None
    if part not in LEVELS or other not in LEVELS:
        return f"{part if part not in LEVELS else other} has no level"
    if LEVELS[other] < LEVELS[part]:
        return None
    return f"{part} (level {LEVELS[part]}) may not import {other} (level {LEVELS[other]})"


def home_complaint(module: str, imported: str) -> str | None:
    library = max((name for name in HOMES if within(imported, name)), key=len, default=None)
    if library is not None:
        at_home = any(within(module, home) for home in HOMES[library])
        return None if at_home else f"{library} is at home in {', '.join(HOMES[library])} only"
    package = imported.partition(".")[0]
    return None if package in sys.stdlib_module_names else f"{package} has no home yet"


def complaints(source: str, module: str, *, is_package: bool = False) -> list[tuple[int, str]]:
    """Check one module; a complaint is a line and what is wrong there."""
    full = f"pcacli.{module}"
    package = full if is_package else full.rpartition(".")[0]
    found = ((line, complaint(module, imported)) for line, imported in imports(source, package))
    return [(line, text) for line, text in found if text is not None]


def test_every_import_goes_to_a_lower_level_or_to_a_library_that_is_at_home_there() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__" and len(parts) > 1
        module = ".".join(parts[:-1] if is_package else parts)
        wrong += [
            f"{path.relative_to(ROOT.parent)}:{line}: {text}"
            for line, text in complaints(path.read_text(encoding="utf-8"), module, is_package=is_package)
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("api.catalogue", "from pcacli.errors import UsageProblem"),
        ("engine.states", "import re\nfrom pcacli.pki import pem"),
        ("engine.store.sqlite", "import sqlite3\nfrom .port import Store"),
        ("cli.main", "import click\nfrom pcacli import __version__"),
        ("output.table_format", "from rich.table import Table"),
        ("service.aws", "from botocore.auth import SigV4Auth"),
        ("__main__", "from pcacli.cli.main import main"),
    ],
)
def test_allowed_import_raises_no_complaint(module: str, source: str) -> None:
    assert complaints(source, module) == []


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("api.tags", "from pcacli.engine import states", "api (level 1) may not import engine (level 3)"),
        ("params.shorthand", "import pcacli.pki.pem", "params (level 2) may not import pki (level 2)"),
        ("cli.main", "from pcacli.server import app", "cli (level 5) may not import server (level 5)"),
        ("errors", "def late():\n    from pcacli import api", "errors (level 0) may not import api (level 1)"),
        ("pki.pem", "from ..output import text", "pki (level 2) may not import output (level 2)"),
        ("pki.pem", "from .. import output", "pki (level 2) may not import output (level 2)"),
        ("engine.states", "from pcacli.tools import clock", "tools has no level"),
        ("engine.states", "import sqlite3", "sqlite3 is at home in engine.store only"),
        ("engine.storekeeper", "import cryptography.x509", "cryptography is at home in pki, engine.keys only"),
        (
            "server.app",
            "import botocore",
            (
                "botocore is at home in service.aws, service.aws_s3, engine.aws_client, engine.artifacts.s3, "
                "engine.keys.kms, testing only"
            ),
        ),
        ("params.yaml", "import yaml", "yaml has no home yet"),
        ("__init__", "from pcacli.api import tags", "the package itself imports no part"),
    ],
)
def test_forbidden_import_is_named_with_its_line(module: str, source: str, expected: str) -> None:
    assert complaints(source, module) == [(source.count("\n") + 1, expected)]
