"""A store to damage and to check."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pcacli.engine import credentials
from pcacli.engine.checking.findings import Finding
from pcacli.engine.checking.store import StoreCheck
from pcacli.engine.home import Home
from pcacli.engine.keys.software import SoftwareKeyStore
from pcacli.engine.store import sqlite
from tests.support.crafted import leaf_csr
from tests.support.embedded import Embedded


class Estate(Embedded):
    """A store in a directory with a root and an issuing CA that publishes CRLs; `sql` edits its database."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.home = Home(directory)
        self.home.create()
        store = sqlite.open_store(directory)
        super().__init__(store=store, keys=SoftwareKeyStore(self.home.key_source(store).current))
        self.key_file = directory / "key-encryption.key"

    def build(self, **crl: Any) -> None:
        self.root = self.active_root(name="Root")
        self.issuing = self.active_subordinate(self.root, name="Issuing")
        self.publish_crls(self.issuing, **crl)
        self.leaves = [self.issue(self.issuing, leaf_csr()) for _ in range(4)]
        for leaf in self.leaves[:2]:
            self.advance(seconds=1)
            self.revoke(self.issuing, leaf)
        self.crl_key = f"crl/{self.issuing.rpartition('/')[2]}.crl"
        self.access_key = credentials.create(self.parts, self.owner).access_key_id

    def findings(self, *, quick: bool = False) -> list[Finding]:
        check = StoreCheck(self.parts, self.home, quick=quick, pause=lambda: None)
        return list(check.findings())

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.directory / "authority.db", isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    def crl(self) -> bytes:
        content = self.artifacts.get("bucket", self.crl_key)
        assert content is not None
        return content

    def put_crl(self, content: bytes) -> None:
        self.artifacts.put("bucket", self.crl_key, [content], content_type="")
