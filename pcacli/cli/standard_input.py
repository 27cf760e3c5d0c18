"""Standard input as a whole, for commands that take `-` for a file."""

import sys

from pcacli.errors import UsageProblem
from pcacli.limits.readers import Limits
from pcacli.limits.reading import read_stream


def standard_input(limits: Limits) -> bytes:
    """Return all of it.

    Raises:
        UsageProblem: it cannot be read, or there is too much.
    """
    try:
        return read_stream(sys.stdin.buffer, limits)
    except OSError as error:
        raise UsageProblem(f"Standard input cannot be read: {error.strerror}.") from error
