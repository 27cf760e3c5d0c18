"""The words in which the API is declared: shapes, members, operations, waiters, paginators.

Nothing here knows a particular operation, and nothing here does anything: these are named tuples of data, read by
the parser of parameters, the builder of commands, the engine's checks, the server's decoder and the man pages.
"""

from typing import NamedTuple


class String(NamedTuple):
    """Text. Lengths are in characters; `pattern` must match the whole text; `choices` are the legal values."""

    name: str
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()


class Integer(NamedTuple):
    """A whole number with inclusive limits; `long` where the model says 64 bits."""

    name: str
    minimum: int | None = None
    maximum: int | None = None
    long: bool = False


class Boolean(NamedTuple):
    """True or false."""

    name: str


class Timestamp(NamedTuple):
    """An instant, in Python an aware datetime."""

    name: str


class Blob(NamedTuple):
    """Bytes; the limits are sizes in bytes."""

    name: str
    minimum: int | None = None
    maximum: int | None = None


class List(NamedTuple):
    """A list of one kind of thing; the limits are numbers of elements."""

    name: str
    member: "Shape"
    minimum: int | None = None
    maximum: int | None = None


class Structure(NamedTuple):
    """A fixed set of named members, in the order of the API model (which is the order of output)."""

    name: str
    members: tuple["Member", ...]

    def member(self, name: str) -> "Member | None":
        """Return the member called `name`, or None."""
        return next((member for member in self.members if member.name == name), None)


Shape = String | Integer | Boolean | Timestamp | Blob | List | Structure


class Member(NamedTuple):
    """One member of a structure, with our own words about it."""

    name: str
    shape: Shape
    help: str
    required: bool = False


class Operation(NamedTuple):
    """One action of the API.

    `summary` is a sentence that starts with a verb, `returns` says what comes back, `example` is one command line
    that runs. `changes` says whether a successful call changes the service's state.
    """

    name: str
    summary: str
    returns: str
    example: str
    input: Structure
    output: Structure | None
    errors: tuple[str, ...]
    changes: bool


class Acceptor(NamedTuple):
    """One rule of a waiter: what it looks at, and the state that a match means.

    `matcher` is "error" (an exception's name, or False for "no error") or "path" (a JMESPath over the response).
    """

    matcher: str
    expected: str | bool
    state: str
    argument: str | None = None


class Waiter(NamedTuple):
    """One waiter: poll an operation until an acceptor decides."""

    name: str
    summary: str
    example: str
    operation: str
    delay_seconds: int
    max_attempts: int
    acceptors: tuple[Acceptor, ...]


class Paginator(NamedTuple):
    """How one operation is paged: the names of the members that carry the token, the page size and the items."""

    operation: str
    input_token: str
    output_token: str
    limit_key: str
    result_key: str
