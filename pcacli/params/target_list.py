"""Reads a file that names certificates: one a line, or what `pki list` and audit reports write.

| form | how it is told apart | what names the certificate |
| --- | --- | --- |
| words | anything else | each word; `#` begins a comment |
| CSV | a column certificateArn, certificate_arn or serial in the first line | that column, ARNs before serials |
| JSON | `[` in front | each text, or the member CertificateArn (or certificateArn) of each object |
| JSON lines | `{` in front | the same of the object in each line |
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pcacli.errors import UsageProblem
from pcacli.limits.json_documents import load_json
from pcacli.limits.readers import LIST_LINE, TARGET_LIST, BeyondLimits

_ARN_NAMES = ("certificatearn", "certificate_arn")
_NAMES = (*_ARN_NAMES, "serial")


class Row(NamedTuple):
    """A certificate as the file names it: where, and how. `word` is None where `problem` says why there is none."""

    place: str
    word: str | None
    problem: str = ""


def target_rows(text: str) -> Iterator[Row]:
    """Yield what a file names, each with its place, such as "line 4".

    Raises:
        UsageProblem: it is JSON that is nested too deeply or has too many values.
    """
    start = text.lstrip()[:1]
    if start == "[":
        return _from_json(text)
    lines = text.splitlines()
    if start == "{":
        return _from_json_lines(lines)
    columns = next(csv.reader(lines[:1]), [])
    if any(_folded(column) in _NAMES for column in columns):
        return _from_csv(lines, [_folded(column) for column in columns])
    return _from_words(lines)


def _from_words(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        for word in line.partition("#")[0].split():
            yield Row(f"line {number}", word)


def _from_csv(lines: list[str], columns: list[str]) -> Iterator[Row]:
    reader = csv.reader(lines[1:])
    wanted = [columns.index(name) for name in _NAMES if name in columns]
    for values in reader:
        place = f"line {reader.line_num + 1}"
        if not values:
            continue
        if len(values) != len(columns):
            yield Row(place, None, f"{len(values)} fields and not {len(columns)}")
            continue
        word = next((values[column].strip() for column in wanted if values[column].strip()), None)
        yield Row(place, word, "" if word else "no certificate is named")


def _from_json(text: str) -> Iterator[Row]:
    try:
        elements = load_json(text, TARGET_LIST)
    except BeyondLimits as problem:
        raise UsageProblem(f"The list {problem.clause}.") from problem
    except ValueError as error:
        yield Row("the file", None, f"this is no JSON: {error}")
        return
    for number, element in enumerate(elements, start=1):
        yield _row(f"element {number}", element)


def _from_json_lines(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _row(f"line {number}", load_json(line, LIST_LINE))
            except ValueError as error:
                yield Row(f"line {number}", None, f"this is no JSON: {error}")


def _row(place: str, element: Any) -> Row:
    if isinstance(element, dict):
        members = {_folded(name): value for name, value in element.items()}
        element = next((members[name] for name in _NAMES if members.get(name)), None)
    if isinstance(element, str) and element:
        return Row(place, element)
    return Row(place, None, "no certificate is named")


def _folded(name: str) -> str:
    return name.strip().lower()
