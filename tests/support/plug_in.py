"""Somebody else's plug-in, installed without a network: `python -m tests.support.plug_in install FOLDER`.

Building for real would fetch a build backend. It goes into the folder that PLUG_INS names.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

FOLDER = "PLUG_INS"


def install(project: Path, target: Path) -> None:
    """Install a project of single modules with pip, from what a build of it would give."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = _write_wheel(Path(folder), project)
        words = (
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--disable-pip-version-check",
            "--target",
            str(target),
        )
        subprocess.run([sys.executable, "-m", "pip", *words, str(wheel)], check=True)


def _write_wheel(folder: Path, project: Path) -> Path:
    described = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    name, version = described["name"].replace("-", "_"), described["version"]
    information = f"{name}-{version}.dist-info"
    points = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in described["entry-points"].items()
    ]
    files = {
        **{module.name: module.read_text() for module in project.glob("*.py")},
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {described['name']}\nVersion: {version}\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/entry_points.txt": "\n".join(points),
        f"{information}/RECORD": "",
    }
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


if __name__ == "__main__":
    install(Path(sys.argv[2]), Path(os.environ[FOLDER]))
