"""`pcacli local rotate-key`: a new key-encryption key."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcacli.cli.progress_bar import ProgressBar
from pcacli.cli.session import Session
from pcacli.cli.showing import say
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.engine.keys.source import KeySource, NewKey


@click.command("rotate-key", epilog="\b\nExample:\n  pcacli local rotate-key --new-passphrase-file passphrase.txt")
@click.option(
    "--new-passphrase-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="From now on derive the key from the passphrase in this file's first line.",
)
@click.option("--to-key-file", is_flag=True, help="From now on keep the key in a file of the store again.")
@click.pass_obj
def command(session: Session, new_passphrase_file: Path | None, *, to_key_file: bool) -> None:
    """Encrypt the private keys of all CAs, and the secrets of access keys, under a new key-encryption key.

    The new key comes from where the old one does, unless an option says otherwise: from the key file of the store (for
    one on a database that is the file in PCACLI_KEY_FILE, which other machines then need anew), or from the passphrase
    in the file that PCACLI_PASSPHRASE_FILE names. The store may be in use meanwhile, and a rotation that is killed
    leaves a store that opens. Older backups keep their key.
    """
    from pcacli.engine.key_rotation import rotate

    if new_passphrase_file is not None and to_key_file:
        raise UsageProblem("--new-passphrase-file and --to-key-file cannot stand together.")
    store = session.store_parts.store
    source = session.store_home.key_source(store)
    new = _new_key(source, new_passphrase_file, to_key_file=to_key_file)
    with ProgressBar("Encrypting the keys anew") as bar:
        done = rotate(store, source, new, bar)
    where = source.key_file if new.protection.derivation is None else "derived from the passphrase"
    say(f"re-encrypted CA keys: {done.authorities}, access keys: {done.access_keys}; new key: {where}")


def _new_key(source: "KeySource", new_passphrase_file: Path | None, *, to_key_file: bool) -> "NewKey":
    from pcacli.engine.keys.key_encryption import new_key
    from pcacli.engine.keys.passphrase import read_passphrase
    from pcacli.engine.keys.source import key_for_file, key_from_passphrase

    if new_passphrase_file is not None:
        return key_from_passphrase(read_passphrase(new_passphrase_file))
    present = source.protection()
    if to_key_file or present is None or present.derivation is None:
        return key_for_file(new_key())
    return key_from_passphrase(source.passphrase())
