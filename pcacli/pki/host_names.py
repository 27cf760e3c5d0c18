"""Host names as certificates, TLS and DNS hold them: in ASCII, letters of other scripts as A-labels.

Sources: RFC 5280, section 7.2 (A-labels in certificates); RFC 5890 and 5891 (IDNA 2008); UTS 46, non-transitional, as
browsers and registries have it, so that straße stays a name of its own and is not strasse.
"""

_WILDCARD = "*."
# RFC 1034, section 3.1. A name does not become shorter in A-labels, but for characters that UTS 46 drops.
_MAXIMUM_CHARACTERS = 253


def ascii_host_name(text: str) -> str:
    """Return a host name in ASCII; one that is ASCII already comes back as it is, and so does a wildcard in front.

    In a name with letters of other scripts, labels in ASCII stay as they are, such as those with underscores.

    Raises:
        ValueError: a label is none by IDNA 2008; the message says why, in one line.
    """
    if text.isascii():
        return text
    if len(text) > _MAXIMUM_CHARACTERS:
        raise ValueError(f"it is longer than {_MAXIMUM_CHARACTERS} characters")
    import idna  # takes 10 ms, which names in ASCII need not pay

    wildcard, rest = (_WILDCARD, text.removeprefix(_WILDCARD)) if text.startswith(_WILDCARD) else ("", text)
    try:
        # Other scripts have full stops of their own, which UTS 46 maps to ours.
        labels = idna.uts46_remap(rest, std3_rules=False, transitional=False).split(".")
        return wildcard + ".".join(map(_ascii_label, labels))
    except idna.IDNAError as error:
        raise ValueError(str(error)) from error


def _ascii_label(label: str) -> str:
    import idna

    if not label.isascii():
        return idna.alabel(label).decode("ascii")
    if "*" in label:
        # UTS 46 maps a full-width asterisk to ours, too.
        raise idna.IDNAError("a wildcard is the whole first label, as in *.example.com")
    return label
