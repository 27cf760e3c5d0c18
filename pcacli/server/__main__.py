"""The server's process; `pcacli local serve` starts it."""

import sys

from pcacli.server.main import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
