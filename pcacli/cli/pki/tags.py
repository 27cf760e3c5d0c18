"""Tags on the command line, as KEY=VALUE."""

from collections.abc import Sequence

from pcacli.errors import UsageProblem


def parse_tags(words: Sequence[str]) -> dict[str, str]:
    """Read tags; the last of a key counts.

    Raises:
        UsageProblem: a word is none.
    """
    tags = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not (key and equals):
            raise UsageProblem(f"--tag takes KEY=VALUE, and {word!r} is none.")
        tags[key] = value
    return tags
