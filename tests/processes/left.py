"""What is left when a run has died: copied, it can be come back to in many ways."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.functional.provider import Provider
from tests.functional.workspace import Workspace

LEDGER = "ledger.sqlite3"


@dataclass(frozen=True)
class Left:
    """A workspace, and the records of the provider that it bought from.

    Attributes:
        folder: holds both.
        realm: in which was bought; all providers of one process of tests have the same.
    """

    folder: Path
    realm: str

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.folder / "shop")

    @property
    def ledger(self) -> Path:
        return self.workspace.state(self.realm) / LEDGER

    @property
    def log(self) -> Path:
        """What SQLite appends commits to, until it takes them into the ledger's own file."""
        return self.ledger.with_name(f"{LEDGER}-wal")

    @contextmanager
    def served(self) -> Iterator[Provider]:
        """Let the provider answer again."""
        with Provider(self.folder / "provider") as provider:
            assert provider.realm == self.realm
            yield provider

    def take_log_in(self) -> None:
        """Bring everything into the ledger's own file, as SQLite does from time to time."""
        with closing(sqlite3.connect(self.ledger)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy(self, folder: Path) -> "Left":
        """The same once more, to be damaged."""
        shutil.copytree(self.folder, folder)
        return Left(folder, self.realm)
