"""What breaks a path for OpenSSL breaks it for us, and the reason says whose fault it is."""

import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pcacli.pki.path_validation import Wanted, judge
from tests.pki import raw
from tests.pki.crafting import DAY, constraints

NOW = datetime.now(UTC).replace(microsecond=0)
SPAN = (NOW - DAY, NOW + 365 * DAY)
A_CA, NOT_A_CA = constraints(), constraints(ca=False)
Extensions = Sequence[x509.Extension[Any]]


class Signer(NamedTuple):
    """A certificate of which further ones can be made."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def extension(value: x509.ExtensionType, *, critical: bool = False) -> x509.Extension[Any]:
    return x509.Extension(value.oid, critical, value)


def subject(common_name: str, **more: str) -> x509.Name:
    attributes = [x509.NameAttribute(getattr(NameOID, name.upper()), text) for name, text in more.items()]
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def made(
    name: str | x509.Name,
    issuer: Signer | None = None,
    extensions: Extensions = (A_CA,),
    key: Any = None,
    digest: Any = None,
) -> Signer:
    key = key or ec.generate_private_key(ec.SECP256R1())
    named = subject(name) if isinstance(name, str) else name
    builder = x509.CertificateBuilder().subject_name(named).public_key(key.public_key())
    builder = builder.issuer_name(issuer.certificate.subject if issuer else named)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(SPAN[0]).not_valid_after(SPAN[1])
    for one in extensions:
        builder = builder.add_extension(one.value, one.critical)
    signer = issuer.key if issuer else key
    hashed = None if isinstance(signer, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)) else hashes.SHA256()
    return Signer(builder.sign(signer, digest or hashed), key)


def hosts(*names: str) -> x509.Extension[Any]:
    return extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]))


def alternative(*names: x509.GeneralName) -> x509.Extension[Any]:
    return extension(x509.SubjectAlternativeName(names))


def limited(
    permitted: Sequence[x509.GeneralName] | None = None, excluded: Sequence[x509.GeneralName] | None = None
) -> x509.Extension[Any]:
    return extension(x509.NameConstraints(permitted, excluded), critical=True)


def usage(**used: bool) -> x509.Extension[Any]:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return extension(x509.KeyUsage(**{name: used.get(name, False) for name in names}), critical=True)


def unparsed(oid: str, value: bytes = b"\x05\x00", *, critical: bool = True) -> x509.Extension[Any]:
    return extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical=critical)


ROOT = made("root")
Chain = list[Signer]


def below(*extensions: x509.Extension[Any], leaf: Extensions = (NOT_A_CA,), name: str | x509.Name = "leaf") -> Chain:
    """A leaf below a CA with these extensions, below the root."""
    between = made("between", ROOT, extensions or (constraints(),))
    return [made(name, between, leaf), between]


def constrained(constraint: x509.Extension[Any], *names: x509.GeneralName, name: str | x509.Name = "leaf") -> Chain:
    return below(constraints(), constraint, leaf=(NOT_A_CA, alternative(*names)) if names else (NOT_A_CA,), name=name)


def email(text: str) -> x509.GeneralName:
    return x509.RFC822Name(text)


def dns(text: str) -> x509.GeneralName:
    return x509.DNSName(text)


def uri(text: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(text)


def network(text: str) -> x509.GeneralName:
    return x509.IPAddress(ip_network(text))


def address(text: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(text))


def directory(**attributes: str) -> x509.GeneralName:
    return x509.DirectoryName(
        x509.Name([x509.NameAttribute(getattr(NameOID, name.upper()), text) for name, text in attributes.items()])
    )


def three_deep() -> Chain:
    first = made("first", ROOT, [constraints(0)])
    second = made("second", first)
    return [made("leaf", second, [NOT_A_CA]), second, first]


def renewed_itself() -> Chain:
    first = made("between", ROOT, [constraints(0)])
    second = made("between", first)
    return [made("leaf", second, [NOT_A_CA]), second, first]


def of_another_key() -> Chain:
    mistaken = x509.AuthorityKeyIdentifier(b"another key", None, None)
    between = made("between", ROOT, [constraints(), extension(x509.SubjectKeyIdentifier(b"this key"))])
    return [made("leaf", between, [NOT_A_CA, extension(mistaken)]), between]


# What is wrong, None if nothing.
CASES: dict[str, tuple[Chain, str | None]] = {
    "a good one": (below(), None),
    "with a policy": (below(constraints(), unparsed("2.5.29.32", bytes.fromhex("3005300306012a"))), None),
    "no CA": (below(NOT_A_CA), "CN=between is not a CA"),
    "without basic constraints": (below(usage(key_cert_sign=True)), "CN=between is not a CA"),
    "not for signing": (below(constraints(), usage(crl_sign=True)), "CN=between may not sign certificates"),
    "too long": (three_deep(), "longer than CN=first allows"),
    "an unknown critical extension": (
        below(leaf=(NOT_A_CA, unparsed("1.2.3.4"))),
        r"CN=leaf has the critical .*1\.2\.3\.4",
    ),
    "an unknown critical extension of a CA": (
        below(constraints(), unparsed("1.2.3.4")),
        r"CN=between has the critical",
    ),
    "an unknown extension": (below(leaf=(NOT_A_CA, unparsed("1.2.3.4", critical=False))), None),
    "damaged basic constraints": (below(unparsed("2.5.29.19", b"\xff")), "CN=between: its extension basicConstraints"),
    "damaged key usage": (
        below(constraints(), unparsed("2.5.29.15", b"\x04\x00")),
        "its extension keyUsage is damaged",
    ),
    "damaged names": (
        below(leaf=(NOT_A_CA, unparsed("2.5.29.17", b"\x30\x05", critical=False))),
        "subjectAltName is damaged",
    ),
    "the issuer's key is another": (of_another_key(), "issuer's certificate is missing"),
    "a permitted host": (constrained(limited([dns("example.com")]), dns("www.example.com")), None),
    "a permitted host itself": (constrained(limited([dns("example.com")]), dns("EXAMPLE.com")), None),
    "a host beside": (
        constrained(limited([dns("example.com")]), dns("badexample.com")),
        "does not permit the DNS name",
    ),
    "an excluded host": (
        constrained(limited(None, [dns("example.com")]), dns("a.example.com")),
        "excludes the DNS name",
    ),
    "no host where hosts are limited": (constrained(limited([dns("example.com")]), email("a@b.example")), None),
    "a common name beside": (
        constrained(limited([dns("example.com")]), name="www.example.org"),
        "does not permit the DNS name",
    ),
    "a permitted network": (constrained(limited([network("10.0.0.0/8")]), address("10.1.2.3")), None),
    "a network beside": (constrained(limited([network("10.0.0.0/8")]), address("11.1.2.3")), "IP address"),
    "another family": (constrained(limited([network("10.0.0.0/8")]), address("::1")), "does not permit the IP address"),
    "an excluded network": (constrained(limited(None, [network("10.0.0.0/8")]), address("10.1.2.3")), "excludes"),
    "a permitted mailbox": (constrained(limited([email("a@example.com")]), email("a@EXAMPLE.com")), None),
    "a mailbox beside": (constrained(limited([email("a@example.com")]), email("b@example.com")), "e-mail address"),
    "a permitted mail host": (constrained(limited([email("example.com")]), email("b@example.com")), None),
    "a mail host below": (constrained(limited([email("example.com")]), email("b@a.example.com")), "e-mail address"),
    "mail hosts below": (constrained(limited([email(".example.com")]), email("b@a.example.com")), None),
    "a mailbox in the subject": (
        constrained(limited([email("example.com")]), name=subject("leaf", email_address="a@example.org")),
        "e-mail address",
    ),
    "a permitted URI": (constrained(limited([uri(".example.com")]), uri("https://a.example.com:1/x")), None),
    "a URI beside": (constrained(limited([uri("example.com")]), uri("https://a.example.com/x")), "URI"),
    "a URI without host": (constrained(limited([uri("example.com")]), uri("urn:x")), "URI"),
    "a permitted directory name": (
        constrained(limited([directory(organization_name="A b")]), name=subject("leaf", organization_name="a  B ")),
        None,
    ),
    "a directory name beside": (
        constrained(limited([directory(organization_name="A")]), name=subject("leaf", organization_name="B")),
        "directory name",
    ),
    "an excluded directory name": (
        constrained(limited(None, [directory(organization_name="A")]), name=subject("leaf", organization_name="A")),
        "excludes the directory name",
    ),
    "names that no constraint is about": (
        constrained(limited([dns("example.com")]), x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))),
        None,
    ),
    "names that cannot be compared": (
        constrained(
            limited([x509.RegisteredID(x509.ObjectIdentifier("1.2.4"))]),
            x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        ),
        "name of another kind",
    ),
}


def reasons(chain: Chain, root: Signer = ROOT, wanted: Wanted | None = None) -> tuple[str, ...]:
    leaf, *others = (one.der for one in chain)
    return judge(leaf, others, [root.der], wanted or Wanted(NOW)).reasons


def openssl_is_content(folder: Path, chain: Chain, root: Signer = ROOT) -> bool:
    files = {"leaf": chain[:1], "others": chain[1:], "root": [root]}
    for name, ones in files.items():
        pems = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in ones)
        (folder / f"{name}.pem").write_bytes(pems)
    untrusted = ["-untrusted", "others.pem"] if chain[1:] else []
    words = ["openssl", "verify", "-CAfile", "root.pem", *untrusted, "leaf.pem"]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", CASES)
def test_a_path_is_judged_as_openssl_judges_it(name: str, tmp_path: Path) -> None:
    chain, broken = CASES[name]
    assert openssl_is_content(tmp_path, chain) == (broken is None)
    if broken is None:
        assert reasons(chain) == ()
    else:
        (reason,) = reasons(chain)
        assert reason.startswith("No path leads to a trusted root: ")
        assert re.search(broken, reason), reason


@pytest.mark.parametrize("generate", [ed25519.Ed25519PrivateKey.generate, ed448.Ed448PrivateKey.generate])
def test_chains_of_rfc_8410_are_good(generate: Any, tmp_path: Path) -> None:
    root = made("root", key=generate())
    between = made("between", root, key=generate())
    chain = [made("leaf", between, [NOT_A_CA, hosts("www.example.com")], key=generate()), between]
    assert openssl_is_content(tmp_path, chain, root)
    assert reasons(chain, root, Wanted(NOW, ("www.example.com",))) == ()


@pytest.mark.parametrize(
    ("key", "weakness"),
    [
        (rsa.generate_private_key(65537, 1024), "an RSA key of 1024 bits"),
        (ec.generate_private_key(ec.SECP224R1()), "a kind that is not accepted"),
    ],
)
def test_a_weak_key_breaks_a_path(key: Any, weakness: str) -> None:
    (reason,) = reasons([made("leaf", ROOT, [NOT_A_CA], key=key)])
    assert weakness in reason


def test_a_wildcard_may_be_what_is_excluded() -> None:
    """OpenSSL takes a wildcard for a name of its own; a client takes it for all names that it covers."""
    chain = constrained(limited(None, [dns("secret.example.com")]), dns("*.example.com"))
    assert "excludes the DNS name" in reasons(chain)[0]


def test_a_certificate_that_cannot_be_read_is_not_good_and_spoils_no_other() -> None:
    odd = raw.certificate(raw.extension(raw.SUBJECT_ALTERNATIVE_NAME, raw.hosts(b"a.example.com"), b"\0"))
    (reason,) = judge(odd, [], [ROOT.der], Wanted(NOW)).reasons
    assert reason.startswith("The certificate cannot be judged: the extension subjectAltName says critical=FALSE")
    assert judge(b"hello", [], [ROOT.der], Wanted(NOW)).reasons == (
        "The certificate cannot be judged: it is no certificate.",
    )
    leaf, between = (one.der for one in below())
    assert judge(leaf, [odd, b"hello", between], [odd, ROOT.der], Wanted(NOW)).reasons == ()


def test_no_reason_has_the_words_of_a_library() -> None:
    for chain, _ in CASES.values():
        for reason in reasons(chain):
            assert not {"ASN.1", "ParseError", "validation failed", "candidates"} & set(reason.split())
            assert "kind:" not in reason


def test_a_certificate_without_a_subject_is_called_by_its_names() -> None:
    between = made("between", ROOT, [constraints(), usage(crl_sign=True)])
    leaf = made(x509.Name([]), between, [NOT_A_CA, hosts("a.example.com", "b.example.com")])
    late = Wanted(SPAN[1] + DAY)
    assert (
        judge(leaf.der, [between.der], [ROOT.der], late).reasons[0].startswith("a.example.com, b.example.com expired")
    )


def test_cas_that_certify_each_other_are_looked_at_in_bounded_steps() -> None:
    """Twelve CAs of one name that have all signed each other lead to more paths than anybody can walk."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(12)]
    circle = [made("circle", Signer(made("circle", key=by).certificate, by), key=key) for by in keys for key in keys]
    leaf = made("leaf", circle[0], [NOT_A_CA])
    (reason,) = reasons([leaf, *circle])
    assert "too many ways" in reason


def test_a_ca_that_renews_itself_makes_no_path_longer() -> None:
    """RFC 5280, section 6.1.4 (l). OpenSSL does not find the way between two certificates of one name."""
    assert reasons(renewed_itself()) == ()


def test_the_good_path_is_found_beside_a_bad_one() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    bad, good = (made("between", ROOT, [one], key=key) for one in (NOT_A_CA, constraints()))
    leaf = made("leaf", good, [NOT_A_CA])
    for others in ([bad, good], [good, bad]):
        judgement = judge(leaf.der, [one.der for one in others], [ROOT.der], Wanted(NOW))
        assert judgement == ((leaf.der, good.der, ROOT.der), ())
