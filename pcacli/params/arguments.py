"""Turn the words after one option into the value of one member of the request.

| shape              | what the user may write                                                         |
| ------------------ | ------------------------------------------------------------------------------- |
| text, blob         | one word (a blob stays text until `blobs.py` decodes it)                        |
| integer            | one word                                                                        |
| structure          | one word: a JSON object or shorthand                                            |
| list of structures | words in shorthand, words that are JSON objects, or one word that is a JSON list |
| list of text       | words, or one word that is a JSON list                                          |

No operation has a boolean or an instant at the top of its request. A single word may be `file://path` or
`fileb://path`, and then the content counts.
Source: AWS CLI User Guide, page "Specifying parameter values"; details measured with the AWS CLI 2.36.7.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcacli.api.shapes import Integer, List, Member, Shape, Structure
from pcacli.errors import PcaError, UsageProblem
from pcacli.limits.readers import OPTION_JSON, BeyondLimits
from pcacli.params.coercion import coerced
from pcacli.params.paramfile import load_paramfile

if TYPE_CHECKING:
    from pcacli.params.shorthand import Value


def argument_value(member: Member, words: Sequence[str]) -> object:
    """Return what the words after the option of `member` mean; options other than lists have exactly one word.

    Call it in the order of the API's members: with several mistakes, the AWS CLI reports that of the first member.

    Raises:
        UsageProblem: a file, JSON or shorthand cannot be read; the message names the option.
        PcaError: a number is none, or a file named inside shorthand cannot be read.
    """
    try:
        content = _file_content(words[0]) if len(words) == 1 else None
        if content is not None:
            return _value(member.shape, content)
        if isinstance(member.shape, List):
            return _elements(member.shape, words)
        return _value(member.shape, words[0])
    except UsageProblem as problem:
        raise UsageProblem(f"Error parsing parameter '{option_of(member)}': {problem.message}") from problem
    except PcaError as problem:
        # The AWS CLI's sentence does not say what it is about.
        problem.hint = problem.hint or f"This is about the value of {option_of(member)}."
        raise


def option_of(member: Member) -> str:
    """Return the option of a member, as it is typed."""
    # The catalogue declares every operation; a command that works needs only its own.
    from pcacli.api.catalogue import command_name

    return f"--{command_name(member.name)}"


def _file_content(word: str) -> str | bytes | None:
    try:
        return load_paramfile(word)
    except PcaError as problem:
        raise UsageProblem(problem.message) from problem


def _value(shape: Shape, text: str | bytes) -> object:
    """Read a value that is one text: a word, or the content of a file."""
    reader = _READERS.get(type(shape))
    return text if reader is None else reader(shape, text)


def _structure(shape: Shape, text: str | bytes) -> object:
    text = _readable(text)
    return _json_object(text) if _looks_like_json(text) else coerced(shape, _from_shorthand(text))


def _list(shape: Shape, text: str | bytes) -> object:
    """Read a list from the content of a file."""
    text = _readable(text)
    if text.lstrip().startswith("["):
        return _from_json(text)
    if not _holds_structures(shape) or _looks_like_json(text):
        raise UsageProblem(f"The file must hold a JSON list.\nReceived: {text}")
    # The AWS CLI leaves this dictionary where a list is wanted, and the validation then says so.
    return _from_shorthand(text)


_READERS: dict[type[Shape], Callable[[Shape, str | bytes], object]] = {
    Integer: coerced,
    Structure: _structure,
    List: _list,
}


def _elements(shape: List, words: Sequence[str]) -> object:
    """Read a list from the words after its option."""
    if len(words) == 1 and words[0].strip().startswith("["):
        return _from_json(words[0])
    if not _holds_structures(shape):
        return [_value(shape.member, word) for word in words]
    # The first word decides for all of them.
    if words and _looks_like_json(words[0]):
        return [_json_object(word) for word in words]
    return coerced(shape, [_from_shorthand(word) for word in words])


def _holds_structures(shape: Shape) -> bool:
    return isinstance(shape, List) and isinstance(shape.member, Structure)


def _looks_like_json(text: str) -> bool:
    return text.strip().startswith(("[", "{"))


def _readable(text: str | bytes) -> str:
    if isinstance(text, bytes):
        raise UsageProblem("The content of a fileb:// file is bytes, and text is wanted here. Use file:// instead.")
    return text


def _json_object(text: str) -> object:
    if not text.lstrip().startswith("{"):
        raise UsageProblem(f"Invalid JSON:\n{text}")
    return _from_json(text)


def _from_json(text: str) -> object:
    from pcacli.limits.json_documents import load_json

    try:
        # Ordered dictionaries, because complaints about a value show it, and the AWS CLI reads it into one.
        return load_json(text, OPTION_JSON, object_pairs_hook=OrderedDict)
    except BeyondLimits as error:
        raise UsageProblem(f"The value {error.clause}.") from error
    except ValueError as error:
        raise UsageProblem(f"Invalid JSON: {error}\nJSON received: {text}") from error


def _from_shorthand(text: str) -> "dict[str, Value]":
    # Most commands take no shorthand, and its patterns take a while to compile.
    from pcacli.params.shorthand import parse

    return parse(text)
