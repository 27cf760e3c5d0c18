"""Writes the API's GeneralName, of all eight kinds, as X.509 has it.

The result is DER and not an object of `cryptography`, which knows no ediPartyName: one way for all kinds.
Sources: RFC 5280 section 4.2.1.6 for the tags; ACM PCA API reference, "GeneralName", for the kinds and the rule that
exactly one is given.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pcacli.errors import ServiceError
from pcacli.pki.der_writer import OBJECT_IDENTIFIER, SEQUENCE, UTF8_STRING, context_tag, encode, object_identifier
from pcacli.pki.ip_addresses import read_address
from pcacli.pki.names import subject_name


def general_name(name: Mapping[str, Any]) -> bytes:
    """Return one GeneralName as DER.

    Raises:
        ServiceError: InvalidArgsException, not exactly one kind is given or its value is impossible. Assumption: texts.
    """
    kinds = [kind for kind in _WRITERS if name.get(kind) is not None]
    if len(kinds) != 1:
        raise ServiceError("InvalidArgsException", "A general name must contain exactly one kind of name.")
    (kind,) = kinds
    if not name[kind]:
        raise ServiceError("InvalidArgsException", f"The value of {kind} is empty.")
    try:
        return _WRITERS[kind](name[kind])
    except ValueError as problem:
        raise ServiceError("InvalidArgsException", f"The value {name[kind]!r} is not valid for {kind}.") from problem


def general_names(names: Sequence[Mapping[str, Any]]) -> bytes:
    """Return GeneralNames, the value of a subject alternative name, as DER.

    Raises:
        ServiceError: InvalidArgsException, one of the names is wrong.
    """
    return encode(SEQUENCE, *map(general_name, names))


def _other_name(value: Mapping[str, str]) -> bytes:
    """`[0] SEQUENCE { type-id, [0] EXPLICIT value }`. Assumption: the value is a UTF8String."""
    text = encode(UTF8_STRING, value["Value"].encode())
    identifier = encode(OBJECT_IDENTIFIER, object_identifier(value["TypeId"]))
    return encode(context_tag(0, constructed=True), identifier, encode(context_tag(0, constructed=True), text))


def _directory_name(value: Mapping[str, Any]) -> bytes:
    """`[4] Name`; the tag is explicit because Name is a CHOICE (X.680 section 31.2.7)."""
    return encode(context_tag(4, constructed=True), subject_name(value))


def _edi_party_name(value: Mapping[str, str]) -> bytes:
    """`[5] SEQUENCE { nameAssigner [0] DirectoryString OPTIONAL, partyName [1] DirectoryString }`.

    A DirectoryString is a CHOICE, so its tags are explicit. Assumption: both are UTF8Strings.
    """
    parts = ((0, value.get("NameAssigner")), (1, value["PartyName"]))
    return encode(
        context_tag(5, constructed=True),
        *(
            encode(context_tag(number, constructed=True), encode(UTF8_STRING, text.encode()))
            for number, text in parts
            if text is not None
        ),
    )


def _ip_address(value: str) -> bytes:
    """`[7] OCTET STRING`: four octets for IPv4, sixteen for IPv6, in network byte order."""
    return encode(context_tag(7), read_address(value).packed)


_WRITERS: dict[str, Callable[[Any], bytes]] = {
    "OtherName": _other_name,
    "Rfc822Name": lambda value: encode(context_tag(1), value.encode("ascii")),
    "DnsName": lambda value: encode(context_tag(2), value.encode("ascii")),
    "DirectoryName": _directory_name,
    "EdiPartyName": _edi_party_name,
    "UniformResourceIdentifier": lambda value: encode(context_tag(6), value.encode("ascii")),
    "IpAddress": _ip_address,
    "RegisteredId": lambda value: encode(context_tag(8), object_identifier(value)),
}
