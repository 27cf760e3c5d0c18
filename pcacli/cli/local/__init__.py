"""The group `local`: the embedded authority's own controls."""

from pcacli.cli.lazy_group import LazyGroup

local_group = LazyGroup(
    "local",
    commands={
        "init": ("pcacli.cli.local.init", "Create a store for the embedded authority."),
        "bucket": ("pcacli.cli.local.bucket", "Create and list the buckets of a store."),
        "refresh": ("pcacli.cli.local.refresh", "Publish CRLs that are due and finish deletions; for cron."),
    },
    help="Control the embedded authority: the store that --endpoint-url local:… names, else the default store.",
)
