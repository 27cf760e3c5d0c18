"""The `json` format: four spaces, members in the order of the API model, characters as they are.

Instants may still be in what is written, so that a long listing need not be copied for their sake.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring

from pcacli.errors import PcaError
from pcacli.output.terminal import Terminal
from pcacli.output.timestamps import TIMESTAMP_FORMATS

_INDENT = " " * 4
_LISTS = (list, tuple)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")

_Writer = Callable[[object, str], str]
"""Writes a value, behind a margin: a line end and the indentation of the line that the value begins on."""


def format_value(value: object, terminal: Terminal) -> str:
    """Write a value as JSON and a line end; where only ASCII can be shown, other characters are escaped.

    Raises:
        PcaError: a query gave something that is no JSON, such as `&Expression`.
    """
    text = _writer(terminal)(value, "\n")
    return f"{_shown(text, terminal)}\n"


def format_elements(elements: Iterable[object], terminal: Terminal) -> Iterator[str]:
    """Write a list in pieces, each as soon as its element is there; together they are what `format_value` writes."""
    write, margin = _writer(terminal), f"\n{_INDENT}"
    before = "["
    for element in elements:
        yield f"{before}{margin}{_shown(write(element, margin), terminal)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _shown(text: str, terminal: Terminal) -> str:
    """Escape what cannot be shown; outside texts, JSON is ASCII anyway."""
    if terminal.unicode or text.isascii():
        return text
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _writer(terminal: Terminal) -> _Writer:
    """Return what writes values as `json.dumps` with an indentation does, which takes more than twice as long.

    A listing of 100,000 certificates consists of texts, which are not even called for.
    """
    show_instant = TIMESTAMP_FORMATS[terminal.timestamp_format]

    def write(value: object, margin: str) -> str:
        inner = margin + _INDENT
        if isinstance(value, dict) and value:
            members = [
                encode_basestring(member) if type(member) is str else write(member, inner) for member in value.values()
            ]
            return _structure(tuple(value), margin) % (*members,)
        if isinstance(value, _LISTS) and value:
            elements = [
                encode_basestring(element) if type(element) is str else write(element, inner) for element in value
            ]
            return f"[{inner}{f',{inner}'.join(elements)}{margin}]"
        if isinstance(value, datetime):
            # The instants of a sample have no zone.
            value = show_instant(value) if value.tzinfo else value.isoformat()
            return encode_basestring(value) if type(value) is str else json.dumps(value)
        return json.dumps(value, ensure_ascii=False, default=_refuse)

    return write


@lru_cache(maxsize=128)
def _structure(names: tuple[str, ...], margin: str) -> str:
    """Return what stands around the members of a structure, `%s` for each; most elements of a list share theirs."""
    inner = margin + _INDENT
    members = (f"{encode_basestring(name).replace('%', '%%')}: %s" for name in names)
    return f"{{{inner}{f',{inner}'.join(members)}{margin}}}"


def _refuse(_value: object) -> str:
    # The AWS CLI's sentence (`awscli/utils.py`, json_encoder).
    raise PcaError("Encountered unrecognized type in JSON encoder.")
