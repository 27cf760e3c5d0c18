"""The `json` format: four spaces, members in the order of the API model, characters as they are."""

import json
import re
from datetime import datetime
from json.encoder import encode_basestring

from pcacli.errors import PcaError
from pcacli.output.terminal import Terminal

_INDENT = " " * 4
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def format_value(value: object, terminal: Terminal) -> str:
    """Write a value as JSON and a line end; where only ASCII can be shown, other characters are escaped.

    Raises:
        PcaError: a query gave something that is no JSON, such as `&Expression`.
    """
    text = _written(value, "\n") + "\n"
    # Outside texts, JSON is ASCII anyway.
    return (
        text
        if terminal.unicode or text.isascii()
        else _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    )


def _written(value: object, margin: str) -> str:
    """Write a value; `margin` is a line end and the indentation of the line that the value begins on.

    The result is that of `json.dumps` with an indentation, which takes more than twice as long. A listing of 100,000
    certificates consists of texts, which are not even called for.
    """
    inner = margin + _INDENT
    if isinstance(value, dict) and value:
        members = [
            f"{encode_basestring(name)}: "
            f"{encode_basestring(member) if type(member) is str else _written(member, inner)}"
            for name, member in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(members)}{margin}}}"
    if isinstance(value, list | tuple) and value:
        elements = [
            encode_basestring(element) if type(element) is str else _written(element, inner) for element in value
        ]
        return f"[{inner}{f',{inner}'.join(elements)}{margin}]"
    return json.dumps(value, ensure_ascii=False, default=_without_zone)


def _without_zone(value: object) -> str:
    """Write an instant of a sample; those of responses are texts or numbers by now."""
    if isinstance(value, datetime):
        return value.isoformat()
    # The AWS CLI's sentence (`awscli/utils.py`, json_encoder).
    raise PcaError("Encountered unrecognized type in JSON encoder.")
