"""The group `pki`: workflows that work on every backend."""

from pcacli.cli.lazy_group import LazyGroup

pki_group = LazyGroup(
    "pki",
    commands={
        "init": ("pcacli.cli.pki.init", "Create a root CA and an issuing CA below it."),
        "request": ("pcacli.cli.pki.request", "Make a key and get a certificate for it, with its chain, in files."),
        "list": ("pcacli.cli.pki.list", "List the certificates that were issued."),
    },
    help="Do in one command what takes several actions. Works on every backend.",
)
