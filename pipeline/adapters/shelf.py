"""The files of a folder that may be shown to somebody: a list of names, opened without any link."""

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.adapters.review_http import is_plain

_STEP: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Shelf:
    """Files below one folder, by exact name; what is not on the list does not exist."""

    def __init__(self, folder: Path, names: Callable[[], Iterable[str]]) -> None:
        """Begin.

        Args:
            folder: that holds the files.
            names: lists what may be shown, below the folder, `/` between parts; asked again
                whenever a name is not known, since files are made while the shelf is open.
        """
        self._folder = folder
        self._list = names
        self._names: frozenset[str] = frozenset()

    def open(self, name: str) -> BinaryIO | None:
        """Open a file for reading; None where it is not to be shown, not there, or not a file.

        No part of the way may be a link: a link in a folder that anybody may write to could lead
        anywhere.
        """
        if not is_plain(name) or not self._has(name):
            return None
        try:
            handle = self._walk(name.split("/"))
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        return os.fdopen(handle, "rb")

    def _has(self, name: str) -> bool:
        if name not in self._names:
            self._names = frozenset(self._list())
        return name in self._names

    def _walk(self, parts: list[str]) -> int:
        at = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                below = os.open(part, _STEP, dir_fd=at)
                os.close(at)
                at = below
            return os.open(parts[-1], _OPEN, dir_fd=at)
        finally:
            os.close(at)
