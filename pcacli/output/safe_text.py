"""Makes foreign text fit for a terminal: what names, servers and services say is shown, and never obeyed.

Control characters move the cursor, change titles and colours, or end a line; characters that order text from right to
left make one name look like another. Each becomes an escape that shows its number. Every edge uses these functions, and
nothing else does the same.
Sources: ECMA-48 (C0, C1); Unicode Standard Annex 9, section 2 (bidirectional controls); Unicode Technical Report 36.
"""

from collections.abc import Iterable

# What `str.isprintable` does not know as such, and people do write: the spaces of other scripts.
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def one_line(text: str) -> str:
    """Return a text that is shown on one line: tabs stay, line ends and all other control characters are escaped."""
    return text if text.isprintable() else _escaped(text, f"\t{_SPACES}")


def lines(texts: Iterable[str]) -> str:
    """Return texts one below the other, each on one line: none of them can look like a further one."""
    return "\n".join(map(one_line, texts))


def on_lines(text: str) -> str:
    """Return a text of several lines: line feeds and tabs stay, all other control characters are escaped."""
    return text if text.replace("\n", "").isprintable() else _escaped(text, f"\n\t{_SPACES}")


def in_document(text: str) -> str:
    """Do the same in JSON or YAML, whose strings know escapes of their own: the document stays one, and equal."""
    if text.isascii() and "\x7f" not in text:
        return text  # Both formats escape the control characters of ASCII by themselves.
    allowed = f"\n\t{_SPACES}"
    return "".join(each if each.isprintable() or each in allowed else _unit_escapes(each) for each in text)


def made_fit(value: object) -> object:
    """Return a value with every text in it on one line: for formats that have no escapes of their own."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict):
        return {made_fit(key): made_fit(each) for key, each in value.items()}
    return [made_fit(each) for each in value] if isinstance(value, list | tuple) else value


def _escaped(text: str, allowed: str) -> str:
    return "".join(each if each.isprintable() or each in allowed else repr(each)[1:-1] for each in text)


def _unit_escapes(character: str) -> str:
    """Write a character as JSON does, in units of UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
