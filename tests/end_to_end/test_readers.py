"""Every reader of SECURITY.md is fed above its limits: one sentence, and the exit code or status that stands there."""

from collections.abc import Iterator

import pytest

from pcacli.limits import readers
from pcacli.limits.readers import MIB, Limits
from tests.support.hierarchies import Estate
from tests.support.http_feeds import (
    answered,
    cbor,
    deep_cbor,
    ocsp,
    pipelined,
    policy,
    posted,
    too_many_bodies,
)
from tests.support.reader_feeds import (
    BOMB,
    Feed,
    World,
    aws_file,
    bucket_object,
    deep,
    fetched,
    in_base64,
    in_folder,
    large_chain,
    long_report_line,
    many,
    on_bytes,
    on_file,
    on_text,
    passphrase,
    piped,
    remembered,
    restored,
    result_file,
    start_file,
    store_key,
)
from tests.support.reader_table import rows
from tests.support.serving import serving

_GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
_CREATE = ("create-certificate-authority", "--certificate-authority-type", "ROOT")
_CONFIGURATION = (*_CREATE, "--certificate-authority-configuration", "file://{}")
_REVOKE = ("pki", "revoke", "--reason", "SUPERSEDED", "--yes", "--from", "{}")
_REQUEST = ("pki", "request", "--out-dir", "made", "--from", "{}")
_CSR = ("pki", "request", "--out-dir", "made", "--csr", "{}")
_EXPORT = ("pki", "export", "{leaf}", "--out-dir", "made", "--pkcs12", "--key", "{}")
_TLS = ("local", "serve", "--port", "0", "--tls-cert", "{}", "--tls-key", "{}")
_INSPECT = ("pki", "inspect", "{}")
_PEM = "-----BEGIN A-----\n-----END A-----\n"
_PFX = b"\x30\x83\x40\x00\x03\x02\x01\x03" + bytes(4 * MIB)

