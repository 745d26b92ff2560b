"""An engine whose pictures cost nothing to make."""

import functools
from collections.abc import Sequence

from pipeline.emulator.interface import Edited, EditRequest
from tests.emulator.plain_engine import jpeg


class TinyEngine:
    """Makes pictures of a few pixels, whatever size was asked for; each of its own colour."""

    version = "tiny-1"

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        return Edited(
            pictures=tuple(_picture(request.seed, index) for index in range(request.wanted))
        )


@functools.lru_cache(maxsize=4096)
def _picture(seed: int, index: int) -> bytes:
    value = seed * 31 + index
    return jpeg(4, 4, (value % 256, value // 256 % 256, value // 65536 % 256)) + _tail(value)


def _tail(value: int) -> bytes:
    """Bytes behind the end of the picture, so that no two are the same file."""
    return value.to_bytes(16)
