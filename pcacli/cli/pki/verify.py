"""`pcacli pki verify`: whether a certificate is good, and who issued it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pcacli.cli.pki.print_commands import new_script, print_commands_option, print_script
from pcacli.cli.pki.source_options import (
    SourceOptions,
    host_name,
    pkcs12_password_option,
    reading,
    source_options,
)
from pcacli.cli.session import Session
from pcacli.errors import AnswerIsNo, UsageProblem
from pcacli.output.safe_text import lines

if TYPE_CHECKING:
    from pcacli.pki.path_validation import Wanted
    from pcacli.service.publications import PublicationsOf
    from pcacli.service.workflows.certificate_source import Reading, Source
    from pcacli.service.workflows.verification import Trust, Verdict


class _Options(NamedTuple):
    """The options of one verification."""

    source: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    ca_file: Path | None
    no_revocation: bool
    timeout: str
    servername: str | None
    pkcs12_password_file: Path | None
    print_commands: bool


@click.command("verify", epilog="\b\nExample:\n  pcacli --local pki verify $CERTIFICATE_ARN --dns-name www.example.com")
@click.argument("source", metavar="FILE|ARN|HOST:PORT|-")
@click.option(
    "--dns-name",
    "dns_names",
    metavar="NAME",
    multiple=True,
    help="A name that it has to be good for as that of a TLS server; may be given several times. Default with "
    "HOST:PORT: HOST.",
)
@click.option("--ip-address", "ip_addresses", metavar="ADDRESS", multiple=True, help="The same with an IP address.")
@click.option(
    "--ca-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Trust the certificates in this file instead of the roots of your CAs, which are not asked then.",
)
@click.option("--no-revocation", is_flag=True, help="Do not ask whether it is revoked.")
@source_options
@pkcs12_password_option
@print_commands_option
@click.pass_obj
def command(session: Session, /, **given: Any) -> None:
    """Say whether a certificate is good: chain, dates, names, revocation; exit code 1 and the reasons if it is not.

    A path has to lead from it to the root of one of your CAs in this region, or of one that is shared with you; further
    certificates may stand beside it in the file. Each certificate of the path that names an OCSP responder or a CRL is
    looked up there: with --local in the store, on AWS over HTTP, else in the bucket of your CA. If nobody can tell, the
    answer is no. What a CA revoked that publishes neither, the embedded authority knows by itself; on AWS nobody can
    tell it.

    With --output or --query it is data: Good, Reasons, Subject, Serial, NotAfter, CertificateAuthorityArn,
    OwnerAccount (of a CA that is shared with you), CertificateArn, Path and Revocations.
    """
    from pcacli.cli.showing import show_styled
    from pcacli.service.workflows.certificate_source import read_source
    from pcacli.service.workflows.verification import verify

    options = _in_ascii(_Options(**given))
    if options.print_commands:
        _print_commands(session, options)
        return
    how = reading(session, SourceOptions(options.timeout, options.servername, options.pkcs12_password_file))
    _require_addresses(options.ip_addresses)
    trust = _trust(session, options.ca_file, how)
    found = read_source(options.source, how)
    leaf = found.leaf()
    for problem in found.problems:
        session.notice(problem)
    wanted = _wanted(session, options, found)
    verdict = verify(found.certificates(), trust, wanted, _publications(session, options, how.timeout_seconds))
    show_styled(session, _value(leaf, verdict), _lines(session, leaf, verdict, wanted.moment))
    if verdict.reasons:
        raise AnswerIsNo(lines(("The certificate is not good.", *verdict.reasons)))


def _in_ascii(options: _Options) -> _Options:
    """Return the options with the names of hosts as certificates have them."""
    servername = options.servername and host_name("--servername", options.servername)
    return options._replace(
        dns_names=tuple(host_name("--dns-name", name) for name in options.dns_names), servername=servername
    )


def _trust(session: Session, ca_file: Path | None, how: "Reading") -> "Trust":
    from pcacli.service.workflows.certificate_source import is_there, read_source
    from pcacli.service.workflows.issuers import Issuers
    from pcacli.service.workflows.verification import Trust

    if ca_file is None:
        return Trust(session.service, Issuers(session.service))
    if not is_there(ca_file):
        raise UsageProblem(f"--ca-file {ca_file} is not there.")
    source = read_source(str(ca_file), how)
    for problem in source.problems:
        session.notice(problem)
    trusted = source.certificates()
    if not trusted:
        raise UsageProblem(f"--ca-file {ca_file}: there is no certificate in it.")
    return Trust(None, None, trusted)


def _wanted(session: Session, options: _Options, found: "Source") -> "Wanted":
    from pcacli.pki.ip_addresses import read_address, without_zone
    from pcacli.pki.path_validation import Wanted
    from pcacli.service.workflows.workflow import time_of

    dns_names, addresses = list(options.dns_names), list(options.ip_addresses)
    if found.server is not None and not (dns_names or addresses):
        host = options.servername or without_zone(found.server.host)
        (addresses if _is_address(host) else dns_names).append(host)
    now = datetime.now(UTC) if options.ca_file is not None else time_of(session.service)
    return Wanted(now, tuple(dns_names), tuple(str(read_address(address)) for address in addresses))


def _require_addresses(texts: Sequence[str]) -> None:
    for text in texts:
        if not _is_address(text):
            why = ": it has a zone" if "%" in text else ""
            raise UsageProblem(f"--ip-address {text} is not an IP address{why}.")


def _is_address(text: str) -> bool:
    from pcacli.pki.ip_addresses import read_address

    try:
        read_address(text)
    except ValueError:
        return False
    return True


def _publications(session: Session, options: _Options, timeout_seconds: float) -> "PublicationsOf | None":
    from pcacli.service.publications import over_http, publications_of

    if options.no_revocation:
        return None
    if options.ca_file is not None:
        return over_http(timeout_seconds)
    return publications_of(session.service, session.settings, timeout_seconds)


def _value(leaf: bytes, verdict: "Verdict") -> dict[str, Any]:
    from pcacli.pki.certificate_names import title
    from pcacli.pki.descriptions import describe
    from pcacli.pki.documents import Document
    from pcacli.pki.x509_fields import Kind

    described = describe(Document(Kind.CERTIFICATE, leaf))
    value: dict[str, Any] = {"Good": not verdict.reasons, "Reasons": list(verdict.reasons)}
    value |= {name: described[name] for name in ("Subject", "Serial", "NotAfter")}
    if verdict.authority_arn is not None:
        value["CertificateAuthorityArn"] = verdict.authority_arn
    if verdict.owner is not None:
        value["OwnerAccount"] = verdict.owner
    if verdict.certificate_arn is not None:
        value["CertificateArn"] = verdict.certificate_arn
    value["Path"] = [title(certificate) for certificate in verdict.path]
    value["Revocations"] = list(_revocations(verdict))
    return value


def _revocations(verdict: "Verdict") -> Iterator[dict[str, Any]]:
    """Describe what each certificate of the path but the root turned out to be."""
    from pcacli.pki.certificate_names import title

    for certificate, lookup in verdict.revocations:
        described: dict[str, Any] = {"Subject": title(certificate)}
        evidence = lookup.evidence
        if evidence is None:
            yield described | {"Status": "UNKNOWN" if lookup.problems else "NOT_PUBLISHED"}
            continue
        described |= {"Status": "GOOD" if evidence.revoked_at is None else "REVOKED", "Source": evidence.source}
        described |= {"Url": lookup.url, "ThisUpdate": evidence.this_update, "NextUpdate": evidence.next_update}
        if evidence.revoked_at is not None:
            described |= {"RevokedAt": evidence.revoked_at, "RevocationReason": evidence.reason}
        yield described


def _lines(session: Session, leaf: bytes, verdict: "Verdict", now: datetime) -> Iterator[str]:
    from pcacli.cli.pki.fact_sheet import BAD, GOOD, Fact, sheet, validity_facts
    from pcacli.pki.certificate_names import title

    value = _value(leaf, verdict)
    end = value["NotAfter"]
    validity = next(validity_facts(now, end, now)) if isinstance(end, datetime) else Fact("Valid", (end,), BAD)
    facts = [
        Fact("Verdict", ("not good",), BAD) if verdict.reasons else Fact("Verdict", ("good",), GOOD),
        validity,
        Fact("Path", value["Path"]),
        Fact("CA", [arn for arn in (verdict.authority_arn,) if arn is not None]),
        Fact("Shared by", [f"account {verdict.owner}"] if verdict.owner else []),
        Fact("ARN", [arn for arn in (verdict.certificate_arn,) if arn is not None]),
        Fact("Revocation", [_revocation_line(each) for each in value["Revocations"]]),
    ]
    yield from sheet(f"Certificate  {title(leaf)}", facts, session.terminal)


_REVOCATION_LINES = {
    "GOOD": "{Subject}: not revoked, says {Source}",
    "REVOKED": "{Subject}: revoked ({RevocationReason}), says {Source}",
    "UNKNOWN": "{Subject}: cannot be told",
    "NOT_PUBLISHED": "{Subject}: its CA publishes none",
}


def _revocation_line(described: dict[str, Any]) -> str:
    return _REVOCATION_LINES[described["Status"]].format_map(described)


def _print_commands(session: Session, options: _Options) -> None:
    from pcacli.service.workflows.verification_script import write_verification

    if not options.source.startswith("arn:"):
        raise UsageProblem("--print-commands is for ARNs: nothing else is fetched from AWS.")
    script = new_script(session, "Verify a certificate, but for its revocation")
    write_verification(script, options.source, dns_names=options.dns_names, ip_addresses=options.ip_addresses)
    print_script(script)
