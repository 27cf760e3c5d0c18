"""How long things take in a test store: at once, as everywhere else, or as long as AWS takes.

What begins is finished at once and recorded with the instant from which it counts (`ready_at`); until then the engine
answers as AWS does while it works. `states.py` decides what that means for each action.
"""

import json
from datetime import timedelta
from typing import NamedTuple

from pcacli.engine.store.port import Snapshot, Transaction

_SETTING = "timing"


class Timing(NamedTuple):
    """How long it takes to create a CA, to issue a certificate and to write a report.

    `report_interval` is how long a CA refuses the next report after one; `crl` is how long a revocation waits for its
    CRL. A CRL that fails is tried again after 15 minutes in every store (publication.py).
    """

    creation: timedelta = timedelta(0)
    issuance: timedelta = timedelta(0)
    report: timedelta = timedelta(0)
    report_interval: timedelta = timedelta(0)
    crl: timedelta = timedelta(0)


AT_ONCE = Timing()
AWS = Timing(
    # User Guide, "Creating a private CA", example 5: from CREATING to PENDING_CERTIFICATE in 1.015 s.
    creation=timedelta(seconds=1),
    # Assumption: how long issuance and reports take has not been seen; waiters ask every second and every three.
    issuance=timedelta(seconds=1),
    report=timedelta(seconds=3),
    # API reference, CreateCertificateAuthorityAuditReport: one report every 30 minutes.
    report_interval=timedelta(minutes=30),
    # API reference, RevokeCertificate: about 30 minutes. Assumption: a CA's first CRL, which needs no revocation, comes
    # at once.
    crl=timedelta(minutes=30),
)


def timing(snapshot: Snapshot) -> Timing:
    """Return the timing of a store."""
    text = snapshot.setting(_SETTING)
    return Timing(**{phase: timedelta(seconds=seconds) for phase, seconds in json.loads(text or "{}").items()})


def put_timing(transaction: Transaction, wanted: Timing) -> None:
    """Set the timing of a store."""
    seconds = {phase: duration.total_seconds() for phase, duration in wanted._asdict().items()}
    transaction.put_setting(_SETTING, None if wanted == AT_ONCE else json.dumps(seconds))
