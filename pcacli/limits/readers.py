"""Everything that reads what others may have written, with its limits: the table that SECURITY.md shows.

A test compares both, feeds every reader above its limits, and finds functions that read around this table.
"""

from typing import NamedTuple

KIB = 1024
MIB = 1024 * KIB


class Limits(NamedTuple):
    """What one reader takes at most; None: nothing but the size limits it.

    `depth` counts containers within containers, `items` what the column of SECURITY.md says, `seconds` is the time
    from the first byte, or from the request, to the last byte.
    """

    reader: str
    maximum_bytes: int
    depth: int | None = None
    items: int | None = None
    seconds: float | None = None

    @property
    def size(self) -> str:
        """The size as people write it."""
        return size_text(self.maximum_bytes)


class BeyondLimits(ValueError):
    """A document is more than its reader takes; `clause` says of what is called "it" how."""

    def __init__(self, clause: str) -> None:
        super().__init__(f"it {clause}")
        self.clause = clause


def size_text(number_of_bytes: int) -> str:
    """Write a number of bytes in the largest unit that leaves no rest."""
    for unit, name in ((MIB, "MiB"), (KIB, "KiB")):
        if number_of_bytes % unit == 0:
            return f"{number_of_bytes // unit} {name}"
    return f"{number_of_bytes} bytes"


# `local serve`.
HTTP_HEAD = Limits("head of an HTTP request", 64 * KIB, items=128, seconds=30)
"""Request line, header fields, sizes and extensions of chunks, and trailer fields; items are header fields."""
HTTP_PIPELINE = Limits("HTTP requests ahead of their answers", 64 * KIB, items=16)
HTTP_BODY = Limits("body of a call", 4 * MIB, seconds=30)
"""The largest member of the API, a certificate chain, may have 2 MiB."""
HTTP_BODIES = Limits("all bodies that a process holds", 64 * MIB)
JSON_CALL = Limits("call in JSON", 4 * MIB, depth=64, items=500_000)
CBOR_CALL = Limits("call in CBOR", 4 * MIB, depth=32, items=500_000)
OCSP_REQUEST = Limits("OCSP request", 16 * KIB, seconds=30)
PAGE_TOKEN = Limits("NextToken and --starting-token", 64 * KIB, depth=4)
POLICY = Limits("resource policy", 80 * KIB, depth=16)

# Values of options, and whole requests.
PARAMETER_FILE = Limits("file:// and fileb://", 8 * MIB)
OPTION_JSON = Limits("JSON in an option", 8 * MIB, depth=64, items=500_000)
INPUT_JSON = Limits("--cli-input-json", 8 * MIB, depth=64, items=500_000)
INPUT_YAML = Limits("--cli-input-yaml", 4 * MIB, depth=64, items=100_000)
SEED_FILE = Limits("local seed FILE", 4 * MIB, depth=64, items=100_000)

# Files, pipes and standard input that the user names.
DOCUMENT = Limits("FILE or - of pki inspect, verify, revoke and preview, --ca-file", 256 * MIB, items=100_000)
"""A CRL with a million entries has about 40 MB; items are PEM blocks."""
PKCS12 = Limits("PKCS #12 file", 4 * MIB, seconds=10)
"""The time is for its key derivations, whose iterations the file says."""
TARGET_LIST = Limits("pki revoke --from", 128 * MIB, depth=16, items=5_000_000)
REQUEST_LIST = Limits("pki request --from", 128 * MIB)
LIST_LINE = Limits("line of JSON in such a list", 1 * MIB, depth=16)
BATCH_LINE = Limits("line of pki batch", 16 * MIB)
CSR_FILE = Limits("pki request --csr", 1 * MIB)
KEY_FILE = Limits("pki export --key", 1 * MIB)
PASSWORD_FILE = Limits("--pkcs12-password-file", 4 * KIB)
PASSPHRASE_FILE = Limits("passphrase or PIN file", 4 * KIB)
TLS_FILE = Limits("--tls-cert and --tls-key", 1 * MIB)
BACKUP_HEAD = Limits("first line of a backup", 1 * KIB, depth=4)
"""Its scrypt may cost as much as engine/keys/passphrase.py says."""

# What pcacli has written itself, and others may have changed.
FOLDER_FILE = Limits("file of a certificate's folder", 4 * MIB)
RESULT_FILE = Limits("result file of pki request --from", 256 * MIB)
STATE_FILE = Limits("remembered candidates and reports", 1 * MIB)
KEY_ENCRYPTION_FILE = Limits("key file of a store", 400)
BUCKET_OBJECT = Limits("object of a local bucket", 256 * MIB)

# What others answer.
CRL = Limits("CRL over HTTP or from a bucket", 256 * MIB, seconds=10)
OCSP_RESPONSE = Limits("OCSP response over HTTP", 1 * MIB, seconds=10)
TLS_CHAIN = Limits("certificates of a TLS server", 100 * KIB, seconds=10)
"""The size is OpenSSL's own (SSL_CTX_set_max_cert_list(3))."""
REPORT_LINE = Limits("line of an audit report", 1 * MIB)
START_FILE = Limits("start-up file of a shell", 4 * MIB)
AWS_FILE = Limits("AWS config and credentials file", 1 * MIB)

READERS: tuple[Limits, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Limits))
"""All of them, in the order of SECURITY.md."""
