"""The intake of delivered pictures: download, decode, hash, store; nothing unproved is kept."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.adapters.http_client import ExchangeError, HttpClient
from pipeline.adapters.store import Store
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.picture import PictureFacts
from pipeline.domain.receipts import Output
from pipeline.execution.ports import GoneError, NotYetError

_GONE = frozenset({404, 410})
_OK = range(200, 300)

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
            verify: decodes a file wholly; run on every file before it is kept.
            inspect: reads a file's header only; the last word on files that stay undecodable.
            is_official: whether the pictures are the vendor's own, which lie on https only.
        """
        self._client = client
        self._store = store
        self._verify = verify
        self._inspect = inspect
        self._damaged: dict[str, Sha256] = {}
        self._schemes = frozenset({"https"} if is_official else {"https", "http"})

    async def take_in(self, address: str) -> Output:
        """Fetch one picture into the store; durable when this returns."""
        if _scheme(address) not in self._schemes:
            raise NotYetError(f"`{address[:200]}` is not an address that pictures come from")
        arrived = self._store.incoming()
        try:
            await self._fetch(address, arrived)
            facts = await asyncio.to_thread(self._measure, address, arrived)
            self._store.keep(arrived, facts.sha256)
        finally:
            with suppress(FileNotFoundError):
                arrived.unlink()
        return Output(facts.sha256, facts.size, facts.width, facts.height, facts.mime)

    def _measure(self, address: str, arrived: Path) -> PictureFacts:
        """Prove that a file is a picture; a damaged one is what was paid for if it comes twice."""
        try:
            return self._verify(arrived)
        except ValueError as error:
            try:
                facts = self._inspect(arrived)
            except ValueError:
                raise NotYetError(f"what came is no picture: {error}") from error
            if self._damaged.get(address) == facts.sha256:
                return facts
            self._damaged[address] = facts.sha256
            raise NotYetError(f"what came is damaged: {error}") from error

    async def _fetch(self, address: str, target: Path) -> None:
        try:
            status = await self._client.download(address, target)
        except ExchangeError as error:
            raise NotYetError(error.reason) from error
        if status in _GONE:
            raise GoneError(f"HTTP {status}")
        if status not in _OK:
            raise NotYetError(f"HTTP {status}")


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""
