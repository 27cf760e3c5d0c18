"""Leaving out of a list what newer certificates have replaced (`replacement`), in two passes over an inventory.

The first pass chooses, the second looks for newer ones, and only if something was chosen. Nothing but what was chosen
is kept.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any, Generic, NamedTuple, Protocol, TypeVar

from pcacli.errors import PcaError, UsageProblem
from pcacli.pki.certificate_names import Names, certificate_names, names_as_far_as_readable
from pcacli.service.workflows.inventory import ISSUED, IssuedCertificate, Selection, selected, status, template_name
from pcacli.service.workflows.replacement import Holding, Purpose, replaced
from pcacli.service.workflows.report_rows import ReportRow, report_rows

Entry = dict[str, Any]
_Certificate = TypeVar("_Certificate", bound=IssuedCertificate)

_PASSTHROUGH = "Passthrough"
MAXIMUM_FETCHES = 1000
"""How many certificates are fetched from AWS to learn their names; what is not fetched counts as not replaced."""


class Shelf(Protocol[_Certificate]):
    """The certificates of one CA, which can be gone through twice."""

    def certificates(self) -> Iterable[_Certificate]:
        """Return all of them."""
        ...

    def names(self, certificate: _Certificate) -> Names:
        """Return the names by which a certificate is chosen."""
        ...

    def issued(self, certificate: _Certificate, number: int) -> float:
        """Return the place in the order of issuance of a certificate, the one of that number."""
        ...

    def may_replace(self, certificate: _Certificate, subjects: frozenset[str]) -> bool:
        """Tell whether it is worth while to look whether a certificate replaces one with one of these subjects."""
        ...

    def der(self, certificate: _Certificate) -> bytes | None:
        """Return a certificate in DER, None if it cannot be had."""
        ...


class Unreplaced(NamedTuple):
    """What an inventory says of the certificates that were chosen, and how many of them are left out."""

    entries: list[Entry]
    left_out: int


def without_replaced(shelf: Shelf[_Certificate], selection: Selection, authority_arn: str) -> Unreplaced:
    """Choose certificates of a CA and leave out those that a newer one replaces.

    Raises:
        PcaError: the certificates cannot be read.
    """
    chosen, older = [], []
    counted = _Counted(shelf.certificates())
    for entry in selected(counted, shelf.names, selection):
        certificate = counted.current
        chosen.append(entry)
        older.append(_holding(shelf, certificate, counted.number, authority_arn, selection))
    if not chosen:
        return Unreplaced([], 0)
    gone = replaced(older, _newer(shelf, older, authority_arn, selection))
    return Unreplaced([entry for index, entry in enumerate(chosen) if index not in gone], len(gone))


def _newer(
    shelf: Shelf[_Certificate], older: list[Holding], authority_arn: str, selection: Selection
) -> Iterator[Holding]:
    subjects = frozenset(holding.purpose.names.subject for holding in older)
    earliest = min(holding.not_after for holding in older)
    for number, certificate in enumerate(shelf.certificates(), start=1):
        is_good = status(certificate, selection.now) == ISSUED
        if is_good and certificate.not_after > earliest and shelf.may_replace(certificate, subjects):
            yield _holding(shelf, certificate, number, authority_arn, selection)


def _holding(
    shelf: Shelf[_Certificate], certificate: _Certificate, number: int, authority_arn: str, selection: Selection
) -> Holding:
    der, template = shelf.der(certificate), template_name(certificate.template_arn)
    names, renewed_as = Names(shelf.names(certificate).subject, None), frozenset[str]()
    if der is not None:
        # Of what cannot be read nobody knows whether anything replaces it.
        with suppress(ValueError):
            names, renewed_as = certificate_names(der), _renewed_as(der, template)
    purpose = Purpose(authority_arn, names, template, renewed_as)
    is_good = status(certificate, selection.now) == ISSUED
    return Holding(purpose, shelf.issued(certificate, number), certificate.not_after, is_good)


def _renewed_as(certificate: bytes, template: str) -> frozenset[str]:
    """Return the template from which `pki renew` gets the same extensions, where that may be a different one.

    Those that pass nothing through are recognized by their extensions, and CA certificates are not renewed so.
    """
    if _PASSTHROUGH not in template:
        return frozenset()
    from pcacli.pki.renewal_request import template_for_renewal

    with suppress(UsageProblem):
        return frozenset({template_for_renewal(certificate)})
    return frozenset()


class _Counted(Generic[_Certificate]):
    """Passes certificates on; `current` is the one that was passed on last, `number` its number from 1 on."""

    current: _Certificate

    def __init__(self, certificates: Iterable[_Certificate]) -> None:
        self._certificates = certificates
        self.number = 0

    def __iter__(self) -> Iterator[_Certificate]:
        for self.number, self.current in enumerate(self._certificates, start=1):  # noqa: B020 - what is seen from outside
            yield self.current


class LedgerShelf:
    """The certificates of a CA of the embedded authority, in the order in which they were issued."""

    def __init__(
        self, read: Callable[[Callable[[str], object]], Iterable[Any]], complain: Callable[[str], object]
    ) -> None:
        self._read, self._complain = read, complain

    def certificates(self) -> Iterable[Any]:
        """Read the certificates; which records cannot be read is said the first time."""
        complain, self._complain = self._complain, lambda _record: None
        return self._read(complain)

    def names(self, certificate: Any) -> Names:
        """Read the names out of a certificate."""
        return names_as_far_as_readable(certificate.certificate)

    def issued(self, certificate: Any, number: int) -> float:
        """Return the number: the store is in that order."""
        del certificate
        return number

    def may_replace(self, certificate: Any, subjects: frozenset[str]) -> bool:
        """Look at every one, because names cost little here."""
        del certificate, subjects
        return True

    def der(self, certificate: Any) -> bytes | None:
        """Return what the store has."""
        der: bytes = certificate.certificate
        return der


class ReportShelf:
    """The certificates in an audit report, which knows no alternative names: `fetch` gets one in DER by its ARN.

    Only those with the same subject are fetched. The report is kept in a file without a name for the second pass.
    """

    def __init__(
        self, lines: Iterable[bytes], complain: Callable[[str], object], fetch: Callable[[str], bytes]
    ) -> None:
        self._lines, self._complain, self._fetch = lines, complain, fetch
        self._copy: IO[bytes] | None = None
        self._fetches_left = MAXIMUM_FETCHES

    def certificates(self) -> Iterator[ReportRow]:
        """Read the rows; what is wrong with them is said the first time."""
        if self._copy is None:
            with suppress(OSError):
                self._copy = TemporaryFile()  # noqa: SIM115 - it is gone with this object
            return report_rows(self._copied(), self._complain)
        self._copy.seek(0)
        return report_rows(self._copy, lambda _problem: None)

    def names(self, certificate: ReportRow) -> Names:
        """Return the subject alone."""
        return certificate.names

    def issued(self, certificate: ReportRow, number: int) -> float:
        """Return the instant in seconds; without it nothing is newer than anything."""
        del number
        return 0.0 if certificate.issued_at is None else certificate.issued_at.timestamp()

    def may_replace(self, certificate: ReportRow, subjects: frozenset[str]) -> bool:
        """Look at those with such a subject, because each takes a call."""
        return certificate.names.subject in subjects

    def der(self, certificate: ReportRow) -> bytes | None:
        """Fetch a certificate, while the number of calls is bearable."""
        if not self._fetches_left:
            return None
        self._fetches_left -= 1
        with suppress(PcaError, ValueError):
            return self._fetch(certificate.arn)
        return None

    @property
    def is_exhausted(self) -> bool:
        """Whether there were more certificates than are fetched."""
        return not self._fetches_left

    def _copied(self) -> Iterator[bytes]:
        for line in self._lines:
            if self._copy is not None:
                self._copy.write(line)
            yield line
