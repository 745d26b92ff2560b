"""The intake of delivered pictures: download, decode, hash, store; nothing unproved is kept."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.adapters.http_client import ExchangeError, HttpClient
from pipeline.adapters.store import Store
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.picture import PictureFacts
from pipeline.domain.receipts import Output
from pipeline.execution.ports import GoneError, NotYetError

MOST_PIXELS = 67_108_864
"""Most pixels of a delivered picture, all frames together: 8192x8192.

Four times the largest that any model of the catalogue delivers (16,777,216), and as much as the
vendor's largest models of the same kind announce; decoding it takes half a gigabyte at worst.
"""

# Decoding keeps a core busy, and a picture at the bound may need all that memory.
_DECODED_AT_ONCE = min(8, os.cpu_count() or 1)
_GONE = frozenset({404, 410})
_OK = range(200, 300)
_SHOWN = 200

Measure = Callable[[Path], PictureFacts]
"""Measures a picture; raises ValueError with the reason where it cannot."""


class StoreIntake:
    """Takes pictures into a store."""

    def __init__(
        self,
        client: HttpClient,
        store: Store,
        *,
        verify: Measure,
        inspect: Measure,
        is_official: bool,
    ) -> None:
        """Prepare to fetch.

        Args:
            client: closed by the caller; it holds no key.
            store: where the bytes go.
            verify: decodes a file wholly; run on every file before it is kept. It has to refuse
                what claims more than `MOST_PIXELS` before it decodes.
            inspect: reads a file's header only; the last word on files that stay undecodable.
            is_official: whether the pictures are the vendor's own, which lie on https only.
        """
        self._client = client
        self._store = store
        self._verify = verify
        self._inspect = inspect
        self._damaged: dict[str, Sha256] = {}
        self._decoding = asyncio.Semaphore(_DECODED_AT_ONCE)
        self._schemes = frozenset({"https"} if is_official else {"https", "http"})

    async def take_in(self, address: str) -> Output:
        """Fetch one picture into the store; durable when this returns.

        An animation is taken in whole, and its first frame is what everybody sees: the bytes are
        what was paid for, and no model here is asked for one.
        """
        async with self._fetched(address) as arrived:
            async with self._decoding:
                facts = await asyncio.to_thread(self._measure, address, arrived)
            # Syncing takes as long as the disk likes, and others have answers to hear meanwhile.
            await asyncio.to_thread(self._store.keep, arrived, facts.sha256)
        self._damaged.pop(address, None)
        return Output(facts.sha256, facts.size, facts.width, facts.height, facts.mime)

    async def digest_of(self, address: str) -> Sha256:
        """Digest of whatever lies at an address; nothing is kept."""
        async with self._fetched(address) as arrived:
            return await asyncio.to_thread(_digest, arrived)

    def _measure(self, address: str, arrived: Path) -> PictureFacts:
        """Prove that a file is a picture; a damaged one is what was paid for if it comes twice."""
        try:
            return _sane(self._verify(arrived))
        except ValueError as error:
            try:
                facts = _sane(self._inspect(arrived))
            except ValueError:
                raise NotYetError(f"what came is no picture: {error}") from error
            if self._damaged.get(address) == facts.sha256:
                return facts
            self._damaged[address] = facts.sha256
            raise NotYetError(f"what came is damaged: {error}") from error

    @asynccontextmanager
    async def _fetched(self, address: str) -> AsyncIterator[Path]:
        """A file with what lies at an address, gone again unless it was moved away."""
        if _scheme(address) not in self._schemes:
            shown = "".join(c if c.isprintable() else " " for c in address[:_SHOWN])
            raise NotYetError(f"`{shown}` is not an address that pictures come from")
        arrived = self._store.incoming()
        try:
            await self._fetch(address, arrived)
            yield arrived
        finally:
            with suppress(FileNotFoundError):
                arrived.unlink()

    async def _fetch(self, address: str, target: Path) -> None:
        try:
            status = await self._client.download(address, target)
        except ExchangeError as error:
            raise NotYetError(error.reason) from error
        if status in _GONE:
            raise GoneError(f"HTTP {status}")
        if status not in _OK:
            raise NotYetError(f"HTTP {status}")


def _sane(facts: PictureFacts) -> PictureFacts:
    if facts.pixels > MOST_PIXELS:
        claim = f"it claims {facts.width}x{facts.height} pixels"
        raise ValueError(f"{claim}; no model delivers more than {MOST_PIXELS:,}")
    return facts


def _digest(path: Path) -> Sha256:
    with path.open("rb") as file:
        return Sha256(hashlib.file_digest(file, "sha256").hexdigest())


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""
