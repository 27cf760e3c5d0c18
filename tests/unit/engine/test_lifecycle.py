"""Any sequence of actions and any passing of time: the embedded authority answers as the small model does."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from pcacli.errors import ServiceError
from tests.support.crafted import leaf_csr
from tests.support.embedded import ROOT_TEMPLATE, SUBORDINATE_TEMPLATE, Embedded
from tests.unit.engine.lifecycle_model import Answer, Authority, Issued

LONGEST_DAYS = 60
DAYS = st.sampled_from([1, 2, 7, 30, LONGEST_DAYS])
PASSING_TIME = st.sampled_from([timedelta(seconds=1), timedelta(hours=1), *map(timedelta, [1, 2, 7, 30])])


class Certificate(NamedTuple):
    """A certificate that was issued, by ARN."""

    issuer: str
    arn: str


class ForAuthority(NamedTuple):
    """A certificate that can be installed into a CA: PEM, and when it and its issuer's certificate end."""

    authority: str
    certificate: bytes
    chain: bytes
    ends: datetime
    issuer_ends: datetime


class Lifecycle(RuleBasedStateMachine):
    """What happens to CAs in the course of time."""

    authorities: Bundle[str] = Bundle("authorities")
    certificates: Bundle[Certificate] = Bundle("certificates")
    installable: Bundle[ForAuthority] = Bundle("installable")

    def __init__(self) -> None:
        super().__init__()
        self.embedded = Embedded()
        self.model: dict[str, Authority] = {}

    @rule(target=authorities, kind=st.sampled_from(["ROOT", "SUBORDINATE"]))
    def create(self, kind: str) -> Any:
        arn = self.embedded.create(kind)
        self.model[arn] = Authority(is_root=kind == "ROOT")
        return arn

    @initialize(target=authorities)
    def begin_with_an_active_root(self) -> Any:
        return self.create_active_root()

    @rule(target=authorities)
    def create_active_root(self) -> Any:
        """Do in one step what chance rarely does in three: without such a CA little can happen."""
        arn = self.create("ROOT")
        self.install(self.sign_own_certificate(arn, LONGEST_DAYS))
        return arn

    @rule(target=installable, arn=authorities, days=DAYS)
    def sign_own_certificate(self, arn: str, days: int) -> Any:
        known = self.model[arn]
        csr = self._csr(arn)
        if csr is None or not known.is_root:
            return multiple()
        answer = known.answer(self.now, "PENDING_CERTIFICATE", "ACTIVE", "EXPIRED")
        issued = self._issue(answer, arn, csr, days, TemplateArn=ROOT_TEMPLATE)
        if issued is None:
            return multiple()
        ends = self._ends(days)
        known.issued[issued] = Issued(ends, signs_itself=True)
        found = self.embedded.call("GetCertificate", CertificateAuthorityArn=arn, CertificateArn=issued)
        return ForAuthority(arn, found["Certificate"].encode(), b"", ends, ends)

    @rule(target=installable, arn=authorities, issuer=authorities, days=DAYS)
    def sign_subordinate(self, arn: str, issuer: str, days: int) -> Any:
        csr = self._csr(arn)
        if csr is None or self.model[arn].is_root:
            return multiple()
        ends = self._ends(days)
        answer = self.model[issuer].issue(self.now, ends, to_an_authority=True)
        issued = self._issue(answer, issuer, csr, days, TemplateArn=SUBORDINATE_TEMPLATE)
        if issued is None:
            return multiple()
        self.model[issuer].issued[issued] = Issued(ends)
        found = self.embedded.call("GetCertificate", CertificateAuthorityArn=issuer, CertificateArn=issued)
        chain, issuer_ends = found["CertificateChain"].encode(), self.model[issuer].ends
        assert issuer_ends is not None
        return ForAuthority(arn, found["Certificate"].encode(), chain, ends, issuer_ends)

    @rule(found=installable)
    def install(self, found: ForAuthority) -> None:
        known = self.model[found.authority]
        answer = known.install(self.now, found.ends, found.issuer_ends)
        blobs = {"Certificate": found.certificate, "CertificateChain": found.chain}
        if self._does(answer, "ImportCertificateAuthorityCertificate", found.authority, **blobs) is not None:
            known.ends = found.ends

    @rule(target=certificates, arn=authorities, days=DAYS)
    def issue(self, arn: str, days: int) -> Any:
        ends = self._ends(days)
        answer = self.model[arn].issue(self.now, ends, to_an_authority=False)
        issued = self._issue(answer, arn, leaf_csr(), days)
        if issued is None:
            return multiple()
        self.model[arn].issued[issued] = Issued(ends)
        return Certificate(arn, issued)

    @rule(certificate=certificates)
    def revoke(self, certificate: Certificate) -> None:
        self._revoke(certificate)

    @rule(arn=authorities)
    def revoke_what_signs_itself(self, arn: str) -> None:
        own = [issued for issued, known in self.model[arn].issued.items() if known.signs_itself]
        if own:
            self._revoke(Certificate(arn, own[0]))

    @rule(certificate=certificates)
    def fetch(self, certificate: Certificate) -> None:
        known = self.model[certificate.issuer]
        answer = known.answer(self.now, "PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "EXPIRED")
        self._does(answer, "GetCertificate", certificate.issuer, CertificateArn=certificate.arn)

    @rule(arn=authorities, status=st.sampled_from(["ACTIVE", "DISABLED"]))
    def switch(self, arn: str, status: str) -> None:
        answer = self.model[arn].answer(self.now, "ACTIVE", "DISABLED")
        if self._does(answer, "UpdateCertificateAuthority", arn, Status=status) is not None:
            self.model[arn].is_disabled = status == "DISABLED"

    @rule(arn=authorities, days=st.integers(7, 30))
    def delete(self, arn: str, days: int) -> None:
        known = self.model[arn]
        answer = known.answer(self.now, "PENDING_CERTIFICATE", "DISABLED", "EXPIRED")
        if self._does(answer, "DeleteCertificateAuthority", arn, PermanentDeletionTimeInDays=days) is not None:
            known.restorable_until = self.now + timedelta(days)

    @rule(arn=authorities)
    def restore(self, arn: str) -> None:
        answer = self.model[arn].answer(self.now, "DELETED")
        if self._does(answer, "RestoreCertificateAuthority", arn) is not None:
            self.model[arn].restorable_until = None

    @rule(arn=authorities)
    def report(self, arn: str) -> None:
        answer = self.model[arn].answer(self.now, "ACTIVE", "DISABLED")
        asked = {"S3BucketName": "reports", "AuditReportResponseFormat": "JSON"}
        made = self._does(answer, "CreateCertificateAuthorityAuditReport", arn, **asked)
        if made is not None:
            records = json.loads(self.embedded.artifacts.get("reports", made["S3Key"]) or b"")
            revoked = {record["certificateArn"]: "revokedAt" in record for record in records}
            assert revoked == {issued: known.is_revoked for issued, known in self.model[arn].issued.items()}

    @rule(time=PASSING_TIME)
    def wait(self, time: timedelta) -> None:
        self.embedded.now += time

    @invariant()
    def every_authority_is_shown_as_it_is(self) -> None:
        present = {arn: known for arn, known in self.model.items() if not known.is_gone(self.now)}
        listed = self.embedded.call("ListCertificateAuthorities")["CertificateAuthorities"]
        assert {shown["Arn"]: shown["Status"] for shown in listed} == {
            arn: known.status(self.now) for arn, known in present.items()
        }
        assert [shown.get("RestorableUntil") for shown in listed] == [
            known.restorable_until for known in present.values()
        ]
        assert [shown.get("NotAfter") for shown in listed] == [known.ends for known in present.values()]
        for arn in set(self.model) - set(present):
            assert self._refusal("DescribeCertificateAuthority", arn) == "ResourceNotFoundException"

    @property
    def now(self) -> datetime:
        return self.embedded.now

    def _ends(self, days: int) -> datetime:
        return self.now.replace(microsecond=0) + timedelta(days)

    def _csr(self, arn: str) -> bytes | None:
        answer = self.model[arn].answer(self.now, "PENDING_CERTIFICATE", "ACTIVE", "DISABLED", "EXPIRED")
        found = self._does(answer, "GetCertificateAuthorityCsr", arn)
        return None if found is None else found["Csr"].encode()

    def _issue(self, answer: Answer, arn: str, csr: bytes, days: int, **members: Any) -> str | None:
        asked = {"Csr": csr, "SigningAlgorithm": "SHA256WITHECDSA", "Validity": {"Type": "DAYS", "Value": days}}
        issued = self._does(answer, "IssueCertificate", arn, **asked, **members)
        return None if issued is None else issued["CertificateArn"]

    def _revoke(self, certificate: Certificate) -> None:
        known = self.model[certificate.issuer].issued[certificate.arn]
        answer = self.model[certificate.issuer].revoke(self.now, known)
        asked = {"CertificateSerial": certificate.arn.rpartition("/")[2], "RevocationReason": "SUPERSEDED"}
        if self._does(answer, "RevokeCertificate", certificate.issuer, **asked) is not None:
            known.is_revoked = True

    def _does(self, answer: Answer, operation: str, arn: str, **members: Any) -> dict[str, Any] | None:
        """Return the response of an action that works, None of one that is refused as it ought to be."""
        if answer is None:
            return self.embedded.call(operation, CertificateAuthorityArn=arn, **members)
        assert self._refusal(operation, arn, **members) == answer
        return None

    def _refusal(self, operation: str, arn: str, **members: Any) -> str | None:
        with pytest.raises(ServiceError) as refusal:
            self.embedded.call(operation, CertificateAuthorityArn=arn, **members)
        return refusal.value.code


@pytest.mark.fact("9", "deleted-listed")
@pytest.mark.fact("6", "states")
@pytest.mark.fact("4", "states")
@pytest.mark.fact("1.1", "actions")
@pytest.mark.fact("1.2")
class TestLifecycle(Lifecycle.TestCase):  # type: ignore[valid-type, misc] # hypothesis makes the class as it runs
    settings = settings(max_examples=50, stateful_step_count=50, deadline=None)
