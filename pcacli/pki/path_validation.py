"""Judges a certificate: whether a path leads from it to a certificate that is trusted, its dates, and its names.

The path is built and checked by `cryptography.x509.verification` with policies of our own (see CONTRIBUTING, "How a
path is judged"); certificates are DER.
Sources: RFC 5280, section 6; RFC 9525 for the names of servers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pcacli.pki.certificate_facts import is_issued_by, subject_key_identifier
from pcacli.pki.parse_errors import readable

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.x509.verification import Policy, PolicyBuilder, Subject

_Extension = TypeVar("_Extension", bound="x509.ExtensionType")

# More CAs than a hierarchy of AWS Private CA can have (User Guide, "CA hierarchy": five levels).
_MAXIMUM_DEPTH = 8
# What the library puts before the words of `_require_right_to_sign`.
_OF_VALIDATOR = "Python extension validator failed: ValueError: "
# What the library says where it found nobody who could have signed, or nobody who might for so long a path.
_NO_ISSUER = "all candidates exhausted"
# What it says of a certificate that signed itself and is not trusted: it went round in circles.
_NO_END = "chain construction exceeds max depth"
_VERDICT_PREFIXES = ("validation failed: ", "candidates exhausted: ", "fatal error: ", _OF_VALIDATOR)


class Wanted(NamedTuple):
    """What a certificate has to be: valid at an instant, and a TLS server's for each of these names."""

    moment: datetime
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()


class Judgement(NamedTuple):
    """What was found: the certificates from the one in question up to the root, and what is wrong; nothing is good.

    The path is empty where none could be found.
    """

    path: tuple[bytes, ...]
    reasons: tuple[str, ...]


@readable()
def is_signed_by(certificate: bytes, issuer: bytes) -> bool:
    """Tell whether the issuer's key made a certificate; its name and key identifier have to fit first.

    Raises:
        ValueError: the bytes are no certificates.
    """
    from cryptography import x509

    child, parent = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(issuer)
    return child.issuer == parent.subject and _key_identifiers_fit(child, parent) and is_issued_by(child, parent)


@readable()
def judge(certificate: bytes, others: Iterable[bytes], trusted: Sequence[bytes], wanted: Wanted) -> Judgement:
    """Look for a path from a certificate, through others, to one that is trusted, and say all that is wrong with it.

    Raises:
        ValueError: the bytes are no certificates.
    """
    from cryptography import x509

    load = x509.load_der_x509_certificate
    leaf, between, anchors = load(certificate), [load(each) for each in others], [load(each) for each in trusted]
    found = _path(leaf, between, anchors, wanted.moment)
    everything = [leaf, *between, *anchors]
    if isinstance(found, str):
        # Perhaps only the dates are in the way: once, all of them may have been valid together.
        once = max(each.not_valid_before_utc for each in everything)
        found = _path(leaf, between, anchors, max(once, leaf.not_valid_before_utc)) if everything else found
    if isinstance(found, str):
        return Judgement((), (*_date_reasons([leaf], wanted.moment), found))
    reasons = (*_date_reasons(found, wanted.moment), *_name_reasons(leaf, found, wanted))
    return Judgement(tuple(map(_der, found)), reasons)


def _path(
    leaf: "x509.Certificate", between: "list[x509.Certificate]", anchors: "list[x509.Certificate]", moment: datetime
) -> "list[x509.Certificate] | str":
    """Return the path at that instant, or why there is none."""
    from cryptography.x509.verification import VerificationError

    if not anchors:
        return "No certificate that is trusted was given."
    try:
        return _policy(anchors, moment, server=False).build_client_verifier().verify(leaf, between).chain
    except VerificationError as verdict:
        return _sentence(verdict)
    except ValueError as problem:
        return f"The path cannot be checked: {problem}."


def _policy(anchors: "list[x509.Certificate]", moment: datetime, *, server: bool) -> "PolicyBuilder":
    """Return a policy of RFC 5280 alone, without the further rules of the web, which private CAs need not keep.

    Signatures, path lengths, name constraints, unknown critical extensions and weak keys are judged by the library, the
    right to sign by us. The purposes of the certificate matter for names only.
    """
    from cryptography import x509
    from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

    authority = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_right_to_sign)
    )
    # A verifier of servers demands alternative names, a verifier of clients takes them as they come.
    end_entity = ExtensionPolicy.permit_all().may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    if server:
        end_entity = end_entity.require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    return (
        PolicyBuilder()
        .store(Store(anchors))
        .time(moment)
        .max_chain_depth(_MAXIMUM_DEPTH)
        .extension_policies(ca_policy=authority, ee_policy=end_entity)
    )


def _require_right_to_sign(_policy: "Policy", certificate: "x509.Certificate", usage: "x509.KeyUsage | None") -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError(f"{_named(certificate)} may not sign certificates")


def _name_reasons(leaf: "x509.Certificate", path: "list[x509.Certificate]", wanted: Wanted) -> Iterable[str]:
    """Say which names the certificate is not good for as that of a TLS server."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    subjects: list[tuple[str, Subject]] = [(name, x509.DNSName(name)) for name in wanted.dns_names]
    subjects += [(address, x509.IPAddress(ip_address(address))) for address in wanted.ip_addresses]
    if not subjects:
        return
    alternatives = _extension(leaf, x509.SubjectAlternativeName)
    for text, subject in subjects:
        if alternatives is None or not _is_for(subject, leaf, path):
            yield f"The certificate is not for {text}."
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    servers = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if purposes is not None and servers.isdisjoint(purposes):
        yield "The certificate is not for TLS servers: its extended key usage has no SERVER_AUTH."


def _is_for(subject: "Subject", leaf: "x509.Certificate", path: "list[x509.Certificate]") -> bool:
    """Let the library match a name, on a path that is known to be good at the instant used here."""
    from cryptography.x509.verification import VerificationError

    moment = max(each.not_valid_before_utc for each in path)
    verifier = _policy(path[-1:], moment, server=True).build_server_verifier(subject)
    try:
        verifier.verify(leaf, path[1:-1])
    except VerificationError:
        return False
    return True


def _date_reasons(certificates: "Iterable[x509.Certificate]", moment: datetime) -> Iterable[str]:
    for certificate in certificates:
        if moment < certificate.not_valid_before_utc:
            yield f"{_named(certificate)} is not valid before {_utc(certificate.not_valid_before_utc)}."
        if moment > certificate.not_valid_after_utc:
            yield f"{_named(certificate)} expired at {_utc(certificate.not_valid_after_utc)}."


def _sentence(verdict: Exception) -> str:
    """Take the library's prefixes off its verdict."""
    text = str(verdict).partition(" (encountered processing")[0]
    for prefix in _VERDICT_PREFIXES:
        text = text.removeprefix(prefix)
    if text.startswith((_NO_ISSUER, _NO_END)):
        text = "an issuer's certificate is missing, its root is not trusted, or the path is longer than a CA allows"
    return f"No path leads to a trusted root: {text}."


def _key_identifiers_fit(child: "x509.Certificate", parent: "x509.Certificate") -> bool:
    from cryptography import x509

    named = _extension(child, x509.AuthorityKeyIdentifier)
    return named is None or named.key_identifier in (None, subject_key_identifier(parent))


def _extension(certificate: "x509.Certificate", kind: type[_Extension]) -> _Extension | None:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _named(certificate: "x509.Certificate") -> str:
    from pcacli.pki.distinguished_names import rfc2253

    return rfc2253(certificate.subject.public_bytes()) or f"Certificate {certificate.serial_number:x}"


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _der(certificate: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)
