"""Renewing the certificate in a folder that a request made: safe to be tried every hour, by several at once.

A certificate with the same subject, names and extensions comes from the same CA, and the old files stay whole until all
new ones are written.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.engine.own_files import read_own
from pcacli.errors import UsageProblem
from pcacli.limits.readers import FOLDER_FILE
from pcacli.params.durations import parse_duration
from pcacli.params.validities import parse_validity, validity_for
from pcacli.pki.algorithms import generate_private_key
from pcacli.pki.private_keys import private_key_pem, public_key_der, read_private_key
from pcacli.pki.renewal_request import key_algorithm_of_certificate, renewal_csr, template_for_renewal
from pcacli.service.port import Service
from pcacli.service.publications import PublicationsOf
from pcacli.service.turns import turn
from pcacli.service.workflows import certificate_files
from pcacli.service.workflows.authorities import chosen_authorities
from pcacli.service.workflows.authority_note import note_authority
from pcacli.service.workflows.certificate_files import CertificateFiles
from pcacli.service.workflows.certificate_folder import Present, certificate_in, holds, present
from pcacli.service.workflows.certificate_request import ActiveAuthority, Conditions, Order
from pcacli.service.workflows.delivery import Secret, collect, deliver
from pcacli.service.workflows.issuers import issuer_of_folder
from pcacli.service.workflows.issuing_choice import CommandLine, remedy
from pcacli.service.workflows.workflow import Workflow, fixed_token

_MARK, _LOCK = "renewal", ".renewal.lock"
# AWS Private CA begins a certificate an hour before it is issued (AWS Private CA User Guide, "Issuing private
# end-entity certificates"), so that much more than was asked for lies between the two dates.
_BACKDATING = timedelta(hours=1)
_WHOLE_PERCENT = 100
_CHOOSE = "Choose a CA with --certificate-authority-arn."


def _say_nothing(text: str) -> None:
    """Tell nobody anything."""


class Threshold(NamedTuple):
    """How much of a certificate's life may be left when it is renewed: a duration, or a share between 0 and 1."""

    duration: timedelta | None = None
    share: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Threshold":
        """Read a duration such as `30d`, or a percentage such as `33%`.

        Raises:
            UsageProblem: it is neither.
        """
        if not text.endswith("%"):
            return cls(parse_duration(text))
        percent = text.removesuffix("%")
        if not percent.isdecimal() or not 0 < int(percent) <= _WHOLE_PERCENT:
            raise UsageProblem(f"{text!r} is no percentage from 1% to 100%.")
        return cls(share=int(percent) / _WHOLE_PERCENT)

    def time_left(self, not_before: datetime, not_after: datetime) -> timedelta:
        """Return how long before its end a certificate that is valid between two instants becomes due."""
        return (not_after - not_before) * self.share if self.duration is None else self.duration


class Renewal(NamedTuple):
    """How to renew. What is None is as it was: CA, template (with its version), validity (a duration).

    No threshold: at any time. `command_line` writes down the commands that a message names. With `publications` it is
    asked whether the certificate was revoked; `notify` is told one thing for the user.
    """

    threshold: Threshold | None = None
    authority_arn: str | None = None
    template: str | None = None
    validity: str | None = None
    reuse_key: bool = False
    pkcs12_password: Callable[[], bytes] | None = None
    has_deploy_hook: bool = False
    command_line: CommandLine = "pcacli {}".format
    publications: PublicationsOf | None = None
    notify: Callable[[str], object] = _say_nothing


class Standing(NamedTuple):
    """What a folder holds afterwards: whether it was renewed, and when the certificate ends.

    Its ARN is known if it was renewed, or if there is a deploy hook and none has succeeded since it was. The reason is
    that of the revocation for which it was renewed.
    """

    renewed: bool
    not_after: datetime
    certificate_arn: str | None = None
    revocation_reason: str | None = None

    @property
    def is_hook_overdue(self) -> bool:
        """Whether it is an earlier certificate of which the hook should have told."""
        return not self.renewed and self.certificate_arn is not None


