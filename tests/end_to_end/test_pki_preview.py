"""`pcacli pki preview`: the certificate that is then issued, or the refusal that is then answered, and why."""

import json
from typing import Any

import pytest

from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.hierarchies import Estate

TEMPLATE = "arn:aws:acm-pca:::template/{}/V1"
PASSTHROUGH = json.dumps(
    {
        "Subject": {"CommonName": "from the API"},
        "Extensions": {
            "ExtendedKeyUsage": [{"ExtendedKeyUsageType": "CODE_SIGNING"}],
            "CustomExtensions": [{"ObjectIdentifier": "2.5.29.31", "Value": "MAA="}],
        },
    }
)
WITH_PASSTHROUGH = ("--api-passthrough", PASSTHROUGH)
# What only an issued certificate has, and what only a preview says.
OF_THE_MOMENT = ("Serial", "Sha1Fingerprint", "Sha256Fingerprint", "NotBefore", "NotAfter")
OF_THE_PREVIEW = ("Origin", "Rule")


def request(client: Pcacli) -> str:
    """Make a request that asks for more than most templates give, where the client runs."""
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "x.key")
    wishes = ("subjectAltName=DNS:www.example.com", "keyUsage=keyAgreement", "extendedKeyUsage=emailProtection")
    extensions = [word for wish in wishes for word in ("-addext", wish)]
    openssl_ok(client.work, "req", "-new", *key, "-subj", "/CN=from the CSR", *extensions, "-out", "x.csr")
    return "fileb://x.csr"


def options(estate: Estate, csr: str, *more: str) -> tuple[str, ...]:
    words = ("--certificate-authority-arn", estate.issuing, "--csr", csr, "--signing-algorithm", "SHA256WITHECDSA")
    return (*words, "--validity", "Value=30,Type=DAYS", *more)


def comparable(certificate: dict[str, Any]) -> dict[str, Any]:
    extensions = [
        {name: value for name, value in extension.items() if name not in OF_THE_PREVIEW}
        for extension in certificate["Extensions"]
    ]
    kept = {name: value for name, value in certificate.items() if name not in OF_THE_MOMENT}
    return {**kept, "Extensions": extensions}


@pytest.mark.parametrize(
    ("template", "passthrough"),
    [
        ("EndEntityCertificate", ()),
        ("EndEntityCertificate", WITH_PASSTHROUGH),
        ("CodeSigningCertificate_APIPassthrough", WITH_PASSTHROUGH),
        ("EndEntityClientAuthCertificate_CSRPassthrough", ()),
        ("BlankEndEntityCertificate_APICSRPassthrough", WITH_PASSTHROUGH),
        ("BlankEndEntityCertificate_CriticalBasicConstraints_APICSRPassthrough", WITH_PASSTHROUGH),
    ],
)
def test_what_is_shown_is_what_is_issued(
    client: Pcacli, estate: Estate, template: str, passthrough: tuple[str, ...]
) -> None:
    words = options(estate, request(client), "--template-arn", TEMPLATE.format(template), *passthrough)
    shown = client.json("pki", "preview", *words)
    before = len(estate.json("pki", "list"))
    arn = client.text("issue-certificate", *words, "--query", "CertificateArn")
    assert len(estate.json("pki", "list")) == before + 1
    (issued, *_) = client.json("pki", "inspect", arn)["Documents"]
    assert comparable(shown["Certificate"]) == comparable(issued)
    assert shown["Template"] == f"{template}/V1"


