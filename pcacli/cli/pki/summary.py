"""What a `pki` command prints: JSON for scripts, aligned lines for people."""

import json
from collections.abc import Mapping

import click

from pcacli.cli.session import Session


def print_summary(session: Session, facts: Mapping[str, str]) -> None:
    """Print named facts: as JSON with `--output json`, else one a line."""
    if session.options.text("--output") == "json":
        click.echo(json.dumps(facts, indent=4))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name:{width}}  {value}")
