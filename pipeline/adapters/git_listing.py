"""What lies below a campaign's folder in a commit; as `adapters.listing` says it of a disk."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.adapters.git import Entry
from pipeline.manifest.files import Listing

_NOT_PICTURES = ("lock/", "reviews/")
_MOST_HOPS = 40
"""As many links as Linux follows on one way before it calls it a circle."""

_Node = dict[str, "_Node"] | Entry
_Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign's folder in a commit.

    Attributes:
        listing: files and links that lead out of it.
        blobs: content of each file, by its path; that of a link is what it leads to.
    """

    listing: Listing
    blobs: Mapping[str, str]


def list_tree(entries: Iterable[Entry], target_of: Callable[[Entry], str]) -> Listed:
    """List a campaign's folder, but for its locks and reviews; links inside it are followed.

    Args:
        entries: all files below the folder, with paths relative to it.
        target_of: where a link leads to, as it stands in it.
    """
    every = list(entries)
    escaping: set[str] = set()
    if any(entry.is_link for entry in every):
        blobs = dict(_walk(_Tree(every, target_of), escaping))
    else:
        blobs = {e.path: e.blob for e in every if not e.path.startswith(_NOT_PICTURES)}
    files = tuple(sorted(blobs, key=os.fsencode))
    return Listed(Listing(files, frozenset(escaping)), blobs)


def _walk(tree: "_Tree", escaping: set[str]) -> Iterator[tuple[str, str]]:
    """Files and their blobs; what lies behind a link stands under the link's own name."""
    # With each folder the real folders on the way to it: a link back to one of them is a circle.
    waiting: list[tuple[str, _Way, tuple[_Way, ...]]] = [("", (), ((),))]
    while waiting:
        prefix, folder, way = waiting.pop()
        node = tree.at(folder)
        for name, inner in node.items() if isinstance(node, dict) else ():
            path = f"{prefix}{name}"
            is_link = isinstance(inner, Entry) and inner.is_link
            real = tree.resolved(folder, inner) if is_link else (*folder, name)
            found = None if real is None else tree.at(real)
            if real is None:
                escaping.add(path)
            elif isinstance(found, Entry):
                yield path, found.blob
            elif found is not None and f"{path}/" not in _NOT_PICTURES:
                is_circle = is_link and real in way
                if not is_circle:
                    waiting.append((f"{path}/", real, (*way, real)))


class _Tree:
    """Folders of a commit by name, and ways through them."""

    def __init__(self, entries: Iterable[Entry], target_of: Callable[[Entry], str]) -> None:
        self._root: dict[str, _Node] = {}
        self._target_of = target_of
        for entry in entries:
            *folders, name = entry.path.split("/")
            node = self._root
            for folder in folders:
                inner = node.setdefault(folder, {})
                if isinstance(inner, Entry):
                    break  # git holds no file below a file
                node = inner
            else:
                node[name] = entry

    def at(self, way: _Way) -> _Node | None:
        """What lies at the end of a way, None if nothing does."""
        node: _Node = self._root
        for part in way:
            if isinstance(node, Entry) or part not in node:
                return None
            node = node[part]
        return node

    def resolved(self, folder: _Way, link: _Node, hops: int = 0) -> _Way | None:
        """Where a link in a folder leads to; None for out of the campaign's folder."""
        target = self._target_of(link) if isinstance(link, Entry) else ""
        if target.startswith("/") or hops > _MOST_HOPS:
            return None
        way = folder
        for part in target.split("/"):
            if part in {"", "."}:
                continue
            if part == "..":
                if not way:
                    return None
                way = way[:-1]
                continue
            node = self.at((*way, part))
            if isinstance(node, Entry) and node.is_link:
                followed = self.resolved(way, node, hops + 1)
                if followed is None:
                    return None
                way = followed
            else:
                way = (*way, part)
        return way
