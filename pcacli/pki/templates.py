"""All certificate templates of AWS Private CA, as one table.

`FAMILIES` says what a family fixes in the certificate and in which varieties it exists; `TEMPLATES` holds every
template by its name. What fills the rest, and who wins, is in `profile.py`.
Source: AWS Private CA User Guide, "Template varieties" and "Template definitions".
"""

from typing import NamedTuple

from pcacli.errors import ServiceError, UsageProblem


class Profile(NamedTuple):
    """What the templates of one family fix.

    `path_length` is None where there is no limit. Usages have the API's names; an empty tuple leaves the extension
    open to the caller. Key usage is always critical, extended key usage where `critical_extended_key_usage` says so.
    `self_signed` marks roots: no authority key identifier and nothing from the CA's configuration.
    `api_distribution_points` says whether API passthrough may bring CRL distribution points.
    """

    certificate_authority: bool = False
    path_length: int | None = None
    critical_basic_constraints: bool = False
    key_usage: tuple[str, ...] = ()
    extended_key_usage: tuple[str, ...] = ()
    critical_extended_key_usage: bool = False
    self_signed: bool = False
    api_distribution_points: bool = False


class Variety(NamedTuple):
    """Where a template takes what its family leaves open. Subject and SAN may come from the CSR in every variety."""

    suffix: str
    api_passthrough: bool
    csr_passthrough: bool


class Template(NamedTuple):
    """One template: its name, what it fixes, and what may be passed through."""

    name: str
    profile: Profile
    variety: Variety

    @property
    def versioned_name(self) -> str:
        """The name with its version, as in the ARN: `EndEntityCertificate/V1`. There is no other version yet."""
        return f"{self.name}/V1"

    def arn(self, partition: str = "aws") -> str:
        """Return the ARN in a partition; templates belong to no region and no account."""
        return f"arn:{partition}:acm-pca:::template/{self.versioned_name}"


BASE = Variety("", api_passthrough=False, csr_passthrough=False)
CSR = Variety("_CSRPassthrough", api_passthrough=False, csr_passthrough=True)
API = Variety("_APIPassthrough", api_passthrough=True, csr_passthrough=False)
API_CSR = Variety("_APICSRPassthrough", api_passthrough=True, csr_passthrough=True)

_TLS_KEY_USAGE = ("DigitalSignature", "KeyEncipherment")
_SIGNATURE_KEY_USAGE = ("DigitalSignature",)
_AUTHORITY_KEY_USAGE = ("DigitalSignature", "KeyCertSign", "CRLSign")

_END_ENTITY = Profile(key_usage=_TLS_KEY_USAGE)
_SIGNER = Profile(key_usage=_SIGNATURE_KEY_USAGE, critical_extended_key_usage=True)
_BLANK_AUTHORITY = Profile(certificate_authority=True, critical_basic_constraints=True)
_BLANK_ROOT = _BLANK_AUTHORITY._replace(self_signed=True, api_distribution_points=True)
_AUTHORITY = _BLANK_AUTHORITY._replace(key_usage=_AUTHORITY_KEY_USAGE)

_ALL = (BASE, CSR, API, API_CSR)
_PASSTHROUGH = (CSR, API, API_CSR)

