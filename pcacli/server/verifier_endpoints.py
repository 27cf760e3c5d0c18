"""What verifiers fetch, without credentials: CRLs by their key in the bucket, and OCSP responses.

Only what the store knows as a published CRL is served; nothing else of a bucket can be reached.
Sources: RFC 5019, sections 5 and 6 (OCSP over GET, headers for caches); RFC 6960, appendix A.1; RFC 5280, section
4.2.1.13 and RFC 2585, section 4.2 (CRLs over HTTP).
"""

from base64 import b64decode
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts
from pcacli.engine.crl_location import crl_id_of_key
from pcacli.engine.crl_writing import CRL_CONTENT_TYPE
from pcacli.engine.ocsp_responder import Answer, OcspResponder
from pcacli.engine.records import PublishedCrl
from pcacli.engine.store.port import Snapshot
from pcacli.pki.ocsp import CONTENT_TYPE as OCSP_RESPONSE
from pcacli.server.http_dates import http_date
from pcacli.server.messages import Header, Request, Response
from pcacli.server.validators import Version

if TYPE_CHECKING:
    from pcacli.api.arns import AuthorityArn

OCSP_REQUEST = "application/ocsp-request"

NOT_FOUND = Response(404, b"There is nothing here.\n", (("Content-Type", "text/plain"),))

_UNAVAILABLE = Response(503, b"The CRL cannot be read at the moment.\n", (("Content-Type", "text/plain"),))
# A new revocation is in the next CRL, which may be made at once: caches may not hold a CRL for long.
_CRL_CACHING: Header = ("Cache-Control", "max-age=60, public, no-transform, must-revalidate")


class VerifierEndpoints:
    """CRLs and OCSP responses of one store. Threads may share it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._responder = OcspResponder(parts)
        self._arns: dict[str, AuthorityArn] = {}

    def crl(self, request: Request) -> Response | None:
        """Return the CRL that is, or once was, published under the path, or None if none is."""
        key = unquote(request.path).removeprefix("/")
        with self._parts.store.read() as snapshot:
            found = snapshot.published_crls_of_key(key)
            published = found[0] if found else self._complete_crl(snapshot, key)
        if published is None:
            return None
        version = Version(f'"{published.number:x}"', published.generated_at.replace(microsecond=0))
        headers = (*version.headers, _CRL_CACHING)
        if version.is_known(request.headers):
            return Response(HTTPStatus.NOT_MODIFIED, b"", headers)
        try:
            content = self._parts.artifacts.get(published.s3_bucket_name, published.key)
        except BucketProblem:
            return _UNAVAILABLE
        return NOT_FOUND if content is None else Response(200, content, (("Content-Type", CRL_CONTENT_TYPE), *headers))

    def _complete_crl(self, snapshot: Snapshot, key: str) -> PublishedCrl | None:
        """Return the complete CRL of the CA that a key is named after, whatever the folder.

        The CA may have had another CustomPath, which the certificates of that time name. They get what is newer than
        the file that lies there: a complete CRL speaks for all certificates (RFC 5280, section 5.2.5).
        """
        crl_id = crl_id_of_key(key)
        if crl_id is None:
            return None
        if crl_id not in self._arns:
            readable = snapshot.authorities(unreadable=self._parts.notify_left_out)
            self._arns.update((one.arn.authority_id, one.arn) for one in readable)
        arn = self._arns.get(crl_id)
        return None if arn is None else snapshot.published_crl(arn, crl_id)

    def ocsp_over_get(self, request: Request) -> Response:
        """Answer the OCSP request that is the path, in base64."""
        text = unquote(request.path).removeprefix("/")
        # Every request is a DER sequence, whose first octet is 0x30.
        if not text.startswith("M"):
            return NOT_FOUND
        try:
            asked = b64decode(text, validate=True)
        except ValueError:
            return NOT_FOUND
        return self._ocsp(asked)

    def ocsp_over_post(self, request: Request) -> Response:
        """Answer the OCSP request that is the body."""
        return self._ocsp(request.body)

    def _ocsp(self, asked: bytes) -> Response:
        answer = self._responder.answer(asked)
        return Response(200, answer.content, (("Content-Type", OCSP_RESPONSE), *_ocsp_headers(answer)))


def _ocsp_headers(answer: Answer) -> tuple[Header, ...]:
    """Return the headers of RFC 5019, section 6.2; an error is not for caches."""
    if answer.this_update is None or answer.next_update is None:
        return (("Cache-Control", "no-cache"),)
    age = int((answer.next_update - answer.this_update).total_seconds())
    return (
        ("Last-Modified", http_date(answer.this_update)),
        ("Expires", http_date(answer.next_update)),
        ("ETag", f'"{sha256(answer.content).hexdigest()}"'),
        ("Cache-Control", f"max-age={age}, public, no-transform, must-revalidate"),
    )
