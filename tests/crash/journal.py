"""What processes were promised, written down by each of them at the moment at which it was told.

A process appends lines to a file of its own, each with one write, so that SIGKILL leaves whole lines. A line is a word
and an ARN, and for some words more. Other lines are what commands printed, who do so after their work:
`issue-certificate` the ARN of a certificate, `local backup` a file and `local rotate-key` what it has re-encrypted.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BACKUP_SUFFIX = ".backup"


class Journal:
    """The file of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def issued(self, certificate: str, token: str = "") -> None:
        """Note a certificate that was issued, perhaps for an idempotency token."""
        self._write("issued", certificate, token)

    def revoked(self, certificate: str) -> None:
        """Note a revocation that was confirmed."""
        self._write("revoked", certificate)

    def trying(self, authority: str, state: str) -> None:
        """Note that a CA is about to get a state; whoever is killed now never learns whether it has."""
        self._write("trying", authority, state)

    def state(self, authority: str, state: str) -> None:
        """Note the state of a CA that was confirmed."""
        self._write("state", authority, state)

    def complain(self, about: str) -> None:
        """Note what should not have happened."""
        self._write("complaint", about.replace("\n", " "))

    def outage(self) -> None:
        """Note that whoever was asked was not there."""
        self._write("outage")

    def _write(self, *words: str) -> None:
        os.write(self.descriptor, (" ".join(words).rstrip() + "\n").encode())


@dataclass
class Promises:
    """What all processes were promised. A CA may have one of several states if its process was killed meanwhile."""

    issued: set[str] = field(default_factory=set)
    by_token: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    revoked: set[str] = field(default_factory=set)
    states: dict[str, set[str]] = field(default_factory=dict)
    rotations: int = 0
    backups: set[Path] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    outages: int = 0

    def add(self, word: str, *more: str) -> None:
        """Add one line of a journal."""
        match word, *more:
            case ["issued", certificate, *tokens]:
                self.issued.add(certificate)
                for token in tokens:
                    self.by_token[token].add(certificate)
            case ["revoked", certificate]:
                self.revoked.add(certificate)
            case ["trying", authority, state]:
                self.states.setdefault(authority, set()).add(state)
            case ["state", authority, state]:
                self.states[authority] = {state}
            case ["outage"]:
                self.outages += 1
            case [certificate] if "/certificate/" in certificate:
                self.issued.add(certificate)
            case [file] if file.endswith(BACKUP_SUFFIX):
                self.backups.add(Path(file))
            case ["re-encrypted", *_]:
                self.rotations += 1
            case _:
                self.complaints.append(" ".join((word, *more)))


def read_journals(folder: Path) -> Promises:
    """Read the journals of all processes."""
    promises = Promises()
    for path in sorted(folder.iterdir()):
        for words in _lines(path):
            promises.add(*words)
    return promises


def _lines(path: Path) -> Iterator[list[str]]:
    *whole, _ = path.read_text().split("\n")
    return (line.split() for line in whole if line)
