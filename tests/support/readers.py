"""Other programs' readers of certificates: what one of them cannot read should not have been signed."""

import re
import subprocess
import warnings
from collections import Counter

from cryptography import x509

from pcacli.pki.certificate_facts import extensions_of
from tests.support.programs import find_program

# GnuTLS tags the CHOICE in an ediPartyName implicitly, and so reads none that is encoded as X.680 section 31.2.7 says.
_EDI_PARTY_NAME = b"\xa5"
# The head of an extension in the text of OpenSSL: its name, and whether it is critical.
_HEAD = re.compile(r"^ {12}(\S[^\n]*?): ?(?:critical)?$", re.MULTILINE)


def complaints(certificate: bytes) -> list[str]:
    """Return what OpenSSL, GnuTLS and `cryptography` have to say against a certificate (DER)."""
    return [*complaints_of_cryptography(certificate), *_of_openssl(certificate), *_of_gnutls(certificate)]


def complaints_of_cryptography(certificate: bytes) -> list[str]:
    """Return what `cryptography` has to say against a certificate (DER)."""
    parsed = x509.load_der_x509_certificate(certificate)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # It remarks on lengths that others do not mind.
            _ = (parsed.public_key(), parsed.subject, parsed.issuer, parsed.not_valid_after_utc, parsed.extensions)
    except x509.UnsupportedGeneralNameType:
        return []  # It has no class for some kinds of names; the others have.
    except Exception as problem:  # noqa: BLE001 - whatever it says
        return [f"cryptography: {problem!r}"]
    return []


def _of_openssl(certificate: bytes) -> list[str]:
    done = subprocess.run(
        ("openssl", "x509", "-inform", "DER", "-noout", "-text"), input=certificate, capture_output=True, check=False
    )
    if done.returncode or done.stderr:
        return [f"openssl: {done.stderr.decode(errors='replace')}"]
    found = Counter(_HEAD.findall(done.stdout.decode(errors="replace").partition("X509v3 extensions:")[2]))
    return [f"openssl: {name} is there {count} times" for name, count in found.items() if count > 1]


def _of_gnutls(certificate: bytes) -> list[str]:
    if find_program("certtool") is None or any(_EDI_PARTY_NAME in each.value for each in extensions_of(certificate)):
        return []
    done = subprocess.run(("certtool", "--inder", "-i"), input=certificate, capture_output=True, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        return [f"gnutls: {done.stderr.decode(errors='replace')}"]
    return [f"gnutls: {line.strip()}" for line in text.splitlines() if line.strip().startswith("error: ")]
