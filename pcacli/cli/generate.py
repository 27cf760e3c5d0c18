"""Write the files that are generated from the declarations: `python -m pcacli.cli.generate` in the repository."""

from pathlib import Path

from pcacli.cli.command_tree import command_tree
from pcacli.cli.completion.scripts import FILE_NAMES, SCRIPTS
from pcacli.cli.manual.pages import pages

MAN, COMPLETIONS = "man", "completions"


def generated_files() -> dict[str, str]:
    """Return the text of every generated file by its path in the repository."""
    tree = command_tree()
    manual = {f"{MAN}/{name}": text for name, text in pages(tree).items()}
    scripts = {f"{COMPLETIONS}/{FILE_NAMES[shell]}": script(tree) for shell, script in SCRIPTS.items()}
    return manual | scripts


def write(repository: Path) -> None:
    """Write the files, and remove those in their folders that are no longer generated."""
    texts = generated_files()
    for folder in (MAN, COMPLETIONS):
        (repository / folder).mkdir(exist_ok=True)
        for file in (repository / folder).iterdir():
            if f"{folder}/{file.name}" not in texts:
                file.unlink()
    for path, text in texts.items():
        (repository / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path.cwd())
