"""The main job by hand: from a root to a revoked certificate, judged by `openssl`."""

import csv
import json
from pathlib import Path

import pytest
from cryptography import x509

from pcacli.pki.serials import colon_hex
from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli, openssl, openssl_ok

JUDGED_BY_OPENSSL = (
    pki.Algorithms("RSA_2048", "SHA256WITHRSA"),
    pki.Algorithms("EC_prime256v1", "SHA256WITHECDSA"),
    pki.Algorithms("EC_secp384r1", "SHA384WITHECDSA"),
)
# OpenSSL knows ML-DSA from 3.5 on, which is newer than what most machines have.
POST_QUANTUM = pki.Algorithms("ML_DSA_65", "ML_DSA_65")
REASON = "KEY_COMPROMISE"


def hierarchy(pcacli: Pcacli, algorithms: pki.Algorithms) -> tuple[str, str]:
    """Make a root and a subordinate CA that publishes CRLs; return the issuing CA's ARN and a leaf's."""
    root = pki.create(pcacli, "ROOT", "Root", algorithms)
    pki.activate(pcacli, root, root, algorithms)
    publishing = ("--revocation-configuration", pki.PUBLISHING)
    issuing = pki.create(pcacli, "SUBORDINATE", "Issuing", algorithms, *publishing)
    pki.activate(pcacli, issuing, root, algorithms)
    leaf = pki.issue(pcacli, issuing, pki.openssl_csr(pcacli.work, "www.example.com"), algorithms)
    for name, block in zip(("leaf.pem", "issuing.pem", "root.pem"), pki.fetch(pcacli, issuing, leaf), strict=True):
        (pcacli.work / name).write_text(block)
    return issuing, leaf


def revoke(pcacli: Pcacli, issuing: str, leaf: str) -> None:
    words = ("--certificate-authority-arn", issuing, "--certificate-serial", pki.serial_of(leaf))
    assert pcacli.ok("revoke-certificate", *words, "--revocation-reason", REASON) == ""


def audit_report(pcacli: Pcacli, issuing: str, kind: str) -> Path:
    words = ("--certificate-authority-arn", issuing, "--s3-bucket-name", "audits")
    made = pcacli.json("create-certificate-authority-audit-report", *words, "--audit-report-response-format", kind)
    named = ("--certificate-authority-arn", issuing, "--audit-report-id", made["AuditReportId"])
    assert pcacli.ok("wait", "audit-report-created", *named) == ""
    report = pcacli.json("describe-certificate-authority-audit-report", *named)
    assert (report["AuditReportStatus"], report["S3BucketName"], report["S3Key"]) == (
        "SUCCESS",
        "audits",
        made["S3Key"],
    )
    assert made["S3Key"] == f"audit-report/{pki.authority_id(issuing)}/{made['AuditReportId']}.{kind.lower()}"
    return pcacli.store / "buckets" / "audits" / str(made["S3Key"])


@pytest.mark.parametrize("algorithms", JUDGED_BY_OPENSSL, ids=lambda algorithms: algorithms.key)
def test_a_certificate_is_trusted_until_it_is_revoked(pcacli: Pcacli, algorithms: pki.Algorithms) -> None:
    issuing, leaf = hierarchy(pcacli, algorithms)
    verify = ("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "issuing.pem")
    assert openssl_ok(pcacli.work, *verify, "leaf.pem") == "leaf.pem: OK\n"

    revoke(pcacli, issuing, leaf)

    published = str(pki.crl_file(pcacli, issuing))
    text = openssl_ok(pcacli.work, "crl", "-inform", "DER", "-in", published, "-noout", "-text")
    assert f"Serial Number: {colon_hex(int(pki.serial_of(leaf), 16)).replace(':', '').upper()}" in text
    assert "Key Compromise" in text
    openssl_ok(pcacli.work, "crl", "-inform", "DER", "-in", published, "-CAfile", "issuing.pem", "-noout")
    openssl_ok(pcacli.work, "crl", "-inform", "DER", "-in", published, "-out", "crl.pem")
    refused = openssl(pcacli.work, *verify, "-crl_check", "-CRLfile", "crl.pem", "leaf.pem")
    assert refused.exit_code != 0
    assert "certificate revoked" in refused.out + refused.err


def test_a_certificate_that_is_not_revoked_passes_the_crl_check(estate: pki.Estate) -> None:
    another = pki.issue(estate, estate.issuing, pki.openssl_csr(estate.work, "api.example.com"))
    revoke(estate, estate.issuing, estate.leaf)
    certificate, issuing, root = pki.fetch(estate, estate.issuing, another)
    (estate.work / "certificate.pem").write_text(certificate)
    (estate.work / "trusted.pem").write_text(issuing + root)
    published = str(pki.crl_file(estate, estate.issuing))
    openssl_ok(estate.work, "crl", "-inform", "DER", "-in", published, "-out", "crl.pem")
    check = ("-x509_strict", "-CAfile", "trusted.pem", "-crl_check", "-CRLfile", "crl.pem")
    openssl_ok(estate.work, "verify", *check, "certificate.pem")


def test_a_post_quantum_hierarchy_holds_together(pcacli: Pcacli) -> None:
    """Judged by `cryptography`: chain, CRL and the entry in it."""
    issuing, leaf = hierarchy(pcacli, POST_QUANTUM)
    certificates = [(pcacli.work / name).read_bytes() for name in ("leaf.pem", "issuing.pem", "root.pem")]
    end_entity, subordinate, root = map(x509.load_pem_x509_certificate, certificates)
    end_entity.verify_directly_issued_by(subordinate)
    subordinate.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)

    revoke(pcacli, issuing, leaf)

    crl = x509.load_der_x509_crl(pki.crl_file(pcacli, issuing).read_bytes())
    assert crl.is_signature_valid(subordinate.public_key())  # type: ignore[arg-type]  # checked by the method
    (entry,) = crl
    assert entry.serial_number == end_entity.serial_number
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value
    assert reason.reason == x509.ReasonFlags.key_compromise


def test_audit_reports_list_the_certificate_and_its_revocation(estate: pki.Estate) -> None:
    revoke(estate, estate.issuing, estate.leaf)
    (from_json,) = json.loads(audit_report(estate, estate.issuing, "JSON").read_text())
    with audit_report(estate, estate.issuing, "CSV").open(newline="") as file:
        (from_csv,) = csv.DictReader(file)
    for record in (from_json, from_csv):
        assert record["certificateArn"] == estate.leaf
        assert record["serial"].replace(":", "") == pki.serial_of(estate.leaf)
        assert record["subject"] == "CN=www.example.com"
        assert record["revocationReason"] == REASON
        assert record["revokedAt"] >= record["issuedAt"] > record["notBefore"]