FAMILIES: dict[str, tuple[Profile, tuple[Variety, ...]]] = {
    "EndEntityCertificate": (_END_ENTITY._replace(extended_key_usage=("SERVER_AUTH", "CLIENT_AUTH")), _ALL),
    "EndEntityClientAuthCertificate": (_END_ENTITY._replace(extended_key_usage=("CLIENT_AUTH",)), _ALL),
    "EndEntityServerAuthCertificate": (_END_ENTITY._replace(extended_key_usage=("SERVER_AUTH",)), _ALL),
    "CodeSigningCertificate": (_SIGNER._replace(extended_key_usage=("CODE_SIGNING",)), _ALL),
    "OCSPSigningCertificate": (_SIGNER._replace(extended_key_usage=("OCSP_SIGNING",)), _ALL),
    "RootCACertificate": (_AUTHORITY._replace(self_signed=True), (BASE, API)),
    "SubordinateCACertificate_PathLen0": (_AUTHORITY._replace(path_length=0), _ALL),
    "SubordinateCACertificate_PathLen1": (_AUTHORITY._replace(path_length=1), _ALL),
    "SubordinateCACertificate_PathLen2": (_AUTHORITY._replace(path_length=2), _ALL),
    "SubordinateCACertificate_PathLen3": (_AUTHORITY._replace(path_length=3), _ALL),
    "BlankEndEntityCertificate": (Profile(), _PASSTHROUGH),
    "BlankEndEntityCertificate_CriticalBasicConstraints": (
        Profile(critical_basic_constraints=True, api_distribution_points=True),
        _PASSTHROUGH,
    ),
    "BlankSubordinateCACertificate_PathLen0": (_BLANK_AUTHORITY._replace(path_length=0), _PASSTHROUGH),
    "BlankSubordinateCACertificate_PathLen1": (_BLANK_AUTHORITY._replace(path_length=1), _PASSTHROUGH),
    "BlankSubordinateCACertificate_PathLen2": (_BLANK_AUTHORITY._replace(path_length=2), _PASSTHROUGH),
    "BlankSubordinateCACertificate_PathLen3": (_BLANK_AUTHORITY._replace(path_length=3), _PASSTHROUGH),
    "BlankRootCACertificate": (_BLANK_ROOT, (API,)),
    "BlankRootCACertificate_PathLen0": (_BLANK_ROOT._replace(path_length=0), (API,)),
    "BlankRootCACertificate_PathLen1": (_BLANK_ROOT._replace(path_length=1), (API,)),
    "BlankRootCACertificate_PathLen2": (_BLANK_ROOT._replace(path_length=2), (API,)),
    "BlankRootCACertificate_PathLen3": (_BLANK_ROOT._replace(path_length=3), (API,)),
}

TEMPLATES = {
    family + variety.suffix: Template(family + variety.suffix, profile, variety)
    for family, (profile, varieties) in FAMILIES.items()
    for variety in varieties
}

# Source: ACM PCA API reference, IssueCertificate, "TemplateArn".
DEFAULT_TEMPLATE = TEMPLATES["EndEntityCertificate"]


def template_named(template_arn: str | None) -> Template:
    """Return the template behind an ARN of any partition, or the default one where none is given.

    Raises:
        ServiceError: InvalidArgsException, there is no such template. Assumption: exception and text.
    """
    if template_arn is None:
        return DEFAULT_TEMPLATE
    _, _, resource = template_arn.partition(":acm-pca:::template/")
    name, _, version = resource.rpartition("/")
    template = TEMPLATES.get(name)
    if template is None or version != "V1" or not template_arn.startswith("arn:"):
        raise ServiceError(
            "InvalidArgsException", f"Could not find template {template_arn}.", hint=_nearest_template(name or resource)
        )
    return template


def template_called(text: str) -> str:
    """Return the name, with its version, of a template that a user names by its name or its ARN.

    Raises:
        UsageProblem: there is none.
    """
    name = text.rpartition(":template/")[2].removesuffix("/V1")
    if name not in TEMPLATES:
        raise UsageProblem(
            f"There is no template {text}; the names are those of AWS, such as EndEntityCertificate/V1.",
            hint=_nearest_template(name),
        )
    return TEMPLATES[name].versioned_name


def check_authority_type(template: Template, authority_type: str) -> None:
    """Check that a CA of this type, ROOT or SUBORDINATE, may use a template.

    Raises:
        ServiceError: InvalidArgsException, it is a root's own. Assumption: exception and text.
    """
    if template.profile.self_signed and authority_type != "ROOT":
        raise ServiceError(
            "InvalidArgsException", f"The template {template.name} can be used by a root certificate authority only."
        )


def _nearest_template(name: str) -> str | None:
    from difflib import get_close_matches

    nearest = get_close_matches(name, TEMPLATES, n=1)
    return f"The nearest template is {TEMPLATES[nearest[0]].arn()}." if nearest else None
