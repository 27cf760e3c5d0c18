"""Which certificates there are: from the store where that is at hand, else from what an audit report says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from pcacli.api.arns import SERIAL_HEX_DIGITS
from pcacli.limits.wildcards import Fragment
from pcacli.pki.certificate_names import Names

ISSUED, EXPIRED, REVOKED = "ISSUED", "EXPIRED", "REVOKED"
STATUSES = (ISSUED, EXPIRED, REVOKED)


class IssuedCertificate(Protocol):
    """What is known of a certificate before its names are looked at; `arn` becomes its ARN as a text."""

    @property
    def arn(self) -> object: ...  # noqa: D102 - the class describes them
    @property
    def serial(self) -> int: ...  # noqa: D102
    @property
    def template_arn(self) -> str: ...  # noqa: D102
    @property
    def not_after(self) -> datetime: ...  # noqa: D102
    @property
    def revoked_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def revocation_reason(self) -> str | None: ...  # noqa: D102


class Ledger(Protocol):
    """A backend that shows its certificates without an audit report: the embedded authority."""

    def issued_certificates(
        self, authority_arn: str, unreadable: Callable[[str], object] | None = None
    ) -> Iterator[Any]:
        """Yield every certificate of a CA, its DER as `certificate`; `unreadable` is told of damaged records."""
        ...

    def certificate_count(self, authority_arn: str) -> int:
        """Return how many certificates that are."""
        ...

    def now(self) -> datetime:
        """Return the time that counts there."""
        ...


def ledger_of(service: object) -> Ledger | None:
    """Return a backend as a ledger, None if it is none.

    `isinstance` would not do: since Python 3.12 it does not look behind a service that logs or slows down another.
    """
    return cast("Ledger", service) if hasattr(service, "issued_certificates") else None


class Selection(NamedTuple):
    """Which certificates are wanted, at the instant `now`. What is empty or None does not narrow.

    `template` is a name such as EndEntityCertificate, with its version or without. `pattern` is looked for in the
    subject and in each alternative name.
    """

    now: datetime
    statuses: frozenset[str] = frozenset()
    expires_within: timedelta | None = None
    template: str | None = None
    pattern: Fragment | None = None

    def takes(self, certificate: IssuedCertificate) -> bool:
        """Tell whether a certificate may be wanted, whatever its names are."""
        if self.statuses and status(certificate, self.now) not in self.statuses:
            return False
        if self.expires_within is not None and not self._expires_soon(certificate.not_after, self.expires_within):
            return False
        return self.template is None or self.template in _spellings(template_name(certificate.template_arn))

    def _expires_soon(self, not_after: datetime, within: timedelta) -> bool:
        return timedelta(0) < not_after - self.now <= within

    def matches(self, names: Names) -> bool:
        """Tell whether a certificate with these names is wanted."""
        if self.pattern is None:
            return True
        return any(map(self.pattern.is_in, (names.subject, *(names.alternative_names or ()))))

    def may_match(self, names: Names) -> bool:
        """Tell whether a certificate is wanted, or may be, because its names cannot all be read."""
        return names.problem is not None or self.matches(names)


_Certificate = TypeVar("_Certificate", bound=IssuedCertificate)


def selected(
    certificates: Iterable[_Certificate], names_of: Callable[[_Certificate], Names], selection: Selection
) -> Iterator[dict[str, Any]]:
    """Yield what an inventory says of each certificate that is wanted.

    Revocation and alternative names are left out where there are none, the latter also where nobody knows them. Where
    names cannot be read, Problem says so, and the certificate is there whatever pattern is asked for.
    """
    for certificate in certificates:
        if selection.takes(certificate):
            names = names_of(certificate)
            if selection.may_match(names):
                entry = _entry(certificate, names, selection.now)
                if names.problem is not None:
                    entry["Problem"] = names.problem
                yield entry


def is_certain(entry: Mapping[str, Any], selection: Selection) -> bool:
    """Tell whether what can be read of a certificate's names is wanted, and not only what cannot."""
    return selection.matches(Names(entry["Subject"], tuple(entry.get("SubjectAlternativeNames", ()))))


def status(certificate: IssuedCertificate, now: datetime) -> str:
    """Return ISSUED, EXPIRED or REVOKED; a revoked certificate stays revoked when it expires."""
    if certificate.revoked_at is not None:
        return REVOKED
    return EXPIRED if certificate.not_after <= now else ISSUED


@lru_cache(maxsize=128)
def template_name(template_arn: str) -> str:
    """Return the name in a template's ARN, with its version, such as `EndEntityCertificate/V1`."""
    return template_arn.rpartition(":template/")[2]


def name_pattern(text: str) -> Fragment:
    """Return the pattern of names that contain a text, in capitals or small letters; `*` stands for any characters."""
    return Fragment.of(text)


def _spellings(name: str) -> tuple[str, str]:
    return name, name.partition("/")[0]


def _entry(certificate: IssuedCertificate, names: Names, now: datetime) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "CertificateArn": str(certificate.arn),
        "Serial": f"{certificate.serial:0{SERIAL_HEX_DIGITS}x}",
        "Subject": names.subject,
    }
    if names.alternative_names:
        entry["SubjectAlternativeNames"] = list(names.alternative_names)
    entry["Template"] = template_name(certificate.template_arn)
    entry["Status"] = status(certificate, now)
    entry["NotAfter"] = certificate.not_after
    if certificate.revoked_at is not None:
        entry["RevokedAt"] = certificate.revoked_at
        entry["RevocationReason"] = certificate.revocation_reason
    return entry