def renew(workflow: Workflow, folder: Path, how: Renewal, now: Callable[[], datetime]) -> Standing:
    """Renew the certificate in a folder if it is due, in this process or in one that is at it already.

    Raises:
        UsageProblem: the folder is not that of a request, or the CA is not found.
        PcaError: the certificate cannot be issued or the files cannot be written; the old ones are whole.
    """
    before, files = certificate_in(folder), _files(folder, how)
    with turn(folder / _LOCK):
        reason = None
        if not _is_finished(files):
            found = present(folder)
            # Who waited for another process that renewed it has nothing left to do.
            is_unchanged = certificate_in(folder) == before
            if is_unchanged:
                keeps_key = how.reuse_key or files.waiting_key() == found.key_pem
                how, reason = as_revoked(workflow.service, found, how, now(), keeps_key=keeps_key)
                if reason is not None:
                    _forget_revoked_key(files, found)
            is_due = is_unchanged and _is_due(found, how.threshold, now())
            is_ordered = files.issued_arn() is not None and files.waiting_key() is not None
            if not is_due and not is_ordered:
                arn = _arn_of_due_hook(folder) if how.has_deploy_hook else None
                return Standing(renewed=False, not_after=found.not_after, certificate_arn=arn)
            _renew(workflow, files, found, how, now())
            if how.authority_arn is not None:
                note_authority(folder, how.authority_arn)
        arn = files.issued_arn()
        files.forget_issued()
        return Standing(
            renewed=True, not_after=present(folder).not_after, certificate_arn=arn, revocation_reason=reason
        )


def _files(folder: Path, how: Renewal) -> CertificateFiles:
    files = CertificateFiles(folder, mark=_MARK, as_before=os.name == "posix", notify=how.notify)
    files.require_places()
    return files


def as_revoked(
    service: Service, found: Present, how: Renewal, now: datetime, *, keeps_key: bool
) -> tuple[Renewal, str | None]:
    """Return how to renew, and why the certificate was revoked if it was: then at once, and with a new key.

    It is not asked where the answer would change nothing: `keeps_key` says that the key would be used again. If it
    cannot be known, that is said, and the date decides.
    """
    if how.publications is None or (_is_due(found, how.threshold, now) and not keeps_key):
        return how, None
    from pcacli.service.workflows.known_revocation import known_revocation

    issuer = partial(issuer_of_folder, service, found.certificate, found.directory)
    lookup = known_revocation(service, found.certificate, issuer, how.publications, now)
    if lookup.evidence is None:
        if lookup.problems:
            how.notify(f"Whether the certificate was revoked cannot be known: {' '.join(lookup.problems)}")
        return how, None
    if lookup.evidence.revoked_at is None:
        return how, None
    reason = lookup.evidence.reason or "UNSPECIFIED"
    if how.reuse_key:
        how.notify(f"The certificate was revoked ({reason}), so that its key is not used again, despite --reuse-key.")
    return how._replace(threshold=None, reuse_key=False), reason


def _forget_revoked_key(files: CertificateFiles, found: Present) -> None:
    """Forget what an earlier run ordered for the key of a certificate that was revoked since."""
    if files.waiting_key() == found.key_pem:
        files.forget_issued()
        files.forget_key()


def hook_succeeded(folder: Path) -> None:
    """Take note that what uses the certificate in a folder has been told of it."""
    with suppress(OSError):
        (folder / certificate_files.DUE_HOOK).unlink()


def _is_finished(files: CertificateFiles) -> bool:
    """Tell whether an earlier run was cut off behind its first rename, and do the renames that it left."""
    if files.recover():
        return True
    arn = files.issued_arn()
    return arn is not None and holds(files.directory, arn)


def _arn_of_due_hook(folder: Path) -> str | None:
    """Return the ARN of the certificate in a folder if a deploy hook has not succeeded since it is there."""
    with suppress(OSError):
        note = read_own(folder / certificate_files.DUE_HOOK, "mark of a hook,", FOLDER_FILE)
        arn = note.decode("utf-8", "replace").strip()
        return arn if holds(folder, arn) else None
    return None


