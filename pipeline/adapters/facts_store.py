"""Numbers that the checks measured, remembered by digest beside the store.

They can be measured again at any time, so a damaged file starts over, and one that cannot be
written is done without. They are facts of bytes, never of money: nothing of this is in the lock.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
  kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""
_AT_ONCE = 500
_PATIENCE_S = 2.0

Body = dict[str, Any]


class FactsStore:
    """Facts by kind and key; a kind carries its version in its name."""

    def __init__(self, path: Path) -> None:
        """Use a file, which need not be there.

        Args:
            path: of the database.
        """
        self._path = path

    @property
    def is_there(self) -> bool:
        """Whether anything was ever remembered."""
        return self._path.is_file()

    def get(self, kind: str, keys: Sequence[str]) -> Mapping[str, Body]:
        """What is known of these keys; nothing where the file is missing or damaged."""
        if not self.is_there:
            return {}
        found: dict[str, Body] = {}
        try:
            with self._open() as db:
                for start in range(0, len(keys), _AT_ONCE):
                    part = list(keys[start : start + _AT_ONCE])
                    marks = ",".join("?" * len(part))
                    rows = db.execute(
                        f"SELECT key, body FROM facts WHERE kind = ? AND key IN ({marks})",  # noqa: S608 - question marks alone
                        [kind, *part],
                    )
                    found.update((key, _parsed(body)) for key, body in rows)
        except sqlite3.OperationalError:
            return {}  # somebody else is writing; it is measured again
        except (sqlite3.DatabaseError, ValueError):
            self._start_over()
            return {}
        return found

    def put(self, kind: str, found: Mapping[str, Body]) -> None:
        """Remember; what cannot be written is not, and nobody is told."""
        rows = [(kind, key, json.dumps(body)) for key, body in found.items()]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as db:
                db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
        except sqlite3.OperationalError:
            return  # a full disk, a read-only folder, or somebody else who is writing
        except sqlite3.DatabaseError:
            self._start_over()
        except OSError:
            return

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=_PATIENCE_S)) as db, db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != _FORMAT:
                db.execute("DROP TABLE IF EXISTS facts")
                db.execute(f"PRAGMA user_version = {_FORMAT}")
            db.execute(_SCHEMA)
            yield db

    def _start_over(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _parsed(text: str) -> Body:
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError("a fact is an object")  # noqa: TRY004 - damage, as any other
    return body
