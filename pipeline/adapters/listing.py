"""What lies below a campaign's folder, links out of it told apart."""

import os
from pathlib import Path

from pipeline.manifest.files import Listing

_NOT_PICTURES = frozenset({"lock", "reviews"})


def list_folder(folder: Path) -> Listing:
    """List a campaign's folder, but for its locks and reviews; links inside it are followed."""
    root = folder.resolve()
    files: list[str] = []
    escaping: set[str] = set()
    # With each folder the real folders on the way to it: a link back to one of them is a circle.
    waiting: list[tuple[str, str, tuple[str, ...]]] = [("", str(folder), (str(root),))]
    while waiting:
        prefix, path, way = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                name = f"{prefix}{entry.name}"
                real = f"{way[-1]}/{entry.name}"
                is_link = entry.is_symlink()
                if is_link:
                    target = _target(entry)
                    if target is None:
                        continue
                    if not target.is_relative_to(root):
                        escaping.add(f"{name}/" if entry.is_dir() else name)
                        continue
                    real = str(target)
                if entry.is_dir():
                    is_circle = is_link and real in way
                    if not is_circle and (prefix or entry.name not in _NOT_PICTURES):
                        waiting.append((f"{name}/", entry.path, (*way, real)))
                elif entry.is_file():
                    files.append(name)
    return Listing(tuple(sorted(files, key=os.fsencode)), frozenset(escaping))


def _target(link: "os.DirEntry[str]") -> Path | None:
    """Where a link leads; None for one that leads in a circle to itself."""
    try:
        return Path(link.path).resolve()
    except (OSError, RuntimeError):
        return None