def _renew(workflow: Workflow, files: CertificateFiles, found: Present, how: Renewal, now: datetime) -> None:
    """Put a new certificate in the place of one; what an earlier run ordered and did not get is gone on with."""
    waiting_pem, arn = files.waiting_key(), files.issued_arn()
    is_hook_due = how.has_deploy_hook or (files.directory / certificate_files.DUE_HOOK).exists()
    if arn is not None and waiting_pem is not None:
        collect(workflow, arn, files, _secret(found, files.directory, how, waiting_pem), is_hook_due=is_hook_due)
        return
    if waiting_pem is not None and (waiting_pem == found.key_pem) is not how.reuse_key:
        # Another key is wanted now.
        files.forget_key()
        waiting_pem = None
    conditions = conditions_for(workflow.service, found, how, now)
    secret = _secret(found, files.directory, how, waiting_pem)
    facts = (conditions.authority.arn, conditions.template, how.validity, public_key_der(secret.key))
    token = fixed_token(found.certificate, *facts)
    order = Order(conditions, renewal_csr(found.certificate, secret.key), token)
    deliver(workflow, order, files, secret, is_hook_due=is_hook_due)


def _secret(found: Present, folder: Path, how: Renewal, waiting_pem: bytes | None) -> Secret:
    """Make the key for a renewal, of the kind that the old one is, or take the one that waits, or the old one again.

    Raises:
        UsageProblem: there is a PKCS #12 file, whose password is not known.
    """
    has_pkcs12 = (folder / certificate_files.PKCS12).exists()
    password = how.pkcs12_password() if has_pkcs12 and how.pkcs12_password else None
    if waiting_pem is not None:
        return Secret(read_private_key(waiting_pem, f"the key that waits in {folder}"), waiting_pem, password)
    if how.reuse_key:
        return Secret(found.key, found.key_pem, password)
    key = generate_private_key(key_algorithm_of_certificate(found.certificate))
    return Secret(key, private_key_pem(key), password)


def conditions_for(service: Service, found: Present, how: Renewal, now: datetime) -> Conditions:
    """Return what the certificate that follows is issued under.

    Raises:
        UsageProblem: the CA that issued it is not found, or cannot issue.
    """
    return Conditions(
        _authority(service, found, how),
        how.template or template_for_renewal(found.certificate),
        _validity(found, how.validity, now),
    )


def _authority(service: Service, found: Present, how: Renewal) -> ActiveAuthority:
    """Return the CA that was named, else the one that issued the certificate.

    Raises:
        UsageProblem: that one is not found, or cannot issue.
    """
    issuer = issuer_of_folder(service, found.certificate, found.directory, how.authority_arn)
    if issuer is None:
        # Its names are in a file that anybody may have written: a CA's signature is what makes them the holder's.
        raise UsageProblem(
            f"None of the CAs that you see in this account and region issued the certificate in {found.directory}. "
            "Choose the one that did with --certificate-authority-arn, or use: pcacli pki request --force"
        )
    if how.authority_arn is not None:
        return ActiveAuthority.of(chosen_authorities(service, how.authority_arn)[0])
    state = issuer.description["Status"]
    if state != "ACTIVE":
        what_helps = remedy(issuer.description, issuer.owner, how.command_line)
        raise UsageProblem(f"{issuer.arn}, which issued the certificate, is {state}. {_CHOOSE}\n  {what_helps}")
    return ActiveAuthority.of(issuer.description)


def _validity(found: Present, validity: str | None, now: datetime) -> dict[str, Any]:
    """Return the API's Validity: the one that was asked for, else as long as before.

    Assumption: the certificate began an hour before it was issued, as those do that did not ask for another start.
    """
    if validity is not None:
        return parse_validity(validity, now)
    lifetime = found.not_after - found.not_before
    return validity_for(lifetime - _BACKDATING if lifetime > _BACKDATING else lifetime, now)


def _is_due(found: Present, threshold: Threshold | None, now: datetime) -> bool:
    return threshold is None or found.not_after - now <= threshold.time_left(found.not_before, found.not_after)
