"""What has to be true after a crash: whatever was promised is there, and the store is in order and goes on."""

import shlex
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509

from pcacli.api.arns import authority_arn
from pcacli.engine.context import root_of_account
from pcacli.errors import PcaError
from pcacli.service.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalService, open_parts
from pcacli.service.settings import read_settings
from pcacli.service.store_place import StorePlace
from tests.crash.client import Administration, promises_of
from tests.crash.journal import BACKUP_SUFFIX, Journal, Promises, read_journals
from tests.support.command_line import Pcacli
from tests.support.crls import crl_url_of
from tests.support.hierarchies import BUCKET, P256, Estate, serial_of

JOURNAL = "verification"
"""The journal of what is done here; it is read after those of clients, whose names are hexadecimal numbers."""


_ROTATE_KEY = ("local", "rotate-key")
_IN_ORDER = (("local", "refresh"), ("local", "check"))


class Verified(NamedTuple):
    """What was promised, what of it is not true, and how many certificates are there, promised or not."""

    promises: Promises
    violations: list[str]
    certificates: int


def verify(estate: Estate, journals: Path, administration: Administration) -> Verified:
    """Look for every promise in a store that nobody uses now. CAs that were deleted are restored.

    A rotation of the key that was interrupted is done again, as `local check` asks for.
    """
    promises = read_journals(journals)
    violations = list(promises.complaints)
    with closing(_Store(estate, promises)) as store:
        violations += store.states(Journal(journals / JOURNAL))
    violations += _problems(estate, *([_ROTATE_KEY] if administration.rotates else []), *_IN_ORDER)
    with closing(_Store(estate, promises)) as store:
        violations += store.certificates()
        violations += store.revocations()
        serials = store.serials()
        violations += [f"{count} certificates are {arn}" for arn, count in serials.items() if count > 1]
        violations += store.goes_on(estate)
    for token, arns in promises.by_token.items():
        if len(arns) != 1:
            violations.append(f"for the token {token} were issued: {sorted(arns)}")
    violations += _backup_problems(estate, promises, administration)
    return Verified(promises, violations, serials.total())


def _problems(pcacli: Pcacli, *commands: tuple[str, ...]) -> Iterator[str]:
    """Run commands that have nothing to complain about."""
    for words in commands:
        done = pcacli.run(*words)
        if done.exit_code or done.err:
            yield f"{shlex.join(words)} ends with {done.exit_code}: {done.out}{done.err}"


def _backup_problems(estate: Estate, promises: Promises, administration: Administration) -> Iterator[str]:
    """Look whether every backup is there, and bring the newest one back in another place."""
    yield from (f"the backup {file} was promised and is not there" for file in promises.backups if not file.exists())
    files = administration.backups.glob(f"*{BACKUP_SUFFIX}") if administration.backups else ()
    newest = max(files, key=lambda file: file.stat().st_mtime_ns, default=None)
    if newest is None:
        return
    with tempfile.TemporaryDirectory(prefix="pcacli-crash-restored-") as folder:
        restored = Pcacli(Path(folder))
        restore = ("local", "restore", str(newest), "--passphrase-file", str(administration.passphrase))
        problems = list(_problems(restored, restore, _ROTATE_KEY, *_IN_ORDER))
        with closing(_Store(restored, read_journals(promises_of(newest)))) as store:
            problems += [*store.records(), *store.goes_on(estate)]
    yield from (f"after the restoring of {newest}: {problem}" for problem in problems)


