"""Documents are in plain English: phrases that read as translated stay out of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documents import DOCUMENTS, name_of

# Each with what to write instead. They match in capitals or small letters, and over the end of a line.
PHRASES = {
    r"gone on with|go(es)? on (where|with)": "resume, continue",
    r"in vain": "what fails, what is ignored, what gives up",
    r"\b(stand|stands|stood|standing) (in|beside|besides|behind|above|below)\b": "is, is in, is used for",
    r"\b(is|are|be|being) told (from|apart)\b|\btold by\b": "distinguish, recognise",
    r"\banother\b[^.;:|]{0,30}\bthan\b": "a different … from, not the same as",
    r"\bthe own\b": "its own",
    r"\bbelongs? into\b": "belongs in, goes into; run it from",
    r"\bwhoever\b|\bwhomever\b": "anyone who, a process that, a caller that",
    r"\bnobody\b": "no one, no process, no caller; or say what happens",
    r"[.:;] who (is|may|has|asks|calls|loses|finds|signs|waits)\b|\bonly who\b": "a process that, a caller that",
    r"\b(be|is|are) content\b": "succeed, accept",
    r"\btwins\b": "duplicates",
    r"\b(it|they) stands? there\b|\bas (it|they) stands?\b": "unchanged, as it is",
    r"\bworked off\b": "processed",
    r"\bbr(oke|oken|eak|eaks) off\b": "interrupted, incomplete",
    r"\bmended\b": "fixed",
    r"\bis to be had\b|\bare to be had\b": "is available",
    r"\bnot be found (in|to be)\b": "say what is there",
    r"\bby itself alone\b|\bfor itself alone\b": "alone",
    r"\bpassed over\b|\bpass over\b": "skip, ignore",
}


def found(text: str) -> Iterator[str]:
    for phrase, better in PHRASES.items():
        for match in re.finditer(phrase.replace(" ", r"\s+"), text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            yield f"line {line}: {match[0]!r}; better: {better}"


def test_a_phrase_is_found_in_any_case_and_over_the_end_of_a_line() -> None:
    (finding,) = found("One line.\nNOT GONE ON\nwith.\n")
    assert finding.startswith("line 2: ")
    assert list(found("A process that is killed loses its last lines. Another one is faster.\n")) == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_no_phrase_reads_as_translated(page: Path) -> None:
    assert list(found(page.read_text(encoding="utf-8"))) == []
