"""The life of a CA: create, describe, list, update, delete, restore."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.engine import authorization, bucket_check, idempotency, revocation_settings, states, tag_rules
from pcacli.engine.call import Call, Change, Response, Unchanged
from pcacli.engine.keys.port import KeyStore
from pcacli.engine.paging import invalid_token, paged, requested_page
from pcacli.engine.records import CertificateAuthority, CrlConfiguration, OcspConfiguration
from pcacli.engine.store.port import Transaction, UnknownRecord
from pcacli.errors import PcaError, ServiceError

_DEFAULT_USAGE_MODE = "GENERAL_PURPOSE"
_DEFAULT_KEY_STANDARD = "FIPS_140_2_LEVEL_3_OR_HIGHER"
_CHINESE_KEY_STANDARD, _CHINESE_PARTITION = "CCPC_LEVEL_1_OR_HIGHER", "aws-cn"
_DEFAULT_DELETION_DAYS = 30
_OWN = "SELF"
# Assumption: AWS's refusal of the other five names of the enumeration has not been seen.
_STATUSES_TO_SET = (states.ACTIVE, states.DISABLED)


def create_certificate_authority(call: Call) -> Response | Change:
    """Make a CA with its key and CSR; a token used within its window gives the CA that it made."""
    from pcacli.engine import quotas

    authorization.authorize_account(call.caller, call.operation)
    token = idempotency.Token.of(call, scope="CreateCertificateAuthority")
    with call.store.read() as snapshot:
        known = token.result(snapshot)
        if known is not None:
            return {"CertificateAuthorityArn": known}
        quotas.require_room_for_authority(snapshot, call.caller, call.now)
    authority = _new_authority(call)
    with _no_key_left_behind(call.keys, authority.key_reference):
        bucket_check.write_probe(call.artifacts, authority.crl)

    def insert(transaction: Transaction) -> Response | Unchanged:
        known = token.result(transaction)
        if known is not None:
            return Unchanged({"CertificateAuthorityArn": known})
        quotas.require_room_for_authority(transaction, call.caller, call.now)
        transaction.put_authority(_as_it_ends(call, transaction, _with_current_key(call, authority)))
        token.remember(transaction, str(authority.arn))
        return {"CertificateAuthorityArn": str(authority.arn)}

    return call.change(insert, chain=authority.arn)


def describe_certificate_authority(call: Call) -> Response:
    """Show a CA; a deleted one answers until its window is over."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot)
    return {"CertificateAuthority": _described(call, authority)}


def list_certificate_authorities(call: Call) -> Response:
    """List CAs of this region, deleted ones within their window included, oldest first.

    They are the caller's own, or (OTHER_ACCOUNTS) those of others that are shared with the caller.
    """
    authorization.authorize_account(call.caller, call.operation)
    owner = call.request.get("ResourceOwner") or _OWN
    scope = f"ListCertificateAuthorities {owner}"
    page = requested_page(call.request, scope)
    after = authority_arn(page.after) if page.after else None
    with call.store.read() as snapshot:
        try:
            found = snapshot.authorities(
                call.caller.account if owner == _OWN else None, call.caller.region, after=after
            )
        except UnknownRecord as gone:
            raise invalid_token() from gone
        visible = [
            authority
            for authority in found
            if owner == _OWN or authorization.is_shared(call.caller, authority, snapshot.permissions)
        ]
    present = [authority for authority in visible if not states.gone(authority, call.now)]
    shown, more = paged(present, page, scope, name=lambda authority: str(authority.arn))
    return {"CertificateAuthorities": [_described(call, authority) for authority in shown], **more}


def update_certificate_authority(call: Call) -> Change:
    """Enable or disable a CA, or change how it publishes revocations."""
    status = call.request.get("Status")
    asked = call.request.get("RevocationConfiguration", {})
    if status is not None and status not in _STATUSES_TO_SET:
        raise ServiceError("InvalidArgsException", f"Status must be one of {', '.join(_STATUSES_TO_SET)}.")
    with call.store.read() as snapshot:
        arn = call.authority(snapshot, states.UPDATE).arn
    crl, ocsp = _revocation(asked)
    _check_bucket(call, crl)
    bucket_check.write_probe(call.artifacts, crl)

    def change(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.UPDATE)
        # The configuration alone leaves LastStateChangeAt as it was (User Guide, "Updating a CA", sample output).
        if status is not None and status != authority.state:
            authority = authority._replace(state=status, last_state_change_at=call.now)
        transaction.put_authority(authority._replace(crl=crl or authority.crl, ocsp=ocsp or authority.ocsp))
        return {}

    return call.change(change, chain=arn)


