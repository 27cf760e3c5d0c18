"""The completion script for bash 3.2 and newer (that of macOS)."""

from collections.abc import Mapping

from pcacli.cli.command_tree import Command
from pcacli.cli.completion.case_branches import branches, filled_template
from pcacli.cli.completion.tables import EVERYWHERE, Named, tables


def script(tree: Command) -> str:
    """Return the script."""
    found = tables(tree)
    own = {path: named for path, named in found.options.items() if path != EVERYWHERE}
    return filled_template(
        "template.bash",
        commands=branches("REPLY", _names(found.commands)),
        options=branches("own", _names(own)),
        everywhere=" ".join(name for name, _ in found.options[EVERYWHERE]),
        values=branches("REPLY", {pair: " ".join(values) for pair, values in found.values.items()}),
        takes=branches("REPLY", found.takes),
    )


def _names(named: Mapping[str, list[Named]]) -> dict[str, str]:
    return {key: " ".join(name for name, _ in pairs) for key, pairs in named.items()}
