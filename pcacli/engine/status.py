"""What a store holds, as data to show: the store itself, its CAs with their CRLs and events, a test store's faults.

The names are those of the API where it has them. Everything is read in one snapshot.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pcacli.api.arns import AuthorityArn
from pcacli.engine import crl_schedule, states
from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts
from pcacli.engine.context import Caller
from pcacli.engine.records import CertificateAuthority, Event, PublishedCrl
from pcacli.engine.store.port import Snapshot
from pcacli.engine.store_home import StoreHome


def status(parts: Parts, home: StoreHome[Any]) -> dict[str, Any]:
    """Return the status of a store; CAs whose deletion window is over are left out."""
    from pcacli.engine.keys import places
    from pcacli.engine.keys.source import has_passphrase

    now = parts.context.now()
    with parts.store.read() as snapshot:
        store: dict[str, Any] = {
            "Location": home.location,
            "Kind": "test" if parts.is_test_store else "ordinary",
            "Schema": home.schema,
            "KeyProtection": "passphrase" if has_passphrase(snapshot) else "key file",
            "NewKeys": places.described(snapshot),
            "Time": now,
        }
        readable = snapshot.authorities(unreadable=parts.notify_left_out)
        present = [authority for authority in readable if not states.gone(authority, now)]
        found = {"Store": store, "CertificateAuthorities": [_authority(snapshot, one, now) for one in present]}
        if parts.is_test_store:
            from pcacli.engine import clock, faults

            store["AheadInSeconds"] = clock.offset(snapshot) // timedelta(seconds=1)
            found["Faults"] = faults.described(snapshot)
    return found


def issued(parts: Parts, arn: AuthorityArn) -> dict[str, Any]:
    """Return what a CA has issued: the number of its certificates, and its CRLs; a CA that is not there has none.

    `Content` is what lies in the bucket (DER; None: nothing does, or `Problem` says why it cannot be read).
    """
    now = parts.context.now()
    with parts.store.read() as snapshot:
        authority = snapshot.authority(arn)
        if authority is None:
            return {"Certificates": 0, "Crls": []}
        count, crls = snapshot.certificate_count(arn), list(_crls(snapshot, authority, now))
        placed = [snapshot.published_crl(arn, crl_id) for crl_id in _crl_ids(snapshot, authority)]
    contents = {f"{crl.s3_bucket_name}/{crl.key}": _content(parts, crl) for crl in placed if crl is not None}
    return {"Certificates": count, "Crls": [{**crl, **contents.get(crl["Key"], {})} for crl in crls]}


def regions(parts: Parts, caller: Caller) -> list[str]:
    """Return the regions in which the caller's account has CAs, or others share some with it."""
    from pcacli.engine.authorization import is_shared

    with parts.store.read() as snapshot:
        readable = snapshot.authorities(unreadable=parts.notify_left_out)
        return sorted(
            {
                authority.arn.region
                for authority in readable
                if authority.arn.account == caller.account or is_shared(caller, authority, snapshot.permissions)
            }
        )


def _authority(snapshot: Snapshot, authority: CertificateAuthority, now: datetime) -> dict[str, Any]:
    return {
        "Arn": str(authority.arn),
        "Name": authority.subject.get("CommonName"),
        "Type": authority.type,
        "Status": states.reported_state(authority, now),
        "NotAfter": authority.not_after,
        "Certificates": snapshot.certificate_count(authority.arn),
        "RevokedCertificates": snapshot.revocation_count(authority.arn),
        "Crls": list(_crls(snapshot, authority, now)),
        "Events": [_event(event) for event in snapshot.events(authority.arn)],
    }


def _crls(snapshot: Snapshot, authority: CertificateAuthority, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the CRLs that were published and those that are due; the members of a first one are None but for two."""
    due = {crl.crl_id: crl for crl in crl_schedule.due_crls(snapshot, authority.arn, now)}
    for crl_id in _crl_ids(snapshot, authority):
        last = snapshot.published_crl(authority.arn, crl_id)
        if last is None and crl_id not in due:
            continue
        place = due[crl_id].place if crl_id in due else last
        yield {
            "Key": None if place is None else f"{place.s3_bucket_name}/{place.key}",
            "Number": last and last.number,
            "Entries": last and last.entries,
            "GeneratedAt": last and last.generated_at,
            "NextUpdate": last and last.next_update,
            "DueAt": last and crl_schedule.midpoint(last),
            "IsDue": crl_id in due,
        }


def _crl_ids(snapshot: Snapshot, authority: CertificateAuthority) -> list[str]:
    partitions = (partition.partition_id for partition in snapshot.crl_partitions(authority.arn))
    return [authority.arn.authority_id, *partitions]


def _content(parts: Parts, crl: PublishedCrl) -> dict[str, Any]:
    try:
        return {"Content": parts.artifacts.get(crl.s3_bucket_name, crl.key)}
    except BucketProblem as problem:
        return {"Content": None, "Problem": str(problem)}


def _event(event: Event) -> dict[str, Any]:
    return {
        "At": event.at,
        "Kind": event.kind,
        "Result": event.result,
        "Detail": event.detail,
        "Subject": event.subject,
    }
