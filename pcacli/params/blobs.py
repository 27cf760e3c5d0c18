"""Turn the text that stands for bytes into bytes.

Text is base64 by default, or is taken as it is under `--cli-binary-format raw-in-base64-out`. What is bytes already
(from `fileb://` or YAML's `!!binary`) stays. Blobs stand only at the top of the API's requests.
Source: AWS CLI User Guide, page "Configuration and credential file settings", `cli_binary_format`.
"""

import binascii
from collections.abc import Callable, Mapping
from pathlib import Path

from pcacli.api.shapes import Blob, Member, Structure
from pcacli.errors import PcaError

# The longest path on Linux is 4096 bytes; what is longer than this is hardly typed.
_LONGEST_NAME = 255
BASE64 = "base64"
RAW = "raw-in-base64-out"


def decode_blobs(
    structure: Structure,
    request: Mapping[str, object],
    *,
    binary_format: str = BASE64,
    strict: bool = False,
    notice: Callable[[str], None] | None = None,
    name_of: Callable[[Member], str] = lambda member: member.name,
) -> dict[str, object]:
    """Return the request with bytes in the place of its texts that stand for bytes.

    A PEM text where base64 is wanted is understood unless `strict`; `notice` then gets one line for the user, which
    calls the member as `name_of` does.

    Raises:
        PcaError: a text is not base64.
    """
    decoded = dict(request)
    for member in structure.members:
        value = decoded.get(member.name)
        if not isinstance(member.shape, Blob) or not isinstance(value, str):
            continue
        if binary_format == RAW:
            decoded[member.name] = _encoded(value)
        elif _is_pem(value) and not strict:
            decoded[member.name] = _encoded(value)
            if notice is not None:
                notice(
                    f"{name_of(member)}: PEM text is taken as it is; aws would refuse it. Name the file with fileb://."
                )
        else:
            if notice is not None and not strict and _names_file(value):
                notice(f"{name_of(member)}: there is a file {value}; to send what is in it say fileb://{value}")
            decoded[member.name] = _from_base64(name_of(member), value)
    return decoded


def _names_file(text: str) -> bool:
    """Say whether the text is the name of a file: whoever forgets fileb:// sends the name, read as base64."""
    return len(text) <= _LONGEST_NAME and text.isprintable() and Path(text).is_file()


def _is_pem(text: str) -> bool:
    """Say whether the text is PEM, which can mean nothing else: base64 has no hyphens (RFC 4648 section 4)."""
    return text.lstrip().startswith("-----BEGIN ")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise PcaError(str(error)) from error


def _from_base64(name: str, text: str) -> bytes:
    """Decode base64 as leniently as the AWS CLI does: what is not in the alphabet is skipped."""
    try:
        return binascii.a2b_base64(text)
    except binascii.Error as error:
        raise PcaError(
            f'Invalid base64: "{text}"', hint=f"{name}: to give the content of a file, write fileb://path."
        ) from error
    except ValueError as error:
        # Beyond ASCII; the AWS CLI prints Python's own sentence here.
        raise PcaError(str(error)) from error
