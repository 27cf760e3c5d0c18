import subprocess
import sys
from pathlib import Path

import pytest

from pcacli.errors import PcaError
from pcacli.output import formats
from pcacli.output.render import render_value
from pcacli.output.terminal import Terminal


@pytest.fixture
def plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution with three plug-ins, as pip would."""
    (tmp_path / "csv_for_pcacli.py").write_text(
        "def format_value(value, terminal):\n"
        "    return ''.join(','.join(map(str, row.values())) + '\\n' for row in value)\n"
    )
    metadata = tmp_path / "csv_for_pcacli-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: csv-for-pcacli\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(
        "[pcacli.formatters]\ncsv = csv_for_pcacli:format_value\njson = csv_for_pcacli:format_value\n"
        "broken = csv_for_pcacli:no_such_name\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("plug_ins")
def test_plug_in_formats_what_the_query_left() -> None:
    text = render_value([{"a": 1, "b": 2}, {"a": 3, "b": 4}], format_name="csv", query=None, facts=Terminal())
    assert text == "1,2\n3,4\n"


@pytest.mark.usefixtures("plug_ins")
def test_plug_in_is_listed_and_cannot_replace_a_built_in_format() -> None:
    assert formats.names()[-2:] == ("broken", "csv")
    assert formats.is_known("csv")
    assert render_value(["x"], format_name="json", query=None, facts=Terminal()) == '[\n    "x"\n]\n'


@pytest.mark.usefixtures("plug_ins")
def test_plug_in_that_does_not_load_is_named() -> None:
    with pytest.raises(PcaError, match=r"plug-in broken \(csv_for_pcacli:no_such_name\) does not load"):
        formats.find("broken")


def test_every_built_in_format_loads() -> None:
    names = ("json", "text", "table", "yaml", "yaml-stream", "pem", "off")
    assert formats.names()[: len(names)] == names
    for name in names:
        assert callable(formats.find(name).formatter)
    assert not formats.is_known("xml")
    assert not formats.is_known("JSON")


def test_json_without_a_query_imports_nothing_slow() -> None:
    program = (
        "import sys; from pcacli.output.render import render_value; from pcacli.output.terminal import Terminal; "
        "render_value({'a': 1}, format_name='json', query=None, facts=Terminal()); "
        "print([m for m in ('jmespath', 'rich', 'ruamel', 'importlib.metadata', 'dataclasses') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
