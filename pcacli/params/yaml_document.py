"""Reads YAML 1.2 that others wrote: bounded in size, depth and values, each alias counted as what it stands for.

Ten lines can hold lists of lists of aliases that stand for thousands of millions of values. They take no memory until
something walks through them; so they are counted while the nodes are composed, before anything is made of them.
"""

from typing import TYPE_CHECKING, Any

from pcacli.limits.readers import BeyondLimits, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruamel.yaml.nodes import Node

# More digits than Python writes (sys.set_int_max_str_digits); hexadecimal ones are read in any number.
_MAXIMUM_BITS = 4096


def load_yaml(content: str | bytes, limits: Limits) -> Any:
    """Return the value of a document.

    Raises:
        BeyondLimits: it is more than its reader takes.
        Exception: it is no YAML: a MarkedYAMLError, or an error of Python's that ruamel.yaml lets out, such as "month
            must be in 1..12".
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.events import AliasEvent

    if len(content) > limits.maximum_bytes:
        raise BeyondLimits(f"has more than {limits.size}")

    class BoundedComposer(Composer):
        """Refuses a node as soon as it stands for too many values."""

        def compose_node(self, parent: Any, index: Any) -> "Node":
            is_alias = self.parser.check_event(AliasEvent)
            node: Node = super().compose_node(parent, index)
            if is_alias:
                values.require_finished(node)
            else:
                values.count(node)
            return node

    values = _Values(limits)
    # The pure loader, because the C one reads YAML 1.1.
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = BoundedComposer
    yaml.max_depth = limits.depth or 0  # 0 is no limit
    return _with_writable_numbers(yaml.load(content))


class _Values:
    """How many values each node stands for; one that is not finished yet has no number."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # The nodes themselves are kept, so that no identity is used twice.
        self._counted: dict[int, tuple[Node, int]] = {}

    def count(self, node: "Node") -> None:
        """Count a finished node with all that is in it.

        Raises:
            BeyondLimits: that is too much.
        """
        number = 1 + sum(self._counted[id(child)][1] for child in _children(node))
        # The nodes so far count too: a list is not finished before its last member has been read.
        if self._limits.items is not None and max(number, len(self._counted)) >= self._limits.items:
            raise BeyondLimits(f"has more than {self._limits.items} values, with each alias written out")
        self._counted[id(node)] = node, number

    def require_finished(self, node: "Node") -> None:
        """Refuse an alias of a node that the alias is part of.

        Raises:
            BeyondLimits: it is one.
        """
        if id(node) not in self._counted:
            raise BeyondLimits("has an alias inside of what that stands for")


def _children(node: "Node") -> "Iterator[Node]":
    if isinstance(node.value, str):
        return
    for child in node.value:
        # The value of a mapping is a list of pairs.
        yield from child if isinstance(child, tuple) else (child,)


def _with_writable_numbers(document: Any) -> Any:
    """Return a document in which no number has more digits than can be shown.

    Raises:
        BeyondLimits: one has.
    """
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple | set):
            waiting += value
        elif isinstance(value, int) and value.bit_length() > _MAXIMUM_BITS:
            raise BeyondLimits("has a number with too many digits")
    return document
