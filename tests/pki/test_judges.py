"""Certificates of every template, and CRLs and OCSP answers of every kind of key, before judges who are not us.

The judges of chains are OpenSSL, GnuTLS and NSS; pkilint reads each document for itself. OpenSSL and the others do
not know ML-DSA yet: there `cryptography` checks the signatures.
"""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from pcacli.pki.crl import CrlEntry, CrlOrder, crl_times, sign_crl
from pcacli.pki.ocsp import CertificateStatus, Responder, respond
from pcacli.pki.pem import certificate_pem
from pcacli.pki.templates import TEMPLATES
from tests.pki.chains import DNS_NAME, KINDS, POST_QUANTUM_KINDS, Chain, Kind, chain, chains
from tests.pki.issuing import CRL_URL, key
from tests.pki.linting import Finding, certificate_findings, crl_findings, ocsp_findings

pytestmark = pytest.mark.fact("2.2")
each_template = pytest.mark.parametrize("template", TEMPLATES)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.signing_algorithm)

# The usages of `vfychain -u` by the purpose that a template fixes; what fixes none was asked to be a server.
# Code signing is missing because NSS wants a CA that says so in an extension of Netscape's.
NSS_USAGES = {"CLIENT_AUTH": "0", "SERVER_AUTH": "1", "OCSP_SIGNING": "10"}
NSS_CANNOT_JUDGE = "CODE_SIGNING"
# Of a certificate that was not issued, a good one and a revoked one.
STATUSES = (None, CertificateStatus(), CertificateStatus(datetime(2026, 1, 1, tzinfo=UTC), "SUPERSEDED"))


class Files:
    """The chains as PEM in folders named after their templates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for one in chains():
            self.write(one)

    def write(self, one: Chain) -> None:
        folder = self.folder / one.template.name
        folder.mkdir()
        documents = {
            "root": (one.root,),
            "above": (*one.subordinates, one.root),
            "leaf": (one.leaf,),
            "path": (one.leaf, *one.subordinates),
        }
        for name, certificates in documents.items():
            folder.joinpath(f"{name}.pem").write_text("\n".join([*map(certificate_pem, certificates), ""]))
        for place, der in enumerate(one.certificates):
            folder.joinpath(f"{place}.der").write_bytes(der)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("chains"))


@pytest.fixture(scope="module")
def nss_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("nss")
    judged(folder, "certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
    return f"sql:{folder}"


def judged(folder: Path, *words: str) -> str:
    """Return what a judge says who is content."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


@pytest.mark.fact("2.2", "others-verify")
@each_template
def test_openssl_trusts_the_chain(files: Files, template: str) -> None:
    verify = ("openssl", "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "above.pem")
    assert judged(files.folder / template, *verify, "leaf.pem") == "leaf.pem: OK\n"


@pytest.mark.fact("2.2", "others-verify")
@pytest.mark.needs("certtool")
@each_template
def test_gnutls_trusts_the_chain(files: Files, template: str) -> None:
    verify = ("certtool", "--verify", "--load-ca-certificate", "root.pem", "--infile", "path.pem")
    said = judged(files.folder / template, *verify)
    assert "Chain verification output: Verified. The certificate is trusted." in said


@pytest.mark.fact("2.2", "others-verify")
@pytest.mark.needs("certutil", "vfychain")
@pytest.mark.parametrize(
    "template",
    [name for name, one in TEMPLATES.items() if NSS_CANNOT_JUDGE not in one.profile.extended_key_usage],
)
def test_nss_trusts_the_chain(files: Files, nss_database: str, template: str) -> None:
    purposes = TEMPLATES[template].profile.extended_key_usage or ("SERVER_AUTH",)
    usage = ("-pp", "-u", NSS_USAGES[purposes[0]])
    certificates = ("-a", "leaf.pem", "above.pem", "-t", "root.pem")
    said = judged(files.folder / template, "vfychain", "-d", nss_database, *usage, *certificates)
    assert "Chain is good!" in said


@each_template
def test_a_tls_client_finds_the_name_of_the_server(files: Files, template: str) -> None:
    """Base templates take the name from the CSR, those with passthrough from the API or the CSR."""
    folder = files.folder / template
    leaf = x509.load_der_x509_certificate(max(folder.glob("*.der")).read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [DNS_NAME]


@pytest.mark.fact("2.2", "others-verify")
@each_template
def test_pkilint_finds_in_certificates_only_what_aws_does_too(files: Files, template: str) -> None:
    for document in sorted((files.folder / template).glob("*.der")):
        findings = certificate_findings(document.read_bytes())
        assert [finding for finding in findings if not done_by_aws(finding)] == []


def done_by_aws(finding: Finding) -> bool:
    """Tell whether this is a peculiarity of AWS's: both are facts about key usage.

    Section 2.2: templates fix key encipherment whatever the key is, though no EC key can do that. Section 2.4: usages
    that came through the API have nine bits, the last of which may be zero.
    """
    if finding.code == "itu.invalid_asn1_syntax":
        return "KeyUsage" in str(finding.message) and "Trailing zero bit in named BIT STRING" in str(finding.message)
    return finding.code == "pkix.key_usage_value_prohibited_for_ec" and "keyEncipherment" in str(finding.message)


@pytest.mark.fact("5.2")
@each_kind
@pytest.mark.parametrize("url", [None, CRL_URL], ids=["complete", "partition"])
def test_pkilint_finds_nothing_in_crls(kind: Kind, url: str | None) -> None:
    issuing, _ = issuing_and_leaf(kind)
    now = datetime.now(UTC)
    entries = (CrlEntry(7, now, "KEY_COMPROMISE"), CrlEntry(8, now, "UNSPECIFIED"))
    times = crl_times(now, 7)
    order = CrlOrder(issuing, kind.signing_algorithm, 1519676905984, times.this_update, times.next_update, entries, url)
    assert crl_findings(sign_crl(order, key("subordinate", kind.key_algorithm))) == []


@pytest.mark.fact("5.4", "others-trust")
@each_kind
@pytest.mark.parametrize("status", STATUSES)
def test_pkilint_finds_nothing_in_ocsp_answers(kind: Kind, status: CertificateStatus | None) -> None:
    issuing, leaf = issuing_and_leaf(kind)
    subject, issuer = map(x509.load_der_x509_certificate, (leaf, issuing))
    question = ocsp.OCSPRequestBuilder().add_certificate(subject, issuer, SHA1())
    responder = Responder(issuing, issuing, key("subordinate", kind.key_algorithm), kind.signing_algorithm)
    asked = question.build().public_bytes(Encoding.DER)
    assert ocsp_findings(respond(asked, lambda _: status, responder, datetime.now(UTC))) == []


def issuing_and_leaf(kind: Kind) -> tuple[bytes, bytes]:
    made = chain(TEMPLATES["EndEntityCertificate"], kind)
    return made.subordinates[0], made.leaf


@pytest.mark.fact("3.2", "ml-dsa")
@pytest.mark.parametrize("kind", POST_QUANTUM_KINDS, ids=lambda kind: kind.key_algorithm)
def test_cryptography_trusts_chains_of_ml_dsa(kind: Kind) -> None:
    for template in ("RootCACertificate", "SubordinateCACertificate_PathLen3", "EndEntityServerAuthCertificate"):
        root, subordinate, leaf = map(x509.load_der_x509_certificate, chain(TEMPLATES[template], kind).certificates)
        root.verify_directly_issued_by(root)
        subordinate.verify_directly_issued_by(root)
        leaf.verify_directly_issued_by(subordinate)
