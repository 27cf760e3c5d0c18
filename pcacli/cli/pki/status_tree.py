"""How `pki status` looks: a tree for people at a terminal, indented lines elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from pcacli.output.relative_time import relative_time
from pcacli.output.safe_text import one_line
from pcacli.output.terminal import Terminal

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from pcacli.cli.pki.status import Overview
    from pcacli.service.workflows.authority_status import AuthorityStatus

_INDENT = "  "
_PROBLEM_STYLE = "red"


class _Node(NamedTuple):
    """A CA with those below it. One that is not ours has only a name.

    `issuer_below` names the CA that certified it, where that stands below it because the two certify each other.
    """

    name: str
    status: "AuthorityStatus | None"
    below: "list[_Node]"
    issuer_below: str | None = None


def plain_lines(overview: "Overview") -> Iterator[str]:
    """Yield the first line, then one line for each CA, indented below its issuer, with its ARN."""
    yield _headline(overview)
    for region in overview.regions:
        for node, depth in _walk(_trees(region.authorities)):
            yield f"{_INDENT * depth}{_plain(node, overview)}"
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
        parts.extend(_branches(_trees(region.authorities), overview))
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
    """Put each CA below its issuer; issuers that are not among them come once each, by name.

    Where CAs certify each other in a circle, the first of them that was listed stands on top.
    """
    names = {status.arn: status.name for status in statuses}
    issuers = {status.arn: status.issuer_arn for status in statuses if status.issuer_arn in names}
    on_top = _tops_of_circles(issuers)
    nodes = {
        status.arn: _Node(status.name, status, [], names[issuers[status.arn]] if status.arn in on_top else None)
        for status in statuses
    }
    foreign: dict[str, _Node] = {}
    tops: list[_Node] = []
    for status in statuses:
        node = nodes[status.arn]
        if status.arn in on_top:
            tops.append(node)
        elif status.arn in issuers and issuers[status.arn] != status.arn:
            nodes[issuers[status.arn]].below.append(node)
        elif status.issuer_name is not None and status.arn not in issuers:
            if status.issuer_name not in foreign:
                foreign[status.issuer_name] = _Node(status.issuer_name, None, [])
                tops.append(foreign[status.issuer_name])
            foreign[status.issuer_name].below.append(node)
        else:
            tops.append(node)
    return tops


def _tops_of_circles(issuers: Mapping[str, str]) -> set[str]:
    """Return one CA of each circle of issuers, the first in the order of the mapping; a root is no circle."""
    tops: set[str] = set()
    seen: set[str] = set()
    for start in issuers:
        arn, path = start, set[str]()
        while arn in issuers and arn not in seen and issuers[arn] != arn:
            seen.add(arn)
            path.add(arn)
            arn = issuers[arn]
        if arn in path:
            tops.add(_first_of_circle(arn, issuers))
    return tops


def _first_of_circle(arn: str, issuers: Mapping[str, str]) -> str:
    circle = {arn}
    while issuers[arn] not in circle:
        arn = issuers[arn]
        circle.add(arn)
    return next(each for each in issuers if each in circle)


def _walk(tops: Sequence[_Node]) -> Iterator[tuple[_Node, int]]:
    """Yield each CA with its depth, those below it directly behind it, however deep they lie."""
    waiting = [(node, 0) for node in reversed(tops)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((below, depth + 1) for below in reversed(node.below))


def _plain(node: _Node, overview: "Overview") -> str:
    if node.status is None:
        return f"{node.name}, which is elsewhere"
    details = ", ".join(filter(None, [_expiry(node.status, overview), *_details(node, overview)]))
    return f"{node.status.status} {node.name}  {details}  {node.status.arn}"


def _branches(tops: Sequence[_Node], overview: "Overview") -> Iterator["Tree"]:
    from rich.tree import Tree

    above: list[Tree] = []
    for node, depth in _walk(tops):
        label = _label(node, overview)
        branch = above[depth - 1].add(label) if depth else Tree(label, guide_style="dim")
        above[depth:] = [branch]
        if not depth:
            yield branch


def _label(node: _Node, overview: "Overview") -> "Text":
    from rich.text import Text

    from pcacli.output.state_styles import STATE_STYLES

    if node.status is None:
        return Text.assemble((one_line(node.name), "dim"), (", which is elsewhere", "dim"))
    state = node.status.status
    text = Text.assemble((one_line(node.name), "bold"), "  ", (state, STATE_STYLES.get(state, "")))
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
    from pcacli.service.workflows.status_conditions import crl_fitness

    status = node.status
    if status is None:
        return
    if status.owner is not None:
        yield f"shared by account {status.owner}"
    if node.issuer_below is not None:
        yield f"certified by {node.issuer_below}, which it certifies"
    if status.problem is not None:
        yield status.problem
    if status.certificates is not None:
        yield f"{status.certificates} certificate{'' if status.certificates == 1 else 's'}"
    for crl in status.crls:
        fitness = crl_fitness(crl, overview.now)
        if crl.trouble is not None or crl.generated_at is None:
            yield f"CRL {fitness.words}"
        else:
            made = f"CRL made {relative_time(crl.generated_at, overview.now)}"
            yield made if fitness.is_good else f"{made} and {fitness.words}"
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
