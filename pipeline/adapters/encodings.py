"""Packed bodies, unpacked within bounds.

Nothing packed is ever asked for. But some stores hand files out as they were put in, and a gateway
may pack whatever passes; to give up an answer to a paid request for that would be a pity.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

_PIECE = 65_536


class EncodingError(Exception):
    """A body is not what its headers say, or packed in a way that nothing here unpacks."""


class Decoder(Protocol):
    """Unpacks one body."""

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        """Unpack what has come, at most 65,536 bytes at a time, however much is in it."""

    def finish(self) -> None:
        """Say that nothing more comes.

        Raises:
            EncodingError: something is missing.
        """


def decoder(encoding: str) -> Decoder:
    """Unpacks bodies with a `Content-Encoding`.

    Raises:
        EncodingError: it is not one that was asked for, nor one of the two usual ones.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Zipped()
    words = "".join(c for c in encoding[:40] if c.isprintable())
    raise EncodingError(f"the answer is packed as `{words}`, which was not asked for")


class _Plain:
    def pieces(self, raw: bytes) -> Iterator[bytes]:
        yield raw

    def finish(self) -> None:
        pass


class _Zipped:
    def __init__(self) -> None:
        # Tells by itself which of gzip and zlib it is.
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        try:
            while True:
                piece = self._inflate.decompress(raw, _PIECE)
                if piece:
                    yield piece
                raw = self._inflate.unconsumed_tail
                if not raw and len(piece) < _PIECE:
                    break
        except zlib.error as error:
            raise EncodingError(f"the answer is not packed as it says: {error}") from error
        if self._inflate.unused_data:
            raise EncodingError("the answer goes on behind its end")

    def finish(self) -> None:
        if not self._inflate.eof:
            raise EncodingError("the answer is cut short")
