"""CAs and certificates made through the command line, one mirrored action after the other."""

import shutil
from pathlib import Path
from typing import NamedTuple, Self

from tests.support.command_line import Pcacli, openssl_ok

ROOT_TEMPLATE = "RootCACertificate/V1"
LEAF_TEMPLATE = "EndEntityCertificate/V1"
ISSUING_TEMPLATE = "SubordinateCACertificate_PathLen0/V1"
BUCKET = "pki-bucket"
PUBLISHING = f"CrlConfiguration={{Enabled=true,ExpirationInDays=7,S3BucketName={BUCKET}}}"
BEGIN = "-----BEGIN CERTIFICATE-----"


class Algorithms(NamedTuple):
    """A CA's key and the algorithm with which it signs."""

    key: str
    signing: str


P256 = Algorithms("EC_prime256v1", "SHA256WITHECDSA")


class Estate(Pcacli):
    """A command line whose store has a root, an issuing CA that publishes CRLs, and a certificate below it."""

    root: str
    issuing: str
    leaf: str

    def build(self) -> None:
        """Make them. The leaf's key and CSR are `work/www.example.com.key` and `.csr`."""
        self.root = create(self, "ROOT", "Estate Root")
        activate(self, self.root, self.root)
        publishing = ("--revocation-configuration", PUBLISHING)
        self.issuing = create(self, "SUBORDINATE", "Estate Issuing", P256, *publishing)
        activate(self, self.issuing, self.root)
        self.leaf = issue(self, self.issuing, openssl_csr(self.work, "www.example.com"))

    @classmethod
    def copy_of(cls, original: "Estate", folder: Path) -> Self:
        """Return one that is equal, in another folder."""
        shutil.copytree(original.store.parent, folder, dirs_exist_ok=True)
        copy = cls(folder)
        copy.root, copy.issuing, copy.leaf = original.root, original.issuing, original.leaf
        return copy


def create(pcacli: Pcacli, kind: str, name: str, algorithms: Algorithms = P256, *options: str) -> str:
    """Create a CA of type ROOT or SUBORDINATE and return its ARN."""
    configuration = f"KeyAlgorithm={algorithms.key},SigningAlgorithm={algorithms.signing},Subject={{CommonName={name}}}"
    words = ("--certificate-authority-type", kind, "--certificate-authority-configuration", configuration, *options)
    return pcacli.text("create-certificate-authority", *words, "--query", "CertificateAuthorityArn")


def activate(pcacli: Pcacli, arn: str, issuer: str, algorithms: Algorithms = P256) -> None:
    """Let the issuer (for a root the CA itself) sign the CA's CSR, and import what comes back."""
    csr, certificate, chain = (pcacli.work / name for name in ("ca.csr", "ca.pem", "ca-chain.pem"))
    csr.write_text(pcacli.text("get-certificate-authority-csr", "--certificate-authority-arn", arn))
    template, days = (ROOT_TEMPLATE, 3650) if issuer == arn else (ISSUING_TEMPLATE, 365)
    blocks = fetch(pcacli, issuer, issue(pcacli, issuer, csr, algorithms, template=template, days=days))
    certificate.write_text(blocks[0])
    chain.write_text("\n".join(blocks[1:]))
    words = ("--certificate-authority-arn", arn, "--certificate", f"fileb://{certificate}")
    above = ("--certificate-chain", f"fileb://{chain}") if blocks[1:] else ()
    pcacli.ok("import-certificate-authority-certificate", *words, *above)


def issue(
    pcacli: Pcacli,
    issuer: str,
    csr: Path,
    algorithms: Algorithms = P256,
    *,
    template: str = LEAF_TEMPLATE,
    days: int = 30,
) -> str:
    """Issue a certificate for a CSR in a file and return its ARN."""
    words = (
        "--certificate-authority-arn",
        issuer,
        "--csr",
        f"fileb://{csr}",
        "--signing-algorithm",
        algorithms.signing,
    )
    asked = ("--template-arn", f"arn:aws:acm-pca:::template/{template}", "--validity", f"Value={days},Type=DAYS")
    return pcacli.text("issue-certificate", *words, *asked, "--query", "CertificateArn")


def fetch(pcacli: Pcacli, issuer: str, certificate: str) -> list[str]:
    """Fetch a certificate: its PEM and then those above it, root last."""
    words = ("--certificate-authority-arn", issuer, "--certificate-arn", certificate)
    bundle = pcacli.ok("get-certificate", *words, "--output", "pem")
    return [f"{BEGIN}{rest}" for rest in bundle.split(BEGIN)[1:]]


def openssl_csr(folder: Path, name: str) -> Path:
    """Make a P-256 key and a CSR with the `openssl` program; return the CSR's file."""
    csr = folder / f"{name}.csr"
    subject = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(folder / f"{name}.key"))
    openssl_ok(folder, "req", "-new", *key, *subject, "-out", str(csr))
    return csr


def authority_id(arn: str) -> str:
    """Return the UUID of a CA."""
    return arn.rpartition("/")[2]


def serial_of(certificate_arn: str) -> str:
    """Return the serial number of a certificate, as its ARN has it."""
    return certificate_arn.rpartition("/")[2]


def crl_file(pcacli: Pcacli, authority: str) -> Path:
    """Return where a CA's CRL lies."""
    return pcacli.store / "buckets" / BUCKET / "crl" / f"{authority_id(authority)}.crl"
