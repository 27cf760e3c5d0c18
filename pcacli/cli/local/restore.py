"""`pcacli local restore`: a store from its backup."""

from pathlib import Path

import click

from pcacli.cli.local.passphrase_option import backup_passphrase, passphrase_file_option
from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import say


@click.command(
    "restore", epilog="\b\nExample:\n  pcacli local restore pki.backup --passphrase-file passphrase.txt --force"
)
@click.argument("file", type=click.Path(path_type=Path))
@passphrase_file_option
@click.option("--force", is_flag=True, help="Replace the store that is there; it is put aside in its own folder.")
@click.pass_obj
def command(session: Session, file: Path, passphrase_file: Path | None, *, force: bool) -> None:
    """Bring a store back from a backup. Prints its folder.

    A store that is there is left alone unless --force is given; what it did since the backup is then in the folder
    where it is put aside. A backup that is damaged, or whose passphrase is another one, changes nothing.

    Run `pcacli local refresh` afterwards: it publishes every CRL again, with a number above all before it.
    """
    from pcacli.engine.backups import folder_of
    from pcacli.engine.restoring import restore

    home = folder_of(session.store_home)
    passphrase = backup_passphrase(session, passphrase_file, confirm=False)
    with ProgressBar("Restoring") as bar:
        aside = restore(home, file, passphrase, force=force, progress=bar)
    if aside is not None:
        session.notice(f"What was there lies in {aside} now")
    say(home.directory)
