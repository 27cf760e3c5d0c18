"""`pcacli local clone`: the CAs of `serve`, which stands in for AWS, in a test store."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509

from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli, openssl_ok
from tests.support.hierarchies import Estate
from tests.support.serving import Server, serving

ACCOUNT, REGION = "111122223333", "eu-central-1"
CLONE = ("local", "clone")
# What a rehearsal wants to know of every CA besides its description.
READS = ("list-tags", "list-permissions", "get-policy")


class Production(NamedTuple):
    """A command line for an account in which there are CAs, the test store beside it, and the CAs' ARNs by name."""

    cloud: Pcacli
    store: Path
    arns: dict[str, str]

    def clone(self, *options: str) -> list[str]:
        """Clone into the test store and return the ARNs that were printed."""
        return self.cloud.ok(*CLONE, "--into", str(self.store), *options).splitlines()

    @property
    def rehearsal(self) -> Pcacli:
        """A command line that works on the copies."""
        place = {"AWS_ACCOUNT_ID": ACCOUNT, "AWS_REGION": REGION}
        endpoint = {"AWS_ENDPOINT_URL_ACM_PCA": f"local:{self.store}", **place}
        return Pcacli(self.store.parent / "rehearsal", endpoint=endpoint)


def described(pcacli: Pcacli, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = pcacli.json("describe-certificate-authority", "--certificate-authority-arn", arn)
    return found


def certificates(pcacli: Pcacli, arn: str) -> list[x509.Certificate]:
    """Return the certificate of a CA and those above it."""
    words = ("get-certificate-authority-certificate", "--certificate-authority-arn", arn, "--output", "pem")
    return x509.load_pem_x509_certificates(pcacli.ok(*words).encode())


def signed_elsewhere(pcacli: Pcacli, name: str) -> str:
    """Make a CA that an offline root signs with an RSA key, and return its ARN."""
    arn = pki.create(pcacli, "SUBORDINATE", name)
    (pcacli.work / "ca.csr").write_text(
        pcacli.text("get-certificate-authority-csr", "--certificate-authority-arn", arn)
    )
    key = ("-newkey", "rsa:2048", "-nodes", "-keyout", "out.key", "-out", "out.pem")
    openssl_ok(pcacli.work, "req", "-x509", *key, "-subj", "/O=Example/CN=Offline Root", "-days", "3650")
    lines = ("basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign")
    identifiers = ("subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid,issuer", "certificatePolicies=1.2.3.4")
    (pcacli.work / "ca.ext").write_text("\n".join((*lines, *identifiers, "")))
    signing = ("x509", "-req", "-in", "ca.csr", "-CA", "out.pem", "-CAkey", "out.key", "-CAcreateserial", "-sha384")
    openssl_ok(pcacli.work, *signing, "-extfile", "ca.ext", "-days", "100", "-out", "ca.pem")
    blobs = ("--certificate", "fileb://ca.pem", "--certificate-chain", "fileb://out.pem")
    pcacli.ok("import-certificate-authority-certificate", "--certificate-authority-arn", arn, *blobs)
    return arn


def furnish(cloud: Pcacli) -> dict[str, str]:
    """Make CAs in every state, with tags, a permission and a policy; return their ARNs by name."""
    made = cloud.json("pki", "init", "--yes", "--crl-bucket", "crls", "--ocsp", "--subject", "Country=DE")
    arns = dict(zip(("root", "issuing"), made.values(), strict=True))
    issuing = ("--certificate-authority-arn", arns["issuing"])
    cloud.ok("tag-certificate-authority", *issuing, "--tags", "Key=team,Value=pki")
    cloud.ok("create-permission", *issuing, "--principal", "acm.amazonaws.com", "--actions", "IssueCertificate")
    statement = {
        "Sid": "1",
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": ["acm-pca:DescribeCertificateAuthority"],
        "Resource": arns["issuing"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    cloud.ok("put-policy", "--resource-arn", arns["issuing"], "--policy", json.dumps(policy))
    arns["elsewhere"] = signed_elsewhere(cloud, "Signed Elsewhere")
    arns["pending"] = pki.create(cloud, "ROOT", "Pending")
    for name in ("disabled", "deleted"):
        arns[name] = cloud.json("pki", "init", "--root-only", "--root-common-name", name, "--yes")[
            "RootCertificateAuthorityArn"
        ]
        cloud.ok("update-certificate-authority", "--certificate-authority-arn", arns[name], "--status", "DISABLED")
    cloud.ok("delete-certificate-authority", "--certificate-authority-arn", arns["deleted"])
    return arns


def server_of(owner: Pcacli) -> Iterator[Server]:
    owner.environment.update(AWS_ACCOUNT_ID=ACCOUNT, AWS_REGION=REGION)
    with serving(owner) as server:
        yield server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("production")
    for server in server_of(Pcacli(folder / "aws")):
        yield server, furnish(Pcacli(folder / "furnisher", endpoint=server.environment))


@pytest.fixture
def production(tmp_path: Path, served: tuple[Server, dict[str, str]]) -> Production:
    server, arns = served
    return Production(Pcacli(tmp_path / "operator", endpoint=server.environment), tmp_path / "copies", arns)


def test_configuration_states_tags_permissions_and_policies_are_copied(production: Production) -> None:
    before = production.cloud.json("list-certificate-authorities")
    assert set(production.clone()) == set(production.arns.values())
    rehearsal = production.rehearsal
    for arn in production.arns.values():
        assert described(rehearsal, arn) == described(production.cloud, arn)
    for read in READS:
        option = "--resource-arn" if read == "get-policy" else "--certificate-authority-arn"
        words = (read, option, production.arns["issuing"])
        assert rehearsal.json(*words) == production.cloud.json(*words)
    assert production.cloud.json("list-certificate-authorities") == before


@pytest.mark.parametrize("name", ["root", "issuing", "disabled", "elsewhere"])
def test_a_certificate_is_the_same_but_for_its_keys(production: Production, name: str) -> None:
    production.clone()
    copies = certificates(production.rehearsal, production.arns[name])
    originals = certificates(production.cloud, production.arns[name])
    for copy, original in zip(copies, originals, strict=True):
        same = ("subject", "issuer", "serial_number", "not_valid_before_utc", "not_valid_after_utc", "version")
        assert [getattr(copy, member) for member in same] == [getattr(original, member) for member in same]
        assert copy.signature_algorithm_oid == original.signature_algorithm_oid
        assert copy.public_key() != original.public_key()
        identifiers = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)
        for ours, theirs in zip(copy.extensions, original.extensions, strict=True):
            assert (ours.oid, ours.critical) == (theirs.oid, theirs.critical)
            assert (ours == theirs) == (not isinstance(ours.value, identifiers))


def test_copies_issue_certificates_that_verify(production: Production) -> None:
    production.clone()
    rehearsal = production.rehearsal
    for name in ("issuing", "elsewhere"):
        words = ("--dns-name", "www.example.com", "--out-dir", name)
        rehearsal.ok("pki", "request", *words, "--certificate-authority-arn", production.arns[name])
        files = ("-CAfile", f"{name}/root.pem", "-untrusted", f"{name}/chain.pem", f"{name}/cert.pem")
        assert openssl_ok(rehearsal.work, "verify", *files) == f"{name}/cert.pem: OK\n"


def test_the_copies_tell_what_breaks(production: Production) -> None:
    production.clone()
    rehearsal = production.rehearsal
    assert rehearsal.run("pki", "status", "--fail-if", "expires<60d,expired").exit_code == 0
    rehearsal.ok("local", "clock", "advance", "400d")
    later = rehearsal.run("pki", "status", "--fail-if", "expires<60d,expired")
    assert later.exit_code == 1
    assert "Not as it should be:\n  Signed Elsewhere (" in later.err
    assert "CN=Offline Root,O=Example, which is elsewhere\n  EXPIRED Signed Elsewhere" in later.out


def test_some_can_be_chosen_and_a_parent_that_is_left_out_stands_in_the_chain(production: Production) -> None:
    issuing = production.arns["issuing"]
    assert production.clone("--certificate-authority-arn", issuing) == [issuing]
    copies = certificates(production.rehearsal, issuing)
    originals = certificates(production.cloud, issuing)
    assert [copy.subject for copy in copies] == [original.subject for original in originals]
    assert copies[1].public_key() != originals[1].public_key()


def test_a_parent_in_a_chain_is_the_parent_that_was_copied(production: Production) -> None:
    production.clone()
    (root,) = certificates(production.rehearsal, production.arns["root"])
    assert certificates(production.rehearsal, production.arns["issuing"])[1] == root


def test_the_command_says_how_to_work_on_the_copies(production: Production) -> None:
    said = production.cloud.run(*CLONE, "--into", str(production.store)).err
    environment = f"AWS_ENDPOINT_URL_ACM_PCA=local:{production.store} AWS_ACCOUNT_ID={ACCOUNT} AWS_REGION={REGION}"
    assert said == f"pcacli: Work on them with: export {environment}\n"


def test_nothing_is_copied_over_something(production: Production) -> None:
    production.clone("--certificate-authority-arn", production.arns["root"])
    again = production.cloud.run(*CLONE, "--into", str(production.store))
    assert (again.exit_code, again.out) == (253, "")
    assert f"{production.arns['root']} is in the store already" in again.err
    assert len(production.rehearsal.json("list-certificate-authorities")["CertificateAuthorities"]) == 1


def test_an_ordinary_store_is_left_alone(production: Production, estate: Estate) -> None:
    refused = production.cloud.run(*CLONE, "--into", str(estate.store))
    assert refused.exit_code == 253
    assert "cannot become a test store" in refused.err
    assert len(estate.json("list-certificate-authorities")["CertificateAuthorities"]) == 2


def test_somebody_has_to_say_where_to(production: Production) -> None:
    refused = production.cloud.run(*CLONE)
    assert refused.exit_code == 252
    assert "--into" in refused.err
    assert not production.cloud.store.exists()


def test_a_ca_that_is_not_there_makes_no_store(production: Production) -> None:
    missing = production.arns["root"][:-12] + "000000000000"
    refused = production.cloud.run(*CLONE, "--into", str(production.store), "--certificate-authority-arn", missing)
    assert refused.exit_code == 254
    assert "ResourceNotFoundException" in refused.err
    assert not production.store.exists()
