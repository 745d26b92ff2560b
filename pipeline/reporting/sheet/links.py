"""Links of the page: relative, into the folder that holds it, and nowhere else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

FOLDERS_UP = 1
"""The page stands in `outputs/<campaign>/contact-sheet/`: one step up is the campaign's own folder
of outputs, and no link has business above it."""

_PLAIN = re.compile(r"(?:\.\./)?(?:[A-Za-z0-9_-][A-Za-z0-9._~-]*/)*[A-Za-z0-9_-][A-Za-z0-9._~-]*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")


class UnsafePathError(ValueError):
    """A path that a page must not link to; the message says why."""


def href(path: str) -> str:
    """Turn a path into a link, each part percent-encoded.

    Args:
        path: relative to the page's folder, `/` between parts, as on disk.

    Raises:
        UnsafePathError: an empty path or part, an absolute one, control characters, a backslash,
            or `..` anywhere but in front and more often than `FOLDERS_UP`.
    """
    if _PLAIN.fullmatch(path):
        return path
    if _FORBIDDEN.search(path):
        raise UnsafePathError(f"{path!r} has a control character or a backslash")
    parts = path.split("/")
    up = 0
    while up < min(FOLDERS_UP, len(parts) - 1) and parts[up] == "..":
        up += 1
    for part in parts[up:]:
        if part in ("", ".", ".."):
            raise UnsafePathError(f"{path!r} is not a plain path below the campaign's outputs")
    # File names that are not UTF-8 arrive as lone surrogates and go out as the bytes they were.
    # A colon is encoded too, so that no first part reads as a scheme.
    encoded = [quote(part, safe="", errors="surrogateescape") for part in parts[up:]]
    return "/".join([".."] * up + encoded)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the pictures of a page come from.

    Attributes:
        pictures: previews as data addresses by path, for a page that stands alone: what it does
            not hold it cannot show, and it links to no file. None for a page beside its files.
    """

    pictures: Mapping[str, str] | None = None

    def thumb(self, path: str | None) -> str:
        """Address of a preview, empty where there is none.

        Raises:
            UnsafePathError: as `href`.
        """
        if path is None:
            return ""
        link = href(path)
        return link if self.pictures is None else self.pictures.get(path, "")

    def link(self, path: str | None) -> str:
        """Link to a file, empty where there is none, or where the page stands alone.

        Raises:
            UnsafePathError: as `href`.
        """
        if path is None:
            return ""
        link = href(path)
        return link if self.pictures is None else ""
