"""Python's search for values in circles, put off while a sheet is made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Put the search off, and take it up again if it was on.

    Ten thousand cells are a million small values, none in a circle. Looking for circles among them
    again and again takes a third of the time of a sheet.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
