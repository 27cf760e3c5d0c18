"""Open the backend that the endpoint setting chooses. Only that one is imported."""

from collections.abc import Callable

from pcacli.service.endpoints import Local, backend_of
from pcacli.service.port import Service
from pcacli.service.settings import Settings
from pcacli.service.unconfigured import no_region

Notify = Callable[[str], None]


def open_service(settings: Settings, *, notify: Notify) -> Service:
    """Open AWS or the embedded authority, and never the one in place of the other.

    `notify` is told, in one line for the user, what the embedded authority did beside answering.

    Raises:
        ConfigurationProblem: no region or no store is set up.
        PcaError: the backend cannot be opened.
    """
    backend = backend_of(settings.endpoint_url)
    if isinstance(backend, Local):
        return _open_local(settings, notify, is_default=backend == Local())
    from pcacli.service.aws import AwsService

    return AwsService(settings)


def _open_local(settings: Settings, notify: Notify, *, is_default: bool) -> Service:
    from pcacli.service.local import LocalService, caller_of, open_parts
    from pcacli.service.store_place import StorePlace

    if settings.strict and settings.region is None:
        raise no_region()
    caller = caller_of(settings)
    place = StorePlace.from_settings(settings)
    parts = open_parts(place, notify, create_buckets=not settings.strict, may_be_missing=is_default)
    return LocalService(parts, caller)
