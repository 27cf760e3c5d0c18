"""The `json` format: four spaces, members in the order of the API model, characters as they are."""

import json
from datetime import datetime

from pcacli.errors import PcaError
from pcacli.output.terminal import Terminal


def format_value(value: object, _terminal: Terminal) -> str:
    """Write a value as JSON and a line end.

    Raises:
        PcaError: a query gave something that is no JSON, such as `&Expression`.
    """
    return json.dumps(value, indent=4, ensure_ascii=False, default=_without_zone) + "\n"


def _without_zone(value: object) -> str:
    """Write an instant of a sample; those of responses are texts or numbers by now."""
    if isinstance(value, datetime):
        return value.isoformat()
    # The AWS CLI's sentence (`awscli/utils.py`, json_encoder).
    raise PcaError("Encountered unrecognized type in JSON encoder.")
