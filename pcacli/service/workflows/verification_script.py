"""Looking at certificates, written down for the AWS CLI and OpenSSL."""

from collections.abc import Sequence

from pcacli.service.workflows.shell_script import ShellScript, Word, aws, work_file

_CERTIFICATE, _CHAIN = "certificate.pem", "chain.pem"


def write_inspection(script: ShellScript, arn: str) -> None:
    """Fetch what an ARN names, a certificate or a CA's certificate, and let OpenSSL print it."""
    certificate = work_file(_CERTIFICATE)
    script.run(*aws(*_fetching(arn), query="Certificate"), output=certificate)
    script.run("openssl", "x509", "-in", certificate, "-noout", "-text", "-fingerprint", "-sha256")


def write_verification(script: ShellScript, arn: str, *, dns_names: Sequence[str], ip_addresses: Sequence[str]) -> None:
    """Fetch a certificate and its chain, whose root is trusted, and let OpenSSL judge them."""
    certificate, chain = work_file(_CERTIFICATE), work_file(_CHAIN)
    script.run(*aws(*_fetching(arn), query="Certificate"), output=certificate)
    script.comment("The chain ends with the root; that of a root is the root itself")
    script.run(*aws(*_fetching(arn), query="[CertificateChain, Certificate][?@] | [0]"), output=chain)
    verify: tuple[Word, ...] = ("openssl", "verify", "-x509_strict", "-CAfile", chain)
    script.run(*verify, certificate)
    checks = [("-verify_hostname", name) for name in dns_names] + [("-verify_ip", address) for address in ip_addresses]
    for check in checks:
        script.run(*verify, "-purpose", "sslserver", *check, certificate)


def _fetching(arn: str) -> tuple[str, dict[str, str]]:
    """Return the action that shows what an ARN names, and its request."""
    authority, separator, _ = arn.partition("/certificate/")
    if separator:
        return "GetCertificate", {"CertificateAuthorityArn": authority, "CertificateArn": arn}
    return "GetCertificateAuthorityCertificate", {"CertificateAuthorityArn": authority}
