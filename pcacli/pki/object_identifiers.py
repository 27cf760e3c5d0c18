"""Object identifiers out of foreign DER: one value, one encoding, one text.

Source: ITU-T X.690, section 8.19.2: an arc takes as few octets as possible. Readers differ in what they make of others,
so that two encodings of one identifier could pass for two.
"""

from functools import lru_cache

from pcacli.pki.der_reader import DerProblem, Element, dotted
from pcacli.pki.der_writer import OBJECT_IDENTIFIER, object_identifier


def identifier_of(element: Element) -> str:
    """Return the dotted text of an OBJECT IDENTIFIER that is encoded as DER has it.

    Raises:
        ValueError: the element is something else, or is encoded in another way.
    """
    if element.tag != OBJECT_IDENTIFIER:
        raise DerProblem("there is something else in the place of an object identifier")
    return _text(element.content)


@lru_cache(maxsize=256)
def _text(content: bytes) -> str:
    text = dotted(content)
    try:
        is_der = object_identifier(text) == content
    except ValueError as problem:
        raise DerProblem("an object identifier is longer than readers take") from problem
    if not is_der:
        raise DerProblem("an object identifier is not encoded as DER has it")
    return text
