"""`pcacli local backup`: a store in one encrypted file."""

from pathlib import Path

import click

from pcacli.cli.local.passphrase_option import backup_passphrase, passphrase_file_option
from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import say


@click.command("backup", epilog="\b\nExample:\n  pcacli local backup pki.backup --passphrase-file passphrase.txt")
@click.argument("file", type=click.Path(path_type=Path))
@passphrase_file_option
@click.pass_obj
def command(session: Session, file: Path, passphrase_file: Path | None) -> None:
    """Write a store to FILE, which must not be there: records, buckets (those in folders) and key.

    The file is encrypted under a passphrase and read again before it gets its name; the store may be in use meanwhile.
    With the passphrase, whoever has the file can sign as your CAs, but for those whose keys are in a PKCS #11 token or
    AWS KMS: these keys are not part of a backup. Prints FILE.
    """
    from pcacli.engine.backups import folder_of, number_of_keys_elsewhere, write_backup

    home, parts = folder_of(session.store_home), session.store_parts
    passphrase = backup_passphrase(session, passphrase_file, confirm=True)
    with ProgressBar("Writing the backup") as bar:
        write_backup(home, parts, file, passphrase, progress=bar)
    say(file)
    count = number_of_keys_elsewhere(parts)
    if count:
        session.notice(f"CAs whose keys are outside of the store and not part of the backup: {count}")
