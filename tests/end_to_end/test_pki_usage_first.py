"""Whatever is wrong with the words or the files is said before anybody is asked for anything."""

from pathlib import Path

import pytest

from tests.support.command_line import Pcacli, openssl_ok
from tests.support.s3_server import CREDENTIALS

AUTHORITY = "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555"
CERTIFICATE = f"{AUTHORITY}/certificate/0123456789abcdef0123456789abcdef"
REQUEST = ("request", "--out-dir", "out", "--dns-name", "www.example.com")
WITH_CSR = ("request", "--out-dir", "out", "--csr")
REVOKE = ("revoke", "--reason", "SUPERSEDED", "--yes")
ACTIVATE = ("activate", "--certificate-authority-arn", AUTHORITY)
NO_CSR = "certificate request or CRL, neither as PEM nor as DER."
NO_DURATION = "'soon' is no duration: "
NO_TEMPLATE = "There is no template Nonsense; "
MISSING = "cannot be read: No such file or directory."


@pytest.fixture(scope="module")
def unreachable(tmp_path_factory: pytest.TempPathFactory) -> Pcacli:
    """A command line with all kinds of files, whose service does not answer."""
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL_ACM_PCA": "http://127.0.0.1:1", "AWS_REGION": "us-east-1"}
    pcacli = Pcacli(tmp_path_factory.mktemp("unreachable"), endpoint={**environment, "AWS_MAX_ATTEMPTS": "1"})
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "x.key")
    openssl_ok(pcacli.work, "req", "-new", *key, "-subj", "/CN=x", "-out", "x.csr")
    openssl_ok(pcacli.work, "req", "-x509", "-key", "x.key", "-subj", "/CN=x", "-days", "30", "-out", "x.pem")
    (pcacli.work / "folder").mkdir()
    (pcacli.work / "folder" / "cert.pem").write_text((pcacli.work / "x.pem").read_text())
    (pcacli.work / "folder" / "key.pem").write_text((pcacli.work / "x.key").read_text())
    (pcacli.work / "empty").touch()
    (pcacli.work / "empty.csv").touch()
    (pcacli.work / "headless.csv").write_text("www.example.com\n")
    (pcacli.work / "garbage").write_bytes(bytes(range(128, 256)))
    (pcacli.work / "password").write_text("secret\n")
    (pcacli.work / "rows.csv").write_text("dns_names\nwww.example.com\n")
    return pcacli


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*WITH_CSR, "missing"), f"The CSR missing {MISSING}"),
        ((*WITH_CSR, "folder"), "The CSR folder cannot be read: Is a directory."),
        ((*WITH_CSR, "empty"), f"The CSR empty cannot be read: this is no certificate, {NO_CSR}"),
        ((*WITH_CSR, "garbage"), f"The CSR garbage cannot be read: this is no certificate, {NO_CSR}"),
        ((*WITH_CSR, "x.key"), "The CSR x.key cannot be read: there is no certificate, "),
        ((*WITH_CSR, "x.pem"), "There is no CSR in x.pem."),
        ((*WITH_CSR, "x.csr", "--pkcs12", "--pkcs12-password-file", "password"), "A PKCS #12 file needs the "),
        ((*REQUEST, "--pkcs12", "--pkcs12-password-file", "missing"), f"--pkcs12-password-file missing {MISSING}"),
        ((*REQUEST, "--pkcs12", "--pkcs12-password-file", "empty"), "cert.p12 needs a password: "),
        ((*REQUEST, "--pkcs12"), "cert.p12 needs a password: "),
        (
            (*REQUEST, "--key-algorithm", "ML_DSA_44", "--pkcs12", "--pkcs12-password-file", "password"),
            "PKCS #12 files can be written for RSA and EC keys only.",
        ),
        ((*REQUEST, "--validity", "soon"), NO_DURATION),
        (("request", "--out-dir", "out", "--from", "rows.csv", "--validity", "soon"), NO_DURATION),
        (("request", "--out-dir", "out", "--from", "rows.csv", "--template", "Nonsense"), NO_TEMPLATE),
        (("request", "--out-dir", "out", "--from", "rows.csv", "--pkcs12"), "cert.p12 needs a password: "),
        (("renew", "missing"), "There is no missing."),
        (("renew", "folder", "--validity", "soon"), NO_DURATION),
        (("renew", "folder", "--template", "Nonsense"), NO_TEMPLATE),
        (("renew", "folder", "--pkcs12-password-file", "missing"), f"--pkcs12-password-file missing {MISSING}"),
        ((*REVOKE, "--from", "missing"), f"--from missing {MISSING}"),
        ((*REVOKE, "--from", "x.key"), "--from x.key is no list but PEM; "),
        ((*REVOKE, "--match", "x", "--expires-within", "soon"), NO_DURATION),
        ((*REVOKE, "--match", "x", "--max-age", "soon"), NO_DURATION),
        ((*REVOKE, "--template", "Nonsense"), NO_TEMPLATE),
        (("verify", CERTIFICATE, "--ca-file", "missing"), "--ca-file missing is not there."),
        (("verify", "x.pem", "--ca-file", "x.csr"), "--ca-file x.csr: there is no certificate in it."),
        (("verify", CERTIFICATE, "--ca-file", "empty"), "empty: this is no certificate, "),
        (("verify", "empty"), "empty: this is no certificate, "),
        (("verify", CERTIFICATE, "--dns-name", "💩.example"), "--dns-name '💩.example' is not a host name: "),
        (("verify", CERTIFICATE, "--servername", "ü..example💩"), "is not a host name: "),
        (("request", "--out-dir", "out", "--from", "empty.csv"), "--from empty.csv is empty."),
        (("request", "--out-dir", "out", "--from", "headless.csv"), "The first line must name the columns"),
        ((*REVOKE, "--from", "empty"), "--from empty is empty."),
        (("verify", CERTIFICATE, "--ip-address", "here"), "--ip-address here is not an IP address."),
        ((*ACTIVATE, "--validity", "soon"), NO_DURATION),
        ((*ACTIVATE, "--template", "Nonsense"), NO_TEMPLATE),
    ],
    ids=lambda value: " ".join(value).replace(AUTHORITY, "ARN") if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_wrong_word_or_file_is_told_before_the_service_is_called(
    unreachable: Pcacli, words: tuple[str, ...], said: str
) -> None:
    done = unreachable.run("pki", *words)
    assert (done.exit_code, done.out) == (252, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("missing", "missing is none of these: "),
        ("folder", "folder cannot be read: Is a directory."),
        ("garbage", "garbage: this is no certificate, "),
        ("arn:aws:x", "The ARN arn:aws:x is not the ARN of a certificate."),
    ],
)
def test_what_shall_be_revoked_is_named_once(unreachable: Pcacli, word: str, said: str) -> None:
    done = unreachable.run("pki", *REVOKE, word)
    assert done.exit_code == 1
    assert done.err.startswith(f"\npcacli: [ERROR]: {said}")
    assert done.err.count(word) == 1


def test_a_key_in_place_of_a_list_is_not_repeated(unreachable: Pcacli) -> None:
    secret = (unreachable.work / "x.key").read_text().splitlines()[1]
    assert secret not in unreachable.run("pki", *REVOKE, "--from", "x.key").err


def test_a_csr_may_come_from_a_pipe(estate: Pcacli, tmp_path: Path) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "x.key")
    openssl_ok(estate.work, "req", "-new", *key, "-subj", "/CN=x", "-out", "x.csr")
    done = estate.shell(f"cat x.csr | pcacli pki request --csr /dev/stdin --out-dir {tmp_path}/piped")
    assert done.exit_code == 0, done.err
    assert (tmp_path / "piped" / "cert.pem").exists()
