"""Which files were uploaded to the embedded provider, or have a ticket for it."""

import sqlite3
from dataclasses import asdict
from uuid import uuid4

from pipeline.emulator.records import Upload
from pipeline.emulator.rows import upload_of


class UploadRegister:
    """Uploads of one state; their files lie elsewhere."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Keep them in an open database."""
        self._db = db

    def add(self, *, filename: str, content_type: str, size: int, now_us: int) -> Upload:
        """Make room for a file that is about to arrive."""
        upload = Upload(
            id=uuid4().hex,
            ticket=uuid4().hex,
            filename=filename,
            content_type=content_type,
            size=size,
            created_us=now_us,
            received=False,
        )
        self._db.execute(
            "INSERT INTO uploads (id, ticket, filename, content_type, size, created_us, received)"
            " VALUES (:id, :ticket, :filename, :content_type, :size, :created_us, :received)",
            asdict(upload),
        )
        return upload

    def receive(self, upload: str) -> None:
        """Record that an upload's file is durable."""
        self._db.execute("UPDATE uploads SET received = 1 WHERE id = ?", (upload,))

    def of_id(self, upload: str) -> Upload | None:
        """One upload by the id in its address."""
        row = self._db.execute("SELECT * FROM uploads WHERE id = ?", (upload,)).fetchone()
        return None if row is None else upload_of(row)

    def of_ticket(self, ticket: str) -> Upload | None:
        """One upload by the secret in its ticket's address."""
        row = self._db.execute("SELECT * FROM uploads WHERE ticket = ?", (ticket,)).fetchone()
        return None if row is None else upload_of(row)
