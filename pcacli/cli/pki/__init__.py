"""The group `pki`: workflows that work on every backend."""

from pcacli.cli.lazy_group import LazyGroup

pki_group = LazyGroup(
    "pki",
    commands={
        "init": ("pcacli.cli.pki.init", "Create a root CA and an issuing CA below it."),
        "activate": ("pcacli.cli.pki.activate", "Give a CA its certificate: CSR, signature, import."),
        "request": ("pcacli.cli.pki.request", "Make a key and get a certificate for it, with its chain, in files."),
        "renew": ("pcacli.cli.pki.renew", "Renew the certificate in such files if it is due; for cron."),
        "export": ("pcacli.cli.pki.export", "Print an issued certificate and its chain, or write them into files."),
        "inspect": ("pcacli.cli.pki.inspect", "Show what stands in a certificate, a CSR or a CRL."),
        "verify": ("pcacli.cli.pki.verify", "Say whether a certificate is good, and who issued it."),
        "revoke": ("pcacli.cli.pki.revoke", "Revoke certificates, wherever they are found."),
        "preview": ("pcacli.cli.pki.preview", "Show which certificate would be issued, and why, without issuing it."),
        "batch": ("pcacli.cli.pki.batch", "Run one action for each line of standard input."),
        "list": ("pcacli.cli.pki.list", "List the certificates that were issued."),
        "status": ("pcacli.cli.pki.status", "Show your CAs as a tree: state, expiry, CRLs; a check for CI."),
    },
    help="Do in one command what takes several actions. Works on every backend.",
)
