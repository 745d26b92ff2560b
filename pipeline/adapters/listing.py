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
    waiting = [("", str(folder))]
    seen: set[str] = {str(root)}
    while waiting:
        prefix, path = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                name = f"{prefix}{entry.name}"
                is_folder = entry.is_dir()
                if entry.is_symlink():
                    target = Path(entry.path).resolve()
                    if not target.is_relative_to(root):
                        escaping.add(f"{name}/" if is_folder else name)
                        continue
                    if is_folder and str(target) in seen:
                        continue  # a circle
                    seen.add(str(target))
                if is_folder:
                    if prefix or entry.name not in _NOT_PICTURES:
                        waiting.append((f"{name}/", entry.path))
                elif entry.is_file():
                    files.append(name)
    return Listing(tuple(sorted(files, key=os.fsencode)), frozenset(escaping))
