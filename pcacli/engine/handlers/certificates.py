"""Issuing certificates and fetching them."""

from collections.abc import Callable

from pcacli.api.arns import CertificateArn, certificate_arn
from pcacli.engine import crl_location, idempotency, partitions, quotas, states
from pcacli.engine.call import Call, Change, Response, Unchanged
from pcacli.engine.keys.signing_key import signing_key
from pcacli.engine.records import Certificate, CertificateAuthority, CrlPartition
from pcacli.engine.store.port import DuplicateSerial, Snapshot, Transaction
from pcacli.errors import ServiceError
from pcacli.pki import pem
from pcacli.pki.templates import Template, check_authority_type, template_named
from pcacli.pki.validity import AuthorityLimits, check_window, requested_window


def issue_certificate(call: Call) -> Response | Change:
    """Sign a certificate for a CSR and keep it; the answer comes after the commit that holds it."""
    template = template_named(call.request.get("TemplateArn"))
    rule = states.SELF_SIGN if template.profile.self_signed else states.ISSUE
    token = idempotency.Token.of(call, scope=f"IssueCertificate {call.authority_arn}")
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, rule)
        known = token.result(snapshot)
        # A root's own certificate points to no CRL.
        self_signed = template.profile.self_signed
        partition = None if self_signed else partitions.of_new_certificate(snapshot, authority, call.context.new_uuid)
    if known is not None:
        return {"CertificateArn": known}
    check_authority_type(template, authority.type)
    certificate = _signed(call, authority, template, partition)

    def agree() -> None:
        """Sign again if the first certificates of a partition are issued at once and another opened one."""
        nonlocal partition, certificate
        if partition is None or partition.certificates:
            return
        agreed = _agreed(call, partition)
        if agreed.partition_id != partition.partition_id:
            partition, certificate = agreed, _signed(call, authority, template, agreed)

    def insert(transaction: Transaction) -> Response | Unchanged:
        known = token.result(transaction)
        if known is not None:
            return Unchanged({"CertificateArn": known})
        quotas.require_room_for_certificate(transaction, call.authority(transaction, rule))
        added = _added(transaction, certificate, lambda: _signed(call, authority, template, partition))
        if partition is not None:
            partitions.assign(transaction, partition, added)
        token.remember(transaction, str(added.arn))
        return {"CertificateArn": str(added.arn)}

    return call.change(insert, chain=authority.arn, before=agree)


def get_certificate(call: Call) -> Response:
    """Return an issued certificate and its chain, revoked and expired ones too."""
    with call.store.read() as snapshot:
        authority = call.authority(snapshot, states.GET_CERTIFICATE)
        certificate = find_certificate(snapshot, certificate_arn(call.request["CertificateArn"]), authority)
    states.require_issued(certificate, call.now)
    response: Response = {"Certificate": pem.certificate_pem(certificate.certificate)}
    chain = _chain_above(certificate, authority)
    if chain:
        response["CertificateChain"] = pem.bundle(chain)
    return response


def find_certificate(snapshot: Snapshot, arn: CertificateArn, authority: CertificateAuthority) -> Certificate:
    """Return a certificate of this CA.

    Raises:
        ServiceError: ResourceNotFoundException, this CA has not issued it.
    """
    found = snapshot.certificate(authority.arn, arn.serial) if arn.authority == authority.arn else None
    if found is None:
        raise ServiceError("ResourceNotFoundException", f"Could not find certificate {arn}.")
    return found


def _signed(
    call: Call, authority: CertificateAuthority, template: Template, partition: CrlPartition | None
) -> Certificate:
    """Make the certificate that the request asks for, outside any transaction."""
    from pcacli.pki.csr import read_csr
    from pcacli.pki.issuance import SERIAL_BYTES, Issuer, Order, issue, new_serial

    request = call.request
    window = requested_window(request, call.now)
    limits = AuthorityLimits(authority.not_after, short_lived=authority.usage_mode == "SHORT_LIVED_CERTIFICATE")
    check_window(window, template, limits, call.now)
    order = Order(
        csr=read_csr(request["Csr"]),
        template=template,
        window=window,
        serial=new_serial(call.context.random_bytes(SERIAL_BYTES)),
        signing_algorithm=request["SigningAlgorithm"],
        api_passthrough=request.get("ApiPassthrough"),
    )
    issuer = Issuer(
        certificate=authority.certificate,
        private_key=signing_key(call.store, call.keys, authority),
        key_algorithm=authority.key_algorithm,
        crl_url=_crl_url(authority, partition),
        ocsp_url=crl_location.ocsp_url(authority.ocsp, authority.arn),
    )
    return Certificate(
        authority=authority.arn,
        serial=order.serial,
        certificate=issue(order, issuer),
        template_arn=template.arn(call.caller.partition),
        issued_at=call.now,
        not_before=window.not_before,
        not_after=window.not_after,
        requested_by=call.caller.service_principal,
        crl_partition=None if partition is None else partition.partition_id,
        ready_at=call.ready_at("issuance"),
    )


def _agreed(call: Call, wanted: CrlPartition) -> CrlPartition:
    """Open a new partition by itself, so that all who issue the first certificates at once use the same one."""
    with call.store.write() as transaction:
        return partitions.opened(transaction, call.authority(transaction), wanted)


def _added(transaction: Transaction, certificate: Certificate, another: Callable[[], Certificate]) -> Certificate:
    """Insert a certificate, or another one if the CA has used its serial number already.

    With 128 random bits this takes a broken random source or a clone of one; another draw is the right answer.
    """
    while True:
        try:
            transaction.add_certificate(certificate)
        except DuplicateSerial:
            certificate = another()
        else:
            return certificate


def _crl_url(authority: CertificateAuthority, partition: CrlPartition | None) -> str | None:
    """Return the CRL distribution point of a certificate, None if it shall have none."""
    crl = authority.crl
    if not crl_location.is_named(crl):
        return None
    if partition is not None:
        return partition.url
    return crl_location.crl_place(crl, authority.arn, authority.arn.authority_id).url


def _chain_above(certificate: Certificate, authority: CertificateAuthority) -> tuple[bytes, ...]:
    """Return the issuing CA's certificate and its chain; a root's own certificate has nothing above it."""
    from pcacli.pki.certificate_facts import is_certainly_self_signed

    if authority.certificate is None or is_certainly_self_signed(certificate.certificate):
        return ()
    return (authority.certificate, *authority.chain)
