"""The corpus: a folder for each target, with well-formed inputs to begin from and every input that once did harm."""

from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")


def inputs() -> list[tuple[str, Path]]:
    """Return each input with the name of its target."""
    return sorted((file.parent.name, file) for file in CORPUS.glob("*/*"))
