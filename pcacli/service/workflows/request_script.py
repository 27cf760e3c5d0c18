"""Requests, renewals and exports as shell scripts: openssl makes keys and CSRs, the AWS CLI does the rest."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pcacli.errors import UsageProblem
from pcacli.pki.leaf_request import LeafNames
from pcacli.service.workflows import certificate_files
from pcacli.service.workflows.certificate_request import ActiveAuthority, Conditions
from pcacli.service.workflows.delivery import file_names
from pcacli.service.workflows.leaf_orders import Wish, conditions_for
from pcacli.service.workflows.shell_script import ShellScript, Word, aws, aws_wait, blob, operand, work_file

# The words behind `openssl genpkey`; ML-DSA needs OpenSSL 3.5.
_KEY_PARAMETERS: dict[str, tuple[str, ...]] = {
    "RSA_2048": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    "RSA_3072": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"),
    "RSA_4096": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"),
    "EC_prime256v1": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "EC_secp384r1": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
    "EC_secp521r1": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"),
    "ML_DSA_44": ("-algorithm", "ML-DSA-44"),
    "ML_DSA_65": ("-algorithm", "ML-DSA-65"),
    "ML_DSA_87": ("-algorithm", "ML-DSA-87"),
}
_CSR = "request.csr"
# A block of PEM is kept until the next one begins or the file ends: the last one is the root.
_LAST_BLOCK = '/-----BEGIN/ {block = ""} {block = block $0 "\\n"} END {printf "%s", block}'
_ALL_BUT_LAST = '/-----BEGIN/ {printf "%s", block; block = ""} {block = block $0 "\\n"}'


class Material(NamedTuple):
    """The files that a script works with: the CSR, the new key if there is one, and where OpenSSL finds the password.

    `password_source` is OpenSSL's notation, such as `env:NAME`; None for no PKCS #12 file.
    """

    csr: Word
    key: Word | None = None
    password_source: str | None = None


def write_request(
    script: ShellScript, wish: Wish, authority: ActiveAuthority, directory: Path, password_source: str | None
) -> None:
    """Write down how a certificate that is wished for gets into its folder.

    Raises:
        UsageProblem: a name is none, or OpenSSL's command line cannot take it.
    """
    key = write_new_key(script, wish.key_algorithm) if wish.csr_file is None else None
    csr = str(wish.csr_file) if key is None else write_leaf_csr(script, key, wish.names)
    conditions = conditions_for(wish, authority, datetime.now(UTC))
    write_issuance(script, conditions, Material(csr, key, password_source), directory)


def write_issuance(script: ShellScript, conditions: Conditions, material: Material, directory: Path) -> Word:
    """Write down how a CSR becomes the files in a folder; return the word that holds the certificate's ARN."""
    script.comment("The certificate")
    # No token: another run of the script is another request.
    request = {**conditions.request, "Csr": blob(material.csr)}
    certificate_arn = script.assign("certificate_arn", *aws("IssueCertificate", request, query="CertificateArn"))
    write_fetching(script, conditions.authority.arn, certificate_arn)
    if material.key is not None and material.password_source is not None:
        write_pkcs12(script, material.key, material.password_source)
    names = file_names(key=material.key is not None, pkcs12=material.password_source is not None)
    write_placing(script, directory, names)
    return certificate_arn


def write_export(script: ShellScript, certificate_arn: str, *, part: str) -> None:
    """Write down how one of a certificate's files is printed."""
    write_fetching(script, certificate_arn.partition("/certificate/")[0], certificate_arn)
    script.comment("To standard output")
    script.run("cat", work_file(part))


def write_export_to(
    script: ShellScript, certificate_arn: str, directory: Path, key_file: Path | None, password_source: str | None
) -> None:
    """Write down how a certificate's files get into a folder, with a PKCS #12 file if there is a key."""
    write_fetching(script, certificate_arn.partition("/certificate/")[0], certificate_arn)
    if key_file is not None and password_source is not None:
        write_pkcs12(script, str(key_file), password_source)
    write_placing(script, directory, file_names(key=False, pkcs12=key_file is not None))


