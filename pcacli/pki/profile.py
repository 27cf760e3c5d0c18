"""Decides, extension by extension, what goes into a certificate.

Each extension has exactly one source, the first of these that has it: the template, the CA's configuration, the API
request, the CSR. What loses is dropped without an error.
Sources: AWS Private CA User Guide, "Order of operations for certificate templates" and "Template definitions"; for
AIA, "Setting up OCSP".
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from pcacli.pki.der_writer import OCTET_STRING, SEQUENCE, context_tag, encode
from pcacli.pki.extensions import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CRL_DISTRIBUTION_POINTS,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
    Extension,
    in_certificate_order,
)
from pcacli.pki.templates import Profile, Template
from pcacli.pki.usages import EXTENDED_KEY_USAGES, extended_key_usage, key_usage


class KeyIdentifiers(NamedTuple):
    """The identifiers of the certificate's own key and of the CA's key (not used in a root's own certificate)."""

    subject: bytes
    authority: bytes


class Sources(NamedTuple):
    """What there is besides the template.

    The CA's URLs are None where not configured; `api` is empty where the template ignores the API request.
    """

    crl_url: str | None
    ocsp_url: str | None
    api: Sequence[Extension]
    csr: Sequence[Extension]


class Origin(StrEnum):
    """Where an extension comes from; the first one that has it wins."""

    TEMPLATE = "TEMPLATE"
    CONFIGURATION = "CA_CONFIGURATION"
    API = "API_PASSTHROUGH"
    CSR = "CSR"


class Candidate(NamedTuple):
    """An extension that one of the sources has for a certificate."""

    origin: Origin
    extension: Extension


def certificate_extensions(template: Template, identifiers: KeyIdentifiers, sources: Sources) -> list[Extension]:
    """Return the extensions of a certificate, in their order."""
    chosen: dict[str, Extension] = {}
    for _, extension in candidates(template, identifiers, sources):
        chosen.setdefault(extension.oid, extension)
    return in_certificate_order(chosen.values())


def candidates(template: Template, identifiers: KeyIdentifiers, sources: Sources) -> Iterator[Candidate]:
    """Yield what the sources have, in the order in which they win; what a template does not let in is left out."""
    offers = {
        Origin.TEMPLATE: template_extensions(template.profile, identifiers),
        Origin.CONFIGURATION: _from_configuration(template.profile, sources),
        Origin.API: _from_api(template.profile, sources.api),
        Origin.CSR: _from_csr(template, sources.csr),
    }
    for origin, extensions in offers.items():
        for extension in extensions:
            yield Candidate(origin, extension)


def template_extensions(profile: Profile, identifiers: KeyIdentifiers) -> Iterator[Extension]:
    """Yield what the templates of a family fix."""
    constraints = _basic_constraints(profile.path_length, is_authority=profile.certificate_authority)
    yield Extension(BASIC_CONSTRAINTS, profile.critical_basic_constraints, constraints)
    if not profile.self_signed:
        # The key identifier alone, without issuer name and serial number, as observed (RFC 5280 section 4.2.1.1).
        authority = encode(SEQUENCE, encode(context_tag(0), identifiers.authority))
        yield Extension(AUTHORITY_KEY_IDENTIFIER, critical=False, value=authority)
    yield Extension(SUBJECT_KEY_IDENTIFIER, critical=False, value=encode(OCTET_STRING, identifiers.subject))
    if profile.key_usage:
        yield Extension(KEY_USAGE, critical=True, value=_key_usage(profile.key_usage))
    if profile.extended_key_usage:
        purposes = _extended_key_usage(profile.extended_key_usage)
        yield Extension(EXTENDED_KEY_USAGE, profile.critical_extended_key_usage, purposes)


def _from_configuration(profile: Profile, sources: Sources) -> Iterable[Extension]:
    """Yield where to ask for revocation. Assumption: a root's own certificate points to no OCSP responder either."""
    if profile.self_signed:
        return
    if sources.crl_url is not None:
        yield Extension(CRL_DISTRIBUTION_POINTS, critical=False, value=_distribution_points(sources.crl_url))
    if sources.ocsp_url is not None:
        yield Extension(AUTHORITY_INFORMATION_ACCESS, critical=False, value=_responders(sources.ocsp_url))


# What the certificates of one template and CA have in common is worked out once; all of it depends on the arguments
# alone.


@lru_cache
def _basic_constraints(path_length: int | None, *, is_authority: bool) -> bytes:
    from cryptography import x509

    return x509.BasicConstraints(ca=is_authority, path_length=path_length).public_bytes()


_key_usage = lru_cache(key_usage)


@lru_cache
def _extended_key_usage(names: tuple[str, ...]) -> bytes:
    return extended_key_usage(EXTENDED_KEY_USAGES[name] for name in names)


@lru_cache
def _distribution_points(url: str) -> bytes:
    from cryptography import x509

    location = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(location, None, None, None)]).public_bytes()


@lru_cache
def _responders(url: str) -> bytes:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    responder = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url))
    return x509.AuthorityInformationAccess([responder]).public_bytes()


def _from_api(profile: Profile, extensions: Sequence[Extension]) -> Iterable[Extension]:
    if profile.api_distribution_points:
        return extensions
    return (extension for extension in extensions if extension.oid != CRL_DISTRIBUTION_POINTS)


def _from_csr(template: Template, extensions: Sequence[Extension]) -> Iterable[Extension]:
    """Take everything with CSR passthrough, and the alternative names alone without it."""
    if template.variety.csr_passthrough:
        return extensions
    return (extension for extension in extensions if extension.oid == SUBJECT_ALTERNATIVE_NAME)
