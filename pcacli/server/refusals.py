"""The refusals that are HTTP's and not the service's, and the status of every refusal.

Source: facts, section 10.3: every exception of the model is a client's fault and 400; InternalFailure is 500,
ServiceUnavailable 503 (AWS, "Common Error Types").
Assumption: what AWS's front end answers to requests that are no calls is not documented; the codes are Smithy's.
"""

from pcacli.errors import ServiceError

UNKNOWN_OPERATION = "UnknownOperationException"
SERIALIZATION = "SerializationException"
INTERNAL_FAILURE = "InternalFailure"

_STATUS_OF_CODE = {
    "RequestTimeoutException": 408,
    "RequestEntityTooLargeException": 413,
    "UnsupportedMediaTypeException": 415,
    INTERNAL_FAILURE: 500,
    "ServiceUnavailable": 503,
}
_CLIENT_ERROR = 400


def status(code: str) -> int:
    """Return the HTTP status of an exception."""
    return _STATUS_OF_CODE.get(code, _CLIENT_ERROR)


def unknown_operation(name: str) -> ServiceError:
    """Refuse an action that does not exist."""
    return ServiceError(
        UNKNOWN_OPERATION, f"There is no operation {name[:255]}." if name else "The request names no operation."
    )


def serialization(why: str) -> ServiceError:
    """Refuse a body that is not what the action takes."""
    return ServiceError(SERIALIZATION, why)


def unsupported_media_type(expected: str) -> ServiceError:
    """Refuse a body of another type."""
    return ServiceError("UnsupportedMediaTypeException", f"The content type must be {expected}.")


def too_large(limit_bytes: int) -> ServiceError:
    """Refuse a body above the limit."""
    return ServiceError("RequestEntityTooLargeException", f"The request is larger than {limit_bytes} bytes.")


def too_busy() -> ServiceError:
    """Refuse a body for which there is no memory at the moment."""
    return ServiceError("ServiceUnavailable", "Too many large requests are being received; try again.")


def too_slow(limit_seconds: float) -> ServiceError:
    """Refuse a body that does not arrive."""
    return ServiceError("RequestTimeoutException", f"The request did not arrive within {limit_seconds:.0f} seconds.")


def not_from_here(host: str) -> ServiceError:
    """Refuse a call without signature to another name: a browser may have been led here (DNS rebinding)."""
    return ServiceError("AccessDeniedException", f"With --no-auth only localhost is served, not {host[:255]!r}.")


def internal_failure() -> ServiceError:
    """Say that it is our fault, and nothing else: what happened stands in the log."""
    return ServiceError(INTERNAL_FAILURE, "The request could not be processed because of an internal failure.")
