"""The `yaml-stream` format: one element of a YAML list for each page, written when the page arrives."""

from pcacli.output.terminal import Terminal
from pcacli.output.yaml_format import format_value as format_yaml


def format_value(value: object, terminal: Terminal) -> str:
    """Write one page as a YAML list of one element; the lists of all pages together read as one list."""
    return format_yaml([value], terminal)
