"""What a `pki` command prints: aligned lines for people, data with `--output` or `--query`."""

from collections.abc import Mapping

from pcacli.cli.session import Session
from pcacli.cli.showing import show


def print_summary(session: Session, facts: Mapping[str, str]) -> None:
    """Print named facts."""
    width = max(map(len, facts))
    show(session, facts, [f"{name:{width}}  {value}" for name, value in facts.items()])
