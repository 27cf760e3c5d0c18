"""Several processes on one store at the same time."""

from pathlib import Path

from cryptography import x509

from pcacli.api.arns import authority_arn
from pcacli.engine.context import root_of_account
from pcacli.engine.store import sqlite
from pcacli.service.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalService, open_parts
from pcacli.service.store_place import StorePlace
from tests.support import hierarchies as pki
from tests.support.command_line import Pcacli, finish, openssl, openssl_ok

ROUNDS = 12
ISSUERS = 16
FIRST_USERS = 3


def issue_many(estate: pki.Estate, count: int) -> list[str]:
    """Issue certificates without a process for each; return their ARNs."""
    service = service_in_this_process(estate)
    request = {
        "CertificateAuthorityArn": estate.issuing,
        "Csr": (estate.work / "www.example.com.csr").read_bytes(),
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "DAYS", "Value": 5},
    }
    issued = [service.call("IssueCertificate", request)["CertificateArn"] for _ in range(count)]
    service.close()
    return issued


def service_in_this_process(estate: pki.Estate) -> LocalService:
    parts = open_parts(StorePlace(estate.store), lambda _: None)
    return LocalService(parts, root_of_account(DEFAULT_ACCOUNT, DEFAULT_REGION))


def read_crl(file: Path) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(file.read_bytes())


def test_a_second_process_sees_only_what_the_first_has_committed(estate: pki.Estate) -> None:
    status = ("describe-certificate-authority", "--certificate-authority-arn", estate.issuing)
    words = (*status, "--query", "CertificateAuthority.Status")
    listing = ("list-certificate-authorities", "--query", "length(CertificateAuthorities)")
    store = sqlite.open_store(estate.store)
    with store.write() as transaction:
        authority = transaction.authority(authority_arn(estate.issuing))
        assert authority is not None
        transaction.put_authority(authority._replace(state="DISABLED"))
        transaction.remove_authority(authority_arn(estate.root))
        assert estate.text(*words) == "ACTIVE"
        assert estate.text(*listing) == "2"
    assert estate.text(*words) == "DISABLED"
    assert estate.text(*listing) == "1"
    store.close()


def test_a_process_that_writes_waits_for_the_one_that_is_writing(estate: pki.Estate) -> None:
    store = sqlite.open_store(estate.store)
    with store.write():
        tagging = estate.start(
            "tag-certificate-authority", "--certificate-authority-arn", estate.root, "--tags", "Key=a"
        )
        assert estate.json("list-tags", "--certificate-authority-arn", estate.root) == {"Tags": []}
        assert tagging.poll() is None
    store.close()
    assert finish(tagging).exit_code == 0
    assert estate.json("list-tags", "--certificate-authority-arn", estate.root) == {"Tags": [{"Key": "a"}]}


def test_two_processes_that_revoke_at_once_leave_one_correct_crl(estate: pki.Estate) -> None:
    certificates = issue_many(estate, 2 * ROUNDS)
    file = pki.crl_file(estate, estate.issuing)
    numbers = []
    for done in range(0, len(certificates), 2):
        pair = certificates[done : done + 2]
        words = ("revoke-certificate", "--certificate-authority-arn", estate.issuing)
        serials = [("--certificate-serial", pki.serial_of(certificate)) for certificate in pair]
        revoking = [estate.start(*words, *serial, "--revocation-reason", "SUPERSEDED") for serial in serials]
        for process in revoking:
            assert finish(process) == (0, "", "")
        listed = {f"{entry.serial_number:032x}" for entry in read_crl(file)}
        assert listed == {pki.serial_of(certificate) for certificate in certificates[: done + 2]}
        numbers.append(read_crl(file).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number)
    assert numbers == sorted(set(numbers))
    assert [found.name for found in file.parent.iterdir()] == [file.name]
    _judge(estate, certificates[-1])


def _judge(estate: pki.Estate, certificate: str) -> None:
    """Let OpenSSL check the CRL's signature, and refuse a certificate for being in it."""
    revoked, issuing, root = pki.fetch(estate, estate.issuing, certificate)
    (estate.work / "revoked.pem").write_text(revoked)
    (estate.work / "trusted.pem").write_text(issuing + root)
    published = ("-inform", "DER", "-in", str(pki.crl_file(estate, estate.issuing)))
    openssl_ok(estate.work, "crl", *published, "-CAfile", "trusted.pem", "-out", "crl.pem")
    trust = ("-x509_strict", "-CAfile", "trusted.pem")
    openssl_ok(estate.work, "verify", *trust, "revoked.pem")
    refused = openssl(estate.work, "verify", *trust, "-crl_check", "-CRLfile", "crl.pem", "revoked.pem")
    assert "certificate revoked" in refused.out + refused.err


def test_processes_that_issue_at_once_all_get_a_certificate(estate: pki.Estate) -> None:
    words = ("--certificate-authority-arn", estate.issuing, "--csr", "fileb://www.example.com.csr")
    asked = ("--signing-algorithm", "SHA256WITHECDSA", "--validity", "Value=1,Type=DAYS", "--output", "text")
    issuing = [estate.start("issue-certificate", *words, *asked) for _ in range(ISSUERS)]
    finished = [finish(process) for process in issuing]
    assert {(done.exit_code, done.err) for done in finished} == {(0, "")}
    arns = {done.out.strip() for done in finished}
    assert len(arns) == ISSUERS
    service = service_in_this_process(estate)
    for arn in arns:
        named = {"CertificateAuthorityArn": estate.issuing, "CertificateArn": arn}
        assert service.call("GetCertificate", named)["Certificate"].startswith(pki.BEGIN)
    service.close()


def test_processes_that_ask_with_one_token_at_once_get_one_certificate(estate: pki.Estate) -> None:
    words = ("--certificate-authority-arn", estate.issuing, "--csr", "fileb://www.example.com.csr")
    asked = ("--signing-algorithm", "SHA256WITHECDSA", "--validity", "Value=1,Type=DAYS", "--output", "text")
    token = ("--idempotency-token", "once")
    issuing = [estate.start("issue-certificate", *words, *asked, *token) for _ in range(ISSUERS)]
    finished = [finish(process) for process in issuing]
    assert {(done.exit_code, done.err) for done in finished} == {(0, "")}
    (arn,) = {done.out.strip() for done in finished}
    listed = estate.json("pki", "list", *words[:2], "--query", "[].CertificateArn")
    assert sorted(listed) == sorted([estate.leaf, arn])


def test_processes_that_use_a_new_store_at_once_share_it(pcacli: Pcacli) -> None:
    """The first use makes the store; whoever comes at the same moment finds the same one and the same key."""
    configuration = "KeyAlgorithm=EC_prime256v1,SigningAlgorithm=SHA256WITHECDSA,Subject={CommonName=Root}"
    words = ("--certificate-authority-type", "ROOT", "--certificate-authority-configuration", configuration)
    creating = [pcacli.start("create-certificate-authority", *words, "--output", "text") for _ in range(FIRST_USERS)]
    arns = [finish(process).out.strip() for process in creating]
    listed = pcacli.json("list-certificate-authorities", "--query", "CertificateAuthorities[].Arn")
    assert sorted(listed) == sorted(arns)
    for arn in arns:
        pki.activate(pcacli, arn, arn)
