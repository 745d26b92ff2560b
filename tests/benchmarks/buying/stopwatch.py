"""What some work took, as one line of JSON on standard output; needs the standard library alone."""

import json
import resource
import time
from typing import Self


class Stopwatch:
    """Measures what happens inside of it, and says it at the end.

    It says how many pictures it was, wall and processor seconds, and the most memory that the
    process ever had resident, before and after, in MB of a million bytes.
    """

    def __init__(self, count: int) -> None:
        """Measure work on so many pictures."""
        self._count = count

    def __enter__(self) -> Self:
        self._begun_mb = _most_mb()
        self._wall, self._processor = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, kind, *_exception) -> None:
        if kind is not None:
            return
        took = {
            "count": self._count,
            "wall_s": time.perf_counter() - self._wall,
            "processor_s": time.process_time() - self._processor,
            "begun_mb": self._begun_mb,
            "most_mb": _most_mb(),
        }
        print(json.dumps(took), flush=True)


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
