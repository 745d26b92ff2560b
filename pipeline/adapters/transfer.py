"""Objects from store to store: hashed while they are copied, so whole or not there."""

import enum
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.adapters.durable_files import READ_ONLY, temporary_beside
from pipeline.adapters.store import InTheWayError, Store, sync_names
from pipeline.domain.fingerprint import Sha256

_PIECE = 1 << 20
_READ_AHEAD = 4
_A = TypeVar("_A")
_B = TypeVar("_B")


class Fate(enum.StrEnum):
    """What became of an object that was to be copied or checked."""

    COPIED = "copied"
    WHOLE = "whole"
    DAMAGED = "damaged"
    GONE = "gone"
    UNREADABLE = "unreadable"
    IN_THE_WAY = "in the way"


class Handled(NamedTuple):
    """One object.

    Attributes:
        digest: its name.
        fate: what became of it.
        bytes: its length, where it was read to its end.
        why: for people; empty where all is well.
    """

    digest: Sha256
    fate: Fate
    bytes: int = 0
    why: str = ""


class CannotWriteError(Exception):
    """A store takes nothing more: read-only, full, or gone. What it has is whole."""

    def __init__(self, root: Path, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.root = root
        self.errno = error.errno


class _Source(Exception):  # noqa: N818 (never leaves this module)
    def __init__(self, handled: Handled) -> None:
        super().__init__(handled.why)
        self.handled = handled


def copy(digest: Sha256, *, source: Store, target: Store) -> Handled:
    """Copy one object; damaged bytes are never copied, and what is there is never overwritten.

    Returns:
        `WHOLE` where the target has it already, by its name; otherwise what became of it.

    Raises:
        CannotWriteError: the target cannot be written; nothing of the object is there.
    """
    try:
        place = target.make_room(digest)
    except InTheWayError as error:
        if digest in target:
            return Handled(digest, Fate.WHOLE)
        return Handled(digest, Fate.IN_THE_WAY, why=str(error))
    except OSError as error:
        raise CannotWriteError(target.root, error) from error
    try:
        return _copy(digest, source, place)
    except _Source as trouble:
        return trouble.handled
    except OSError as error:
        raise CannotWriteError(target.root, error) from error


def _copy(digest: Sha256, source: Store, place: Path) -> Handled:
    with _opened(source, digest) as opened, temporary_beside(place) as temporary:
        found = hashlib.sha256()
        copied = 0
        with temporary.open("xb") as file:
            for piece in _pieces(opened, digest):
                found.update(piece)
                copied += file.write(piece)
            if found.hexdigest() != digest:
                return Handled(digest, Fate.DAMAGED, copied, "its bytes do not have its digest")
            with suppress(OSError):  # not every drive has rights to give
                os.fchmod(file.fileno(), READ_ONLY)
            file.flush()
            os.fsync(file.fileno())
        # Whoever was faster had the same bytes, as the name says and as they checked.
        temporary.replace(place)
    sync_names(place.parent)
    return Handled(digest, Fate.COPIED, copied)


def check(digest: Sha256, store: Store) -> Handled:
    """Read one object and compare it with its name; nothing is changed."""
    try:
        with _opened(store, digest) as opened:
            found = hashlib.sha256()
            length = 0
            for piece in _pieces(opened, digest):
                found.update(piece)
                length += len(piece)
    except _Source as trouble:
        return trouble.handled
    if found.hexdigest() == digest:
        return Handled(digest, Fate.WHOLE, length)
    return Handled(digest, Fate.DAMAGED, length, "its bytes do not have its digest")


def each(
    work: Callable[[_A], _B], items: Iterable[_A], *, workers: int, progress: Callable[[int], None]
) -> Iterator[_B]:
    """Work on items in threads; results in their order.

    A bounded number of items is begun at a time. After an error, or an interruption by the user,
    no more are begun, and what is under way is seen through.

    Args:
        work: done for each item.
        items: in order.
        workers: how many at once.
        progress: told how many more are done.
    """
    begun: deque[Future[_B]] = deque()

    def finish_one() -> _B:
        result = begun.popleft().result()
        progress(1)
        return result

    with ThreadPoolExecutor(workers, thread_name_prefix="store") as pool:
        try:
            for item in items:
                begun.append(pool.submit(work, item))
                if len(begun) >= workers * _READ_AHEAD:
                    yield finish_one()
            while begun:
                yield finish_one()
        finally:
            for future in begun:
                future.cancel()


def _opened(store: Store, digest: Sha256) -> BufferedReader:
    try:
        return store.open(digest)
    except FileNotFoundError:
        raise _Source(Handled(digest, Fate.GONE, why="it is not there any more")) from None
    except InTheWayError as error:
        raise _Source(Handled(digest, Fate.IN_THE_WAY, why=str(error))) from None
    except OSError as error:
        raise _Source(_unreadable(digest, error)) from None


def _pieces(opened: BufferedReader, digest: Sha256) -> Iterator[bytes]:
    """All bytes of an open object; only what goes wrong in reading counts as the source's."""
    while True:
        try:
            piece = opened.read(_PIECE)
        except OSError as error:
            raise _Source(_unreadable(digest, error)) from None
        if not piece:
            return
        yield piece


def _unreadable(digest: Sha256, error: OSError) -> Handled:
    return Handled(digest, Fate.UNREADABLE, why=error.strerror or str(error))