def delete_certificate_authority(call: Call) -> Change:
    """Delete a CA: at once if it never worked, else restorable for the window that the caller chose."""
    days = call.request.get("PermanentDeletionTimeInDays") or _DEFAULT_DELETION_DAYS
    with call.store.read() as snapshot:
        found = call.authority(snapshot, states.DELETE)
    if _never_worked(call, found):
        # It may be outside of the store, and without the record nobody knows of it: the key goes first.
        call.keys.destroy(found.key_reference)

    def delete(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.DELETE)
        if _never_worked(call, authority):
            transaction.remove_authority(authority.arn)
            return {}
        transaction.put_authority(
            authority._replace(
                state=states.DELETED,
                state_before_deletion=authority.state,
                last_state_change_at=call.now,
                restorable_until=call.now + timedelta(days=days),
            )
        )
        return {}

    return call.change(delete, chain=found.arn)


def _never_worked(call: Call, authority: CertificateAuthority) -> bool:
    return states.reported_state(authority, call.now) in (states.CREATING, states.FAILED)


def restore_certificate_authority(call: Call) -> Change:
    """Bring a deleted CA back to the state that it had."""

    def restore(transaction: Transaction) -> Response:
        authority = call.authority(transaction, states.RESTORE)
        transaction.put_authority(
            authority._replace(
                state=authority.state_before_deletion or states.DISABLED,
                state_before_deletion=None,
                last_state_change_at=call.now,
                restorable_until=None,
            )
        )
        return {}

    return call.change(restore)


def _new_authority(call: Call) -> CertificateAuthority:
    """Check the request, make the key and the CSR, and return the record of a CA that waits for its certificate."""
    from pcacli.pki.algorithms import check_signing_algorithm

    configuration = call.request["CertificateAuthorityConfiguration"]
    key_algorithm, signing_algorithm = configuration["KeyAlgorithm"], configuration["SigningAlgorithm"]
    check_signing_algorithm(signing_algorithm, key_algorithm)
    call.keys.require_algorithms(key_algorithm, signing_algorithm)
    key_standard = _key_standard(call)
    tags = tag_rules.new_tags(call.request.get("Tags", ()))
    crl, ocsp = _revocation(call.request.get("RevocationConfiguration", {}))
    _check_bucket(call, crl)
    reference, csr = _key_and_csr(call, configuration)
    ready_at = call.ready_at("creation")
    return CertificateAuthority(
        arn=AuthorityArn(call.caller.partition, call.caller.region, call.caller.account, call.context.new_uuid()),
        type=call.request["CertificateAuthorityType"],
        state=states.PENDING_CERTIFICATE,
        created_at=call.now,
        last_state_change_at=ready_at or call.now,
        key_algorithm=key_algorithm,
        signing_algorithm=signing_algorithm,
        subject=configuration["Subject"],
        usage_mode=call.request.get("UsageMode") or _DEFAULT_USAGE_MODE,
        key_storage_security_standard=key_standard,
        key_reference=reference,
        csr=csr,
        csr_extensions=configuration.get("CsrExtensions"),
        crl=crl or CrlConfiguration(),
        ocsp=ocsp or OcspConfiguration(),
        tags=tags,
        ready_at=ready_at,
    )


def _key_standard(call: Call) -> str:
    """Return the standard that protects the key, if the region offers it.

    Source: API reference, CreateCertificateAuthority, KeyStorageSecurityStandard: some regions offer CCPC only.
    Assumption: those are the regions in China, and no other region offers it.

    Raises:
        ServiceError: InvalidArgsException in AWS's words.
    """
    standard: str = call.request.get("KeyStorageSecurityStandard") or _DEFAULT_KEY_STANDARD
    if (standard == _CHINESE_KEY_STANDARD) != (call.caller.partition == _CHINESE_PARTITION):
        raise ServiceError(
            "InvalidArgsException",
            "A certificate authority cannot be created in this region with the specified security standard.",
        )
    return standard


