"""The store: paid bytes under their SHA-256. Written once, read-only, never changed."""

import hashlib
import os
import secrets
from pathlib import Path

from pipeline.adapters.durable_files import adopt_durably, make_folder
from pipeline.domain.fingerprint import Sha256

_FAN_OUT = 2


class Store:
    """A folder `sha256/aa/<digest>`; the name is the proof."""

    def __init__(self, root: Path) -> None:
        self._root = root / "sha256"
        self._incoming = root / "incoming"

    def path_of(self, digest: Sha256) -> Path:
        """Where the bytes of a digest are, if they are on this machine."""
        return self._root / digest[:_FAN_OUT] / digest

    def name_of(self, digest: Sha256) -> str:
        """As `path_of`, for those who name thousands of files."""
        return f"{self._root}/{digest[:_FAN_OUT]}/{digest}"

    def present(self) -> frozenset[Sha256]:
        """All digests whose bytes are here."""
        found: set[Sha256] = set()
        try:
            folders = [entry.path for entry in os.scandir(self._root)]
        except FileNotFoundError:
            return frozenset()
        for folder in folders:
            with os.scandir(folder) as entries:
                found.update(
                    Sha256(entry.name) for entry in entries if not entry.name.startswith(".")
                )
        return frozenset(found)

    def incoming(self) -> Path:
        """A free path on the store's file system for bytes that are still arriving."""
        make_folder(self._incoming)
        return self._incoming / secrets.token_hex(8)

    def keep(self, arrived: Path, digest: Sha256) -> None:
        """Move arrived bytes to their place, durably.

        Args:
            arrived: a finished file from `incoming`.
            digest: of its bytes, as computed by the caller.
        """
        target = self.path_of(digest)
        if target.exists():
            arrived.unlink()
            return
        adopt_durably(arrived, target)

    def is_whole(self, digest: Sha256) -> bool:
        """Whether the bytes here still have their digest."""
        with self.path_of(digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
