"""Revoking a certificate: one row; the CRL follows (see publication.py)."""

from pcacli.engine import quotas, states
from pcacli.engine.call import Call, Change, Response
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError
from pcacli.pki.serials import SerialProblem, parse_serial


def revoke_certificate(call: Call) -> Change:
    """Record a revocation. The texts below, but for the self-signed one, have not been seen: assumptions."""
    text = call.request["CertificateSerial"]
    try:
        serial = parse_serial(text)
    except SerialProblem as problem:
        raise ServiceError("InvalidRequestException", str(problem)) from problem

    def revoke(transaction: Transaction) -> Response:
        from pcacli.pki.certificate_facts import is_certainly_self_signed

        authority = call.authority(transaction, states.REVOKE)
        certificate = transaction.certificate(authority.arn, serial)
        if certificate is None:
            raise ServiceError("ResourceNotFoundException", f"Could not find certificate with serial {text}.")
        # Assumption: the exception is documented, the text is that of GetCertificate.
        states.require_issued(certificate, call.now)
        if is_certainly_self_signed(certificate.certificate):
            raise ServiceError("InvalidRequestException", "Self-signed certificate can not be revoked")
        if certificate.revoked_at is not None:
            raise ServiceError(
                "RequestAlreadyProcessedException", f"Certificate with serial {text} has already been revoked."
            )
        if certificate.not_after <= call.now:
            raise ServiceError("InvalidRequestException", f"Certificate with serial {text} has expired.")
        quotas.require_room_for_revocation(transaction, authority)
        transaction.revoke(authority.arn, serial, at=call.now, reason=call.request["RevocationReason"])
        return {}

    return call.change(revoke)
