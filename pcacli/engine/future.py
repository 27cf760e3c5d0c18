"""What a store has dated in the future is not believed.

Its clock was wrong when that was written, or has been put back since (`local clock reset`). Every record whose date is
compared with the present is in this table:

| what | if its date lies ahead |
| --- | --- |
| a published CRL (`crl_schedule`) | it is due, and lists what expires from now on |
| a revocation (`crl_schedule`, `crl_writing`, `ocsp_responder`) | it waits no longer, and is published as of now |
| the failure of a CRL (`publication`) | the CRL is tried again at once |
| an idempotency token (`idempotency`) | it was never used; a refresh forgets it |
| an audit report (`audit_reports`) | the next one may be made |
| what is still being made (`states.is_ready`) | it is there |
| a token bucket that is empty (`throttling`) | it is full |
| a report that a client remembers (`service/workflows/audit_reports`) | another one is made |
| the end of a deletion window (`states.gone`) | it is believed: to destroy a CA too late does no harm |
| the validity of a certificate | it is believed: verifiers go by it |
"""

from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=1)
"""How far the clocks of two machines may differ that use one store."""


def lies_ahead(instant: datetime, now: datetime) -> bool:
    """Tell whether an instant is so far ahead that no clock can have been right which gave it."""
    return instant - now > TOLERANCE
