"""`pcacli local init`: create a store."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.session import Session
from pcacli.cli.showing import say
from pcacli.errors import UsageProblem

if TYPE_CHECKING:
    from pcacli.engine.endpoint_setting import Endpoint
    from pcacli.engine.keys.places import TokenPlace


class _KeyOptions(NamedTuple):
    """Where new keys are to be made."""

    pkcs11_module: Path | None
    pkcs11_token: str | None
    kms_endpoint_url: str | None
    kms_region: str | None


@click.command("init", epilog="\b\nExample:\n  pcacli local init")
@click.option(
    "--s3-endpoint-url",
    metavar="URL",
    help="Write CRLs and audit reports to the buckets of this S3 endpoint instead of folders; aws means AWS itself.",
)
@click.option("--s3-region", metavar="REGION", help="Region of the S3 endpoint, if it is not the one of the settings.")
@click.option(
    "--pkcs11-module",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make the keys of CAs in a token that this PKCS #11 module reaches; PCACLI_PKCS11_PIN_FILE has its PIN.",
)
@click.option("--pkcs11-token", metavar="LABEL", help="Label of the token.")
@click.option(
    "--kms-endpoint-url",
    metavar="URL",
    help="Make the keys of CAs in the AWS KMS of this endpoint; aws means AWS itself.",
)
@click.option("--kms-region", metavar="REGION", help="Region of AWS KMS, if it is not the one of the settings.")
@click.option("--test", is_flag=True, help="Make a test store: clock, faults, snapshots and reset are for it only.")
@click.pass_obj
def command(
    session: Session, /, s3_endpoint_url: str | None, s3_region: str | None, *, test: bool, **keys: Any
) -> None:
    """Create a store for the embedded authority: a folder with a database, buckets and a key-encryption key.

    With an endpoint local:postgresql://… it makes tables in that database, or brings older ones forward, and the file
    with the key-encryption key that PCACLI_KEY_FILE names.

    If PCACLI_PASSPHRASE_FILE names a file, the passphrase in its first line protects the keys and there is no key file.

    Prints the folder or the URL. A store that is there is left as it is, but for the S3 endpoint and the place of new
    keys if they are given, and an ordinary one never becomes a test store. Credentials for S3 and AWS KMS come from
    where the AWS CLI finds them; the buckets must exist. Keys that are there stay where they are.
    """
    from pcacli.engine.endpoint_setting import S3

    if s3_region is not None and s3_endpoint_url is None:
        raise UsageProblem("--s3-region needs --s3-endpoint-url.")
    endpoint = None if s3_endpoint_url is None else S3.named(s3_endpoint_url, s3_region)
    place = _place_of_keys(_KeyOptions(**keys), session.settings.pkcs11_pin_file)
    session.store_home.create(test=test)
    if endpoint is not None:
        with session.store_parts.store.write() as transaction:
            S3.put(transaction, endpoint)
    if place is not None:
        _use(place, session)
    if session.settings.passphrase_file is not None:
        _say_if_key_file(session)
    say(session.store_home.location)


def _place_of_keys(options: _KeyOptions, pin_file: Path | None) -> "TokenPlace | Endpoint | None":
    """Return where keys are to be made, None if nothing was said.

    Raises:
        UsageProblem: the options do not fit.
        ConfigurationProblem: the token cannot be used.
    """
    from pcacli.engine.endpoint_setting import KMS

    module, label, url, region = options
    if (module is None) != (label is None):
        raise UsageProblem("--pkcs11-module and --pkcs11-token go together.")
    if region is not None and url is None:
        raise UsageProblem("--kms-region needs --kms-endpoint-url.")
    if module is not None and url is not None:
        raise UsageProblem("--pkcs11-module and --kms-endpoint-url cannot stand together.")
    if url is not None:
        return KMS.named(url, region)
    if module is None or label is None:
        return None
    from pcacli.engine.keys.chosen import open_token
    from pcacli.engine.keys.places import TokenPlace

    place = TokenPlace(str(module.absolute()), label)
    open_token(place, pin_file).require_usable()
    return place


def _use(place: "TokenPlace | Endpoint", session: Session) -> None:
    """Let the store make new keys in a place."""
    from pcacli.engine.keys import places

    with session.store_parts.store.write() as transaction:
        if isinstance(place, places.TokenPlace):
            places.use_token(transaction, place)
        else:
            places.use_kms(transaction, place)


def _say_if_key_file(session: Session) -> None:
    """Say that a store that was there has a key file and not the passphrase that somebody has just named."""
    from pcacli.engine.keys.source import has_passphrase

    with session.store_parts.store.read() as snapshot:
        if not has_passphrase(snapshot):
            session.notice(
                "The store has a key file. Protect it by a passphrase with: pcacli local rotate-key "
                "--new-passphrase-file FILE"
            )
