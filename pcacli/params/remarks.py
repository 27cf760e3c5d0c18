"""What the AWS CLI remarks beside each member of a YAML skeleton: the first sentence of AWS's documentation.

We hold no copy of that documentation. It is read, without importing botocore, from the service model that botocore
installs; if there is none, our own words take its place.
"""

import functools
from pathlib import Path

from pcacli.api.shapes import Member, String, Structure


def remark(structure: Structure, member: Member) -> str:
    """Return the comment on one member of `structure`, without its "#"."""
    parts = [
        "[REQUIRED]" if member.required else None,
        _first_sentence(_documentation().get((structure.name, member.name)) or member.help),
        f"Valid values are: {', '.join(_choices(member))}." if _choices(member) else None,
    ]
    return " ".join(part for part in parts if part is not None)


def _choices(member: Member) -> tuple[str, ...]:
    return member.shape.choices if isinstance(member.shape, String) else ()


def _first_sentence(documentation: str) -> str:
    """Cut as the AWS CLI does: at the first full stop or colon, even that of "X.509"."""
    import html
    import re

    text = html.unescape(re.sub(r"<[^>]*>", "", documentation))
    sentence = re.split(r"[.:]", text, maxsplit=1)[0]
    return f"{sentence}.".replace("\n", " ").replace("\u2028", " ") if sentence else ""


@functools.cache
def _documentation() -> dict[tuple[str, str], str]:
    """Return AWS's documentation by names of structure and member; nothing if botocore's model is not installed."""
    import gzip
    import json

    path = _model_path()
    if path is None:
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        shapes = json.load(file)["shapes"]
    return {
        (structure_name, name): reference.get("documentation") or shapes[reference["shape"]].get("documentation", "")
        for structure_name, structure in shapes.items()
        for name, reference in structure.get("members", {}).items()
    }


def _model_path() -> Path | None:
    from importlib.util import find_spec

    specification = find_spec("botocore")
    folders = specification.submodule_search_locations if specification else None
    models = [path for folder in folders or () for path in Path(folder).glob("data/acm-pca/*/service-2.json.gz")]
    return max(models, default=None)
