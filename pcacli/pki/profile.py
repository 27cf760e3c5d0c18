"""Decides, extension by extension, what goes into a certificate.

Each extension has exactly one source, the first of these that has it: the template, the CA's configuration, the API
request, the CSR. What loses is dropped without an error.
Sources: AWS Private CA User Guide, "Order of operations for certificate templates" and "Template definitions"; for
AIA, "Setting up OCSP".
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

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


def certificate_extensions(template: Template, identifiers: KeyIdentifiers, sources: Sources) -> list[Extension]:
    """Return the extensions of a certificate, in their order."""
    chosen: dict[str, Extension] = {}
    for extension in chain(
        _from_template(template.profile, identifiers),
        _from_configuration(template.profile, sources),
        _from_api(template.profile, sources.api),
        _from_csr(template, sources.csr),
    ):
        chosen.setdefault(extension.oid, extension)
    return in_certificate_order(chosen.values())


def _from_template(profile: Profile, identifiers: KeyIdentifiers) -> Iterable[Extension]:
    from cryptography import x509

    constraints = x509.BasicConstraints(ca=profile.certificate_authority, path_length=profile.path_length)
    yield Extension(BASIC_CONSTRAINTS, profile.critical_basic_constraints, constraints.public_bytes())
    if not profile.self_signed:
        # The key identifier alone, without issuer name and serial number, as observed.
        authority = x509.AuthorityKeyIdentifier(identifiers.authority, None, None)
        yield Extension(AUTHORITY_KEY_IDENTIFIER, critical=False, value=authority.public_bytes())
    subject = x509.SubjectKeyIdentifier(identifiers.subject)
    yield Extension(SUBJECT_KEY_IDENTIFIER, critical=False, value=subject.public_bytes())
    if profile.key_usage:
        yield Extension(KEY_USAGE, critical=True, value=key_usage(profile.key_usage))
    if profile.extended_key_usage:
        purposes = extended_key_usage(EXTENDED_KEY_USAGES[name] for name in profile.extended_key_usage)
        yield Extension(EXTENDED_KEY_USAGE, profile.critical_extended_key_usage, purposes)


def _from_configuration(profile: Profile, sources: Sources) -> Iterable[Extension]:
    """Yield where to ask for revocation. Assumption: a root's own certificate points to no OCSP responder either."""
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    if profile.self_signed:
        return
    if sources.crl_url is not None:
        location = [x509.UniformResourceIdentifier(sources.crl_url)]
        points = x509.CRLDistributionPoints([x509.DistributionPoint(location, None, None, None)])
        yield Extension(CRL_DISTRIBUTION_POINTS, critical=False, value=points.public_bytes())
    if sources.ocsp_url is not None:
        responder = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(sources.ocsp_url)
        )
        access = x509.AuthorityInformationAccess([responder])
        yield Extension(AUTHORITY_INFORMATION_ACCESS, critical=False, value=access.public_bytes())


def _from_api(profile: Profile, extensions: Sequence[Extension]) -> Iterable[Extension]:
    if profile.api_distribution_points:
        return extensions
    return (extension for extension in extensions if extension.oid != CRL_DISTRIBUTION_POINTS)


def _from_csr(template: Template, extensions: Sequence[Extension]) -> Iterable[Extension]:
    """Take everything with CSR passthrough, and the alternative names alone without it."""
    if template.variety.csr_passthrough:
        return extensions
    return (extension for extension in extensions if extension.oid == SUBJECT_ALTERNATIVE_NAME)
