"""Extensions that are known hold what their identifiers say, whoever brings them, and every reader takes them."""

from base64 import b64encode

import pytest

from pcacli.errors import ServiceError
from pcacli.pki.extension_values import check_extensions
from pcacli.pki.extensions import Extension
from pcacli.pki.issuance import issue
from tests.pki.extension_values import BAD, GOOD
from tests.pki.issuing import key, order, request, root
from tests.pki.requests import PLAIN, csr, extension, extension_request, name
from tests.support.readers import complaints

EACH_GOOD = [pytest.param(oid, value, id=f"{oid} {place}") for oid in GOOD for place, value in enumerate(GOOD[oid])]
EACH_BAD = [pytest.param(oid, value, id=f"{oid} {what}") for oid, each in BAD.items() for what, value in each.items()]
# What the template or the CA has of its own never comes from a caller.
NOT_OPEN = frozenset({"2.5.29.14", "2.5.29.19", "2.5.29.35", "2.5.29.31", "1.3.6.1.5.5.7.1.1"})
CSR, API = "BlankEndEntityCertificate_CSRPassthrough", "BlankEndEntityCertificate_APIPassthrough"


def passthrough(oid: str, value: bytes) -> dict[str, object]:
    return {"Extensions": {"CustomExtensions": [{"ObjectIdentifier": oid, "Value": b64encode(value).decode()}]}}


@pytest.mark.parametrize(("oid", "value"), EACH_GOOD)
def test_what_is_right_is_signed_as_it_is(oid: str, value: bytes) -> None:
    made = issue(order(CSR, csr(PLAIN, extension_request(extension(oid, value)))), root())
    assert oid in NOT_OPEN or extension(oid, value) in made


@pytest.mark.parametrize(("oid", "value"), EACH_BAD)
def test_what_is_wrong_is_refused_from_a_request(oid: str, value: bytes) -> None:
    with pytest.raises(ValueError, match=oid.replace(".", r"\.")):
        check_extensions((Extension(oid, critical=False, value=value),))
    if value == bytes.fromhex("3003010100"):  # as OpenSSL reads it; the template has its own
        assert order(CSR, csr(PLAIN, extension_request(extension(oid, value)))).csr.extensions[0].value == b"\x30\x00"
        return
    with pytest.raises(ServiceError) as refusal:
        order(CSR, csr(PLAIN, extension_request(extension(oid, value))))
    assert refusal.value.code == "MalformedCSRException"


@pytest.mark.parametrize(("oid", "value"), [each for each in EACH_BAD if each.values[0] not in NOT_OPEN])
def test_what_is_wrong_is_refused_from_the_api(oid: str, value: bytes) -> None:
    ordered = order(API, request(key("subject")))._replace(api_passthrough=passthrough(oid, value))
    with pytest.raises(ServiceError) as refusal:
        issue(ordered, root())
    assert refusal.value.code == "MalformedCSRException"


def test_right_values_of_all_kinds_together_are_read_by_everybody() -> None:
    """Without the names of CRLs and the parties of EDI, which GnuTLS shows in other ways or not at all."""
    chosen = [extension(oid, GOOD[oid][0]) for oid in GOOD if oid not in NOT_OPEN]
    assert complaints(issue(order(CSR, csr(PLAIN, extension_request(*chosen))), root())) == []


@pytest.mark.parametrize(
    "attribute",
    [
        ("2.5.4.3", 0x1E, "\U0001f600".encode("utf-16-be")),
        ("2.5.4.45", 0x03, b"http"),
        ("2.5.4.45", 0x03, b""),
        ("2.5.4.45", 0x03, b"\x01\x01"),
    ],
    ids=["pair of surrogates", "104 unused bits", "no octet", "unused bits that are set"],
)
def test_a_name_that_openssl_cannot_read_is_refused(attribute: tuple[str, int, bytes]) -> None:
    with pytest.raises(ServiceError, match="CSR cannot be read: the attribute"):
        order(CSR, csr(name(attribute)))
