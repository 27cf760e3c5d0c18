"""HTTP requests and responses as values: what comes in whole, what goes out whole."""

from typing import NamedTuple

Header = tuple[str, str]


class Request(NamedTuple):
    """One HTTP request. Names of headers are in small letters; `path` and `query` are as sent, still encoded."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    client: str

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def host(self) -> str:
        """The host that the client meant to reach, as it named it; several of them are joined by commas."""
        return self.headers.get("host", "")


class Response(NamedTuple):
    """One HTTP response; Content-Length, Date and the request's identifier are added to it."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()