def _as_it_ends(call: Call, transaction: Transaction, authority: CertificateAuthority) -> CertificateAuthority:
    """Return the CA as its creation leaves it: in a test store that may be FAILED."""
    if not call.is_test_store:
        return authority
    from pcacli.engine import faults

    reason = faults.failure_of_creation(transaction)
    return authority if reason is None else authority._replace(state=states.FAILED, failure_reason=reason)


def _key_and_csr(call: Call, configuration: Mapping[str, Any]) -> tuple[str, bytes]:
    from pcacli.pki.csr import authority_csr
    from pcacli.pki.names import subject_name
    from pcacli.pki.requested_extensions import requested_csr_extensions

    # What cannot be encoded is refused before a key exists for it.
    subject_name(configuration["Subject"])
    requested_csr_extensions(configuration.get("CsrExtensions") or {})
    reference = call.keys.generate(configuration["KeyAlgorithm"])
    with _no_key_left_behind(call.keys, reference):
        csr = authority_csr(
            call.keys.open(reference),
            configuration["SigningAlgorithm"],
            configuration["Subject"],
            configuration.get("CsrExtensions"),
        )
    return reference, csr


def _with_current_key(call: Call, authority: CertificateAuthority) -> CertificateAuthority:
    """Return a new CA, with another key if the key-encryption key was replaced after its own had been made.

    That is rare enough for making a key while others wait to write; none is replaced as long as they do.
    """
    try:
        call.keys.require_current(authority.key_reference)
    except PcaError:
        reference, csr = _key_and_csr(call, call.request["CertificateAuthorityConfiguration"])
        return authority._replace(key_reference=reference, csr=csr)
    return authority


@contextmanager
def _no_key_left_behind(keys: KeyStore, reference: str) -> Iterator[None]:
    """Destroy a new key, which may be outside of the store, when the block fails that would have made its CA."""
    try:
        yield
    except BaseException:
        with suppress(PcaError):
            keys.destroy(reference)
        raise


def _revocation(asked: Mapping[str, Any]) -> tuple[CrlConfiguration | None, OcspConfiguration | None]:
    """Read the two parts of a RevocationConfiguration; a part that is not given is None."""
    crl, ocsp = asked.get("CrlConfiguration"), asked.get("OcspConfiguration")
    return (
        None if crl is None else revocation_settings.crl_configuration(crl),
        None if ocsp is None else revocation_settings.ocsp_configuration(ocsp),
    )


def _check_bucket(call: Call, crl: CrlConfiguration | None) -> None:
    if crl is not None and crl.enabled and crl.s3_bucket_name:
        bucket_check.require_writable(call.artifacts, crl.s3_bucket_name)


def _described(call: Call, authority: CertificateAuthority) -> Response:
    """Return the API's CertificateAuthority; members that do not apply are absent."""
    configuration = {
        "KeyAlgorithm": authority.key_algorithm,
        "SigningAlgorithm": authority.signing_algorithm,
        "Subject": authority.subject,
        "CsrExtensions": authority.csr_extensions,
    }
    state = states.reported_state(authority, call.now)
    members = {
        "Arn": str(authority.arn),
        "OwnerAccount": authority.arn.account,
        "CreatedAt": authority.created_at,
        "LastStateChangeAt": authority.created_at if state == states.CREATING else authority.last_state_change_at,
        "Type": authority.type,
        # A decimal number here, hexadecimal in ARNs (API reference, DescribeCertificateAuthority, sample).
        "Serial": None if authority.serial is None else str(authority.serial),
        "Status": state,
        "NotBefore": authority.not_before,
        "NotAfter": authority.not_after,
        "FailureReason": authority.failure_reason if state == states.FAILED else None,
        "CertificateAuthorityConfiguration": _given(configuration),
        "RevocationConfiguration": revocation_settings.described(authority.crl, authority.ocsp),
        "RestorableUntil": authority.restorable_until,
        "KeyStorageSecurityStandard": authority.key_storage_security_standard,
        "UsageMode": authority.usage_mode,
    }
    return _given(members)


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
