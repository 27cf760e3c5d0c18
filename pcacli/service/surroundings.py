"""What one wants to know of a backend and its CAs that no action of ACM PCA tells: who calls, regions, numbers, CRLs.

The embedded authority knows it from its store. At AWS, other services and the CRL's own place are asked, and what they
do not say stays unknown.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, Protocol

from pcacli.errors import PcaError
from pcacli.pki.der_reader import DerProblem
from pcacli.service.endpoints import Local, backend_of
from pcacli.service.settings import Settings

_PUBLISHING = frozenset({"ACTIVE", "DISABLED", "EXPIRED"})
# What S3 answers where nothing lies.
_NOT_THERE = frozenset({"NoSuchKey", "NoSuchBucket"})


class CrlTrouble(Enum):
    """Why a CRL cannot be had: see the words of each in `status_conditions`. ABSENT is GONE or NEVER_MADE."""

    NEVER_MADE = "never made"
    GONE = "gone"
    ABSENT = "absent"
    DAMAGED = "damaged"
    UNREACHABLE = "unreachable"


class CrlState(NamedTuple):
    """A CRL: its place (bucket and key), and its window of validity if it could be read.

    Else `trouble` says what kind of reason there is, and `problem` the reason, where there is more to say. One that
    waits for being made for the first time is NEVER_MADE.
    """

    place: str
    generated_at: datetime | None = None
    next_update: datetime | None = None
    problem: str | None = None
    trouble: CrlTrouble | None = None


class Issued(NamedTuple):
    """What a CA has issued: how many certificates (None where nobody knows), and its CRLs."""

    certificates: int | None
    crls: tuple[CrlState, ...]


class Surroundings(Protocol):
    """What is known of one backend in one region."""

    def describe(self) -> str:
        """Return which backend this is, for people."""
        ...

    def identity(self) -> Mapping[str, str] | None:
        """Return the Account and the Arn of the caller, None where nobody says."""
        ...

    @property
    def region(self) -> str | None:
        """The region that is set, None where only AWS's machines know it."""
        ...

    def regions(self) -> list[str]:
        """Return all regions in which there may be CAs."""
        ...

    def issued(self, authority: Mapping[str, Any]) -> Issued:
        """Return what a CA (API CertificateAuthority) has issued."""
        ...


def surroundings_of(settings: Settings, service: Any) -> Surroundings:
    """Return what is known of the backend that the settings name, which is open as `service`."""
    backend = backend_of(settings.endpoint_url)
    if isinstance(backend, Local):
        place = backend.database_url or str(backend.directory or settings.default_directory)
        return _Embedded(settings, service, place)
    return _Aws(settings)


class _Embedded:
    def __init__(self, settings: Settings, service: Any, place: str) -> None:
        from pcacli.service.local import caller_of

        self._service, self._place = service, place
        self._caller = caller_of(settings)

    def describe(self) -> str:
        return f"embedded authority, {self._place}"

    def identity(self) -> Mapping[str, str] | None:
        return {"Account": self._caller.account, "Arn": self._caller.arn}

    @property
    def region(self) -> str | None:
        return self._caller.region

    def regions(self) -> list[str]:
        regions: list[str] = self._service.regions()
        return regions

    def issued(self, authority: Mapping[str, Any]) -> Issued:
        found = self._service.issued(authority["Arn"])
        return Issued(found["Certificates"], tuple(map(_published, found["Crls"])))


class _Aws:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def describe(self) -> str:
        endpoint_url = self._settings.endpoint_url
        return "AWS" if endpoint_url is None else endpoint_url

    def identity(self) -> Mapping[str, str] | None:
        from pcacli.service.aws_account import caller_identity

        return caller_identity(self._settings)

    @property
    def region(self) -> str | None:
        return self._settings.region

    def regions(self) -> list[str]:
        from pcacli.service.aws_account import regions

        return regions(self._settings)

    def issued(self, authority: Mapping[str, Any]) -> Issued:
        return Issued(None, tuple(self._crls(authority)))

    def _crls(self, authority: Mapping[str, Any]) -> Iterator[CrlState]:
        from pcacli.service.crl_fetch import complete_crl_place, crl_beginning, partitions_place

        # Source: AWS Private CA User Guide, "Updating a private CA": a CA without a certificate publishes nothing.
        if authority["Status"] not in _PUBLISHING:
            return
        partitions, place = partitions_place(authority), complete_crl_place(authority)
        if partitions is not None:
            problem = "it is partitioned, and only AWS knows where its parts are"
            yield CrlState(partitions, problem=problem, trouble=CrlTrouble.UNREACHABLE)
        if place is None:
            return
        where = f"{place.s3_bucket_name}/{place.key}"
        try:
            yield _read(where, crl_beginning(place, self._settings))
        except PcaError as error:
            trouble = CrlTrouble.ABSENT if error.code in _NOT_THERE else CrlTrouble.UNREACHABLE
            yield CrlState(where, problem=error.message, trouble=trouble)


def _published(crl: Mapping[str, Any]) -> CrlState:
    """Return how a CRL of the store is for those who fetch it."""
    place = crl["Key"] or "a place that is not set"
    if crl["GeneratedAt"] is None:
        return CrlState(place, trouble=CrlTrouble.NEVER_MADE)
    known = CrlState(place, crl["GeneratedAt"], crl["NextUpdate"])
    if crl.get("Content") is not None:
        read = _read(place, crl["Content"])
        # The store knows the instant to the microsecond; what is read counts only where the file is another one.
        return known if read.next_update == known.next_update else read
    problem = crl.get("Problem")
    trouble = CrlTrouble.GONE if problem is None else CrlTrouble.UNREACHABLE
    return known._replace(problem=problem, trouble=trouble)


def _read(where: str, beginning: bytes) -> CrlState:
    from pcacli.pki.crl import crl_made_at
    from pcacli.pki.crl_header import crl_window

    try:
        window = crl_window(beginning)
    except DerProblem as problem:
        return CrlState(where, problem=str(problem), trouble=CrlTrouble.DAMAGED)
    return CrlState(where, crl_made_at(window.this_update), window.next_update)