def write_new_key(script: ShellScript, key_algorithm: str) -> Word:
    """Make a private key; return its file."""
    key = work_file(certificate_files.KEY)
    script.comment(f"A private key ({key_algorithm})")
    script.run("openssl", "genpkey", *_KEY_PARAMETERS[key_algorithm], "-out", key)
    return key


def write_leaf_csr(script: ShellScript, key: Word, names: LeafNames) -> Word:
    """Make a CSR for a key; return its file.

    Raises:
        UsageProblem: a name is none, or OpenSSL's command line cannot take it.
    """
    common_name, *alternative_names = names.checked()
    subject = "/" if common_name is None else f"/CN={_escaped(common_name)}"
    words: list[Word] = ["openssl", "req", "-new", "-utf8", "-key", key, "-subj", subject]
    listed = [
        f"{kind}:{name}"
        for kind, kind_names in zip(("DNS", "IP", "email", "URI"), alternative_names, strict=True)
        for name in kind_names or ()
    ]
    if any("," in name for name in listed):
        raise UsageProblem("--print-commands has no way to write a name with a comma in it.")
    if listed:
        critical = "critical," if common_name is None else ""
        words += ["-addext", f"subjectAltName={critical}{','.join(map(_in_configuration, listed))}"]
    script.run(*words, "-out", work_file(_CSR))
    return work_file(_CSR)


def write_renewal_csr(script: ShellScript, key: Word, certificate: Path) -> Word:
    """Make a CSR for a key that asks for what a certificate has; return its file."""
    words = ("openssl", "x509", "-x509toreq", "-copy_extensions", "copyall", "-in", str(certificate))
    script.run(*words, "-key", key, "-out", work_file(_CSR))
    return work_file(_CSR)


def write_fetching(script: ShellScript, authority_arn: str, certificate_arn: Word) -> None:
    """Fetch a certificate and write its four files into the script's temporary directory."""
    request = {"CertificateAuthorityArn": authority_arn, "CertificateArn": certificate_arn}
    certificate, full_chain, chain, root = map(work_file, certificate_files.PUBLIC_FILES)
    script.run(*aws_wait("CertificateIssued", request))
    script.run(*aws("GetCertificate", request, query="Certificate"), output=certificate)
    script.run(*aws("GetCertificate", request, query="CertificateChain"), output=chain)
    script.comment("fullchain.pem is for servers: everything but the root, which root.pem holds for clients")
    script.run("awk", _ALL_BUT_LAST, certificate, chain, output=full_chain)
    script.run("awk", _LAST_BLOCK, chain, output=root)


def write_pkcs12(script: ShellScript, key: Word, password_source: str) -> None:
    """Add a PKCS #12 file; `password_source` is OpenSSL's, such as `env:NAME`."""
    files = map(work_file, (certificate_files.CERTIFICATE, certificate_files.CHAIN, certificate_files.PKCS12))
    certificate, chain, pkcs12 = files
    words = ("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-certfile", chain)
    script.run(*words, "-passout", password_source, "-out", pkcs12)


def write_placing(script: ShellScript, directory: Path, names: Iterable[str]) -> None:
    """Put files of the temporary directory into their folder; what is not private may be read by everybody."""
    script.comment("Into their place")
    files = {name: work_file(name) for name in names}
    script.run("chmod", "644", *(file for name, file in files.items() if name not in certificate_files.PRIVATE_FILES))
    script.run("mkdir", "-p", "-m", "755", operand(directory))
    script.run("mv", "-f", *files.values(), f"{operand(directory)}/")


def _in_configuration(text: str) -> str:
    """Escape what OpenSSL's configuration, as which it reads `-addext`, would replace or cut off (config(5ssl))."""
    return "".join(f"\\{character}" if character in "\\$#\"'`" else character for character in text)


def _escaped(text: str) -> str:
    """Escape what separates attributes in `-subj` (openssl-req(1))."""
    return "".join(f"\\{character}" if character in "/+\\" else character for character in text)
