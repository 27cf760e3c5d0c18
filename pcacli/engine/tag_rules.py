"""What tags may be, and how adding and removing them works.

Sources: API reference, TagCertificateAuthority and UntagCertificateAuthority; User Guide, "Tags" (reserved prefixes).
"""

from collections.abc import Iterable, Mapping

from pcacli.errors import ServiceError

Tags = tuple[tuple[str, str | None], ...]

MAXIMUM_TAGS = 50
RESERVED_PREFIXES = ("aws:", "rds:")


def new_tags(asked: Iterable[Mapping[str, str]]) -> Tags:
    """Read the tags of a request.

    Raises:
        ServiceError: InvalidTagException, a key is reserved or given twice.
    """
    tags: dict[str, str | None] = {}
    for tag in asked:
        key = tag["Key"]
        if key.lower().startswith(RESERVED_PREFIXES):
            raise ServiceError("InvalidTagException", f"The tag key {key} begins with a reserved prefix.")
        if key in tags:
            raise ServiceError("InvalidTagException", f"The tag key {key} is given more than once.")
        tags[key] = tag.get("Value")
    return tuple(tags.items())


def with_tags(present: Tags, added: Tags) -> Tags:
    """Return the tags with others added; the value of a key that is there is replaced.

    Raises:
        ServiceError: TooManyTagsException.
    """
    tags = {**dict(present), **dict(added)}
    if len(tags) > MAXIMUM_TAGS:
        raise ServiceError("TooManyTagsException", f"A certificate authority can have at most {MAXIMUM_TAGS} tags.")
    return tuple(tags.items())


def without_tags(present: Tags, removed: Tags) -> Tags:
    """Return the tags without some: a pair without a value removes the key, else only an equal pair goes."""
    return tuple((key, value) for key, value in present if not {(key, None), (key, value)} & set(removed))
