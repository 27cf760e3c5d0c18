"""`pcacli pki request`: a key, a certificate and its chain, in files; for one, or for every row of a list."""

import time
from typing import TYPE_CHECKING, Any

import click

from pcacli.cli.pki.authority_choice import issuing_authority
from pcacli.cli.pki.pkcs12_options import password_source, pkcs12_password
from pcacli.cli.pki.print_commands import new_script, print_script
from pcacli.cli.pki.request_options import Wanted, request_options
from pcacli.cli.pki.summary import print_summary
from pcacli.cli.session import Session
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.service.workflows.certificate_request import ActiveAuthority
    from pcacli.service.workflows.leaf_orders import Wish


@click.command(
    "request", epilog="\b\nExample:\n  pcacli --local pki request --dns-name www.example.com --out-dir www.example.com"
)
@request_options
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Make a key and get a certificate for it, with its chain, in files.

    Writes key.pem (readable by you only), cert.pem, chain.pem (what is above it, root last), fullchain.pem (for
    servers) and root.pem (for clients), and prints the certificate's ARN.

    With --from, each row of a list becomes such a folder, named by the column "directory" or else by its first name.
    The other columns are common_name, dns_names, ip_addresses, emails, uris, csr (a file), template, validity and
    key_algorithm; what a row leaves empty is taken from the options. Several names in one field are separated by
    spaces; in .jsonl they are a list. A row that fails is named and the rest done (exit code 1). Called again, the
    same command does only what is not yet done.
    """
    wanted = Wanted(**options)
    if wanted.rows_file is not None:
        from pcacli.cli.pki.bulk_request import request_rows

        request_rows(session, wanted, wanted.rows_file)
        return
    if wanted.result_file is not None:
        raise UsageProblem("--result-file belongs to --from.")
    _request_one(session, wanted)


def _request_one(session: Session, wanted: Wanted) -> None:
    from pcacli.cli.spinner import Spinner
    from pcacli.service.workflows.certificate_folder import require_room
    from pcacli.service.workflows.delivery import file_names
    from pcacli.service.workflows.leaf_delivery import Leaf, leaf_digest, obtain
    from pcacli.service.workflows.leaf_orders import check_pkcs12, csr_in
    from pcacli.service.workflows.workflow import Workflow, time_of

    now = time_of(session.service)
    wish, directory = wanted.wish.checked(now), wanted.out_dir
    if wanted.pkcs12:
        check_pkcs12(wish)
    # A pipe can be read only once.
    csr = None if wish.csr_file is None else csr_in(wish.csr_file)
    password = pkcs12_password(wanted.pkcs12_password_file) if wanted.pkcs12 and not wanted.print_commands else None
    authority = issuing_authority(session, wanted.certificate_authority_arn)
    digest = leaf_digest(wish, authority, str(directory.absolute()), csr)
    is_named = wanted.certificate_authority_arn is not None
    leaf = Leaf(wish, authority, directory, digest, csr, password, wanted.force, is_named)
    if wanted.print_commands:
        require_room(directory, file_names(key=csr is None, pkcs12=wanted.pkcs12), force=wanted.force)
        _print_script(session, wanted, wish, authority)
        return
    with Spinner("Waiting for the certificate") as spinner:
        certificate_arn = obtain(Workflow(session.service, time.sleep, spinner), leaf, now)
    print_summary(session, {"CertificateArn": certificate_arn, "Directory": str(directory)})
    leaf.files.forget_issued()


def _print_script(session: Session, wanted: Wanted, wish: "Wish", authority: "ActiveAuthority") -> None:
    from pcacli.service.workflows.request_script import write_request

    script = new_script(session, f"Request a certificate into {wanted.out_dir}")
    password = password_source(wanted.pkcs12_password_file) if wanted.pkcs12 else None
    write_request(script, wish, authority, wanted.out_dir, password)
    print_script(script)
