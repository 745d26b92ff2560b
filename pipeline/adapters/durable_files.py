"""Files that survive a power cut: written beside the target, synced, renamed, folder synced."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

READ_ONLY = 0o444

_durable: set[Path] = set()
"""Folders whose names this process has seen made durable: a run asks for the same few thousands of
times. One that was only found cannot be in it, for whoever made it may have died before syncing."""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, each name durable."""
    place = folder.absolute()
    if place in _durable and place.is_dir():
        return
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        sync_folder(made.parent)
    _durable.add(place)


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """A free name in the target's folder, removed again unless it was renamed away."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    try:
        yield temporary
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def write_durably(target: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a whole file; afterwards the old or the new content is there, never a mixture.

    Raises:
        OSError: nothing was changed.
    """
    make_folder(target.parent)
    with temporary_beside(target) as temporary:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    sync_folder(target.parent)


def adopt_durably(source: Path, target: Path, *, mode: int = READ_ONLY) -> None:
    """Rename a finished file on the same file system to its place and make that durable.

    Raises:
        OSError: the target is not there; the source may be.
    """
    make_folder(target.parent)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.chmod(mode)
    source.replace(target)
    sync_folder(target.parent)


def rename_durably(source: Path, target: Path) -> None:
    """Give a file or folder another name on the same file system and make that durable.

    Raises:
        OSError: it has the old name or the new one, which may not be durable.
    """
    source.rename(target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


class Appender:
    """A file that only grows; what `append` returned from is durable."""

    def __init__(self, path: Path) -> None:
        """Make the file.

        Raises:
            FileExistsError: it is there already; it was not touched.
            OSError: it is not there, so making it may be tried again.
        """
        make_folder(path.parent)
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
        self._length = 0
        self._is_torn = False
        try:
            sync_folder(path.parent)
        except OSError:
            self.close()
            with suppress(OSError):
                path.unlink()
            raise

    @property
    def is_empty(self) -> bool:
        """Whether nothing was appended yet."""
        return self._length == 0

    def append(self, content: bytes) -> None:
        """Write and sync.

        Raises:
            OSError: nothing was appended, or a part at the end, which readers know as torn; the
                next call removes it first.
        """
        if self._is_torn:
            os.ftruncate(self._handle, self._length)
        self._is_torn = True
        view = memoryview(content)
        while view:
            view = view[os.write(self._handle, view) :]
        os.fsync(self._handle)
        self._length += len(content)
        self._is_torn = False

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)
