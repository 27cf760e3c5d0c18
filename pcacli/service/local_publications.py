"""What the embedded authority publishes, read where it lies: a store on this machine needs no server for that."""

from urllib.parse import unquote, urlsplit

from pcacli.engine.artifacts.port import BucketProblem
from pcacli.engine.call import Parts
from pcacli.engine.ocsp_responder import OcspResponder
from pcacli.engine.records import PublishedCrl
from pcacli.errors import PcaError


class LocalPublications:
    """The CRLs in the store's buckets by the URLs in its certificates, and its OCSP responder."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._responder = OcspResponder(parts)

    def crl(self, url: str) -> bytes:
        """Read a CRL.

        Raises:
            PcaError: there is none, or its bucket cannot be read.
        """
        published = self._published(unquote(urlsplit(url).path).removeprefix("/"))
        if published is None:
            raise PcaError(f"The store has no CRL for {url}.")
        try:
            content = self._parts.artifacts.get(published.s3_bucket_name, published.key)
        except BucketProblem as problem:
            raise PcaError(str(problem)) from problem
        if content is None:
            raise PcaError(f"The CRL {published.key} is not in the bucket {published.s3_bucket_name} any more.")
        return content

    def ocsp(self, url: str, request: bytes) -> bytes:
        """Answer a request; one responder is behind all URLs."""
        del url
        return self._responder.answer(request).content

    def _published(self, path: str) -> PublishedCrl | None:
        """Find a CRL by its key, in front of which the URL may have the bucket's name."""
        with self._parts.store.read() as snapshot:
            for key in (path, path.partition("/")[2]):
                for published in snapshot.published_crls_of_key(key):
                    return published
        return None
