"""Files handed to somebody: whole copies under names of their own, never over another file."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Literal

from pipeline.adapters.durable_files import make_folder, sync_folder, temporary_beside

_PIECE = 1 << 20
_LEFT_OVER = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{12}\.tmp")
Found = Literal["nothing", "same", "other"]


def look(source: Path, target: Path) -> Found:
    """What lies where a file is to go: nothing, the very same bytes, or something else.

    A link counts as something else, whatever it leads to: what is handed over is a file.

    Raises:
        OSError: one of them cannot be read.
    """
    try:
        status = target.lstat()
    except FileNotFoundError:
        return "nothing"
    if not stat.S_ISREG(status.st_mode) or status.st_size != source.stat().st_size:
        return "other"
    return "same" if digest_of(source) == digest_of(target) else "other"


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_whole(source: Path, target: Path) -> str:
    """Copy a file; under its name there is all of it or nothing, also after a power cut.

    Returns:
        SHA-256 of the bytes that were copied, hex.

    Raises:
        OSError: the target is as it was.
    """
    make_folder(target.parent)
    with temporary_beside(target) as temporary:
        with source.open("rb") as old, temporary.open("xb") as new:
            found = _pour(old, new)
            new.flush()
            os.fsync(new.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    sync_folder(target.parent)
    return found


def _pour(old: BinaryIO, new: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := old.read(_PIECE):
        digest.update(piece)
        new.write(piece)
    return digest.hexdigest()


def clear_left_overs(targets: Iterable[Path]) -> None:
    """Remove what a killed copy of these very files left beside them."""
    wanted: dict[Path, set[str]] = {}
    for target in targets:
        wanted.setdefault(target.parent, set()).add(target.name)
    for folder, names in wanted.items():
        if not folder.is_dir():
            continue
        for entry in folder.iterdir():
            left = _LEFT_OVER.fullmatch(entry.name)
            if left is not None and left["name"] in names:
                entry.unlink(missing_ok=True)
