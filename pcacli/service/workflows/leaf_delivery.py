"""From a wish to the files in a folder: for one certificate or thousands, going on where a run broke off."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pcacli.limits.readers import FOLDER_FILE
from pcacli.limits.reading import read_file
from pcacli.service.workflows.authority_note import note_authority
from pcacli.service.workflows.certificate_files import CERTIFICATE, CertificateFiles
from pcacli.service.workflows.certificate_folder import holds, require_room
from pcacli.service.workflows.certificate_request import ActiveAuthority
from pcacli.service.workflows.delivery import collect, deliver, file_names
from pcacli.service.workflows.leaf_orders import Wish, csr_for, new_secret, order_for, token_for
from pcacli.service.workflows.workflow import Workflow, fixed_token

# Of the digest: enough for the wishes that ever wait in one folder.
_MARK_CHARACTERS = 12


class Leaf(NamedTuple):
    """A certificate that is wanted from a CA, and the folder for it.

    `digest` is that of everything that decides what the certificate is, see `leaf_digest`. `csr` is what the wish's
    file holds, if it was read already. No password, no PKCS #12 file. With `force` others' files may be replaced.
    `is_named` says that somebody named the CA.
    """

    wish: Wish
    authority: ActiveAuthority
    directory: Path
    digest: str
    csr: bytes | None = None
    pkcs12_password: Callable[[], bytes] | None = None
    force: bool = False
    is_named: bool = False

    @property
    def names(self) -> list[str]:
        """The names of the files that it comes in."""
        return file_names(key=self.wish.csr_file is None, pkcs12=self.pkcs12_password is not None)

    @property
    def files(self) -> CertificateFiles:
        """Its files; the temporary ones are found again by who wants the same certificate, and by nobody else."""
        return CertificateFiles(self.directory, mark=f"request-{self.digest[:_MARK_CHARACTERS]}")


def leaf_digest(wish: Wish, authority: ActiveAuthority, place: str, csr: bytes | None) -> str:
    """Return what is the same whenever the same certificate is wanted of the same CA for the same place."""
    return fixed_token(wish.names, csr, wish.template, wish.validity, wish.key_algorithm, authority.arn, place)


def obtain(workflow: Workflow, leaf: Leaf, now: datetime) -> str:
    """Make a folder with the files of a certificate and return its ARN; if the CA was named, it is noted there.

    A certificate that an earlier run ordered and did not deliver is delivered. The note of its ARN stays until the
    caller removes it (`leaf.files.forget_issued()`).

    Raises:
        UsageProblem: others' files are in the folder, or something is wrong with the wish.
        PcaError: something failed; see `deliver`.
    """
    arn = _obtained(workflow, leaf, now)
    if leaf.is_named:
        note_authority(leaf.directory, leaf.authority.arn)
    return arn


def _obtained(workflow: Workflow, leaf: Leaf, now: datetime) -> str:
    files = leaf.files
    if leaf.wish.csr_file is None:
        files.recover()
    begun = files.issued_arn()
    if begun is not None and holds(leaf.directory, begun, leaf.names):
        return begun
    require_room(leaf.directory, leaf.names, force=leaf.force or begun is not None)
    password = None if leaf.pkcs12_password is None else leaf.pkcs12_password()
    waiting_pem = files.waiting_key()
    secret = new_secret(leaf.wish, password, waiting_pem)
    if begun is not None and (secret is None or waiting_pem is not None):
        return collect(workflow, begun, files, secret)
    csr = leaf.csr or csr_for(leaf.wish, secret)
    token = token_for(leaf.digest, csr, secret, _content(leaf.directory / CERTIFICATE))
    return deliver(workflow, order_for(leaf.wish, leaf.authority, csr, now=now, token=token), files, secret)


def _content(path: Path) -> bytes | None:
    return read_file(path, FOLDER_FILE, only_regular=True) if path.exists() else None
