"""The smallest honest engine: one plain colour a picture, made from the job's seed."""

import asyncio
import threading
from collections.abc import Sequence

import pyvips

from pipeline.emulator.interface import Edited, EditRequest
from tests.support.patience import PATIENCE_S


def jpeg(width: int, height: int, colour: Sequence[int] = (120, 130, 140)) -> bytes:
    """A JPEG file of one colour; sides in px, colour as red, green, blue from 0 to 255."""
    picture = pyvips.Image.black(width, height, bands=3) + list(colour)
    plain = picture.cast("uchar").copy(interpretation="srgb")
    return plain.jpegsave_buffer(Q=70, subsample_mode="on")


class PlainEngine:
    """Makes pictures of the right size and number, and remembers what it was asked for.

    The same job gives the same bytes; the outputs of one job differ from each other. Where sizes do
    not matter, `shrink` makes the sides so many times smaller: pictures of millions of pixels are
    what takes most of the time of a small purchase.
    """

    version = "plain-1"

    def __init__(self, *, shrink: int = 1) -> None:
        self._shrink = shrink
        self.requests: list[tuple[EditRequest, tuple[bytes, ...]]] = []

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        self.requests.append((request, tuple(pictures)))
        return Edited(
            pictures=tuple(
                jpeg(
                    request.width // self._shrink,
                    request.height // self._shrink,
                    self._colour(request.seed, index),
                )
                for index in range(request.wanted)
            )
        )

    @staticmethod
    def _colour(seed: int, index: int) -> tuple[int, int, int]:
        mixed = seed + index * 0x9E3779B97F4A7C15
        return mixed >> 8 & 255, mixed >> 16 & 255, mixed >> 24 & 255


class HeldEngine(PlainEngine):
    """A plain engine that begins every job at once and ends none until it is let go."""

    def __init__(self, *, shrink: int = 1) -> None:
        super().__init__(shrink=shrink)
        self.let_go = threading.Event()
        self._begun = threading.Event()

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        self._begun.set()
        if not self.let_go.wait(PATIENCE_S):
            raise TimeoutError("the test forgot to let the engine go")
        return super().edit(request, pictures)

    async def begun(self) -> None:
        """Wait until the first job is under way."""
        if not await asyncio.to_thread(self._begun.wait, PATIENCE_S):
            raise TimeoutError("no job reached the engine")
