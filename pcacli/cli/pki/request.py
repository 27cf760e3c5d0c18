"""`pcacli pki request`: a key, a certificate and its chain, in files."""

import time
from pathlib import Path
from typing import Any, NamedTuple

import click

from pcacli.cli.pki.certificate_files import CertificateFiles, require_room
from pcacli.cli.pki.summary import print_summary
from pcacli.cli.session import Session

TEMPLATE = "EndEntityCertificate/V1"
KEY_ALGORITHMS = ("EC_prime256v1", "EC_secp384r1", "EC_secp521r1", "RSA_2048", "RSA_3072", "RSA_4096")


class _Wanted(NamedTuple):
    """The options of one request."""

    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    common_name: str | None
    out_dir: Path
    certificate_authority_arn: str | None
    validity_days: int | None
    key_algorithm: str
    force: bool


@click.command(
    "request", epilog="\b\nExample:\n  pcacli --local pki request --dns-name www.example.com --out-dir www.example.com"
)
@click.option("--dns-name", "dns_names", metavar="NAME", multiple=True, help="A DNS name; may be given several times.")
@click.option(
    "--ip-address", "ip_addresses", metavar="ADDRESS", multiple=True, help="An IP address; may be given several times."
)
@click.option("--common-name", metavar="NAME", help="The subject's common name; default: the first name above.")
@click.option(
    "--out-dir", metavar="DIRECTORY", required=True, type=click.Path(path_type=Path), help="Where the files go."
)
@click.option("--certificate-authority-arn", metavar="ARN", help="The CA to issue from; needed only if several can.")
@click.option(
    "--validity-days",
    type=click.IntRange(min=1),
    help="How long the certificate is valid; default: 90 days, or 7 where the CA allows no more.",
)
@click.option(
    "--key-algorithm",
    type=click.Choice(KEY_ALGORITHMS),
    default=KEY_ALGORITHMS[0],
    show_default=True,
    help="The kind of key to make.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Make a key and get a TLS certificate for it (server and client), with its chain, in files.

    Writes key.pem (readable by you only), cert.pem, chain.pem (what is above it, root last), fullchain.pem (for
    servers) and root.pem (for clients), and prints the certificate's ARN.
    """
    from pcacli.pki.algorithms import generate_private_key
    from pcacli.pki.leaf_request import leaf_csr, private_key_pem
    from pcacli.service.workflows.certificate_request import issue, issuing_authority
    from pcacli.service.workflows.hierarchy import Workflow

    wanted = _Wanted(**options)
    if not (wanted.dns_names or wanted.ip_addresses or wanted.common_name):
        raise click.UsageError("give at least one --dns-name, --ip-address or --common-name.")
    require_room(wanted.out_dir, force=wanted.force)
    authority_arn = wanted.certificate_authority_arn or issuing_authority(session.service)
    key = generate_private_key(wanted.key_algorithm)
    csr = leaf_csr(
        key,
        common_name=wanted.common_name,
        dns_names=tuple(dict.fromkeys(wanted.dns_names)),
        ip_addresses=tuple(dict.fromkeys(wanted.ip_addresses)),
    )
    files = CertificateFiles(wanted.out_dir)
    files.write_key(private_key_pem(key))
    try:
        issued = issue(
            Workflow(session.service, time.sleep),
            authority_arn,
            csr,
            template=TEMPLATE,
            validity_days=wanted.validity_days,
        )
    except BaseException:
        files.discard()
        raise
    files.finish(issued)
    print_summary(session, {"CertificateArn": issued.arn, "Directory": str(wanted.out_dir)})
