"""How deep a hierarchy may grow below a CA.

The limit of five levels that AWS documents follows from this rule and the templates: a root without limit signs path
length 3 at most, that one 2, and so on down to 0.
Sources: RFC 5280 section 4.2.1.9; AWS Private CA User Guide, "RFC compliance" and "CA hierarchy".
"""

from pcacli.errors import ServiceError
from pcacli.pki.templates import Profile


def check_path_length(profile: Profile, issuer_path_length: int | None) -> None:
    """Check that a certificate of this profile may stand below a CA with this path length (None: no limit).

    Raises:
        ServiceError: ValidationException, the new CA would not be lower than its issuer. Assumption: the text.
    """
    if not profile.certificate_authority or profile.self_signed or issuer_path_length is None:
        return
    if profile.path_length is None or profile.path_length >= issuer_path_length:
        raise ServiceError(
            "ValidationException",
            f"The path length of the certificate must be less than the path length {issuer_path_length} "
            "of the certificate authority.",
        )
