"""The README's picture of a session: `python -m tests.support.session_picture` draws examples/session.svg again.

The commands are really run, in a pseudo-terminal of 80 columns; what they print becomes a picture by rich's export.
"""

import re
import tempfile
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests.support.command_line import Pcacli
from tests.support.screen import on_screen

COLUMNS = 80
PICTURE = Path(__file__).parents[2] / "examples" / "session.svg"
COMMANDS = (
    "pcacli pki init --common-name Example",
    "pcacli pki request --dns-name www.example.com --out-dir www",
    "pcacli pki status",
    "pcacli pki inspect www/cert.pem",
    "pcacli list-certificate-authorities --output table",
)
# The fonts of rich's own format come from the network; a reader's monospaced font does as well.
_FONT_FACES = re.compile(r"@font-face \{\{.*?\}\}\n", re.DOTALL)


def picture(folder: Path) -> str:
    """Run the commands in a folder and return the picture as SVG."""
    pcacli = Pcacli(folder)
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, legacy_windows=False)
    for command in COMMANDS:
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        seen = on_screen(pcacli, *command.split()[1:], COLUMNS=str(COLUMNS))
        assert seen.exit_code == 0, seen.screen
        console.print(Text.from_ansi(seen.screen.replace(str(folder / "store"), "~/.local/share/pcacli")))
        console.print()
    template = _FONT_FACES.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code", "monospace")
    return console.export_svg(title="pcacli", code_format=template, unique_id="pcacli")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        PICTURE.write_text(picture(Path(made)), encoding="utf-8")
