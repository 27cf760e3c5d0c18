"""Object identifiers out of foreign DER: one value, one encoding, one text.

Source: ITU-T X.690, section 8.19.2: an arc takes as few octets as possible. Readers differ in what they make of others,
so that two encodings of one identifier could pass for two.
"""

from pcacli.pki.der_reader import DerProblem, Element, dotted
from pcacli.pki.der_writer import OBJECT_IDENTIFIER, object_identifier


def identifier_of(element: Element) -> str:
    """Return the dotted text of an OBJECT IDENTIFIER that is encoded as DER has it.

    Raises:
        ValueError: the element is something else, or is encoded in another way.
    """
    text = dotted(element.content)
    if element.tag != OBJECT_IDENTIFIER or object_identifier(text) != element.content:
        raise DerProblem("an object identifier is not encoded as DER has it")
    return text
