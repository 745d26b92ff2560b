"""The embedded provider's files: written whole or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

KINDS = ("uploads", "outputs")
"""Folders inside the state folder; below each of them one folder an upload or prediction."""


def upload_file(upload: str) -> str:
    """Place of an upload's bytes, relative to the state folder."""
    return f"uploads/{upload}/file"


def output_file(prediction: str, index: int) -> str:
    """Place of one output's bytes, relative to the state folder; `index` counts from 0."""
    return f"outputs/{prediction}/{index}.jpg"


def write_whole(path: Path, content: bytes, *, durable: bool) -> None:
    """Write a file so that a kill leaves the old one, the new one or none, never a part.

    Its folder is made, but not the one above: work that outlives its state must not bring a
    removed state folder back.

    Args:
        path: where.
        content: what.
        durable: whether the same holds for a power cut, and the file is there after one once this
            returns. Off only for state that is thrown away.
    """
    if not path.parent.is_dir():
        path.parent.mkdir(exist_ok=True)
        if durable:
            sync_folder(path.parent.parent)
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def ensure_folder(folder: Path) -> None:
    """Create a folder and its parents so that they outlive a power cut."""
    if folder.is_dir():
        return
    ensure_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it; one that is not there is fine."""
    shutil.rmtree(folder, ignore_errors=True)
