"""How `pki status` looks: a tree for people at a terminal, indented lines elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from pcacli.cli.showing import printable
from pcacli.output.relative_time import relative_time
from pcacli.output.terminal import Terminal

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from pcacli.cli.pki.status import Overview
    from pcacli.service.workflows.authority_status import AuthorityStatus

_INDENT = "  "
_PROBLEM_STYLE = "red"


class _Node(NamedTuple):
    """A CA with those below it. One that is not ours has only a name."""

    name: str
    status: "AuthorityStatus | None"
    below: "list[_Node]"


def plain_lines(overview: "Overview") -> Iterator[str]:
    """Yield the first line, then one line for each CA, indented below its issuer, with its ARN."""
    yield _headline(overview)
    for region in overview.regions:
        for line, depth in _walk(_trees(region.authorities), lambda node: _plain(node, overview)):
            yield f"{_INDENT * depth}{line}"
        if region.problem:
            yield f"{region.region}: {region.problem}"


def drawn_tree(overview: "Overview", terminal: Terminal) -> str:
    """Draw the tree for a terminal; what is too long folds, nothing is cut."""
    from rich.console import Group
    from rich.text import Text

    from pcacli.output.table_format import drawing_console

    parts: list[Tree | Text] = [Text(_headline(overview), style="bold")]
    for region in overview.regions:
        if len(overview.regions) > 1 and (region.authorities or region.problem):
            parts.append(Text(f"\n{region.region}", style="bold"))
        parts.extend(_branch(node, overview) for node in _trees(region.authorities))
        if region.problem:
            parts.append(Text(region.problem, style=_PROBLEM_STYLE))
    stream = StringIO()
    drawing_console(stream, terminal).print(Group(*parts))
    return stream.getvalue()


def _headline(overview: "Overview") -> str:
    who = f"Account {overview.account}" if overview.account else "Account unknown"
    where = overview.regions[0].region if len(overview.regions) == 1 else f"{len(overview.regions)} regions"
    return ", ".join(filter(None, [who, where, overview.backend]))


def _trees(statuses: "Sequence[AuthorityStatus]") -> list[_Node]:
    """Put each CA below its issuer; issuers that are not among them come once each, by name."""
    nodes = {status.arn: _Node(status.name, status, []) for status in statuses}
    foreign: dict[str, _Node] = {}
    tops: list[_Node] = []
    for status in statuses:
        node = nodes[status.arn]
        if status.issuer_arn is not None and status.issuer_arn != status.arn:
            nodes[status.issuer_arn].below.append(node)
        elif status.issuer_name is not None:
            if status.issuer_name not in foreign:
                foreign[status.issuer_name] = _Node(status.issuer_name, None, [])
                tops.append(foreign[status.issuer_name])
            foreign[status.issuer_name].below.append(node)
        else:
            tops.append(node)
    return tops


def _walk(nodes: Sequence[_Node], write: Callable[[_Node], str], depth: int = 0) -> Iterator[tuple[str, int]]:
    for node in nodes:
        yield write(node), depth
        yield from _walk(node.below, write, depth + 1)


def _plain(node: _Node, overview: "Overview") -> str:
    if node.status is None:
        return f"{node.name}, which is elsewhere"
    details = ", ".join(filter(None, [_expiry(node.status, overview), *_details(node, overview)]))
    return f"{node.status.status} {node.name}  {details}  {node.status.arn}"


def _branch(node: _Node, overview: "Overview", tree: "Tree | None" = None) -> "Tree":
    from rich.tree import Tree

    label = _label(node, overview)
    branch = Tree(label, guide_style="dim") if tree is None else tree.add(label)
    for below in node.below:
        _branch(below, overview, branch)
    return branch


def _label(node: _Node, overview: "Overview") -> "Text":
    from rich.text import Text

    from pcacli.output.state_styles import STATE_STYLES

    if node.status is None:
        return Text.assemble((printable(node.name), "dim"), (", which is elsewhere", "dim"))
    state = node.status.status
    text = Text.assemble((printable(node.name), "bold"), "  ", (state, STATE_STYLES.get(state, "")))
    text.append(_with_gap(_expiry(node.status, overview)))
    text.append(f"\n{node.status.arn.rpartition('/')[2]}", style="dim")
    details = ", ".join(_details(node, overview))
    return text.append(f"\n{details}") if details else text


def _with_gap(text: str) -> str:
    return f"  {text}" if text else ""


def _expiry(status: "AuthorityStatus", overview: "Overview") -> str:
    if status.not_after is None:
        return ""
    verb = "expired" if status.not_after <= overview.now else "expires"
    return f"{verb} {relative_time(status.not_after, overview.now)}"


def _details(node: _Node, overview: "Overview") -> Iterator[str]:
    """Yield what else is known, in a few words each."""
    from pcacli.service.workflows.status_conditions import is_stale

    status = node.status
    if status is None:
        return
    if status.certificates is not None:
        yield f"{status.certificates} certificate{'' if status.certificates == 1 else 's'}"
    for crl in status.crls:
        if crl.problem is not None:
            yield "CRL not reachable"
        elif crl.generated_at is None:
            yield "CRL not yet published"
        else:
            stale = " and stale" if is_stale(crl, overview.now) else ""
            yield f"CRL made {relative_time(crl.generated_at, overview.now)}{stale}"
    yield from _acm(node)


def _acm(node: _Node) -> Iterator[str]:
    """Say what ACM may not do: with a CA that ACM works with, and with one that has no CA below it, all of it."""
    missing = (node.status and node.status.missing_acm_permissions) or ()
    granted_some = len(missing) < len(_all_acm_actions())
    if missing and (granted_some or not node.below):
        yield f"ACM lacks {', '.join(missing)}" if granted_some else "ACM may not issue from it"


def _all_acm_actions() -> tuple[str, ...]:
    from pcacli.service.workflows.authority_status import ACM_ACTIONS

    return ACM_ACTIONS
