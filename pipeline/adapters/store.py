"""The store: paid bytes under their SHA-256. Written once, read-only, never changed."""

import errno
import hashlib
import os
import re
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from pipeline.adapters.durable_files import adopt_durably, make_folder, sync_folder
from pipeline.domain.fingerprint import Sha256

_FAN_OUT = 2
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CANNOT_SYNC_NAMES = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
"""What file systems of shared drives answer that sync files, but not folders."""


class InTheWayError(Exception):
    """Something that is no object or no folder stands where one belongs; it was left alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"`{path}` is in the way: it is a link, or no file or folder of a store")
        self.path = path


class Store:
    """A folder `sha256/aa/<digest>`; the name is the proof.

    Links, and whatever else does not look like an object, are neither followed nor touched.
    """

    def __init__(self, root: Path) -> None:
        """Look at a store; nothing is made before something is kept."""
        self.root = root
        self._root = root / "sha256"
        self._incoming = root / "incoming"
        self._damaged = root / "damaged"
        self._judging = threading.Lock()

    def path_of(self, digest: Sha256) -> Path:
        """Where the bytes of a digest are, if they are on this machine."""
        return self._root / digest[:_FAN_OUT] / digest

    def name_of(self, digest: Sha256) -> str:
        """As `path_of`, for those who name thousands of files."""
        return f"{self._root}/{digest[:_FAN_OUT]}/{digest}"

    def __contains__(self, digest: Sha256) -> bool:
        """Whether an object of this name is here; a link is none."""
        try:
            return stat.S_ISREG(os.lstat(self.name_of(digest)).st_mode)
        except OSError:
            return False

    def present(self) -> frozenset[Sha256]:
        """All digests whose bytes are here.

        Raises:
            OSError: a folder cannot be read.
        """
        return frozenset(self._objects())

    def _objects(self) -> Iterator[Sha256]:
        for folder in _entries(self._root):
            if len(folder.name) != _FAN_OUT or not folder.is_dir(follow_symlinks=False):
                continue
            for entry in _entries(folder.path):
                if (
                    entry.name.startswith(folder.name)
                    and _DIGEST.fullmatch(entry.name)
                    and entry.is_file(follow_symlinks=False)
                ):
                    yield Sha256(entry.name)

    def try_writing(self) -> None:
        """Find out whether pictures could be kept, before any is paid for.

        Raises:
            OSError: they could not.
        """
        probe = self.incoming()
        probe.touch()
        probe.unlink()
        make_folder(self._root)

    def incoming(self) -> Path:
        """A free path on the store's file system for bytes that are still arriving."""
        make_folder(self._incoming)
        return self._incoming / secrets.token_hex(8)

    def keep(self, arrived: Path, digest: Sha256) -> None:
        """Move arrived bytes to their place, durably; damaged bytes there make room.

        It waits for the disk. Several threads may keep at once, the same bytes as well.

        Args:
            arrived: a finished file from `incoming`.
            digest: of its bytes, as computed by the caller.
        """
        target = self.path_of(digest)
        if not self._has_whole(digest):
            adopt_durably(arrived, target)
            return
        # Whoever put them there may have died before they were durable, or be about to sync them.
        make_folder(target.parent)
        with self.open(digest) as file:
            os.fsync(file.fileno())
        sync_folder(target.parent)
        arrived.unlink()

    def _has_whole(self, digest: Sha256) -> bool:
        """Whether good bytes are in their place; damaged ones are not any more."""
        target = self.path_of(digest)
        # One thread at a time: what another one has just put in the place of damaged bytes must not
        # be taken for them.
        with self._judging:
            try:
                return target.exists() and (
                    _is_whole(target, digest) or self.set_aside(digest) is None
                )
            except FileNotFoundError:  # another process set them aside first
                return False

    def open(self, digest: Sha256) -> BufferedReader:
        """Open the bytes of a digest for reading; a link is not followed.

        Raises:
            OSError: they are not here or cannot be read.
            InTheWayError: what is there is no plain file.
        """
        return _open_plain(self.path_of(digest))

    def is_whole(self, digest: Sha256) -> bool:
        """Whether the bytes here still have their digest.

        Raises:
            OSError: they are not here or cannot be read.
            InTheWayError: what is there is no plain file.
        """
        with self.open(digest) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def set_aside(self, digest: Sha256) -> Path | None:
        """Move damaged bytes out of the way, to `damaged/`; nothing is ever deleted.

        Returns:
            Where they are now; None where they turn out to be whole, since somebody was faster
            with a good copy or the first reading erred, and are back in their place.

        Raises:
            OSError: nothing was moved.
        """
        place = self.path_of(digest)
        self.make_folder(self._damaged)
        aside = self._damaged / f"{digest}-{secrets.token_hex(3)}"
        place.rename(aside)
        if _is_whole(aside, digest):
            aside.rename(place)
            return None
        sync_names(self._damaged)
        sync_names(place.parent)
        return aside

    def unfinished(self) -> list[Path]:
        """Copies that were cut short, or that somebody is writing at this moment."""
        return [
            Path(entry.path)
            for folder in _entries(self._root)
            if len(folder.name) == _FAN_OUT and folder.is_dir(follow_symlinks=False)
            for entry in _entries(folder.path)
            if entry.name.startswith(".") and entry.name.endswith(".tmp")
        ]

    def damaged(self) -> dict[Sha256, Path]:
        """What was set aside: per digest one of the files, named after what they should be."""
        found: dict[Sha256, Path] = {}
        for entry in sorted(_entries(self._damaged), key=lambda entry: entry.name):
            digest = entry.name.partition("-")[0]
            if _DIGEST.fullmatch(digest) and entry.is_file(follow_symlinks=False):
                found[Sha256(digest)] = Path(entry.path)
        return found

    def make_room(self, digest: Sha256) -> Path:
        """Make the folder of an object, durably.

        Returns:
            The place of the object, at which nothing is.

        Raises:
            InTheWayError: the place is taken, or a link stands where a folder belongs.
            OSError: the folder cannot be made.
        """
        place = self.path_of(digest)
        self.make_folder(self._root)
        self.make_folder(place.parent)
        if os.path.lexists(place):
            raise InTheWayError(place)
        return place

    def make_folder(self, folder: Path) -> None:
        """Make a folder of this store as accessible as the one that it is in, durably.

        On a shared drive others may have to write into it too.

        Raises:
            InTheWayError: something else has its name.
            OSError: it cannot be made.
        """
        if folder != self.root and not self.root.exists():
            make_folder(self.root)
        try:
            folder.mkdir()
        except FileExistsError:
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise InTheWayError(folder) from None
            return
        with suppress(OSError):  # not every drive has rights to give
            folder.chmod(stat.S_IMODE(folder.parent.stat().st_mode))
        sync_names(folder.parent)


def sync_names(folder: Path) -> None:
    """As `sync_folder`, as far as the drive can.

    Raises:
        OSError: the drive can, and it failed.
    """
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_NAMES:
            raise


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing where there is none."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _open_plain(path: Path) -> BufferedReader:
    # Without waiting: whoever opens a pipe waits for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InTheWayError(path)
    return os.fdopen(handle, "rb")


def _is_whole(path: Path, digest: Sha256) -> bool:
    """As `Store.is_whole`; what cannot be read is not."""
    try:
        with _open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except (OSError, InTheWayError):
        return False
