"""Room for decoded pictures: as many at a time as fit, rather than as many as there are cores."""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from pipeline.imaging.loading import Header

_MOST = 2 << 30
_LEAST = 256 << 20
_SHARE = 2
_CONTAINER = Path("/sys/fs/cgroup/memory.max")
"""Linux: most memory of the container that this runs in, or `max`."""

# Bytes for each pixel beside the decoded ones, measured on pictures of 4096x4096 as growth of a
# fresh process: what decoders keep until they are done, and what scaling and encoding add.
_WORK = 1
_AROUND_ALPHA = 5
_WEBP = 8
_AVIF = 13
_COEFFICIENT = 2  # a progressive JPEG is kept as coefficients of two bytes until its last scan


class Room:
    """A number of bytes that threads share; whoever needs more than is left waits for its turn.

    Turns are in the order of asking, so that a large picture is not overtaken for ever. What needs
    more than there is at all gets it once nobody else has any.
    """

    def __init__(self, total: int) -> None:
        """Begin.

        Args:
            total: bytes to share.
        """
        self.total = total
        self._left = total
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextlib.contextmanager
    def taken(self, wanted: int) -> Iterator[None]:
        """Hold so many bytes for as long as the block runs."""
        wanted = min(wanted, self.total)
        turn = object()
        with self._changed:
            self._waiting.append(turn)
            try:
                self._changed.wait_for(lambda: self._waiting[0] is turn and self._left >= wanted)
                self._left -= wanted
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._left += wanted
                self._changed.notify_all()


def to_decode(found: Header) -> int:
    """Bytes that it takes to decode a whole picture and to draw from it."""
    return found.width * found.height * (found.depth + _kept(found) + _drawing(found))


def to_shrink(found: Header) -> int:
    """Bytes that it takes to make a small copy; JPEG and WebP are shrunk while they are decoded."""
    is_quick = found.format in ("jpeg", "webp") and not found.is_progressive
    return found.width * found.height * (_WORK if is_quick else found.depth + _kept(found))


def _kept(found: Header) -> int:
    if found.format == "jpeg":
        return found.depth * _COEFFICIENT if found.is_progressive else 0
    if found.format == "png":
        return found.depth if found.is_progressive else 0
    return {"webp": _WEBP, "avif": _AVIF}.get(found.format, found.depth)


def _drawing(found: Header) -> int:
    return _AROUND_ALPHA if found.has_alpha else _WORK


def of_this_machine() -> int:
    """Bytes to share here: half of what this process may use, within bounds."""
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        most = min(most, int(_CONTAINER.read_text("ascii")))
    return max(_LEAST, min(_MOST, most // _SHARE))


ROOM = Room(of_this_machine())
"""What all pictures that this process decodes share."""
