"""Read a whole request from `--cli-input-json` or `--cli-input-yaml`, given literally or as `file://path`.

YAML is version 1.2: `yes` is no boolean and `011` no octal number there.
Source: AWS CLI User Guide, page "Generating a CLI skeleton"; error sentences measured with the AWS CLI 2.36.7.
"""

from collections.abc import Callable

from pcacli.errors import PcaError, UsageProblem
from pcacli.limits.readers import INPUT_JSON, INPUT_YAML, BeyondLimits
from pcacli.params.paramfile import is_readable_once, load_paramfile


def read_document(
    option: str, text: str, *, strict: bool = False, notice: Callable[[str], None] | None = None
) -> dict[str, object]:
    """Return the members that the value of an option ("cli-input-json" or "cli-input-yaml") gives.

    Blobs stay as they are written; `request.py` decodes them. A pipe, such as file:///dev/stdin, is read unless
    `strict`; `notice` then gets one line for the user.

    Raises:
        UsageProblem: the file or its content cannot be read, or it holds something else than members.
    """
    content = _content(option, text)
    if is_readable_once(text):
        if strict:
            # The AWS CLI reads a file twice, and works on what the second reading finds.
            content = ""
        elif notice is not None:
            notice(f"--{option}: {text} is read; aws would find it empty.")
    document = _PARSERS[option](content)
    if not isinstance(document, dict):
        raise UsageProblem(
            f"Error parsing parameter '--{option}': Invalid type: expecting map, received {type(document)}"
        )
    return document


def _content(option: str, text: str) -> str | bytes:
    try:
        content = load_paramfile(text)
    except PcaError as problem:
        raise UsageProblem(f"Error parsing parameter '--{option}': {problem.message}") from problem
    return text if content is None else content


def _from_json(content: str | bytes) -> object:
    from pcacli.limits.json_documents import load_json

    try:
        return load_json(content, INPUT_JSON)
    except ValueError as error:
        raise UsageProblem(
            "Error parsing parameter 'cli-input-json': Invalid JSON received.", hint=_why(error)
        ) from error


def _from_yaml(content: str | bytes) -> object:
    import warnings

    from pcacli.params.yaml_document import load_yaml

    try:
        with warnings.catch_warnings():
            # An anchor may be defined twice; who writes so does not want to hear of it.
            warnings.simplefilter("ignore")
            return load_yaml(content, INPUT_YAML)
    except Exception as error:
        # Its constructors let Python's own errors out, such as "month must be in 1..12".
        raise UsageProblem(
            "Error parsing parameter 'cli-input-yaml': Invalid YAML received.", hint=_why(error)
        ) from error


def _why(error: Exception) -> str | None:
    """Say in our own words what AWS's sentence leaves out, where it is a limit of ours."""
    return f"It {error.clause}." if isinstance(error, BeyondLimits) else None


_PARSERS: dict[str, Callable[[str | bytes], object]] = {"cli-input-json": _from_json, "cli-input-yaml": _from_yaml}
