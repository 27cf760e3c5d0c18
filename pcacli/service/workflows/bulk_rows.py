"""Reads a list of certificates, one in each row: CSV with a header, or JSON lines.

Columns and members have the same names; what a row leaves empty or out is taken from elsewhere. Several names in one
field of a CSV are separated by spaces, in JSON they are a list.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.errors import UsageProblem
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import LIST_LINE, REQUEST_LIST
from pcacli.params.text_file import list_in, read_text
from pcacli.pki.leaf_request import LeafNames
from pcacli.service.workflows.certificate_request import ActiveAuthority
from pcacli.service.workflows.leaf_delivery import leaf_digest
from pcacli.service.workflows.leaf_orders import Wish, csr_in

_TEXTS = ("directory", "common_name", "csr", "template", "validity", "key_algorithm")
_LISTS = ("dns_names", "ip_addresses", "emails", "uris")
COLUMNS = (*_TEXTS, *_LISTS)
# A folder for *.example.com has to be typed without quotes.
_WILDCARD, _WILDCARD_IN_FOLDERS = "*", "wildcard"


class Row(NamedTuple):
    """One certificate: the line that it stands in (from 1), its folder's name, what is wanted.

    `digest` is the same as long as everything is that decides the certificate; it is known when the CA is.
    """

    line: int
    directory: str
    wish: Wish
    digest: str = ""

    def addressed_to(self, authority: ActiveAuthority) -> "Row":
        """Return the row with its digest for a CA."""
        csr = None
        if self.wish.csr_file is not None:
            # What is wrong with the file is said when its turn comes.
            with suppress(UsageProblem):
                csr = csr_in(self.wish.csr_file)
        return self._replace(digest=leaf_digest(self.wish, authority, self.directory, csr))


Complain = Callable[[int, str], object]
Fields = dict[str, Any]


def read_rows(path: Path, defaults: Wish, now: datetime, complain: Complain) -> list[Row]:
    """Return the rows of a file; `complain` is told line and reason of each that is wrong and left out.

    Raises:
        UsageProblem: the file cannot be read, or it is no such list.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UsageProblem(f"--from {path}: the name must end in {' or '.join(_READERS)}.")
    rows: list[Row] = []
    lines_by_directory: dict[str, int] = {}
    shown = f"--from {path}"
    for line, content in reader(list_in(read_text(path, shown, REQUEST_LIST), shown)):
        try:
            row = _row(line, content, defaults, now)
        except UsageProblem as problem:
            complain(line, problem.message)
            continue
        other = lines_by_directory.setdefault(row.directory, line)
        if other == line:
            rows.append(row)
        else:
            complain(line, f"the folder {row.directory} is that of line {other} already.")
    return rows


def _csv_rows(text: str) -> Iterator[tuple[int, Fields | str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise UsageProblem(f"The names of the columns cannot be read: {error}.") from error
    _check_header(header)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"{error}."
            continue
        if len(cells) == len(header):
            yield reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        elif cells:
            yield reader.line_num, f"{len(cells)} fields and not {len(header)}."


def _json_rows(text: str) -> Iterator[tuple[int, Fields | str]]:
    # Not splitlines(): JSON may hold its other line ends as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = load_json(line, LIST_LINE)
        except ValueError as error:
            yield number, f"this is not JSON: {error}."
        else:
            yield number, fields if isinstance(fields, dict) else "a row is an object with members."


_READERS: Mapping[str, Callable[[str], Iterator[tuple[int, Fields | str]]]] = {".csv": _csv_rows, ".jsonl": _json_rows}


def _check_header(names: list[str]) -> None:
    """Refuse a first line that does not name each column once.

    Raises:
        UsageProblem: it is that of a certificate, or a column is misspelt or there twice.
    """
    if not any(name in COLUMNS for name in names):
        first = repr(names[0]) if names else "an empty line"
        raise UsageProblem(f"The first line must name the columns, which are {', '.join(COLUMNS)}; {first} is none.")
    _check_columns(names)
    for name in names:
        if names.count(name) > 1:
            raise UsageProblem(f"The column {name!r} is there {names.count(name)} times.")


def _check_columns(names: Iterable[str]) -> None:
    """Refuse a misspelt column, which would be passed over in silence.

    Raises:
        UsageProblem: there is such a column.
    """
    for name in names:
        if name not in COLUMNS:
            raise UsageProblem(f"There is no column {name!r}; the columns are {', '.join(COLUMNS)}.")


def _row(line: int, content: Fields | str, defaults: Wish, now: datetime) -> Row:
    if isinstance(content, str):
        raise UsageProblem(content)
    _check_columns(content)
    fields = {name: _text(name, content[name]) for name in _TEXTS if content.get(name)}
    lists = {name: _texts(name, content[name]) for name in _LISTS if content.get(name)}
    wish = _wish(fields, lists, defaults).checked(now)
    return Row(line, _directory(fields.get("directory"), wish), wish)


def _wish(fields: Mapping[str, str], lists: Mapping[str, tuple[str, ...]], defaults: Wish) -> Wish:
    return Wish(
        LeafNames(fields.get("common_name"), **lists),
        Path(fields["csr"]) if "csr" in fields else None,
        fields.get("template", defaults.template),
        fields.get("validity", defaults.validity),
        fields.get("key_algorithm", defaults.key_algorithm),
    )


def _directory(name: str | None, wish: Wish) -> str:
    """Return the name of a row's folder: its own, else its first name, else that of the CSR without its ending.

    Raises:
        UsageProblem: there is none, or it leads out of the folder above.
    """
    chosen = name or wish.names.subject or (wish.csr_file.stem if wish.csr_file else "")
    chosen = chosen.replace(_WILDCARD, _WILDCARD_IN_FOLDERS)
    if not chosen or chosen.startswith(".") or Path(chosen).name != chosen or not chosen.isprintable():
        raise UsageProblem(f"{chosen!r} cannot name a folder; give one as directory.")
    return chosen


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise UsageProblem(f"{name} must be a text.")
    return _checked(name, value)


def _checked(name: str, text: str) -> str:
    """Refuse what JSON can say and no name, folder or file can hold: NULs and halves of characters.

    Raises:
        UsageProblem: there is one.
    """
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageProblem(f"{name} holds a character that is none: {text!r}.")
    return text


def _texts(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(_checked(name, value).split())
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(_checked(name, each) for each in value)
    raise UsageProblem(f"{name} must be a text or a list of texts.")
