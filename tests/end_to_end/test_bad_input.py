"""Every wrong command line: one clear sentence, the AWS CLI's exit code, and nothing changed."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pcacli.api.catalogue import OPERATIONS, command_name
from tests.support import hierarchies as pki
from tests.support.command_line import split_words
from tests.support.dump import logical_dump, raw_dump

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("bad_input.json").read_text(encoding="utf-8"))


class Town(pki.Estate):
    """A hierarchy with CAs in every state and files that are wrong in every way; `names` are what the cases say."""

    names: dict[str, str]


@pytest.fixture(scope="module")
def town(pristine: pki.Estate, tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = Town.copy_of(pristine, tmp_path_factory.mktemp("town"))
    made.names = {"root": made.root, "issuing": made.issuing, "leaf": made.leaf, "serial": pki.serial_of(made.leaf)}
    made.names["missing"] = made.root.replace(pki.authority_id(made.root), "0a1b2c3d-0000-4000-8000-000000000000")
    _add_authorities(made)
    _add_certificates(made)
    _add_requests(made.work)
    permission = ("--principal", "acm.amazonaws.com", "--actions", "IssueCertificate", "GetCertificate")
    made.ok("create-permission", "--certificate-authority-arn", made.issuing, *permission)
    return made


def _add_authorities(town: Town) -> None:
    """Add a CA that waits for its certificate, one that is disabled and one that is deleted."""
    for name in ("pending", "disabled", "deleted"):
        town.names[name] = pki.create(town, "SUBORDINATE" if name == "pending" else "ROOT", name)
    disabled, deleted = ("--certificate-authority-arn", town.names["disabled"]), town.names["deleted"]
    pki.activate(town, town.names["disabled"], town.names["disabled"])
    town.ok("update-certificate-authority", *disabled, "--status", "DISABLED")
    town.ok("delete-certificate-authority", "--certificate-authority-arn", deleted)


def _add_certificates(town: Town) -> None:
    """Put certificates into files: those of the CAs, and what could be imported into the one that waits."""
    pending_csr = town.work / "pending.csr"
    pending_csr.write_text(
        town.text("get-certificate-authority-csr", "--certificate-authority-arn", town.names["pending"])
    )
    _, issuing, root = pki.fetch(town, town.issuing, town.leaf)
    certificate = pki.issue(town, town.root, pending_csr, template=pki.ISSUING_TEMPLATE, days=60)
    (pending, _) = pki.fetch(town, town.root, certificate)
    pending_leaf = pki.fetch(town, town.root, pki.issue(town, town.root, pending_csr))[0]
    files = {
        "root": root,
        "issuing": issuing,
        "pending": pending,
        "pending-leaf": pending_leaf,
        "pending-with-chain": pending + root,
        "wrong-order": root + issuing,
    }
    for name, content in files.items():
        (town.work / f"{name}.pem").write_text(content)
    town.names["root_serial"] = f"{x509.load_pem_x509_certificate(root.encode()).serial_number:x}"
    revoked = pki.issue(town, town.issuing, town.work / "www.example.com.csr")
    town.names["revoked"] = pki.serial_of(revoked)
    words = ("--certificate-authority-arn", town.issuing, "--certificate-serial", town.names["revoked"])
    town.ok("revoke-certificate", *words, "--revocation-reason", "SUPERSEDED")


def _add_requests(folder: Path) -> None:
    """Add CSRs that are wrong in one way each."""
    good = (folder / "www.example.com.csr").read_text()
    nameless = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    nameless_csr = nameless.sign(ec.generate_private_key(ec.SECP256R1()), SHA256())
    forged = bytearray(x509.load_pem_x509_csr(good.encode()).public_bytes(Encoding.DER))
    forged[forged.index(b"www.example.com")] ^= 0x02
    files = {
        "empty": "",
        "garbage": "a CSR, honestly\n",
        "new-label": good.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
        "nameless": nameless_csr.public_bytes(Encoding.PEM).decode(),
        "bad-signature": x509.load_der_x509_csr(bytes(forged)).public_bytes(Encoding.PEM).decode(),
    }
    for name, content in files.items():
        (folder / f"{name}.csr").write_text(content)
    other_key = ec.generate_private_key(ec.SECP256R1())
    (folder / "other.key").write_bytes(other_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_bad_input_is_one_sentence_and_changes_nothing(town: Town, case: dict[str, Any]) -> None:
    before = logical_dump(town.store), raw_dump(town.work)

    refused = town.run(*split_words(case["line"], town.names))

    assert (refused.exit_code, refused.out) == (case["exit"], ""), refused.err
    said = case["says"]
    for name, value in town.names.items():
        said = said.replace(f"{{{name}}}", value)
    assert said in refused.err
    assert "Traceback" not in refused.err
    assert "bug in pcacli" not in refused.err
    if case["exception"] is None:
        assert "An error occurred" not in refused.err
    else:
        assert f"An error occurred ({case['exception']})" in refused.err
    assert (logical_dump(town.store), raw_dump(town.work)) == before


def test_every_action_has_a_case() -> None:
    commands = {word for case in CASES for word in case["line"].split()[:1]}
    assert {command_name(operation) for operation in OPERATIONS} <= commands


def test_the_dump_sees_what_a_command_changes(estate: pki.Estate) -> None:
    """The comparison above would prove nothing if it were blind."""
    before = logical_dump(estate.store)
    estate.ok("tag-certificate-authority", "--certificate-authority-arn", estate.root, "--tags", "Key=team")
    after = logical_dump(estate.store)
    changed = {name for name in after.tables if after.tables[name] != before.tables[name]}
    assert changed >= {"authorities", "trail"}
    assert after.files == before.files
