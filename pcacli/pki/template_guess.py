"""Guesses from which template a certificate came: by the extensions that only one family of templates sets so.

A certificate does not say it. The guess names the family's base template; what was passed through is not told apart.
Source: AWS Private CA User Guide, "Template definitions".
"""

from collections.abc import Iterable

from pcacli.pki import extensions as known
from pcacli.pki.extensions import Extension
from pcacli.pki.profile import KeyIdentifiers, template_extensions
from pcacli.pki.templates import FAMILIES, TEMPLATES, Profile

_FIXED = (known.BASIC_CONSTRAINTS, known.KEY_USAGE, known.EXTENDED_KEY_USAGE)


def likely_template(extensions: Iterable[Extension], *, self_signed: bool) -> str | None:
    """Return the name of a template such as `EndEntityCertificate/V1`, None if none fixes just these extensions."""
    found = {extension for extension in extensions if extension.oid in _FIXED}
    for family, (profile, _) in FAMILIES.items():
        # A blank template fixes too little to be recognized.
        if profile.key_usage and profile.self_signed == self_signed and found == _fixed_by(profile):
            return TEMPLATES[family].versioned_name
    return None


def _fixed_by(profile: Profile) -> set[Extension]:
    no_keys = KeyIdentifiers(b"", b"")
    return {extension for extension in template_extensions(profile, no_keys) if extension.oid in _FIXED}
