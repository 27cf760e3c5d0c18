"""The rules that a path of certificates has to keep, from the one in question up to one that is trusted.

Each rule is a function that yields what is wrong, without a full stop. Certificate policies are not judged: a critical
extension that demands some counts as unknown.
Source: RFC 5280, sections 4.2 and 6.1; which algorithms and keys are too weak is as `cryptography.x509.verification`
has it, with Ed25519 and Ed448 (RFC 8410) besides.
"""

from collections.abc import Callable, Iterator, Sequence

from pcacli.pki import extensions as known
from pcacli.pki.algorithms import SIGNING_ALGORITHMS, key_algorithm_of, signature_name_of
from pcacli.pki.extension_texts import extension_name
from pcacli.pki.name_constraints import constrained_names, read_constraints, violations
from pcacli.pki.parse_errors import readable
from pcacli.pki.parsed_certificates import ParsedCertificate

Path = Sequence[ParsedCertificate]

# What is looked at here, in `path_validation` or in `revocation_evidence`; a certificate that is good under any policy
# keeps to what the last four say. Source: RFC 5280 section 4.2 and OpenSSL's `X509_supported_extension`.
_UNDERSTOOD = frozenset(
    {
        known.BASIC_CONSTRAINTS,
        known.KEY_USAGE,
        known.EXTENDED_KEY_USAGE,
        known.SUBJECT_ALTERNATIVE_NAME,
        known.NAME_CONSTRAINTS,
        known.CRL_DISTRIBUTION_POINTS,
        known.OCSP_NO_CHECK,
        known.CERTIFICATE_POLICIES,
        known.POLICY_MAPPINGS,
        known.INHIBIT_ANY_POLICY,
    }
)
STRONG_SIGNATURES = frozenset(SIGNING_ALGORITHMS) - {"SM3WITHSM2"} | {"ED25519", "ED448"}
_FEWEST_RSA_BITS = 2048
_VERSION_3 = 2


def broken_rules(path: Path) -> Iterator[str]:
    """Yield what is wrong with a path whose signatures and names are known to lead from each to the next."""
    for certificate in path:
        # What cannot be read cannot be judged any further.
        if certificate.problems:
            yield from (f"{certificate.name}: {problem}" for problem in certificate.problems)
            return
    for rule in _RULES:
        yield from rule(path)


def _are_of_version_3(path: Path) -> Iterator[str]:
    for certificate in path:
        if certificate.x509.version.value != _VERSION_3:
            yield f"{certificate.name} is not an X.509 certificate of version 3"


def _may_sign(path: Path) -> Iterator[str]:
    for issuer in path[1:]:
        if not issuer.is_authority:
            yield f"{issuer.name} is not a CA"
        elif issuer.usages is not None and "KeyCertSign" not in issuer.usages:
            yield f"{issuer.name} may not sign certificates"


def _keep_path_lengths(path: Path) -> Iterator[str]:
    for position, issuer in enumerate(path[1:], 1):
        below = sum(not certificate.is_self_issued for certificate in path[1:position])
        if issuer.path_length is not None and below > issuer.path_length:
            yield f"the path is longer than {issuer.name} allows: its path length is {issuer.path_length}"


def _have_nothing_unknown(path: Path) -> Iterator[str]:
    for certificate in path:
        for oid in certificate.critical_extensions():
            if oid not in _UNDERSTOOD:
                yield f"{certificate.name} has the critical extension {extension_name(oid)}, which is unknown here"


def _are_strong(path: Path) -> Iterator[str]:
    for position, certificate in enumerate(path):
        if position < len(path) - 1:
            algorithm = signature_name_of(certificate.fields.algorithm.content)
            if algorithm not in STRONG_SIGNATURES:
                yield f"{certificate.name} is signed with {algorithm}, which proves nothing"
        yield from (f"{certificate.name} has {weakness}" for weakness in _weaknesses(certificate))


def _weaknesses(certificate: ParsedCertificate) -> Iterator[str]:
    from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, rsa

    try:
        with readable():
            key = certificate.x509.public_key()
    except ValueError:
        yield "a public key that cannot be read"
        return
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _FEWEST_RSA_BITS:
            yield f"an RSA key of {key.key_size} bits, fewer than {_FEWEST_RSA_BITS}"
    elif key_algorithm_of(key) is None and not isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        yield "a public key of a kind that is not accepted"


def _keep_name_constraints(path: Path) -> Iterator[str]:
    for position, issuer in enumerate(path[1:], 1):
        extension = issuer.extensions.get(known.NAME_CONSTRAINTS)
        if extension is None:
            continue
        try:
            constraints = read_constraints(extension.value)
            for number, certificate in enumerate(path[:position]):
                # A CA that renews its key under its own name need not be within its own constraints.
                if number and certificate.is_self_issued:
                    continue
                names = constrained_names(certificate.subject, certificate.alternative_names, end_entity=not number)
                yield from (f"{issuer.name} {found} of {certificate.name}" for found in violations(constraints, names))
        except ValueError:
            yield f"the name constraints of {issuer.name} cannot be applied"


_RULES: tuple[Callable[[Path], Iterator[str]], ...] = (
    _are_of_version_3,
    _may_sign,
    _keep_path_lengths,
    _have_nothing_unknown,
    _are_strong,
    _keep_name_constraints,
)