class _Store:
    """The store and what was promised about it."""

    def __init__(self, pcacli: Pcacli, promises: Promises) -> None:
        self._promises = promises
        self._notices: list[str] = []
        place = StorePlace.from_settings(read_settings({}, pcacli.environment))
        self._parts = open_parts(place, self._notices.append)
        self._service = LocalService(self._parts, root_of_account(DEFAULT_ACCOUNT, DEFAULT_REGION))

    def close(self) -> None:
        self._service.close()

    def states(self, journal: Journal) -> Iterator[str]:
        """Compare the states of CAs with those that they may have, and restore those that were deleted."""
        for arn, allowed in self._promises.states.items():
            described = self._call("DescribeCertificateAuthority", arn)
            state = described.get("CertificateAuthority", {}).get("Status", str(described))
            if state not in allowed:
                yield f"{arn} is {state}, not one of {sorted(allowed)}"
            if state == "DELETED":
                yield from self._call("RestoreCertificateAuthority", arn)
                state = "DISABLED"
            journal.state(arn, state)

    def certificates(self) -> Iterator[str]:
        """Fetch every certificate that was issued."""
        for arn in self._promises.issued:
            found = self._call("GetCertificate", _issuer(arn), CertificateArn=arn)
            pem = found.get("Certificate")
            if pem is None:
                yield f"{arn} was promised: {found}"
            elif f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:032x}" != serial_of(arn):
                yield f"{arn} has another serial number"

    def revocations(self) -> Iterator[str]:
        """Find every revocation in the CRL that its certificate names."""
        expected: dict[str, set[str]] = defaultdict(set)
        for arn in self._promises.revoked:
            expected[self._crl_key(arn)].add(serial_of(arn))
        for key, serials in expected.items():
            for missing in serials - self._revoked(key):
                yield f"{missing} was revoked and is not in {key}"

    def records(self) -> Iterator[str]:
        """Find every certificate and revocation, whatever state its CA is in."""
        with self._parts.store.read() as snapshot:
            for arn in self._promises.issued:
                found = snapshot.certificate(authority_arn(_issuer(arn)), int(serial_of(arn), 16))
                if found is None:
                    yield f"{arn} was promised"
                elif arn in self._promises.revoked and found.revoked_at is None:
                    yield f"{arn} was revoked"

    def serials(self) -> Counter[str]:
        """Count the certificates of each issuer and serial number, as they stand in the certificates themselves."""
        with self._parts.store.read() as snapshot:
            return Counter(
                f"{authority.arn} {x509.load_der_x509_certificate(one.certificate).serial_number:032x}"
                for authority in snapshot.authorities()
                for one in snapshot.certificates(authority.arn)
            )

    def goes_on(self, estate: Estate) -> Iterator[str]:
        """Issue and revoke one more certificate."""
        issuing, csr = estate.issuing, (estate.work / "crash.example.com.csr").read_bytes()
        asked = {"SigningAlgorithm": P256.signing, "Validity": {"Type": "DAYS", "Value": 30}}
        issued = self._call("IssueCertificate", issuing, Csr=csr, **asked)
        if "CertificateArn" not in issued:
            yield f"the CA does not go on: {issued}"
            return
        arn = issued["CertificateArn"]
        revoked = {"CertificateSerial": serial_of(arn), "RevocationReason": "SUPERSEDED"}
        yield from self._call("RevokeCertificate", issuing, **revoked)
        if serial_of(arn) not in self._revoked(self._crl_key(arn)):
            yield f"the CRL does not go on: {arn}"
        yield from self._notices

    def _call(self, operation: str, authority: str, **members: Any) -> Mapping[str, Any]:
        """Perform an action; what is wrong is the only member of the answer."""
        try:
            return self._service.call(operation, {"CertificateAuthorityArn": authority, **members})
        except PcaError as problem:
            return {f"{operation} {authority}: {problem.code}: {problem.message}": None}

    def _crl_key(self, arn: str) -> str:
        """Return the key of the object which the CRL distribution point of a certificate names."""
        with self._parts.store.read() as snapshot:
            found = snapshot.certificate(authority_arn(_issuer(arn)), int(serial_of(arn), 16))
        if found is None:
            return f"the CRL of {arn}"
        url = crl_url_of(x509.load_der_x509_certificate(found.certificate))
        return urlsplit(url or "").path.removeprefix("/")

    def _revoked(self, key: str) -> set[str]:
        content = self._parts.artifacts.get(BUCKET, key)
        if content is None:
            return set()
        return {f"{entry.serial_number:032x}" for entry in x509.load_der_x509_crl(content)}


def _issuer(certificate: str) -> str:
    return certificate.partition("/certificate/")[0]
