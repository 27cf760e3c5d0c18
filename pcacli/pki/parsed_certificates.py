"""A certificate as path validation looks at it: strictly readable as a whole, and each extension by itself."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from pcacli.pki import extensions as known
from pcacli.pki.certificate_names import names_as_far_as_readable
from pcacli.pki.der_reader import dotted, elements
from pcacli.pki.extension_texts import basic_constraints, extension_name, is_readable
from pcacli.pki.extensions import Extension
from pcacli.pki.name_constraints import GeneralName
from pcacli.pki.oddities import oddities, written_extensions
from pcacli.pki.parse_errors import UnreadableX509, readable
from pcacli.pki.usages import usage_names
from pcacli.pki.x509_fields import Kind, X509Fields, take_apart

if TYPE_CHECKING:
    from datetime import datetime


class ParsedCertificate:
    """A certificate that a strict parser reads; its extensions may still be damaged, which `problems` says."""

    def __init__(self, der: bytes) -> None:
        """Parse DER.

        Raises:
            UnreadableX509: no strict parser reads it; the message says what is odd about it.
        """
        from cryptography import x509

        self.der = der
        try:
            with readable():
                self.x509: x509.Certificate = x509.load_der_x509_certificate(der)
                self.not_before: datetime = self.x509.not_valid_before_utc
                self.not_after: datetime = self.x509.not_valid_after_utc
            self.fields: X509Fields = take_apart(Kind.CERTIFICATE, der)
        except ValueError as problem:
            raise UnreadableX509(why_unreadable(der)) from problem

    @cached_property
    def name(self) -> str:
        """What to call it: its subject, else its alternative names, else its serial number."""
        title = names_as_far_as_readable(self.der).title
        return title or f"Certificate {self.x509.serial_number:x}"

    @property
    def subject(self) -> bytes:
        """The DER of the subject."""
        return self.fields.signed["subject"].encoded

    @property
    def issuer(self) -> bytes:
        """The DER of the issuer's name."""
        return self.fields.signed["issuer"].encoded

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same (RFC 5280, section 6.1)."""
        return self.subject == self.issuer

    @cached_property
    def extensions(self) -> dict[str, Extension]:
        """The extensions by their identifiers; none where the list cannot be read, which is a problem."""
        return {extension.oid: extension for extension in self._listed or ()}

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the extensions, so that they cannot be relied upon."""
        if self._listed is None:
            return ("its extensions cannot be read",)
        twice = [oid for oid, count in Counter(each.oid for each in self._listed).items() if count > 1]
        damaged = [each.oid for each in self._listed if not is_readable(each)]
        return (
            *(f"its extension {extension_name(oid)} is there twice" for oid in twice),
            *(f"its extension {extension_name(oid)} is damaged" for oid in damaged),
        )

    @cached_property
    def is_authority(self) -> bool:
        """Whether basic constraints say that it is that of a CA."""
        return self._constraints[0]

    @property
    def path_length(self) -> int | None:
        """The path length that basic constraints set, or None."""
        return self._constraints[1]

    @cached_property
    def usages(self) -> Sequence[str] | None:
        """The API's names of the key usages; None where there is no such extension."""
        extension = self.extensions.get(known.KEY_USAGE)
        return None if extension is None else usage_names(extension.value)

    @cached_property
    def purposes(self) -> Sequence[str] | None:
        """The dotted identifiers of the extended key usages; None where there is no such extension."""
        extension = self.extensions.get(known.EXTENDED_KEY_USAGE)
        if extension is None:
            return None
        (sequence,) = elements(extension.value)
        return [dotted(each.content) for each in elements(sequence.content)]

    @cached_property
    def alternative_names(self) -> Sequence[GeneralName]:
        """The subject alternative names; none where they cannot be read, which is a problem."""
        extension = self.extensions.get(known.SUBJECT_ALTERNATIVE_NAME)
        if extension is None:
            return ()
        with suppress(ValueError):
            (sequence,) = elements(extension.value)
            return [GeneralName(each.tag, each.content) for each in elements(sequence.content)]
        return ()

    def critical_extensions(self) -> Iterator[str]:
        """Yield the identifiers of the extensions that have to be understood."""
        return (extension.oid for extension in self.extensions.values() if extension.critical)

    @cached_property
    def _listed(self) -> list[Extension] | None:
        try:
            return [
                Extension(dotted(each.identifier), any(each.critical or b""), each.value)
                for each in written_extensions(self.fields)
            ]
        except ValueError:
            return None

    @cached_property
    def _constraints(self) -> tuple[bool, int | None]:
        extension = self.extensions.get(known.BASIC_CONSTRAINTS)
        with suppress(ValueError, IndexError):
            if extension is not None:
                return basic_constraints(extension.value)
        return False, None


def why_unreadable(der: bytes) -> str:
    """Say why no strict parser reads what is said to be a certificate."""
    try:
        fields = take_apart(Kind.CERTIFICATE, der)
    except ValueError:
        return "it is no certificate"
    return "; ".join(oddities(Kind.CERTIFICATE, fields)) or "it is not written as DER and RFC 5280 ask for"
