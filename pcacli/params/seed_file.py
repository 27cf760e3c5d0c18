"""Read the file of `pcacli local seed`: the CAs that a store shall have, in YAML 1.2 or in JSON, which is YAML too.

Its members are those of the API, where the API has them, and are declared and checked in the same way. What is left out
of an entry is filled in here, so that `service/workflows/seed.py` finds every entry whole.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pcacli.api.authorities import CERTIFICATE_AUTHORITY_CONFIGURATION, CREATE_CERTIFICATE_AUTHORITY
from pcacli.api.certificates import VALIDITY
from pcacli.api.permissions import CREATE_PERMISSION
from pcacli.api.policies import PUT_POLICY
from pcacli.api.shapes import Integer, List, Member, Operation, Shape, String, Structure
from pcacli.errors import UsageProblem
from pcacli.limits.readers import SEED_FILE, BeyondLimits
from pcacli.params.validation import validate

AUTHORITIES = "CertificateAuthorities"

_HIGHEST_PATH_LENGTH = 3
_ROOT_VALIDITY, _SUBORDINATE_VALIDITY = ({"Type": "YEARS", "Value": years} for years in (10, 5))
_DEFAULTS: Mapping[str, Any] = {"KeyAlgorithm": "EC_prime256v1", "SigningAlgorithm": "SHA256WITHECDSA"}


def _members(shape: Structure, *left_out: str) -> tuple[Member, ...]:
    """Return the members of a structure of the API, but for some."""
    return tuple(member for member in shape.members if member.name not in left_out)


def _shape(operation: Operation, name: str) -> Shape:
    return next(member.shape for member in operation.input.members if member.name == name)


SEED = Structure(
    "Seed",
    (
        Member(
            AUTHORITIES,
            List(
                "SeededAuthorities",
                Structure(
                    "SeededAuthority",
                    (
                        Member("Name", String("Name", 1, 64), "What this file calls the CA.", required=True),
                        Member("Issuer", String("Issuer"), "The CA further up that signs it; a root has none."),
                        Member(
                            "PathLength",
                            Integer("PathLength", 0, _HIGHEST_PATH_LENGTH),
                            "How many levels of CAs may be below a subordinate one.",
                        ),
                        Member("Validity", VALIDITY, "How long its certificate is valid."),
                        *(member._replace(required=False) for member in _members(CERTIFICATE_AUTHORITY_CONFIGURATION)),
                        *_members(
                            CREATE_CERTIFICATE_AUTHORITY.input,
                            "CertificateAuthorityConfiguration",
                            "CertificateAuthorityType",
                            "IdempotencyToken",
                        ),
                        Member(
                            "Permissions",
                            List(
                                "Permissions",
                                Structure("Permission", _members(CREATE_PERMISSION.input, "CertificateAuthorityArn")),
                            ),
                            "What ACM may do with the CA.",
                        ),
                        Member("Policy", _shape(PUT_POLICY, "Policy"), "Its policy; Resource may be left out."),
                    ),
                ),
                minimum=1,
            ),
            "The CAs, issuers first.",
            required=True,
        ),
    ),
)
"""What the file may hold."""


def read_seed(content: bytes, file: str) -> dict[str, Any]:
    """Return what the file holds, with defaults filled in and policies as JSON text; `file` is its name in messages.

    Lengths, patterns and choices of the API are not looked at here.

    Raises:
        UsageProblem: it is no YAML (the message names the line), or not what a seed is (it names the path).
    """
    document = _loaded(content, file)
    if not isinstance(document, dict):
        raise UsageProblem(f"{file}: a seed has one member, {AUTHORITIES}.")
    entries = document.get(AUTHORITIES)
    if isinstance(entries, list):
        document = {**document, AUTHORITIES: [_with_policy_as_text(entry) for entry in entries]}
    try:
        validate(SEED, document)
    except UsageProblem as problem:
        raise UsageProblem(f"{file}: {problem.message}") from problem
    for complaint in _complaints(document[AUTHORITIES]):
        raise UsageProblem(f"{file}: {complaint}")
    return {AUTHORITIES: [_filled_in(entry) for entry in document[AUTHORITIES]]}


def _loaded(content: bytes, file: str) -> object:
    from ruamel.yaml.error import MarkedYAMLError

    from pcacli.params.yaml_document import load_yaml

    try:
        return load_yaml(content, SEED_FILE)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageProblem(f"{file}{where}: {error.problem or error.context}.") from error
    except BeyondLimits as error:
        raise UsageProblem(f"{file} {error.clause}.") from error
    except Exception as error:
        # Its constructors let Python's own errors out, such as "month must be in 1..12".
        raise UsageProblem(f"{file} is neither YAML nor JSON: {error}") from error


def _with_policy_as_text(entry: object) -> object:
    """Return an entry whose policy, if it is written as a structure, is the text that the API takes."""
    if not isinstance(entry, dict) or not isinstance(entry.get("Policy"), dict):
        return entry
    try:
        return {**entry, "Policy": json.dumps(entry["Policy"], default=str)}
    except (TypeError, ValueError):
        # YAML can write what JSON cannot: keys that are lists, structures that hold themselves. It is no policy then.
        return entry


def _complaints(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong between the entries, or with one as a whole."""
    names: list[str] = []
    subjects: list[object] = []
    for index, entry in enumerate(entries):
        path, issuer = f"{AUTHORITIES}[{index}]", entry.get("Issuer")
        subject = (issuer is None, _subject(entry))
        if entry["Name"] in names:
            yield f"{path}.Name: there are two of the name {entry['Name']!r}."
        if issuer is not None and issuer not in names:
            yield f"{path}.Issuer: there is no CA {issuer!r} further up in the file."
        if issuer is None and "PathLength" in entry:
            yield f"{path}.PathLength: only a CA with an Issuer has one."
        if not subject[1].get("CommonName"):
            yield f"{path}.Subject: it has no CommonName."
        if subject in subjects:
            yield f"{path}.Subject: another CA of this file has the same, and so they could not be told apart."
        names.append(entry["Name"])
        subjects.append(subject)


def _subject(entry: Mapping[str, Any]) -> dict[str, Any]:
    subject: dict[str, Any] = entry.get("Subject", {"CommonName": entry["Name"]})
    return subject


def _filled_in(entry: Mapping[str, Any]) -> dict[str, Any]:
    validity = _ROOT_VALIDITY if entry.get("Issuer") is None else _SUBORDINATE_VALIDITY
    return {**_DEFAULTS, "Validity": validity, **entry, "Subject": _subject(entry)}
