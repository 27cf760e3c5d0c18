"""Make the request out of the options and the input document."""

from collections.abc import Callable, Mapping
from functools import partial

from pcacli.api.shapes import Operation
from pcacli.params.arguments import option_of
from pcacli.params.blobs import BASE64, decode_blobs
from pcacli.params.validation import validate


def build_request(
    operation: Operation,
    arguments: Mapping[str, object],
    document: Mapping[str, object] | None = None,
    *,
    binary_format: str = BASE64,
    strict: bool = False,
    notice: Callable[[str], None] | None = None,
) -> dict[str, object]:
    """Return the validated request; a member given as an option replaces that of the document as a whole.

    Args:
        operation: the action that is asked for.
        arguments: values of options by member name, as `arguments.argument_value` returns them.
        document: what `input_document.read_document` returned, if there was one.
        binary_format: how texts stand for bytes, "base64" or "raw-in-base64-out".
        strict: refuse what the AWS CLI refuses.
        notice: gets a line for the user about each thing that the AWS CLI would have refused.

    Raises:
        UsageProblem: the request is not what the API declares.
        PcaError: a blob is not base64.
    """
    further = {name: value for name, value in (document or {}).items() if name not in arguments}
    decoded = partial(decode_blobs, operation.input, binary_format=binary_format, strict=strict, notice=notice)
    request = {**decoded(arguments, name_of=option_of), **decoded(further)}
    validate(operation.input, request)
    return request
