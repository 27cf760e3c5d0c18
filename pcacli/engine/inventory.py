"""The certificates of a CA straight from the store, for whoever may have an audit report of it."""

from collections.abc import Iterator

from pcacli.engine import states
from pcacli.engine.call import Call, Parts
from pcacli.engine.context import Caller
from pcacli.engine.records import Certificate
from pcacli.errors import ServiceError

_OPERATION = "CreateCertificateAuthorityAuditReport"


def issued_certificates(parts: Parts, caller: Caller, arn: str) -> Iterator[Certificate]:
    """Yield every certificate that a CA issued, in the order of issuance and in bounded memory.

    Unlike AWS's report it can be had in every state of the CA.

    Raises:
        ServiceError: the caller may not have an audit report of the CA, or there is no such CA.
    """
    call = Call(parts, _OPERATION, {"CertificateAuthorityArn": arn}, caller)
    with call.store.read() as snapshot:
        try:
            authority = call.authority(snapshot)
        except ServiceError as refusal:
            refusal.operation = _OPERATION
            raise
        for certificate in snapshot.certificates(authority.arn):
            if states.is_ready(certificate, call.now):
                yield certificate
