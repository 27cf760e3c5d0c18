"""Is a CA's record one that can be: its type, state, key, CSR, configuration, certificate and the chain above it?"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from pcacli.engine import states
from pcacli.engine.checking.findings import Finding, Kind
from pcacli.engine.keys.port import KeyStore
from pcacli.engine.records import CertificateAuthority
from pcacli.errors import PcaError
from pcacli.pki import verification
from pcacli.pki.names import subject_name


class _Needs(NamedTuple):
    """What a state that is stored asks of a CA's record, member by member; None: it may be there or not."""

    certificate: bool | None
    restorable_until: bool = False
    state_before_deletion: bool = False
    failure_reason: bool = False


_STATES: Mapping[str, _Needs] = {
    states.PENDING_CERTIFICATE: _Needs(certificate=False),
    states.ACTIVE: _Needs(certificate=True),
    states.DISABLED: _Needs(certificate=True),
    states.FAILED: _Needs(certificate=None, failure_reason=True),
    states.DELETED: _Needs(certificate=None, restorable_until=True, state_before_deletion=True),
}


_TYPES = ("ROOT", "SUBORDINATE")


def findings(authority: CertificateAuthority, keys: KeyStore) -> Iterator[Finding]:
    """Yield what is wrong with the record of a CA."""
    problems = (_state_problems(authority), _key_problems(authority, keys), _certificate_problems(authority))
    details = chain.from_iterable(problems)
    return (Finding(Kind.AUTHORITY, str(authority.arn), detail) for detail in details)


def _state_problems(authority: CertificateAuthority) -> Iterator[str]:
    if authority.type not in _TYPES:
        yield f"there is no type {authority.type}"
    for state in (authority.state, authority.state_before_deletion):
        if state is not None and state not in _STATES:
            yield f"there is no state {state}"
            return
    for member, needed in _STATES[authority.state]._asdict().items():
        if needed is not None and (getattr(authority, member) is not None) != needed:
            yield f"in the state {authority.state} it {'must' if needed else 'cannot'} have {member}"


def _key_problems(authority: CertificateAuthority, keys: KeyStore) -> Iterator[str]:
    try:
        request = verification.read_csr(authority.csr)
    except ValueError as problem:
        yield f"its CSR is damaged: {problem}"
        return
    yield from _configuration_problems(authority, request)
    try:
        own_key = verification.key_of(keys.open(authority.key_reference))
    except PcaError as problem:
        yield f"its private key does not open: {problem.message}"
        return
    if own_key != request.public_key:
        yield "its private key is not that of its CSR"


def _configuration_problems(authority: CertificateAuthority, request: verification.CsrFacts) -> Iterator[str]:
    """Compare what DescribeCertificateAuthority shows with the CSR, which was made from it."""
    if authority.key_algorithm != request.key_algorithm:
        yield f"its key algorithm is {authority.key_algorithm}, that of its CSR {request.key_algorithm}"
    if authority.signing_algorithm != request.signing_algorithm:
        yield f"its signing algorithm is {authority.signing_algorithm}, that of its CSR {request.signing_algorithm}"
    try:
        is_same = subject_name(authority.subject) == request.subject
    except (PcaError, AttributeError, KeyError, TypeError, ValueError):
        is_same = False  # It is JSON of another form.
    if not is_same:
        yield "its subject is not that of its CSR"


def _certificate_problems(authority: CertificateAuthority) -> Iterator[str]:
    if authority.certificate is None:
        return
    try:
        public_key = verification.key_of_certificate(authority.certificate)
        facts = verification.Signer(public_key).issued(authority.certificate)
        are_linked = verification.are_linked((authority.certificate, *authority.chain))
    except ValueError as problem:
        yield f"its certificate or chain is damaged: {problem}"
        return
    if public_key != _key_of_csr(authority):
        yield "its certificate is not for the key of its CSR"
    if facts[:3] != (authority.serial, authority.not_before, authority.not_after):
        yield "its certificate is not the one that is recorded"
    if not are_linked:
        yield "the signatures up to the root are not all good"
    if (authority.type == "ROOT") == bool(authority.chain):
        yield f"the type {authority.type} does not go with {len(authority.chain)} certificates above it"


def _key_of_csr(authority: CertificateAuthority) -> bytes | None:
    try:
        return verification.key_of_csr(authority.csr)
    except ValueError:
        return None
