"""The program `pcacli`, also as `python -m pcacli`."""

import gc
import os
import sys
import warnings

# A command allocates some 50,000 objects and ends; collecting them every 700 costs 4 ms of 60.
_ALLOCATIONS_BEFORE_COLLECTION = 100_000


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTION)
    _open_closed_streams()
    if not sys.warnoptions:
        # What libraries remark about a document, such as a serial number of zero, is no message of ours. -W shows it.
        warnings.simplefilter("ignore")
    try:
        from pcacli.cli.standard_streams import guard_standard_streams

        guard_standard_streams()
        from pcacli.cli.main import run

        exit_code = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Ctrl-C while the modules were still being imported.
        exit_code = 130
    sys.stderr.flush()
    # `run` has flushed the output and closed the store. Taking every module apart would cost 10 ms more.
    os._exit(exit_code)


def _open_closed_streams() -> None:
    """Put something in the place of what the shell has closed (`>&-`), of which Python makes None.

    Then no file and no connection gets the number of a standard stream, here and in the server's process. Results that
    nobody can get are an error, as with the AWS CLI: standard output is opened for reading. Messages are lost.
    """
    for descriptor, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest number that is free is taken (POSIX, open()), so this one.
            os.set_inheritable(os.open(os.devnull, flags), True)  # noqa: FBT003 - the library's signature
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


if __name__ == "__main__":
    main()
