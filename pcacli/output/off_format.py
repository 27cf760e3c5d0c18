"""The `off` format: standard output stays empty; errors still show."""

from pcacli.output.terminal import Terminal


def format_value(_value: object, _terminal: Terminal) -> str:
    """Write nothing."""
    return ""
