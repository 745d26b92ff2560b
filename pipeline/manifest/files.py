"""Which files of a campaign's folder its image sets mean, and what their pictures are called.

A picture's id is its path below the set's common folder, without the ending and made safe. The
common folder is the longest one that all patterns of the set share, each up to its first wildcard:
it follows from the manifest alone, so that a file that is added never renames the pictures beside
it. `images/anna/*.jpg` gives `front`; `images/**/*.jpg` gives `anna--front`; a path without a
wildcard gives its file's name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.manifest import codes
from pipeline.manifest.globs import enters, fixed_folder, in_parts, is_pattern, matcher
from pipeline.manifest.places import Pointer, Problems
from pipeline.manifest.wording import listed, nearest, quoted

MAX_ID = 120
"""Longest picture id: it becomes part of a file's name, which may have 255 bytes."""

_DRIVE = re.compile(r"[A-Za-z]:")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_SOME = re.compile(r"[a-z0-9]")
_SAFE = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?")
"""What `_safe_part` would give back as it is."""
_MOST_NEAR = 3


@dataclass(frozen=True)
class Listing:
    """What is below the campaign's folder.

    Attributes:
        files: all regular files, relative to it, with `/`.
        escaping: links that lead out of it; those to folders end with `/`.
    """

    files: tuple[str, ...]
    escaping: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """Files by their path in Unicode NFC, in which manifests are read."""
        return {_nfc(path): path for path in self.files}

    @cached_property
    def in_parts(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Files with their paths in parts."""
        return [(path, in_parts(path)) for path in self.files]


@dataclass(frozen=True, slots=True)
class SetFiles:
    """The files of one image set.

    Attributes:
        ids: picture id by path, in byte order of the ids.
        reference: path of the reference, if it exists.
        reference_id: what the reference is called; empty if there is none.
        places: where the manifest speaks of a file, by path.
    """

    ids: Mapping[str, str]
    reference: str | None
    reference_id: str
    places: Mapping[str, Pointer]


def match_files(
    patterns: Sequence[tuple[Pointer, str]],
    reference: tuple[Pointer, str] | None,
    listing: Listing,
    problems: Problems,
) -> SetFiles:
    """Find the files of one image set and note every problem with them.

    Args:
        patterns: each with its place in the manifest, in file order.
        reference: the set's reference, with its place.
        listing: of the campaign's folder.
        problems: takes what is found.
    """
    places: dict[str, Pointer] = {}
    folders: list[str] = []
    for pointer, text in patterns:
        if problems.are_full:
            break
        pattern = _safe(text, pointer, problems)
        if pattern is None:
            continue
        folders.append(fixed_folder(pattern))
        for path in _found(pattern, pointer, listing, problems):
            places.setdefault(path, pointer)
    folder = _common(folders)
    ids = _name_pictures(places, folder, problems)
    sent = None if reference is None else _reference(*reference, listing, problems)
    if reference is None or sent is None:
        return SetFiles(ids, None, "", places)
    places.setdefault(sent, reference[0])
    is_below = not folder or sent.startswith(f"{folder}/")
    own = picture_id(sent, folder if is_below else sent.rpartition("/")[0])
    return SetFiles(ids, sent, own, places)


def is_absolute(path: str) -> bool:
    """Whether a path begins at the top of a disk or in somebody's home, on any system."""
    return path.startswith(("/", "~", "\\\\")) or _DRIVE.match(path) is not None


def is_address(path: str) -> bool:
    """Whether it is an address on a network."""
    return _ADDRESS.match(path) is not None


def picture_id(path: str, folder: str) -> str:
    """Name a picture by its path below a folder: small letters, digits, `.`, `_` and `-`.

    Folders are joined by `--`, since a `/` would be read as the next part of an address.
    """
    below = path.removeprefix(f"{folder}/") if folder else path
    *folders, name = below.split("/")
    stem, dot, _ = name.rpartition(".")
    return "--".join(_safe_part(part) for part in [*folders, stem if dot and stem else name])


def in_plain_letters(text: str) -> str:
    """Small letters without accents; what has no such form is left out."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return folded.encode("ascii", "ignore").decode().lower()


def slug(text: str) -> str:
    """A name that a campaign can have, as near to a text as may be; empty where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", in_plain_letters(text)).strip("-")[:60].strip("-")


def _safe_part(text: str) -> str:
    if _SAFE.fullmatch(text):
        return text
    safe = _UNSAFE.sub("-", in_plain_letters(text)).strip("-.")
    if _SOME.search(safe):
        return safe
    # Nothing is left of a name in another script; its code points at least tell names apart.
    composed = unicodedata.normalize("NFC", text)
    return "-".join(f"u{ord(character):04x}" for character in composed)


def _safe(text: str, pointer: Pointer, problems: Problems) -> str | None:
    """A path or pattern without what is superfluous; None, and a problem, if it leads outside."""
    trouble = _trouble(text)
    if trouble is None:
        parts = [part for part in text.split("/") if part not in ("", ".")]
        return "/".join(parts)
    why, fix = trouble
    problems.add(
        codes.PATH,
        pointer,
        what=f"{quoted(text)} is not a path inside the campaign's folder",
        why=why,
        fix=fix,
    )
    return None


def _trouble(text: str) -> tuple[str, str] | None:
    copy = "copy the pictures into the campaign's folder and name them from there"
    if not text:
        return "it is empty", "write a path or a pattern such as `images/*.jpg`"
    if is_address(text):
        return "it is an address, and pictures are sent from files", copy
    if "\\" in text:
        return "it has a backslash; folders are separated by `/` on every system", (
            f"write {quoted(text.replace(chr(92), '/'))}"
        )
    if is_absolute(text):
        return "it begins at the top of a disk, which looks different on every machine", copy
    parts = text.split("/")
    if ".." in parts:
        return "`..` leads out of the folder it stands in", copy
    if not [part for part in parts if part not in ("", ".")]:
        return "it names the folder itself", "write a pattern such as `images/*.jpg`"
    return None


def _found(pattern: str, pointer: Pointer, listing: Listing, problems: Problems) -> Iterator[str]:
    """Files that a pattern stands for, in byte order."""
    found = _escaped(pattern, listing)
    if found:
        _note_escaping(found, pointer, problems)
    exact = listing.by_name.get(pattern)
    if exact is not None:
        yield exact
        return
    here: list[str] = []
    if is_pattern(pattern):
        matches = matcher(pattern)
        here = [path for path, parts in listing.in_parts if matches(parts)]
    if not here and not found:
        _note_no_match(pattern, pointer, listing, problems)
    yield from sorted(here, key=lambda path: _nfc(path).encode("utf-8", "surrogateescape"))


def _reference(pointer: Pointer, text: str, listing: Listing, problems: Problems) -> str | None:
    path = _safe(text, pointer, problems)
    if path is None:
        return None
    escaped = _escaped(path, listing)
    if escaped:
        _note_escaping(escaped, pointer, problems)
        return None
    if path in listing.by_name:
        return listing.by_name[path]
    near = _near(path, listing)
    problems.add(
        codes.NO_REFERENCE,
        pointer,
        what=f"the reference {quoted(text)} does not exist",
        why="a reference is one file"
        if is_pattern(text)
        else "it is sent first in every request of its set",
        fix=f"did you mean {listed(near[:1])}?" if near else "add the file, or delete the line",
    )
    return None


def _escaped(pattern: str, listing: Listing) -> list[str]:
    return sorted(
        link
        for link in listing.escaping
        if pattern == _nfc(link).rstrip("/")
        or (
            enters(pattern, in_parts(link[:-1]))
            if link.endswith("/")
            else matcher(pattern)(in_parts(link))
        )
    )


def _note_escaping(links: Sequence[str], pointer: Pointer, problems: Problems) -> None:
    problems.add(
        codes.ESCAPING,
        pointer,
        what=f"{listed(links)} "
        + ("is a link out" if len(links) == 1 else "are links out")
        + " of the campaign's folder",
        why="what it leads to is not in the repository, so nobody else has it",
        fix="replace the link by a copy",
    )


def _note_no_match(pattern: str, pointer: Pointer, listing: Listing, problems: Problems) -> None:
    inside = [path for path in listing.files if _nfc(path).startswith(f"{pattern}/")]
    near = _near(pattern, listing)
    if inside:
        ending = max({path.rpartition(".")[2] for path in inside}, key=len)
        why = "it is a folder, and a set holds files"
        fix = f"write {quoted(f'{pattern}/*.{ending}')}"
    elif is_pattern(pattern):
        why = "no file in the campaign's folder matches it; small and capital letters differ"
        fix = f"the nearest files are {listed(near)}" if near else _to_add(pattern, listing)
    else:
        why = "there is no such file in the campaign's folder; small and capital letters differ"
        fix = f"did you mean {listed(near[:1])}?" if near else "add the file"
    if not listing.files:
        fix = "put the pictures into the campaign's folder; it holds none yet"
    problems.add(
        codes.NO_MATCH, pointer, what=f"{quoted(pattern)} matches nothing", why=why, fix=fix
    )


def _to_add(pattern: str, listing: Listing) -> str:
    """What to do where a pattern is near to no file: another folder is meant, or files are to come.

    A folder without files is not in a listing, so one that was just made is near to none.
    """
    folder = fixed_folder(pattern)
    folders = sorted({path.rpartition("/")[0] for path in listing.files} - {""})
    other = nearest(folder, folders) if folder else None
    if other is not None and other != folder:
        meant = f"{other}{pattern[len(folder) :]}"
        stands_for = matcher(meant)
        if any(stands_for(in_parts(path)) for path in listing.files):
            return f"did you mean {quoted(meant)}?"
    return f"put the files into {quoted(f'{folder}/')}" if folder else "add the files"


def _near(pattern: str, listing: Listing) -> list[str]:
    """A few existing files that may be meant, those in the same folder first."""
    folder = fixed_folder(pattern)
    files = sorted(path for path in listing.files if not path.startswith("."))
    there = [path for path in files if path.startswith(f"{folder}/")] if folder else files
    if is_pattern(pattern):
        return there[:_MOST_NEAR]
    name = pattern.rpartition("/")[2]
    one = nearest(name, [path.rpartition("/")[2] for path in there])
    same = [path for path in [*there, *files] if path.rpartition("/")[2] in (name, one)]
    return same[:1]


def _name_pictures(
    places: Mapping[str, Pointer], folder: str, problems: Problems
) -> dict[str, str]:
    by_id: dict[str, str] = {}
    for path, pointer in places.items():
        name = picture_id(path, folder)
        if name in by_id:
            problems.add(
                codes.ALIKE,
                pointer,
                what=f"{quoted(by_id[name])} and {quoted(path)} would both be picture `{name}`",
                why="a picture is called by its file's name without the ending, in small letters",
                fix="rename one of the files, or put them into different sets",
            )
        elif len(name) > MAX_ID:
            problems.add(
                codes.LONG_ID,
                pointer,
                what=f"{quoted(path)} would be a picture id of {len(name)} characters",
                why=f"it becomes part of file names, so it may have {MAX_ID}",
                fix="give the file or its folders a shorter name",
            )
        else:
            by_id[name] = path
    return {path: name for name, path in sorted(by_id.items())}


def _common(folders: Iterable[str]) -> str:
    """The longest folder that all of these are or lie in."""
    split = [folder.split("/") if folder else [] for folder in folders]
    shared: list[str] = []
    for parts in zip(*split, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)


def _nfc(path: str) -> str:
    return unicodedata.normalize("NFC", path)
