"""Tags of a CA: add, remove, list."""

from pcacli.engine import states, tag_rules
from pcacli.engine.call import Call, Change, Response
from pcacli.engine.paging import behind, paged, requested_page
from pcacli.engine.store.port import Transaction

# InvalidNextTokenException is not modelled for ListTags (API reference).
_UNKNOWN_PAGE = "ValidationException"


def tag_certificate_authority(call: Call) -> Change:
    """Add tags; a key that is there gets the new value."""
    asked = tag_rules.new_tags(call.request["Tags"])

    def add(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.CHANGE_SETTINGS)
        transaction.put_authority(authority._replace(tags=tag_rules.with_tags(authority.tags, asked)))
        return {}

    return call.change(add)


def untag_certificate_authority(call: Call) -> Change:
    """Remove tags: by key, or by key and value if a value is given."""

    def remove(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.CHANGE_SETTINGS)
        asked = tuple((tag["Key"], tag.get("Value")) for tag in call.request["Tags"])
        transaction.put_authority(authority._replace(tags=tag_rules.without_tags(authority.tags, asked)))
        return {}

    return call.change(remove)


def list_tags(call: Call) -> Response:
    """List the tags of a CA in the order in which their keys were first given."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.READ_SETTINGS)
    scope = f"ListTags {authority.arn}"
    page = requested_page(call.request, scope, refusal_code=_UNKNOWN_PAGE)
    remaining = behind(authority.tags, page, name=_key, refusal_code=_UNKNOWN_PAGE)
    shown, more = paged(remaining, page, scope, name=_key)
    return {"Tags": [_described(key, value) for key, value in shown], **more}


def _key(tag: tuple[str, str | None]) -> str:
    return tag[0]


def _described(key: str, value: str | None) -> Response:
    return {"Key": key} if value is None else {"Key": key, "Value": value}
