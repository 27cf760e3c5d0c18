"""Whatever a command writes has been made fit for a terminal, or is named here with the reason why it need not be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pcacli

ROOT = Path(pcacli.__file__).parent
EDGES = ("cli", "server", "aws_shim.py", "__main__.py")
WRITERS = frozenset(
    {"click.echo", "click.secho", "click.confirm", "click.prompt", "print", "sys.stdout.write", "sys.stderr.write"}
)
SAFE = frozenset({"one_line", "on_lines", "in_document"})
# The places that may write something else, and why.
EXEMPT = {
    "cli/completion/printing.py: SCRIPTS[shell](command_tree())": "nothing foreign is in a script",
    "cli/completion/values.py: '\\t'.join((one_line(each).replace('\\t', ' ') for each in candidate if each))": (
        "each part is made fit"
    ),
    "cli/invocation.py: skeleton(operation, kind)": "a template of the API",
    "cli/local/clock.py: parts.context.now().isoformat(timespec='seconds')": "an instant",
    "cli/local/credentials.py: json.dumps(shown, indent=4)": "JSON in ASCII",
    "cli/local/status.py: screen": "its lines are made fit, and have colours",
    "cli/main.py: _with_hint(text, None if hint is None else one_line(hint))": "the text is made fit above",
    "cli/pager.py: piece": "made fit where it is rendered",
    "cli/paging_options.py: _NON_POSITIVE": "a sentence",
    "cli/pki/print_commands.py: script.text()": "quoted; see the tests of the script",
    "cli/pki/status.py: drawn_tree(overview, session.terminal)": "its lines are made fit, and have colours",
    "cli/root.py: ctx.get_help()": "help",
    "cli/root.py: ctx.obj.version_line()": "a number",
    "cli/showing.py: line": "its callers make foreign text fit, and colour it",
    "cli/showing.py: text": "rendered as data",
}


def written(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the first argument of each call that writes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in WRITERS:
            yield node.args[0]


def is_safe(value: ast.expr) -> bool:
    """Tell whether a value is a fixed text, comes from one of our functions, or is made of such values."""
    match value:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in SAFE
        case ast.JoinedStr(values=parts):
            return all(is_safe(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts)
        case _:
            return False


def test_every_command_writes_through_the_function_that_makes_text_fit() -> None:
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(EDGES):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {f"{place}: {ast.unparse(value)}" for value in written(tree) if not is_safe(value)}
    assert sorted(found) == sorted(EXEMPT)
