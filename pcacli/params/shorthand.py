r"""Read the AWS CLI's shorthand, such as `Key=team,Value='a, b'` or `Subject={CommonName=x},Extensions={KeyUsage={…}}`.

Syntax only: the result holds dictionaries, lists and text (bytes after `@=fileb://`). What the API wants of it is
decided in `coercion.py`.

    shorthand = pair *("," pair)          a key may stand only once
    pair      = key ("=" / "@=") values   after "@=", a word that names a file stands for its content
    values    = list / map / word *("," word)               several words are a list, one is not
    list      = "[" [item *("," item) [","]] "]"
    map       = "{" [member *("," member) [","]] "}"        the last of equal keys counts
    member    = key ("=" / "@=") item
    item      = list / map / word
    word      = "'" … "'" / '"' … '"' / bare                \' \" \\ escape in quotes, \, in a bare word
    key       = *(letter / digit / "-" / "_" / "." / "#" / "/" / ":")

Space and line breaks may stand around ",", "=", "@" and inside brackets, not at the very beginning.
Source: AWS CLI User Guide, page "Using shorthand syntax"; details measured with the AWS CLI 2.36.7.
"""

import re
import string
from typing import NoReturn, TypeAlias

from pcacli.errors import UsageProblem
from pcacli.params.paramfile import load_paramfile

Value: TypeAlias = str | bytes | list["Value"] | dict[str, "Value"]

_KEY = re.compile(r"[A-Za-z0-9\-_.#/:]*")
_QUOTED = {"'": re.compile(r"'((?:\\'|[^'])*)'"), '"': re.compile(r'"((?:\\"|[^"])*)"')}
_QUOTED_NAMES = {"'": "<singled quoted>", '"': "<double quoted>"}
# Characters beyond the Basic Multilingual Plane and control characters need quotes.
_ALWAYS_QUOTED = r"\x00-\x08\x0e-\x1b\"',\U00010000-\U0010ffff"
_BARE_START = rf"(?:\\,|[^{_ALWAYS_QUOTED}\t-\r\x1c- =\[{{])"
_BARE = re.compile(rf"{_BARE_START}(?:\\,|[^{_ALWAYS_QUOTED}\]}}])*")
# In "a=b,c=d" the "c" is a key, not a second word: words after the first hold no "=", but may hold brackets.
_FURTHER_BARE = re.compile(rf"{_BARE_START}(?:\\,|[^{_ALWAYS_QUOTED}=])*")


def parse(text: str) -> dict[str, Value]:
    """Turn shorthand into nested dictionaries, lists and text.

    Raises:
        UsageProblem: the text breaks the grammar; the message shows where, with a caret under the place.
        PcaError: a file after "@=" cannot be read.
    """
    try:
        return _Parser(text).shorthand()
    except RecursionError as error:
        raise UsageProblem("The value is nested too deeply.") from error


class _Parser:
    """A text and how far it is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = 0
        self._names_files = False

    def shorthand(self) -> dict[str, Value]:
        pairs: dict[str, Value] = {}
        while True:
            start = self._index + 1
            if pairs:
                self._take(",")
            key = self._key()
            value = self._values()
            if key in pairs:
                raise UsageProblem(
                    f'Second instance of key "{key}" encountered for input:\n{_pointed_at(self._text, start)}\n'
                    'This is often because there is a preceding "," instead of a space.'
                )
            pairs[key] = value
            if self._at_end():
                return pairs

    def _key(self) -> str:
        """Read a key and what separates it from its value."""
        key = self._matched(_KEY) or ""
        self._skip_space()
        self._names_files = self._next() == "@"
        if self._names_files:
            self._take("@")
        self._take("=")
        return key

    def _values(self) -> Value:
        return self._item() if self._next() in ("[", "{") else self._words()

    def _words(self) -> Value:
        words: list[Value] = [self._word()]
        self._skip_space()
        while self._next() == ",":
            self._take(",")
            word = self._further_word()
            self._skip_space()
            if word is None or self._next() not in (",", ""):
                # It was the next key. Its comma is looked for from here, not remembered, because the AWS CLI does
                # so: "a=b,,c=d" passes.
                self._index = self._text.rindex(",", 0, self._index + 1)
                break
            words.append(word)
        return words if len(words) > 1 else words[0]

    def _item(self) -> Value:
        if self._next() == "[":
            return self._list()
        if self._next() == "{":
            return self._map()
        return self._word()

    def _list(self) -> Value:
        self._take("[")
        items: list[Value] = []
        while self._next() != "]":
            items.append(self._item())
            self._end_member("]")
        self._index += 1
        return items

    def _map(self) -> Value:
        self._take("{")
        members: dict[str, Value] = {}
        while self._next() != "}":
            key = self._key()
            members[key] = self._item()
            self._end_member("}")
        self._index += 1
        return members

    def _end_member(self, closing: str) -> None:
        self._skip_space()
        if self._next() != closing:
            self._take(",")

    def _word(self) -> Value:
        """Read one word; nothing readable is the empty word."""
        if self._next() in _QUOTED:
            word = self._quoted()
            return word if word is not None else self._fail(_QUOTED_NAMES[self._next()], "<none>")
        return self._bare(_BARE) or ""

    def _further_word(self) -> Value | None:
        """Read a word after the first, or None if none begins here."""
        if self._at_end():
            self._fail("<second>", "<none>")
        return self._quoted() if self._next() in _QUOTED else self._bare(_FURTHER_BARE)

    def _quoted(self) -> Value | None:
        quote = self._next()
        matched = self._matched(_QUOTED[quote])
        if matched is None:
            return None
        return self._content(matched[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\"))

    def _bare(self, pattern: re.Pattern[str]) -> Value | None:
        matched = self._matched(pattern)
        return None if matched is None else self._content(matched.replace("\\,", ",").rstrip())

    def _content(self, word: str) -> Value:
        content = load_paramfile(word) if self._names_files else None
        return word if content is None else content

    def _next(self) -> str:
        """Return the next character, or nothing at the end."""
        return self._text[self._index : self._index + 1]

    def _at_end(self) -> bool:
        return self._index >= len(self._text)

    def _skip_space(self) -> None:
        while not self._at_end() and self._next() in string.whitespace:
            self._index += 1

    def _matched(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._text, self._index)
        if match is None:
            return None
        self._index = match.end()
        return match.group()

    def _take(self, mark: str) -> None:
        """Read one character and the space around it."""
        self._skip_space()
        if self._next() != mark:
            self._fail(mark, self._next() or "EOF")
        self._index += 1
        self._skip_space()

    def _fail(self, expected: str, received: str) -> NoReturn:
        raise UsageProblem(
            f"Expected: '{expected}', received: '{received}' for input:\n {_pointed_at(self._text, self._index)}"
        )


def _pointed_at(text: str, index: int) -> str:
    """Return the text with a caret under one of its characters, on a line of its own."""
    column = index - (text.rfind("\n", 0, index) + 1)
    end_of_line = text.find("\n", index)
    end = len(text) if end_of_line == -1 else end_of_line
    return f"{text[:end]}\n{' ' * column}^{text[end:]}"
