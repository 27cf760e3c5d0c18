"""What bash and zsh have in common: tables as branches of `case`, in a script that is otherwise fixed."""

import shlex
from collections.abc import Mapping
from importlib.resources import files

from pcacli.cli.completion.tables import EVERYWHERE


def filled_template(name: str, **parts: str) -> str:
    """Return a template of this folder with its parts in place of `@part@`."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    for part, content in parts.items():
        text = text.replace(f"@{part}@", content)
    return text


def branches(variable: str, answers: Mapping[str, str]) -> str:
    """Return the lines of a `case` that set a variable; what holds for one command comes first."""
    return grouped_branches({key: f"{variable}={shlex.quote(answer)}" for key, answer in answers.items()})


def grouped_branches(actions: Mapping[str, str]) -> str:
    """Return the lines of a `case`, with one branch for all keys that have the same action."""
    keys: dict[tuple[bool, str], list[str]] = {}
    for key, action in actions.items():
        keys.setdefault((key.startswith(EVERYWHERE), action), []).append(_pattern(key))
    ordered = sorted(keys.items(), key=lambda item: item[0][0])
    return "\n".join(f"    {' | '.join(patterns)}) {action} ;;" for (_, action), patterns in ordered)


def _pattern(key: str) -> str:
    if key.startswith(EVERYWHERE):
        return f"{EVERYWHERE}{shlex.quote(key.removeprefix(EVERYWHERE))}"
    return shlex.quote(key)
