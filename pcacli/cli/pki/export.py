"""`pcacli pki export`: an issued certificate and what is above it, as clean PEM."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.pki.pkcs12_options import password_source, pkcs12_options, pkcs12_password
from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.summary import print_summary
from pcacli.cli.session import Session
from pcacli.cli.showing import show
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.service.workflows.certificate_request import Issued
    from pcacli.service.workflows.delivery import Secret

# By the names that people know them under; a test holds them to the names of the files.
PARTS = {"fullchain": "fullchain.pem", "cert": "cert.pem", "chain": "chain.pem", "root": "root.pem"}
_MEMBERS = {"Certificate": "cert.pem", "Chain": "chain.pem", "FullChain": "fullchain.pem", "Root": "root.pem"}


class _Wanted(NamedTuple):
    """The options of one export."""

    arn: str
    out_dir: Path | None
    part: str | None
    key_file: Path | None
    pkcs12: bool
    pkcs12_password_file: Path | None
    force: bool
    print_commands: bool


@click.command("export", epilog="\b\nExample:\n  pcacli --local pki export $CERTIFICATE_ARN --part root > root.pem")
@click.argument("arn", metavar="CERTIFICATE_ARN")
@click.option(
    "--out-dir",
    metavar="DIRECTORY",
    type=click.Path(path_type=Path),
    help="Write cert.pem, chain.pem, fullchain.pem and root.pem there; default: print.",
)
@click.option("--part", type=click.Choice(tuple(PARTS)), help="What to print; default: fullchain.")
@click.option(
    "--key", "key_file", metavar="FILE", type=click.Path(path_type=Path), help="The private key, for --pkcs12."
)
@pkcs12_options
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@print_commands_option
@click.pass_obj
def command(session: Session, /, **options: Any) -> None:
    """Print an issued certificate as PEM that every program reads, or write it into files with what is above it.

    The parts are fullchain (for servers: everything but the root), cert (the certificate alone), chain (what is above
    it, root last) and root. With --output json, all of them are printed.
    """
    wanted = _Wanted(**options)
    _check(wanted)
    if wanted.print_commands:
        _print_script(session, wanted)
    elif wanted.out_dir is None:
        _print(session, wanted.part or "fullchain", _fetched(session, wanted.arn))
    else:
        _write(session, wanted, wanted.out_dir)


def _check(wanted: _Wanted) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageProblem: there are some; or the ARN is not that of a certificate.
    """
    from pcacli.api.arns import certificate_arn

    certificate_arn(wanted.arn)
    if wanted.pkcs12 and (wanted.key_file is None or wanted.out_dir is None):
        raise UsageProblem("--pkcs12 needs the private key (--key) and a folder (--out-dir).")
    if wanted.key_file is not None and not wanted.pkcs12:
        raise UsageProblem("--key is for --pkcs12; a private key is never printed.")
    if wanted.part is not None and wanted.out_dir is not None:
        raise UsageProblem("--part says what to print; --out-dir writes every part.")


def _fetched(session: Session, arn: str) -> "Issued":
    from pcacli.cli.spinner import Spinner
    from pcacli.service.workflows.certificate_request import fetch
    from pcacli.service.workflows.workflow import Workflow

    with Spinner("Waiting for the certificate") as spinner:
        return fetch(Workflow(session.service, time.sleep, spinner), arn)


def _print(session: Session, part: str, issued: "Issued") -> None:
    from pcacli.service.workflows.certificate_files import contents_of

    contents = {name: content.decode() for name, content in contents_of(issued).items()}
    data = {"CertificateArn": issued.arn, **{member: contents[file] for member, file in _MEMBERS.items()}}
    show(session, data, contents[PARTS[part]].splitlines())


def _write(session: Session, wanted: _Wanted, directory: Path) -> None:
    from pcacli.service.workflows.certificate_files import KEY, CertificateFiles, contents_of
    from pcacli.service.workflows.certificate_folder import require_room
    from pcacli.service.workflows.delivery import file_names, pkcs12_file

    names = file_names(key=False, pkcs12=wanted.pkcs12)
    require_room(directory, names, force=wanted.force, kept=(KEY,))
    secret = _secret(wanted.key_file, wanted.pkcs12_password_file) if wanted.key_file else None
    issued = _fetched(session, wanted.arn)
    for key_file in filter(None, (wanted.key_file, directory / KEY)):
        if key_file.exists():
            _require_key_of(issued, key_file)
    files = CertificateFiles(directory)
    files.begin(None)
    files.finish(contents_of(issued) | pkcs12_file(issued, secret))
    print_summary(session, {"CertificateArn": issued.arn, "Directory": str(directory)})


def _secret(key_file: Path, password_file: Path | None) -> "Secret":
    from pcacli.pki.algorithms import key_algorithm_of
    from pcacli.pki.private_keys import read_private_key, require_pkcs12
    from pcacli.service.workflows.delivery import Secret

    pem = _read(key_file)
    key = read_private_key(pem, str(key_file))
    require_pkcs12(key_algorithm_of(key.public_key()))
    return Secret(key, pem, pkcs12_password(password_file)())


def _require_key_of(issued: "Issued", key_file: Path) -> None:
    """Check that a key belongs to the certificate beside which it is or shall be.

    Raises:
        UsageProblem: it does not.
    """
    from pcacli.pki.private_keys import is_key_of, read_private_key

    if not is_key_of(read_private_key(_read(key_file), str(key_file)), issued.certificate):
        raise UsageProblem(f"{key_file} is not the key of {issued.arn}.")


def _read(path: Path) -> bytes:
    from pcacli.limits.readers import KEY_FILE
    from pcacli.limits.reading import read_file

    try:
        return read_file(path, KEY_FILE)
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from error


def _print_script(session: Session, wanted: _Wanted) -> None:
    from pcacli.service.workflows.request_script import write_export, write_export_to

    script = new_script(session, f"Export {wanted.arn}")
    if wanted.out_dir is None:
        write_export(script, wanted.arn, part=PARTS[wanted.part or "fullchain"])
    else:
        password = password_source(wanted.pkcs12_password_file) if wanted.key_file else None
        write_export_to(script, wanted.arn, wanted.out_dir, wanted.key_file, password)
    print_script(script)
