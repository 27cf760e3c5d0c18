"""What a check of a store finds."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a finding is about."""

    STORAGE = "STORAGE"
    FILE = "FILE"
    KEY = "KEY"
    AUTHORITY = "AUTHORITY"
    CERTIFICATE = "CERTIFICATE"
    REVOCATION = "REVOCATION"
    TRAIL = "TRAIL"
    CRL = "CRL"


class Finding(NamedTuple):
    """One thing that is wrong: with what, and what it is."""

    kind: Kind
    subject: str
    detail: str
