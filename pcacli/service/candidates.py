"""The values that completion offers where only the backend, or the files of the AWS SDKs, know them.

Finders are asked while somebody waits behind a Tab key: they ask little, and the caller sets a time limit.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pcacli.api.arns import authority_arn
from pcacli.api.catalogue import OPERATIONS
from pcacli.errors import PcaError
from pcacli.service.paging import pages
from pcacli.service.port import Service

MAXIMUM_CANDIDATES = 200


class Candidate(NamedTuple):
    """A value and what it stands for, in a few words."""

    value: str
    description: str = ""


def authorities(service: Service) -> Iterator[Candidate]:
    """Yield the ARNs of the CAs, with name and state, and then those that other accounts share, with the account."""
    own = [Candidate(authority["Arn"], _name_and_state(authority)) for authority in _listed(service, {})]
    yield from own
    with suppress(PcaError):
        # An emulator that does not know this request lists the same CAs again.
        for authority in _listed(service, {"ResourceOwner": "OTHER_ACCOUNTS"}):
            shared = f"{_name_and_state(authority)} (shared by account {authority_arn(authority['Arn']).account})"
            if not any(one.value == authority["Arn"] for one in own):
                yield Candidate(authority["Arn"], shared)


def _listed(service: Service, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for page in pages(service, OPERATIONS["ListCertificateAuthorities"], request):
        yield from page["CertificateAuthorities"]


def _name_and_state(authority: Mapping[str, Any]) -> str:
    subject = authority["CertificateAuthorityConfiguration"]["Subject"]
    return f"{subject.get('CommonName', '')} {authority['Status']}".strip()


def certificates(service: Service, authority: str | None, prefix: str) -> Iterator[Candidate]:
    """Yield the ARNs of certificates that begin with a prefix: of one CA, or of all.

    Only the embedded authority can tell them; the API has no action that lists certificates.
    """
    from pcacli.service.workflows.inventory import ledger_of

    ledger = ledger_of(service)
    if ledger is not None:
        of_authorities = [authority] if authority else [one["Arn"] for one in _listed(service, {})]
        arns = (str(found.arn) for arn in of_authorities for found in ledger.issued_certificates(arn))
        yield from islice((Candidate(arn) for arn in arns if arn.startswith(prefix)), MAXIMUM_CANDIDATES)


def regions() -> Iterator[Candidate]:
    """Yield the regions of every partition of AWS, with where they are.

    They stand in a file of botocore's, which is read without importing botocore.
    """
    package = find_spec("botocore")
    if package is None or package.origin is None:
        return
    document = json.loads((Path(package.origin).parent / "data" / "partitions.json").read_bytes())
    for partition in document["partitions"]:
        for name, facts in partition["regions"].items():
            yield Candidate(name, facts.get("description", ""))


def templates(partition: str) -> Iterator[Candidate]:
    """Yield the ARNs of all templates."""
    from pcacli.pki.templates import TEMPLATES

    yield from (Candidate(template.arn(partition)) for template in TEMPLATES.values())
