"""The group `completion`: scripts for shells, and what they need."""

from pcacli.cli.lazy_group import LazyGroup

completion_group = LazyGroup(
    "completion",
    commands={
        "install": ("pcacli.cli.completion.install", "Let your shell complete pcacli from now on."),
        "bash": ("pcacli.cli.completion.printing:bash", "Print the completion script for bash."),
        "zsh": ("pcacli.cli.completion.printing:zsh", "Print the completion script for zsh."),
        "fish": ("pcacli.cli.completion.printing:fish", "Print the completion script for fish."),
        "values": ("pcacli.cli.completion.values", ""),
    },
    help="Let the Tab key complete commands, options, and values such as the ARNs of your CAs.",
)
