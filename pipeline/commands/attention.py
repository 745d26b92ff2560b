"""Where source pictures draw the eye: found once for each picture, remembered by its digest.

Asked of the original and never of the edit, where a busy new background would win. Planning only
looks up what is known, so it never decodes a picture.
"""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.adapters.facts_store import FactsStore
from pipeline.adapters.places import Places
from pipeline.domain.fingerprint import Sha256
from pipeline.planning.framing import Point

FILE = "renditions.sqlite3"
"""In the state folder, with what finished files show; it may start over at any time."""
_KIND = "attention-1"
"""Raised whenever the same picture would get another point."""
_CENTRE = (500, 500)
_AT_ONCE = 4


class Attention:
    """The points that are known in a workspace."""

    def __init__(self, places: Places) -> None:
        """Use what is remembered there.

        Args:
            places: of the workspace.
        """
        self._facts = FactsStore(places.state / FILE)
        self._found: dict[Sha256, Point] = {}

    def known(self, sources: Iterable[Sha256]) -> Mapping[Sha256, Point]:
        """What is known of these pictures."""
        asked = [one for one in sources if one not in self._found]
        for digest, body in self._facts.get(_KIND, asked).items():
            self._found[Sha256(digest)] = (int(body["across"]), int(body["down"]))
        return self._found

    def look(self, pictures: Mapping[Sha256, Path]) -> Mapping[Sha256, Point]:
        """Look at pictures and remember; one that cannot be read gets its centre.

        Returns:
            All that is known now.
        """
        with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as threads:
            points = list(threads.map(_point, pictures.values()))
        learned = dict(zip(pictures, points, strict=True))
        self._found |= learned
        self._facts.put(_KIND, {d: {"across": p[0], "down": p[1]} for d, p in learned.items()})
        return self._found


def _point(path: Path) -> Point:
    from pipeline.imaging.attention import attention_point  # noqa: PLC0415 (the pixel library)

    try:
        return attention_point(path)
    except ValueError:
        return _CENTRE
