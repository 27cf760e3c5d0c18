"""The embedded authority behind the service port."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from pcacli.engine.authority import EmbeddedAuthority
from pcacli.engine.call import Parts
from pcacli.engine.context import SERVICE_SUFFIX, Caller, root_of_account, service_in_account, system_context
from pcacli.errors import ConfigurationProblem, PcaError
from pcacli.service.settings import Settings
from pcacli.service.store_place import StorePlace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pcacli.engine.records import ListedCertificate
    from pcacli.service.local_publications import LocalPublications

DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT = "000000000000"


class LocalService:
    """Calls the embedded authority as one caller."""

    def __init__(self, parts: Parts, caller: Caller) -> None:
        self._parts = parts
        self._authority = EmbeddedAuthority(parts)
        self._caller = caller

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Perform one action of the API.

        Raises:
            PcaError: the service refuses or the store cannot be used.
        """
        return self._authority.call(operation, request, self._caller)

    def close(self) -> None:
        """Close the store."""
        self._parts.store.close()

    def issued_certificates(
        self, authority_arn: str, unreadable: Callable[[str], object] | None = None
    ) -> "Iterator[ListedCertificate]":
        """Yield every certificate that a CA issued, which no action of the API does.

        `unreadable` is told of each record that is damaged, which is left out then.

        Raises:
            ServiceError: the caller may not have an audit report of the CA, or there is no such CA.
        """
        from pcacli.engine.inventory import issued_certificates

        return issued_certificates(self._parts, self._caller, authority_arn, unreadable)

    def certificate_count(self, authority_arn: str) -> int:
        """Return how many certificates that are.

        Raises:
            ServiceError: as above.
        """
        from pcacli.engine.inventory import certificate_count

        return certificate_count(self._parts, self._caller, authority_arn)

    def newest_audit_report(self, authority_arn: str) -> str | None:
        """Return the identifier of the audit report that was asked for last, which no action of the API tells.

        Raises:
            ServiceError: the caller may not have an audit report of the CA, or there is no such CA.
        """
        from pcacli.engine.inventory import newest_audit_report

        return newest_audit_report(self._parts, self._caller, authority_arn)

    def revocation(self, authority_arn: str, serial: int) -> "tuple[datetime, str] | None":
        """Return when and why a certificate was revoked, None if it was not; no action of the API tells that."""
        from pcacli.api.arns import authority_arn as read_arn

        with self._parts.store.read() as snapshot:
            found = snapshot.certificate(read_arn(authority_arn), serial)
        if found is None or found.revoked_at is None:
            return None
        return found.revoked_at, found.revocation_reason or "UNSPECIFIED"

    def issued(self, authority_arn: str) -> dict[str, Any]:
        """Return the number of certificates of a CA, and its CRLs; no action of the API tells them."""
        from pcacli.api.arns import authority_arn as read_arn
        from pcacli.engine import status

        return status.issued(self._parts, read_arn(authority_arn))

    def regions(self) -> list[str]:
        """Return the regions in which the caller's account has CAs, or others share some with it."""
        from pcacli.engine import status

        return status.regions(self._parts, self._caller)

    def publishing_once(self) -> AbstractContextManager[None]:
        """Let the calls within a block make one CRL of each CA at its end, and not one for each of them."""
        return self._authority.publishing_once()

    def publications(self) -> "LocalPublications":
        """Return what the store's CAs publish about revocations, which needs no server."""
        from pcacli.service.local_publications import LocalPublications

        return LocalPublications(self._parts)

    def now(self) -> "datetime":
        """Return the time of the store, which a test store may have moved."""
        return self._parts.context.now()


def caller_of(settings: Settings) -> Caller:
    """Return who a command is: the root of its account in its region, or an AWS service that calls for the account.

    Raises:
        ConfigurationProblem: account, organization, unit or service are not what they should be.
        PcaError: the region is none, in the AWS CLI's words.
    """
    account, region = settings.account_id or DEFAULT_ACCOUNT, settings.region or DEFAULT_REGION
    if not (len(account) == len(DEFAULT_ACCOUNT) and account.isascii() and account.isdecimal()):
        raise ConfigurationProblem(f"The account {account!r} is not a number of {len(DEFAULT_ACCOUNT)} digits.")
    if not region.isascii() or not region.replace("-", "").isalnum():
        raise PcaError(f"Provided region_name '{region}' doesn't match a supported format.")
    caller = root_of_account(account, region)
    if settings.organization_id or settings.organizational_unit:
        from pcacli.engine.organizations import membership

        place = membership(settings.organization_id or "", settings.organizational_unit)
        caller = caller._replace(organization_id=place.organization_id, organization_path=place.path)
    if settings.service_principal:
        if not settings.service_principal.endswith(SERVICE_SUFFIX):
            raise ConfigurationProblem(
                f"{settings.service_principal} is not a service of AWS, such as acm.amazonaws.com."
            )
        caller = service_in_account(settings.service_principal, caller)
    return caller


def open_parts(
    place: StorePlace, notify: Callable[[str], None], *, create_buckets: bool = True, may_be_missing: bool = False
) -> Parts:
    """Open the store at a place.

    `create_buckets` says whether writing to a bucket makes it, as no bucket of AWS does. `may_be_missing` is for the
    default store, which the first change makes.
    """
    home = place.home(create_buckets=create_buckets)
    open_home = home.open_or_await_first_use if may_be_missing else home.open
    return open_home(system_context(), notify)
