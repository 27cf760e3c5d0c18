"""The grammar of the AWS CLI's command lines, in front of Click's parser.

Click wants one word after an option; the AWS CLI takes several (`--tags Key=a Key=b`), unambiguous abbreviations,
`--option=value`, and its global options before and after the subcommand. `parse` reads words by those rules and returns
assignments; the commands hand them to Click in the one form that needs no guessing.

The rules are those of Python's argparse, on which the AWS CLI is built: what starts with a dash is an option unless it
is a negative number or contains a space; an exact name wins over an abbreviation; behind `--` there are no options.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pcacli.errors import UsageProblem

ONE_WORD, MANY_WORDS, OPTIONAL_WORD, FLAG = "one", "many", "optional", "flag"
END_OF_OPTIONS = "--"

_NEGATIVE_NUMBER = r"-\d+$|-\d*\.\d+$"


class Option(NamedTuple):
    """An option as this grammar sees it: its name with dashes, and what follows it."""

    name: str
    takes: str = ONE_WORD


class Assignment(NamedTuple):
    """One option of the command line and its words: exactly one, any number, at most one, or none for a flag."""

    option: Option
    words: tuple[str, ...]


class Parsed(NamedTuple):
    """What was understood, in order, and the words that were not."""

    assignments: list[Assignment]
    rest: list[str]


def parse(words: Sequence[str], options: Iterable[Option]) -> Parsed:
    """Read the options that are known; leave every other word in `rest`, in order.

    From the first `--` on, no word is an option.

    Raises:
        UsageProblem: an abbreviation is ambiguous, or a value is missing or not wanted.
    """
    known = {option.name: option for option in options}
    end = words.index(END_OF_OPTIONS) if END_OF_OPTIONS in words else len(words)
    words, behind = words[:end], words[end:]
    # All words first: an ambiguous one is complained of before a value that is missing further ahead.
    named = [_option_of(word, known) for word in words]
    parsed = Parsed([], [])
    position = 0
    while position < len(words):
        word, (option, value) = words[position], named[position]
        position += 1
        if option is None:
            parsed.rest.append(word)
            continue
        following = _values_after(words, position) if value is None else 0
        values = _take(option, value, words[position : position + following])
        if value is None:
            position += len(values)
        parsed.assignments.append(Assignment(option, values))
    parsed.rest.extend(behind)
    return parsed


def is_value(word: str) -> bool:
    """Tell whether a word is a value rather than an option."""
    return not word.startswith("-") or word == "-" or " " in word or re.match(_NEGATIVE_NUMBER, word) is not None


def _option_of(word: str, known: dict[str, Option]) -> tuple[Option | None, str | None]:
    """Return the option that a word names, and the value that it carries behind "="."""
    if word in known:
        return known[word], None
    if not word.startswith("--"):
        return None, None
    name, equals, value = word.partition("=")
    found = [known[name]] if name in known else [known[full] for full in known if full.startswith(name)]
    if len(found) > 1:
        matches = ", ".join(option.name for option in found)
        raise UsageProblem(f"ambiguous option: {word} could match {matches}")
    if not found or (" " in name):
        return None, None
    return found[0], value if equals else None


def _values_after(words: Sequence[str], position: int) -> int:
    count = 0
    while position + count < len(words) and is_value(words[position + count]):
        count += 1
    return count


def _take(option: Option, explicit: str | None, following: Sequence[str]) -> tuple[str, ...]:
    if option.takes == FLAG:
        if explicit is not None:
            raise UsageProblem(f"argument {option.name}: ignored explicit argument {explicit!r}")
        return ()
    if explicit is not None:
        return (explicit,)
    if option.takes == MANY_WORDS:
        return tuple(following)
    if option.takes == OPTIONAL_WORD:
        return tuple(following[:1])
    if not following:
        raise UsageProblem(f"argument {option.name}: expected one argument")
    return (following[0],)