FEEDS: dict[tuple[Limits, str], Feed] = {
    (readers.HTTP_HEAD, "bytes"): answered(_GET + b"A: " + b"x" * readers.HTTP_HEAD.maximum_bytes + b"\r\n\r\n"),
    (readers.HTTP_HEAD, "items"): answered(_GET + b"A: b\r\n" * (readers.HTTP_HEAD.items or 0) + b"\r\n"),
    (readers.HTTP_PIPELINE, "items"): pipelined,
    (readers.HTTP_BODY, "bytes"): posted(b" " * (readers.HTTP_BODY.maximum_bytes + 1)),
    (readers.HTTP_BODIES, "bytes"): too_many_bodies,
    (readers.JSON_CALL, "depth"): posted(f'{{"a": {deep(readers.JSON_CALL.depth)}}}'.encode()),
    (readers.JSON_CALL, "items"): posted(f'{{"a": {many(readers.JSON_CALL.items)}}}'.encode()),
    (readers.CBOR_CALL, "depth"): cbor(deep_cbor(readers.CBOR_CALL.depth)),
    (readers.CBOR_CALL, "items"): cbor(b"\xa1\x61a\x9f" + b"\x00" * (readers.CBOR_CALL.items or 0) + b"\xff"),
    (readers.OCSP_REQUEST, "bytes"): ocsp,
    (readers.PAGE_TOKEN, "bytes"): posted(b'{"NextToken":"' + b"a" * (readers.PAGE_TOKEN.maximum_bytes + 1) + b'"}'),
    (readers.PAGE_TOKEN, "depth"): posted(f'{{"NextToken":"{in_base64(deep(readers.PAGE_TOKEN.depth))}"}}'.encode()),
    (readers.POLICY, "bytes"): policy(" " * (readers.POLICY.maximum_bytes + 1)),
    (readers.POLICY, "depth"): policy(f'{{"Statement":{deep(readers.POLICY.depth)}}}'),
    (readers.PARAMETER_FILE, "bytes"): on_file(readers.PARAMETER_FILE, *_CONFIGURATION),
    (readers.OPTION_JSON, "depth"): on_text(f'{{"a": {deep(readers.OPTION_JSON.depth)}}}', *_CONFIGURATION),
    (readers.OPTION_JSON, "items"): on_text(f'{{"a": {many(readers.OPTION_JSON.items)}}}', *_CONFIGURATION),
    (readers.INPUT_JSON, "bytes"): on_file(readers.INPUT_JSON, *_CREATE, "--cli-input-json", "file://{}"),
    (readers.INPUT_JSON, "depth"): on_text(deep(readers.INPUT_JSON.depth), *_CREATE, "--cli-input-json", "file://{}"),
    (readers.INPUT_JSON, "items"): on_text(many(readers.INPUT_JSON.items), *_CREATE, "--cli-input-json", "file://{}"),
    (readers.INPUT_YAML, "bytes"): on_file(readers.INPUT_YAML, *_CREATE, "--cli-input-yaml", "file://{}"),
    (readers.INPUT_YAML, "depth"): on_text(deep(readers.INPUT_YAML.depth), *_CREATE, "--cli-input-yaml", "file://{}"),
    (readers.INPUT_YAML, "items"): on_text(BOMB, *_CREATE, "--cli-input-yaml", "file://{}"),
    (readers.SEED_FILE, "bytes"): on_file(readers.SEED_FILE, "local", "seed", "{}"),
    (readers.SEED_FILE, "depth"): on_text(deep(readers.SEED_FILE.depth), "local", "seed", "{}"),
    (readers.SEED_FILE, "items"): on_text(BOMB, "local", "seed", "{}"),
    (readers.DOCUMENT, "bytes"): on_file(readers.DOCUMENT, *_INSPECT),
    (readers.DOCUMENT, "items"): on_text(_PEM * ((readers.DOCUMENT.items or 0) + 1), *_INSPECT),
    (readers.PKCS12, "bytes"): on_bytes(_PFX, *_INSPECT),
    (readers.TARGET_LIST, "bytes"): on_file(readers.TARGET_LIST, *_REVOKE),
    (readers.TARGET_LIST, "depth"): on_text(deep(readers.TARGET_LIST.depth), *_REVOKE),
    (readers.TARGET_LIST, "items"): on_text(many(readers.TARGET_LIST.items), *_REVOKE),
    (readers.REQUEST_LIST, "bytes"): on_file(readers.REQUEST_LIST, *_REQUEST, name="rows.csv"),
    (readers.LIST_LINE, "bytes"): on_text(f'"{"a" * readers.LIST_LINE.maximum_bytes}"', *_REQUEST, name="rows.jsonl"),
    (readers.LIST_LINE, "depth"): on_text(deep(readers.LIST_LINE.depth), *_REQUEST, name="rows.jsonl"),
    (readers.BATCH_LINE, "bytes"): piped(readers.BATCH_LINE, "pki", "batch"),
    (readers.CSR_FILE, "bytes"): on_file(readers.CSR_FILE, *_CSR),
    (readers.KEY_FILE, "bytes"): on_file(readers.KEY_FILE, *_EXPORT),
    (readers.PASSWORD_FILE, "bytes"): on_file(
        readers.PASSWORD_FILE, "pki", "inspect", "x", "--pkcs12-password-file", "{}"
    ),
    (readers.PASSPHRASE_FILE, "bytes"): passphrase,
    (readers.TLS_FILE, "bytes"): on_file(readers.TLS_FILE, *_TLS),
    (readers.BACKUP_HEAD, "bytes"): restored(b"{" + b" " * readers.BACKUP_HEAD.maximum_bytes + b"}\n"),
    (readers.BACKUP_HEAD, "depth"): restored(deep(readers.BACKUP_HEAD.depth).encode() + b"\n"),
    (readers.FOLDER_FILE, "bytes"): in_folder,
    (readers.RESULT_FILE, "bytes"): result_file,
    (readers.STATE_FILE, "bytes"): remembered,
    (readers.KEY_ENCRYPTION_FILE, "bytes"): store_key,
    (readers.BUCKET_OBJECT, "bytes"): bucket_object,
    (readers.CRL, "bytes"): fetched(readers.CRL, lambda published, url: published.crl(url)),
    (readers.OCSP_RESPONSE, "bytes"): fetched(readers.OCSP_RESPONSE, lambda published, url: published.ocsp(url, b"x")),
    (readers.TLS_CHAIN, "bytes"): large_chain,
    (readers.REPORT_LINE, "bytes"): long_report_line,
    (readers.START_FILE, "bytes"): start_file,
    (readers.AWS_FILE, "bytes"): aws_file,
}

OUTCOMES = {row.reader: row.outcome for row in rows()}
# Their size is that of the reader around them.
WITHIN_OTHERS = {readers.HTTP_PIPELINE, readers.JSON_CALL, readers.CBOR_CALL, readers.OPTION_JSON}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, pristine: Estate) -> Iterator[World]:
    estate = Estate.copy_of(pristine, tmp_path_factory.mktemp("readers"))
    with serving(estate) as server:
        yield World(estate, server)


def test_every_limit_is_fed_but_times_which_have_tests_of_their_own() -> None:
    sizes = {(limits, "bytes") for limits in readers.READERS if limits not in WITHIN_OTHERS}
    depths = {(limits, "depth") for limits in readers.READERS if limits.depth is not None}
    items = {(limits, "items") for limits in readers.READERS if limits.items is not None}
    assert set(FEEDS) == sizes | depths | items


@pytest.mark.parametrize(("limits", "part"), FEEDS, ids=[f"{limits.reader}, {part}" for limits, part in FEEDS])
def test_above_its_limit_a_reader_says_so_in_a_sentence(world: World, limits: Limits, part: str) -> None:
    assert FEEDS[limits, part](world) == OUTCOMES[limits.reader]
