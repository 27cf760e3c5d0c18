"""One target under atheris, with the options of libFuzzer: what `python -m tests.fuzz` starts."""

import sys

import atheris

with atheris.instrument_imports(include=["pcacli"]):
    from tests.fuzz.targets import run

target = sys.argv.pop(1)
atheris.Setup(sys.argv, lambda data: run(target, data))
atheris.Fuzz()
