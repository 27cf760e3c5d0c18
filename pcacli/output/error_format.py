"""How an error reads on standard error, in the styles of `--cli-error-format`.

Only errors with a `code` have a structure that `json`, `yaml`, `text` and `table` can show; the others are one sentence
in every style. The usage line above an unknown option, hints and Ctrl-C are the command line's business.
Source: `awscli/errorhandler.py` and `awscli/errorformat.py` of the AWS CLI v2; behaviour recorded from version 2.36.7.
"""

from pcacli.errors import PcaError, ServiceError
from pcacli.output import formats
from pcacli.output.terminal import Terminal

DEFAULT_STYLE = "enhanced"
STYLES = ("legacy", "json", "yaml", "text", "table", DEFAULT_STYLE)

STRUCTURED_STYLES = frozenset({"json", "yaml", "text", "table"})


def format_error(error: PcaError, style: str, facts: Terminal) -> str:
    """Write an error as the text for standard error; a style that does not exist counts as `enhanced`."""
    style = style.lower()
    if error.code is None:
        return _sentence(error.message)
    if style in STRUCTURED_STYLES:
        return formats.find(style).formatter(_details(error, error.code), facts)
    if isinstance(error, ServiceError):
        return _sentence(service_message(error))
    return _sentence(error.message if style == "legacy" else f"An error occurred ({error.code}): {error.message}")


def service_message(error: ServiceError) -> str:
    """Say in the SDKs' sentence that the service refused a request."""
    where = f" when calling the {error.operation} operation" if error.operation else ""
    given_up = "" if error.retries is None else f" (reached max retries: {error.retries})"
    return f"An error occurred ({error.code}){where}{given_up}: {error.message}"


def _sentence(message: str) -> str:
    return f"\npcacli: [ERROR]: {message.strip()}".rstrip() + "\n"


def _details(error: PcaError, code: str) -> dict[str, str]:
    if not isinstance(error, ServiceError):
        return {"Code": code, "Message": error.message}
    details = {"Message": error.message, "Code": code}
    # Every exception of the model has one member, `message`, which the AWS CLI shows beside its own `Message`.
    return {**details, "message": error.message} if code in _modelled_codes() else details


def _modelled_codes() -> set[str]:
    from pcacli.api.catalogue import OPERATIONS

    return {code for operation in OPERATIONS.values() for code in operation.errors}
