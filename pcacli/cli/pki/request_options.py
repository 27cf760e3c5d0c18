"""The options of `pcacli pki request`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from pcacli.cli.pki.pkcs12_options import pkcs12_options
from pcacli.cli.pki.print_commands import print_commands_option

if TYPE_CHECKING:
    from pcacli.service.workflows.leaf_orders import Wish

# A test holds them to the workflow's, which help and completion need not load.
KEY_ALGORITHMS = (
    "EC_prime256v1",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_secp384r1",
    "EC_secp521r1",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
)
TEMPLATE = "EndEntityCertificate/V1"
_DEFAULT_CONCURRENCY, _MAXIMUM_CONCURRENCY = 16, 256


class Wanted(NamedTuple):
    """The options of one request."""

    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    emails: tuple[str, ...]
    uris: tuple[str, ...]
    common_name: str | None
    csr_file: Path | None
    rows_file: Path | None
    out_dir: Path
    certificate_authority_arn: str | None
    template: str
    validity: str | None
    key_algorithm: str
    pkcs12: bool
    pkcs12_password_file: Path | None
    force: bool
    result_file: Path | None
    concurrency: int
    print_commands: bool

    @property
    def wish(self) -> "Wish":
        """What is said of the certificate; with --from, of those whose rows say nothing else."""
        from pcacli.pki.leaf_request import LeafNames
        from pcacli.service.workflows.leaf_orders import Wish

        names = LeafNames(self.common_name, self.dns_names, self.ip_addresses, self.emails, self.uris)
        return Wish(names, self.csr_file, self.template, self.validity, self.key_algorithm)


_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--dns-name", "dns_names", metavar="NAME", multiple=True, help="A DNS name; may be given several times."
    ),
    click.option(
        "--ip-address",
        "ip_addresses",
        metavar="ADDRESS",
        multiple=True,
        help="An IP address; may be given several times.",
    ),
    click.option(
        "--email", "emails", metavar="ADDRESS", multiple=True, help="An e-mail address; may be given several times."
    ),
    click.option(
        "--uri", "uris", metavar="URI", multiple=True, help="A URI, as SPIFFE has them; may be given several times."
    ),
    click.option(
        "--common-name",
        metavar="NAME",
        help="The subject's common name; default: the first name above, if it is no URI.",
    ),
    click.option(
        "--csr",
        "csr_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="A CSR (PEM) that you have; its names count, and no key is written.",
    ),
    click.option(
        "--from",
        "rows_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="A list of certificates, one in each row (.csv with a header, or .jsonl); see above.",
    ),
    click.option(
        "--out-dir",
        metavar="DIRECTORY",
        required=True,
        type=click.Path(path_type=Path),
        help="Where the files go; with --from where the folders of the rows go.",
    ),
    click.option(
        "--certificate-authority-arn", metavar="ARN", help="The CA to issue from; you are asked if several can."
    ),
    click.option(
        "--template",
        metavar="NAME",
        default=TEMPLATE,
        show_default=True,
        help="The template, which decides what the certificate may be used for.",
    ),
    click.option(
        "--validity",
        metavar="DURATION",
        help="How long the certificate is valid, such as 90d, 12h or 1y; default: 90 days, or 7 where the CA allows no "
        "more.",
    ),
    click.option(
        "--key-algorithm",
        type=click.Choice(KEY_ALGORITHMS),
        default=KEY_ALGORITHMS[0],
        show_default=True,
        help="The kind of key to make.",
    ),
    pkcs12_options,
    click.option("--force", is_flag=True, help="Overwrite files that are there."),
    click.option(
        "--result-file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="With --from: what became of each row, as JSON lines; default: results.jsonl in --out-dir.",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(1, _MAXIMUM_CONCURRENCY),
        default=_DEFAULT_CONCURRENCY,
        show_default=True,
        help="With --from: how many rows are worked on at a time.",
    ),
    print_commands_option,
)


def request_options(command: _Command) -> _Command:
    """Give a command all of them; their values are the members of `Wanted`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
