"""The table of readers in SECURITY.md is the one that counts, and nothing reads a file around it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pcacli
from pcacli.limits.readers import READERS, Limits
from tests.support.reader_table import rows

ROOT = Path(pcacli.__file__).parent
# What reads a file, a stream or a document to its end, as it is called.
METHODS = frozenset({"read", "readline", "readlines", "read_text", "read_bytes"})
DOCUMENTS = frozenset({"json.loads", "json.load", "YAML", "yaml.load", "pickle.loads", "tarfile.open", "gzip.open"})
# Receivers whose `read` gives a snapshot or a record of the store.
RECORDS = re.compile(r"(?:^|[._])store$|^(?:TokenPlace|KMS|S3|presence|results|Derivation)$")
# The places that may, and why each needs no row.
EXEMPT = {
    "limits/": "the bounded readers themselves",
    "params/yaml_document.py": "the bounded reader of YAML",
    "engine/store/": "rows of the store's own database",
    "cli/action_command.py: json.loads": "a value that this program has written",
    "cli/completion/case_branches.py: (files(__package__) / name).read_text": "a part of this package",
    "cli/local/shim.py: file.read": "as many bytes as a shim has",
    "cli/local/shim.py: place.open": "for these bytes",
    "cli/pki/batch.py: json.loads": "what a command of this program has printed",
    "cli/pki/batch.py: sys.stdin.buffer": "given to the bounded reader of lines",
    "cli/standard_input.py: sys.stdin.buffer": "given to the bounded reader",
    "engine/artifacts/directory.py: os.fdopen": "given to the bounded reader",
    "engine/artifacts/directory.py: os.open": "given to the bounded reader",
    "engine/backups.py: tarfile.open": "is written",
    "engine/backups.py: temporary.open": "the backup that was just written, read in pieces",
    "engine/faults.py: json.loads": "a setting of the store",
    "engine/files.py: os.fdopen": "given to the bounded reader",
    "engine/files.py: os.open": "given to the bounded reader, or to be synced",
    "engine/keys/sealed_file.py: file.read": "a piece of 1 MiB",
    "engine/keys/sealed_file.py: file.readline": "within the limits of a backup's first line",
    "engine/keys/sealed_file.py: self._file.read": "a piece of 1 MiB",
    "engine/keys/source.py: json.loads": "a setting of the store",
    "engine/own_files.py: os.fdopen": "given to the bounded reader",
    "engine/progress.py: self._reader.read": "as much as it is asked for",
    "engine/progress.py: self._reader.readline": "as much as it is asked for",
    "engine/quotas.py: json.loads": "a setting of the store",
    "engine/restoring.py: tarfile.open": "what is authentic, in pieces",
    "engine/throttling.py: json.loads": "a setting of the store",
    "engine/timing.py: json.loads": "a setting of the store",
    "output/yaml_format.py: YAML": "writes",
    "params/paramfile.py: text.read": "decodes what was read within limits",
    "params/remarks.py: gzip.open": "botocore's model, as it was installed",
    "params/remarks.py: json.load": "botocore's model, as it was installed",
    "server/app.py: self._bodies.read": "the bounded reader of bodies",
    "service/candidate_memory.py: json.loads": "what was read within limits",
    "service/candidates.py: (Path(package.origin).parent / 'data' / 'partitions.json').read_bytes": (
        "a table of botocore's, as it was installed"
    ),
    "service/candidates.py: json.loads": "a table of botocore's, as it was installed",
    "service/http_fetch.py: response.read": "within the limits that it is given",
    "service/profiles.py: io.TextIOWrapper(io.BytesIO(content)).read": "decodes what was read within limits",
    "service/report_memory.py: json.loads": "what was read within limits",
    "service/serve_options.py: json.loads": "a word that this program has written",
    "service/workflows/bulk_results.py: json.loads": "lines of what was read within limits",
    "service/tls_peer.py: self._outgoing.read": "what TLS wants to send, which is in memory",
    "service/workflows/bulk_results.py: os.fdopen": "given to the bounded reader",
    "service/workflows/seed.py: json.loads": "a policy in what was read within limits",
}


def called(node: ast.Call) -> str | None:
    """Return what a call reads with, None if it reads nothing."""
    name = ast.unparse(node.func)
    if name in DOCUMENTS or name == "open":
        return name
    if not isinstance(node.func, ast.Attribute):
        return None
    receiver = ast.unparse(node.func.value)
    if node.func.attr in METHODS:
        return None if RECORDS.search(receiver) else name
    opens = node.func.attr in ("open", "fdopen") and any(_reads(argument) for argument in node.args)
    return name if opens else None


def _reads(argument: ast.expr) -> bool:
    """Tell whether an argument is the mode of a file that is read, or a flag of one."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return bool(re.fullmatch(r"[ra]b?\+?[bt]?", argument.value)) and argument.value not in ("a", "ab")
    return any(
        flag in ast.unparse(argument) for flag in ("O_RDONLY", "NOT_WAITING")
    ) and "O_DIRECTORY" not in ast.unparse(argument)


def reading(tree: ast.AST) -> Iterator[str]:
    """Yield everything in a module that may read without a limit."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called(node)
            if name is not None:
                yield name
        # A method that is handed on, or iterated over.
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdin.buffer", "sys.stdin.read"):
            yield ast.unparse(node)


def test_nothing_reads_around_the_table() -> None:
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if not any(place.startswith(known) for known in EXEMPT if ":" not in known):
            found |= {f"{place}: {name}" for name in reading(ast.parse(path.read_text(encoding="utf-8")))}
    assert sorted(found) == sorted(known for known in EXEMPT if ":" in known)


def test_the_table_of_the_document_is_the_one_of_the_program() -> None:
    shown = [(row.reader, row.size, row.depth, row.items, row.seconds) for row in rows()]
    assert shown == [cells(limits) for limits in READERS]


def cells(limits: Limits) -> tuple[str, str, str, str, str]:
    depth, seconds = ("" if number is None else f"{number:g}" for number in (limits.depth, limits.seconds))
    return (limits.reader, limits.size, depth, "" if limits.items is None else f"{limits.items:,}", seconds)
