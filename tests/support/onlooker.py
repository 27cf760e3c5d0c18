"""Somebody who is told of the progress of long work."""

from pcacli.engine.progress import Phase


class Onlooker:
    """Takes in what is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int | None]] = []

    def __call__(self, phase: Phase, done: int, total: int | None) -> None:
        self.told.append((phase.text, done, total))

    @property
    def phases(self) -> list[str]:
        """The phases in their order, and each of them once."""
        return list(dict.fromkeys(text for text, _, _ in self.told))

    def last(self, phase: str) -> tuple[int, int | None]:
        """Return what was told of a phase last: how much was done, and of how much."""
        *_, found = ((done, total) for text, done, total in self.told if text == phase)
        return found
