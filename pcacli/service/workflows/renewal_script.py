"""A renewal as a shell script."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pcacli.service.port import Service
from pcacli.service.workflows import certificate_files
from pcacli.service.workflows.certificate_folder import present
from pcacli.service.workflows.renewal import Renewal, as_revoked, conditions_for
from pcacli.service.workflows.request_script import Material, write_issuance, write_new_key, write_renewal_csr
from pcacli.service.workflows.shell_script import Shell, ShellScript, Word, operand, work_file


def write_renewal(
    script: ShellScript, service: Service, folder: Path, how: Renewal, now: datetime, password_source: str
) -> Word:
    """Write down how the certificate in a folder is renewed; return the word that holds the new one's ARN.

    Raises:
        UsageProblem: the folder is not that of a request, or the CA is not found.
    """
    from pcacli.pki.renewal_request import key_algorithm_of_certificate

    found = present(folder)
    how, _ = as_revoked(service, found, how, now, keeps_key=how.reuse_key)
    certificate = folder / certificate_files.CERTIFICATE
    if how.threshold is not None:
        seconds = int(how.threshold.time_left(found.not_before, found.not_after).total_seconds())
        script.comment("Not before it is due")
        words = ("openssl", "x509", "-in", str(certificate), "-noout", "-checkend", str(seconds))
        script.run(*words, Shell("&& exit 0 || true"))
    key: Word = work_file(certificate_files.KEY)
    if how.reuse_key:
        script.comment("The same key as before")
        script.run("cp", operand(folder / certificate_files.KEY), key)
    else:
        key = write_new_key(script, key_algorithm_of_certificate(found.certificate))
    csr = write_renewal_csr(script, key, certificate)
    has_pkcs12 = (folder / certificate_files.PKCS12).exists()
    material = Material(csr, key, password_source if has_pkcs12 else None)
    return write_issuance(script, conditions_for(service, found, how, now), material, folder)


def write_hook(script: ShellScript, command: str, environment: Mapping[str, Word]) -> None:
    """Add the command that follows; `environment` is what it is told."""
    script.comment("What uses the certificate")
    settings = [
        Shell(f"{name}={value.text}") if isinstance(value, Shell) else f"{name}={value}"
        for name, value in environment.items()
    ]
    script.run("env", *settings, "sh", "-c", command)