def test_every_extension_has_its_rule_and_what_is_asked_in_vain_its_reason(client: Pcacli, estate: Estate) -> None:
    more = ("--template-arn", TEMPLATE.format("BlankEndEntityCertificate_APICSRPassthrough"))
    shown = client.json("pki", "preview", *options(estate, request(client), *more, "--api-passthrough", PASSTHROUGH))
    assert {each["Name"]: each["Origin"] for each in shown["Certificate"]["Extensions"]} == {
        "basicConstraints": "TEMPLATE",
        "authorityKeyIdentifier": "TEMPLATE",
        "subjectKeyIdentifier": "TEMPLATE",
        "cRLDistributionPoints": "CA_CONFIGURATION",
        "extKeyUsage": "API_PASSTHROUGH",
        "keyUsage": "CSR",
        "subjectAltName": "CSR",
    }
    assert [(each["Name"], each["Origin"], each["Reason"]) for each in shown["Ignored"]] == [
        ("extKeyUsage", "CSR", "ApiPassthrough wins over the CSR"),
        ("cRLDistributionPoints", "API_PASSTHROUGH", "the template takes no CRL distribution points"),
    ]
    plain = client.json("pki", "preview", *options(estate, request(client), "--api-passthrough", PASSTHROUGH))
    assert [(each["Name"], each["Origin"], each["Reason"]) for each in plain["Ignored"]] == [
        ("ApiPassthrough", "API_PASSTHROUGH", "the template ignores it"),
        ("keyUsage", "CSR", "the template takes only names from the CSR"),
        ("extKeyUsage", "CSR", "the template takes only names from the CSR"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--signing-algorithm", "SHA256WITHRSA"),
        ("--validity", "Value=90,Type=YEARS"),
        ("--template-arn", TEMPLATE.format("RootCACertificate")),
        ("--template-arn", TEMPLATE.format("SubordinateCACertificate_PathLen0")),
        ("--template-arn", TEMPLATE.format("Nonsense")),
        ("--csr", "fileb://x.key"),
        ("--certificate-authority-arn", "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/x"),
    ],
)
def test_a_refusal_is_the_one_that_would_be_answered(client: Pcacli, estate: Estate, wrong: tuple[str, str]) -> None:
    words = options(estate, request(client), *wrong)
    refused, answered = client.run("pki", "preview", *words), client.run("issue-certificate", *words)
    assert (refused.exit_code, refused.out) == (answered.exit_code, "") == (254, "")
    operation = "when calling the DescribeCertificateAuthority operation"
    assert refused.err.replace(operation, "when calling the IssueCertificate operation") == answered.err


def test_a_disabled_ca_is_seen_to_issue_nothing(client: Pcacli, estate: Estate) -> None:
    words = ("--certificate-authority-arn", estate.issuing, "--status", "DISABLED")
    client.ok("update-certificate-authority", *words)
    refused = client.run("pki", "preview", *options(estate, request(client)))
    assert "(InvalidStateException) when calling the IssueCertificate operation" in refused.err


def test_a_root_previews_its_own_certificate(client: Pcacli, estate: Estate) -> None:
    root = pki.create(client, "ROOT", "New Root")
    words = ("--certificate-authority-arn", root, "--template-arn", TEMPLATE.format("RootCACertificate"))
    (client.work / "root.csr").write_text(client.text("get-certificate-authority-csr", *words[:2]))
    shown = client.json("pki", "preview", *options(estate, "fileb://root.csr", *words))
    assert (shown["Certificate"]["Subject"], shown["Certificate"]["Issuer"]) == ("CN=New Root", "CN=New Root")
    refused = client.run("pki", "preview", *options(estate, request(client), *words))
    assert "The CSR must be the certificate signing request of the certificate authority" in refused.err


def test_a_partition_is_settled_later(estate: Estate) -> None:
    crl = f"CrlConfiguration={{Enabled=true,ExpirationInDays=7,S3BucketName={pki.BUCKET},CrlType=PARTITIONED}}"
    words = ("--certificate-authority-arn", estate.issuing, "--revocation-configuration", crl)
    estate.ok("update-certificate-authority", *words)
    shown = estate.json("pki", "preview", *options(estate, request(estate)))
    (points,) = [
        each["Values"] for each in shown["Certificate"]["Extensions"] if each["Name"] == "cRLDistributionPoints"
    ]
    assert points == [f"http://{pki.BUCKET}.s3.us-east-1.amazonaws.com/crl/<partition>.crl"]


def test_a_certificate_can_be_compared(estate: Estate) -> None:
    (estate.work / "old.pem").write_text(pki.fetch(estate, estate.issuing, estate.leaf)[0])
    same = estate.json("pki", "preview", *options(estate, "fileb://www.example.com.csr", "--diff", "old.pem"))
    assert same["Differences"] == []
    words = options(estate, request(estate), "--validity", "Value=31,Type=DAYS", "--diff", "old.pem")
    other = estate.run("pki", "preview", *words, "--output", "json")
    assert other.exit_code == 1
    assert json.loads(other.out)["Differences"] == [
        {"Name": "Subject", "Preview": "CN=from the CSR", "Other": "CN=www.example.com"},
        {"Name": "Lifetime", "Preview": "31 days, 1:00:00", "Other": "30 days, 1:00:00"},
    ]
    people = estate.run("pki", "preview", *words)
    assert "  Lifetime  + 31 days, 1:00:00\n            - 30 days, 1:00:00\n" in people.out
    missing = estate.run("pki", "preview", *options(estate, request(estate), "--diff", "none.pem"))
    assert (missing.exit_code, missing.out) == (252, "")
