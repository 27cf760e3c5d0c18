"""The `yaml` format: block style, members sorted by name, quoted and folded as libyaml does.

Both come from ruamel.yaml's safe representer and its C emitter, which the AWS CLI v2 uses (`awscli/formatter.py`).
"""

from io import BytesIO

from pcacli.errors import PcaError
from pcacli.output.json_format import format_value as format_json
from pcacli.output.terminal import Terminal


def format_value(value: object, terminal: Terminal) -> str:
    """Write a value as a YAML document, or a single scalar as JSON, since YAML would end it with `...`.

    Raises:
        PcaError: a query gave something that is no data, such as `&Expression`.
    """
    if value is None or isinstance(value, str | int | float):
        return format_json(value, terminal)
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import RepresenterError

    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    stream = BytesIO()  # the emitter encodes as UTF-8
    try:
        yaml.dump(value, stream)
    except RepresenterError as error:
        raise PcaError(str(error)) from error
    return stream.getvalue().decode()
