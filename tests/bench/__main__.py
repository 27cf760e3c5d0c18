"""All benchmarks in one table: `python -m tests.bench [--quick] [NAME …]`.

The names are those of the modules. Each measures beside its peers, in turns, on the machine as it is: leave it alone
meanwhile, and look at the load average above the table. Nothing fails by the clock.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain

from tests.bench import concurrency, crl, growth, inventory, serve, start_up
from tests.bench.table import Row, show

FULL: Mapping[str, Callable[[], Iterator[Row]]] = {
    "start_up": start_up.rows,
    "serve": serve.rows,
    "inventory": inventory.rows,
    "concurrency": concurrency.rows,
    "growth": growth.rows,
    "crl": crl.rows,
}
QUICK: Mapping[str, Callable[[], Iterator[Row]]] = {
    **FULL,
    "serve": partial(serve.rows, 1),
    "growth": partial(growth.rows, 10_000),
    "crl": partial(crl.rows, (0, 100_000)),
}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, and print one table.")
    parser.add_argument("--quick", action="store_true", help="leave out what fills a million")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(FULL)} (default: all)")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(FULL):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(FULL)}")
    chosen = QUICK if asked.quick else FULL
    show(chain.from_iterable(chosen[name]() for name in asked.names or chosen))


if __name__ == "__main__":
    main()
