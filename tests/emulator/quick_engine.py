"""An engine that costs next to nothing: pictures are small, whatever was asked for."""

from collections.abc import Sequence

from pipeline.emulator.interface import Edited, EditRequest
from tests.emulator.plain_engine import jpeg

PICTURES = tuple(jpeg(32, 24, (17 * index, 40, 90)) for index in range(15))
"""What is made, by position: all different."""


class QuickEngine:
    """Makes the same pictures for every job, and remembers what it was asked for."""

    version = "quick-1"

    def __init__(self) -> None:
        self.requests: list[EditRequest] = []

    def edit(self, request: EditRequest, pictures: Sequence[bytes]) -> Edited:
        self.requests.append(request)
        return Edited(pictures=PICTURES[: request.wanted])
