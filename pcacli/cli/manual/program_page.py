"""The page of the program itself: what holds for every command."""

from collections.abc import Mapping

from pcacli.cli.command_tree import Command
from pcacli.cli.manual import parts, roff
from pcacli.cli.root import FIRST_STEPS

_DESCRIPTION = (
    (
        "pcacli mirrors `aws acm-pca`: the same subcommands, the same options, the same output, the same exit codes. "
        "The same commands also run against an authority inside the program, without an account and without a network."
    ),
    (
        "The endpoint decides who answers; pcacli never falls back from AWS to the authority inside. The page of each "
        "command is called pcacli, a dash, and the command's name; `pcacli COMMAND --help` shows the same in short."
    ),
)
_ENDPOINTS = {
    "none, http://... or https://...": "AWS, or any service that is compatible with it.",
    "local:": "The embedded authority in its default store; `--local` says the same.",
    "local:/path/of/store": "The embedded authority in that folder, made by `pcacli local init`.",
}
_VALUES = (
    "A value that is `file://PATH` stands for the text of that file, `fileb://PATH` for its bytes.",
    (
        "A structure is written in shorthand or in JSON, and so is a list of them, with a space between elements in "
        "shorthand. The pages show both, with TEXT and NUMBER to be replaced; a name in angle brackets stands for the "
        "structure that is shown under it in DATA TYPES."
    ),
    "`--cli-input-json` reads a whole request from a document; `--generate-cli-skeleton` prints one to be filled in.",
)
_ENVIRONMENT = {
    "AWS_ENDPOINT_URL_ACM_PCA, AWS_ENDPOINT_URL": "The endpoint, if `--endpoint-url` is not given; the first wins.",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "If true, only `--endpoint-url` counts.",
    "AWS_PROFILE": "The profile, if `--profile` is not given.",
    "AWS_REGION, AWS_DEFAULT_REGION": "The region, if `--region` is not given; the first wins.",
    "AWS_DEFAULT_OUTPUT": "The output format, if `--output` is not given.",
    "AWS_ACCOUNT_ID": "The account in which the embedded authority works; 000000000000 unless given.",
    "PCACLI_ORGANIZATION_ID, PCACLI_ORGANIZATIONAL_UNIT": "Where AWS Organizations has that account: `o-...`, and the "
    "units from the top, `ou-.../ou-...`.",
    "PCACLI_SERVICE_PRINCIPAL": "The AWS service as which to call the embedded authority, such as acm.amazonaws.com.",
    "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE": "The files with profiles, in place of those below.",
    "PCACLI_HOME": "The folder of the default store.",
    "PCACLI_STRICT": "Anything but 0 means `--strict`.",
    "NO_COLOR": "If set, tables have no colour unless `--color on` is given.",
}
_FILES = {
    "~/.aws/config, ~/.aws/credentials": "The profiles, read as the AWS CLI reads them.",
    "~/.local/share/pcacli": "The default store; $XDG_DATA_HOME/pcacli if that variable is set.",
}
_EXAMPLES = (*FIRST_STEPS, "pcacli list-certificate-authorities --region eu-west-1 --output table")


def program_page(tree: Command) -> str:
    """Return the page."""
    actions = [command for command in tree.commands if command.declaration]
    others = [command for command in tree.commands if not command.declaration]
    usage = [roff.bold(tree.name), "[" + roff.italic("OPTIONS") + "]", roff.italic("COMMAND"), "..."]
    return parts.page(
        tree,
        roff.section("SYNOPSIS", roff.flowing(usage)),
        roff.section("DESCRIPTION", *map(roff.paragraph, _DESCRIPTION)),
        roff.section(
            "COMMANDS",
            roff.subsection("Actions of AWS Private CA", *map(parts.command_item, actions)),
            roff.subsection("More", *map(parts.command_item, others)),
        ),
        roff.section("OPTIONS", roff.paragraph("Before or after the command:"), parts.option_items(tree.options)),
        roff.section("ENDPOINTS", *_table(_ENDPOINTS)),
        roff.section("VALUES", *map(roff.paragraph, _VALUES)),
        roff.section("ENVIRONMENT", *_table(_ENVIRONMENT)),
        roff.section("FILES", *_table(_FILES)),
        parts.exit_status(),
        parts.examples(*_EXAMPLES),
        parts.see_also([*(command.page for command in tree.commands), "openssl"]),
    )


def _table(entries: Mapping[str, str]) -> list[list[str]]:
    return [roff.item(roff.bold(name), roff.text(meaning)) for name, meaning in entries.items()]
