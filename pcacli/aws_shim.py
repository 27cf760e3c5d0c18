"""What the `aws` of `pcacli local shim` does: `python -m pcacli.aws_shim SHIM WORDS…`, SHIM being its own path.

It is imported for every call of any service, so it imports next to nothing before it knows that pcacli is meant.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

_SERVICE = "acm-pca"
# Source: POSIX, Shell Command Language, "Exit Status for Commands".
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


def main(arguments: Sequence[str]) -> NoReturn:
    """Become pcacli if the words are for ACM PCA, else the real aws."""
    shim, *words = arguments
    ours = without_service(words)
    if ours is None:
        _become_real_aws(shim, words)
    sys.argv[1:] = ours
    from pcacli.__main__ import main as pcacli

    pcacli()
    sys.exit()


def without_service(words: Sequence[str]) -> list[str] | None:
    """Return the words for pcacli, None if they are for another service: options may stand in front of its name."""
    for index, word in enumerate(words):
        if word == _SERVICE and _are_options(words[:index]):
            return [*words[:index], *words[index + 1 :]]
    return None


def next_program(shim: str, path: str) -> str | None:
    """Return the first aws behind the shim on a PATH.

    Looking behind the shim's last place only, two shims on one PATH can never call each other in turn.
    """
    found = None
    for folder in path.split(os.pathsep):
        # An empty entry is the working directory (POSIX, "Environment Variables", PATH).
        candidate = os.path.join(folder or os.curdir, "aws")  # noqa: PTH118 - pathlib takes 5 ms to import
        if not os.path.isfile(candidate) or not os.access(candidate, os.X_OK):  # noqa: PTH113 - see above
            continue
        is_shim = os.path.samefile(candidate, shim)  # noqa: PTH121 - see above
        found = None if is_shim else found or candidate
    return found


def _are_options(words: Sequence[str]) -> bool:
    """Tell whether these words are global options with their values and nothing else."""
    from pcacli.cli import argv
    from pcacli.cli.global_options import GLOBAL_OPTIONS
    from pcacli.errors import UsageProblem

    try:
        return not argv.parse(words, [option.grammar for option in GLOBAL_OPTIONS]).rest
    except UsageProblem:
        # The last option has no value: the word behind it is the value, not the service.
        return False


def _become_real_aws(shim: str, words: Sequence[str]) -> NoReturn:
    program = next_program(shim, os.environ.get("PATH", os.defpath))
    if program is None:
        _say(f"this one ({shim}) is pcacli's and knows acm-pca only; no other aws is on the PATH behind it.")
        sys.exit(_NOT_FOUND)
    import signal

    # Python ignores these signals, and what it starts would inherit that: `aws … | head -1` would end in a traceback.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execv(program, [program, *words])  # noqa: S606 - what the user calls is what is run
    except OSError as error:
        _say(f"{program} cannot be run: {error.strerror}.")
        sys.exit(_NOT_EXECUTABLE)


def _say(text: str) -> None:
    from contextlib import suppress

    from pcacli.output.safe_text import one_line

    # Where standard error is closed, Python has none.
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"aws: {one_line(text)}\n")
            sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
