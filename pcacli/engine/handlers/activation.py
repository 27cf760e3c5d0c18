"""A CA's own CSR and certificate: fetch, import, fetch."""

from pcacli.engine import states
from pcacli.engine.call import Call, Change, Response
from pcacli.engine.store.port import Transaction
from pcacli.errors import ServiceError
from pcacli.pki import pem


def get_certificate_authority_csr(call: Call) -> Response:
    """Return the CSR that the CA made of its own key."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot)
    if states.reported_state(authority, call.now) == states.CREATING:
        raise ServiceError("RequestInProgressException", states.CSR_NOT_READY.format(arn=authority.arn))
    states.require(states.GET_AUTHORITY_CSR, authority, call.now)
    return {"Csr": pem.csr_pem(authority.csr)}


def import_certificate_authority_certificate(call: Call) -> Change:
    """Install the CA's certificate and make the CA active."""
    from pcacli.pki.importing import imported_certificate

    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.IMPORT)
    imported = imported_certificate(
        call.request["Certificate"],
        call.request.get("CertificateChain"),
        authority_type=authority.type,
        csr=authority.csr,
        now=call.now,
    )

    def install(transaction: Transaction) -> Response:
        current = call.authority(transaction, states.IMPORT)
        transaction.put_authority(
            current._replace(
                # One that was disabled before it expired stays disabled (User Guide, "Updating a private CA").
                state=states.DISABLED if current.state == states.DISABLED else states.ACTIVE,
                last_state_change_at=call.now,
                certificate=imported.certificate,
                chain=imported.chain,
                not_before=imported.not_before,
                not_after=imported.not_after,
                serial=imported.serial,
            )
        )
        return {}

    return call.change(install)


def get_certificate_authority_certificate(call: Call) -> Response:
    """Return the CA's certificate, and the chain above it unless the CA is a root."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.GET_AUTHORITY_CERTIFICATE)
    response: Response = {"Certificate": pem.certificate_pem(authority.certificate or b"")}
    if authority.chain:
        response["CertificateChain"] = pem.bundle(authority.chain)
    return response
