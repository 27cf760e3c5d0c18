"""Shows the certificate that an IssueCertificate request would give, by the rules of the embedded authority.

Of the CA only what AWS shows is needed: its description and its certificate, or for a root's own certificate its CSR.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pcacli.api.arns import AuthorityArn, authority_arn
from pcacli.api.catalogue import OPERATIONS
from pcacli.engine import constraints, crl_location, states
from pcacli.engine.revocation_settings import crl_configuration, ocsp_configuration
from pcacli.errors import ServiceError
from pcacli.pki.csr import read_csr
from pcacli.pki.descriptions import describe, extension_members
from pcacli.pki.documents import Document
from pcacli.pki.extensions import CRL_DISTRIBUTION_POINTS, Extension
from pcacli.pki.issuance import Order, check_own_key, extension_candidates, unsigned
from pcacli.pki.pem import CERTIFICATE, read_pem
from pcacli.pki.profile import Candidate, Origin
from pcacli.pki.requested_extensions import passthrough_extensions
from pcacli.pki.templates import Template, check_authority_type, template_named
from pcacli.pki.validity import AuthorityLimits, check_window, requested_window
from pcacli.pki.x509_fields import Kind
from pcacli.service.port import Service

_OPERATION = "IssueCertificate"
# Which partition a certificate gets is settled when it is issued.
_SOME_PARTITION = "<partition>"
# These depend on the moment and on the signature, which a preview does not have.
_UNKNOWN_MEMBERS = ("Serial", "Sha1Fingerprint", "Sha256Fingerprint")
_UNKNOWN_SERIAL = 1

_RULES = {
    Origin.TEMPLATE: "the template fixes it",
    Origin.CONFIGURATION: "the CA's revocation configuration adds it",
    Origin.API: "the template takes it from ApiPassthrough",
    Origin.CSR: "the template takes it from the CSR",
}
_LOSES_TO = {
    Origin.TEMPLATE: "the template fixes its own",
    Origin.CONFIGURATION: "the CA's revocation configuration has its own",
    Origin.API: "ApiPassthrough wins over the CSR",
    Origin.CSR: "the CSR has it twice",
}


class Preview(NamedTuple):
    """What would be issued, as `pki.descriptions` describes it, each extension with its Origin and Rule.

    `ignored` is what the request asks for in vain: Origin, Name, Values and Reason of each.
    """

    template: str
    certificate: dict[str, Any]
    ignored: list[dict[str, Any]]


class _Authority(NamedTuple):
    """What a certificate says of its CA."""

    certificate: bytes | None
    key_algorithm: str
    crl_url: str | None
    ocsp_url: str | None


def preview(service: Service, request: Mapping[str, Any], now: datetime) -> Preview:
    """Return what an IssueCertificate request would give at that time. Nothing is issued.

    Raises:
        ServiceError: as the request would be refused; or the CA cannot be described.
    """
    arn = request["CertificateAuthorityArn"]
    described = service.call("DescribeCertificateAuthority", {"CertificateAuthorityArn": arn})["CertificateAuthority"]
    try:
        return _previewed(service, request, described, now)
    except ServiceError as refusal:
        refusal.operation = refusal.operation or _OPERATION
        raise


def _previewed(service: Service, request: Mapping[str, Any], described: Mapping[str, Any], now: datetime) -> Preview:
    """Apply the rules in the order in which the embedded authority applies them."""
    constraints.check(OPERATIONS[_OPERATION].input, request)
    template = template_named(request.get("TemplateArn"))
    is_own = template.profile.self_signed
    states.require_state(states.SELF_SIGN if is_own else states.ISSUE, described["Arn"], described["Status"])
    check_authority_type(template, described["Type"])
    order = _order(request, template, described, now)
    authority = _authority(service, described, own=is_own)
    if is_own:
        csr = service.call("GetCertificateAuthorityCsr", {"CertificateAuthorityArn": described["Arn"]})["Csr"]
        check_own_key(order, read_csr(csr.encode()).public_key)
    shown = describe(Document(Kind.CERTIFICATE, unsigned(order, authority)))
    offered = extension_candidates(order, authority)
    origins = _origins(offered)
    for extension in shown["Extensions"]:
        origin = origins[extension["ObjectIdentifier"]]
        extension |= {"Origin": origin.value, "Rule": _RULES[origin]}
    certificate = {name: value for name, value in shown.items() if name not in _UNKNOWN_MEMBERS}
    return Preview(template.versioned_name, certificate, list(_ignored(order, offered)))


def _order(request: Mapping[str, Any], template: Template, described: Mapping[str, Any], now: datetime) -> Order:
    window = requested_window(request, now)
    short_lived = described.get("UsageMode") == "SHORT_LIVED_CERTIFICATE"
    check_window(window, template, AuthorityLimits(described.get("NotAfter"), short_lived=short_lived), now)
    return Order(
        read_csr(request["Csr"]),
        template,
        window,
        _UNKNOWN_SERIAL,
        request["SigningAlgorithm"],
        request.get("ApiPassthrough"),
    )


def _authority(service: Service, described: Mapping[str, Any], *, own: bool) -> _Authority:
    arn = authority_arn(described["Arn"])
    certificate = None
    if not own:
        response = service.call("GetCertificateAuthorityCertificate", {"CertificateAuthorityArn": str(arn)})
        (certificate,) = read_pem(response["Certificate"].encode(), CERTIFICATE)
    configuration = described.get("RevocationConfiguration", {})
    ocsp = ocsp_configuration(configuration.get("OcspConfiguration", {"Enabled": False}))
    return _Authority(
        certificate,
        described["CertificateAuthorityConfiguration"]["KeyAlgorithm"],
        _crl_url(configuration.get("CrlConfiguration", {"Enabled": False}), arn),
        crl_location.ocsp_url(ocsp, arn),
    )


def _crl_url(configuration: Mapping[str, Any], arn: AuthorityArn) -> str | None:
    # Describe shows settings of a CRL that is switched off, which nobody may ask for.
    crl = crl_configuration(configuration if configuration["Enabled"] else {"Enabled": False})
    if not crl_location.is_named(crl):
        return None
    is_partitioned = crl.crl_type == "PARTITIONED"
    return crl_location.crl_place(crl, arn, _SOME_PARTITION if is_partitioned else arn.authority_id).url


def _origins(offered: list[Candidate]) -> dict[str, Origin]:
    """Return by identifier where each extension of the certificate comes from: the first that has it."""
    origins: dict[str, Origin] = {}
    for origin, extension in offered:
        origins.setdefault(extension.oid, origin)
    return origins


def _ignored(order: Order, offered: list[Candidate]) -> Iterator[dict[str, Any]]:
    """Say what the request asks for and does not get, and why."""
    if order.api_passthrough and not order.template.variety.api_passthrough:
        yield {"Origin": Origin.API.value, "Name": "ApiPassthrough", "Reason": "the template ignores it"}
    winners, taken = _origins(offered), {id(extension) for _, extension in offered}
    for origin, extension in offered:
        if winners[extension.oid] is not origin:
            yield _ignored_extension(origin, extension, _LOSES_TO[winners[extension.oid]])
    for extension in order.csr.extensions:
        if id(extension) not in taken:
            yield _ignored_extension(Origin.CSR, extension, "the template takes only names from the CSR")
    yield from _ignored_distribution_points(order)


def _ignored_distribution_points(order: Order) -> Iterator[dict[str, Any]]:
    passed = order.api_passthrough if order.template.variety.api_passthrough else None
    if not passed or order.template.profile.api_distribution_points:
        return
    for extension in passthrough_extensions(passed.get("Extensions") or {}, subject_is_empty=False):
        if extension.oid == CRL_DISTRIBUTION_POINTS:
            yield _ignored_extension(Origin.API, extension, "the template takes no CRL distribution points")


def _ignored_extension(origin: Origin, extension: Extension, reason: str) -> dict[str, Any]:
    (shown,) = extension_members([extension])["Extensions"]
    return {"Origin": origin.value, **shown, "Reason": reason}
