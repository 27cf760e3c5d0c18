"""The program `pcacli`, also as `python -m pcacli`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from pcacli.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
