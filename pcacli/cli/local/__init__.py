"""The group `local`: the embedded authority's own controls."""

from pcacli.cli.lazy_group import LazyGroup

local_group = LazyGroup(
    "local",
    commands={
        "init": ("pcacli.cli.local.init", "Create a store for the embedded authority."),
        "bucket": ("pcacli.cli.local.bucket", "Create and list the buckets of a store."),
        "share": ("pcacli.cli.local.share", "Share CAs with other accounts, organizations and units, as AWS RAM does."),
        "serve": ("pcacli.cli.local.serve", "Let SDKs and verifiers use the embedded authority over HTTP."),
        "credentials": ("pcacli.cli.local.credentials", "Make, list and delete access keys for serve."),
        "refresh": ("pcacli.cli.local.refresh", "Publish CRLs that are due and finish deletions; for cron."),
        "status": ("pcacli.cli.local.status", "Show a store with its CAs, CRLs and events."),
        "quota": ("pcacli.cli.local.quota", "List and change the quotas of a store."),
        "clock": ("pcacli.cli.local.clock", "Move the time of a test store."),
        "faults": ("pcacli.cli.local.faults", "Let a test store answer with errors, fail, throttle, or take its time."),
        "snapshot": ("pcacli.cli.local.snapshot", "Save a test store under a name and put it back."),
        "seed": ("pcacli.cli.local.seed", "Make the CAs that a file declares, with tags, permissions and policies."),
        "shim": ("pcacli.cli.local.shim", "Write an aws that sends acm-pca to pcacli, for scripts as they are."),
        "check": ("pcacli.cli.local.check", "Verify everything in a store, signatures and audit trail included."),
        "backup": ("pcacli.cli.local.backup", "Write a store to one encrypted file, while it is in use."),
        "restore": ("pcacli.cli.local.restore", "Bring a store back from a backup."),
        "rotate-key": ("pcacli.cli.local.rotate_key", "Encrypt all keys under a new key-encryption key."),
        "clone": ("pcacli.cli.local.clone", "Copy CAs of AWS, with new keys, into a test store."),
        "reset": ("pcacli.cli.local.reset", "Empty a test store."),
    },
    help="Control the embedded authority: the store that --endpoint-url local:… names, else the default store.",
)
