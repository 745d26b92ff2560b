"""`extends`: a manifest laid over its parent, with the place where each value was really written.

Maps merge by key, scalars and lists replace, `null` removes. Of caps the lower one counts, so that
a child can only be tighter. Since lists and scalars are replaced whole, a value has the same
pointer in the whole as in the file that it comes from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.fingerprint import Json
from pipeline.domain.money import NotMoneyError, parse_usd
from pipeline.manifest import codes
from pipeline.manifest.decode import NULLS, not_a_map
from pipeline.manifest.files import is_absolute, is_address
from pipeline.manifest.places import Mark, Pointer, Problems, Source
from pipeline.manifest.source import parse
from pipeline.manifest.wording import dotted, quoted, thing

MOST_PARENTS = 4
"""Longest chain: a parent may have a parent, but nobody should have to read ten files."""

_AT: Pointer = ("extends",)
_OWN = frozenset({"extends", "campaign"})
"""Keys that say something about the file they stand in alone."""


@dataclass(frozen=True, slots=True)
class Parents:
    """The files that a manifest may extend: those below `campaigns/`.

    Attributes:
        path: of the manifest itself, below `campaigns/`: `winter/campaign.yaml`.
        text_of: text of a file below `campaigns/`, decoded like a manifest's; None where there is
            none, or where a link leads out of `campaigns/`.
        shown: name for messages of a file below `campaigns/`.
    """

    path: str
    text_of: Callable[[str], str | None]
    shown: Callable[[str], str]


NO_PARENTS: Final = Parents("campaign.yaml", lambda _: None, lambda path: path)
"""For a manifest that stands alone."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """A manifest with all that it extends.

    Attributes:
        source: the whole; places lead into the file that each value was written in.
        texts: of its parents, nearest first.
        problems: with these and with the way they combine.
        is_whole: whether all parents could be read; else values may be missing that are not.
    """

    source: Source
    texts: tuple[str, ...]
    problems: list[Problem]
    is_whole: bool


def inherit(source: Source, parents: Parents) -> Inherited:
    """Lay a manifest over its parents, oldest first.

    Args:
        source: the manifest alone.
        parents: where others are found.
    """
    chain = _Chain(source, parents)
    chain.follow()
    whole = chain.sources[-1]
    problems = chain.problems
    for child in reversed(chain.sources[:-1]):
        merge = _Merge(whole, child)
        whole = merge.whole()
        problems += merge.problems.found
    if not isinstance(_extends(source), str | None):
        whole = replace(whole, damaged=whole.damaged | {_AT})
    return Inherited(whole, tuple(chain.texts), problems, chain.is_whole)


class _Chain:
    """A manifest, its parent, the parent's parent, as far as they can be read."""

    def __init__(self, source: Source, parents: Parents) -> None:
        self.sources = [source]
        self.texts: list[str] = []
        self.problems: list[Problem] = []
        self.is_whole = True
        self._parents = parents
        self._paths = [parents.path]

    def follow(self) -> None:
        """Read parent after parent; what cannot be read ends the chain and is a problem."""
        while (written := _extends(self.sources[-1])) is not None:
            found = self._next(written)
            if found is None:
                self.is_whole = False
                return
            self.sources.append(found)

    def _next(self, written: Json) -> Source | None:
        path = self._path(written)
        if path is None:
            return None
        if path in self._paths or len(self._paths) > MOST_PARENTS:
            self._endless(path)
            return None
        text = self._parents.text_of(path)
        if text is None:
            self._note(
                codes.NO_PARENT,
                what=f"there is no {quoted(self._parents.shown(path))} to extend",
                why="the path begins at the folder of the file it is written in, and a link may not"
                " lead out of `campaigns/`",
                fix="correct the path, such as `extends: ../_base.yaml`",
            )
            return None
        self._paths.append(path)
        self.texts.append(text)
        return self._read(text, self._parents.shown(path))

    def _read(self, text: str, file: str) -> Source | None:
        source, found = parse(text, file=file)
        problems = Problems(source)
        problems.found += found
        is_map = isinstance(source.value, dict)
        version = source.value.get("version") if isinstance(source.value, dict) else None
        is_later = isinstance(version, int) and version > 1
        if not is_map:
            not_a_map(source.value, problems)
        elif is_later:
            problems.add(
                codes.VERSION,
                ("version",),
                what=f"version {quoted(version)} is unknown",
                why="this program reads version 1, and a manifest extends this file",
                fix="write `version: 1`, or install a version of the program that reads this file",
            )
        self.problems += problems.found
        return source if is_map and not is_later else None

    def _path(self, written: Json) -> str | None:
        """Path of the parent below `campaigns/`; None, and a problem, if it is no such path."""
        if not isinstance(written, str):
            self._note(
                codes.KIND,
                what=f"`extends` is {thing(written)}",
                why="it takes the path of one file: a manifest has one parent at most",
                fix="write it like `extends: ../_base.yaml`",
            )
            return None
        path, trouble = _beside(self._paths[-1], written.strip())
        if trouble:
            self._note(
                codes.EXTENDS,
                what=f"{quoted(written)} is not the path of a file in `campaigns/`",
                why=trouble,
                fix="write it relative to this file, such as `../_base.yaml` for"
                " `campaigns/_base.yaml`",
            )
        return None if trouble else path

    def _endless(self, path: str) -> None:
        shown = list(map(self._parents.shown, [*self._paths, path]))
        is_circle = path in self._paths
        self._note(
            codes.ENDLESS,
            what=f"{quoted(shown[-2])} extends {quoted(shown[-1])}, and so itself"
            if is_circle
            else f"a chain of more than {MOST_PARENTS} parents",
            why=" extends ".join(map(quoted, shown)),
            fix="let one of them extend nothing, or something else",
        )

    def _note(self, code: str, *, what: str, why: str, fix: str) -> None:
        problems = Problems(self.sources[-1])
        problems.add(code, _AT, what=what, why=why, fix=fix)
        self.problems += problems.found


def _extends(source: Source) -> Json:
    """What a file extends; None for nothing, and where that was refused already."""
    value = source.value
    if not isinstance(value, dict) or _AT in source.damaged:
        return None
    return value.get("extends")


def _beside(path: str, written: str) -> tuple[str, str]:
    """A path that is written in another file, below `campaigns/`; and why it is none, if so."""
    if not written:
        return "", "it is empty"
    if is_address(written):
        return "", "it is an address, and manifests are files"
    if is_absolute(written):
        return "", "it begins at the top of a disk, which looks different on every machine"
    if "\\" in written:
        return "", "it has a backslash; folders are separated by `/` on every system"
    parts = path.split("/")[:-1]
    for part in written.split("/"):
        if part == ".." and not parts:
            return "", "it leads out of `campaigns/`, where reviews would not see it"
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts), ""


@dataclass(frozen=True, slots=True)
class _Cap:
    """A value of which the lower one counts.

    Attributes:
        at: where it stands.
        is_money: whether it is money; else a whole number.
        may_go: whether doing without it is tighter too.
    """

    at: Pointer
    is_money: bool = False
    may_go: bool = False

    def read(self, value: Json) -> int | None:
        """The amount; None for what is none, which is said where it is decoded."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        if not self.is_money:
            return value if isinstance(value, int) else None
        try:
            return parse_usd(str(value).strip())
        except NotMoneyError:
            return None


_CAPS = (
    _Cap(("budget", "cap"), is_money=True),
    _Cap(("budget", "max_images")),
    _Cap(("budget", "max_per_job"), is_money=True),
    _Cap(("budget", "max_images_per_job")),
    _Cap(("max_jobs",)),
    _Cap(("assume_max_usd",), is_money=True, may_go=True),
)


@dataclass(slots=True)
class _Merge:
    """Lays one file over the whole of what it extends."""

    parent: Source
    child: Source
    problems: Problems = field(init=False)
    _values: dict[Pointer, Mark] = field(init=False)
    _keys: dict[Pointer, Mark] = field(init=False)
    _damaged: set[Pointer] = field(init=False)
    _inherited: dict[Pointer, Source] = field(default_factory=dict)
    _taken: set[Pointer] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.problems = Problems(self.child)
        self._values = dict(self.child.values)
        self._keys = dict(self.child.keys)
        self._damaged = set(self.child.damaged)

    def whole(self) -> Source:
        """Both as one; what does not combine is noted."""
        old, new = self.parent.value, self.child.value
        if not isinstance(old, dict) or not isinstance(new, dict):
            return self.child
        value = self._maps({key: old[key] for key in old if key not in _OWN}, new, ())
        self._take_places()
        self._tighten(value)
        return Source(
            self.child.file,
            self.child.text,
            value,
            self._values,
            self._keys,
            damaged=frozenset(self._damaged),
            inherited=self._inherited,
            ancestors=(self.parent, *self.parent.ancestors),
        )

    def _maps(
        self, old: Mapping[str, Json], new: Mapping[str, Json], at: Pointer
    ) -> dict[str, Json]:
        # As deep as the files, which the reader of YAML bounds.
        merged: dict[str, Json] = {}
        if at in self.parent.damaged:
            self._damaged.add(at)
        for key, item in old.items():
            here = (*at, key)
            own = new.get(key)
            if key not in new:
                merged[key] = item
                self._taken.add(here)
            elif isinstance(item, dict) and isinstance(own, dict):
                merged[key] = self._maps(item, own, here)
            elif own is not None or self.child.written(here) not in NULLS:
                merged[key] = own
        return {**merged, **{key: own for key, own in new.items() if key not in old}}

    def _take_places(self) -> None:
        """Places of all that comes from the parent."""
        parent, taken = self.parent, self._taken
        for pointer, mark in parent.values.items():
            if any(pointer[:length] in taken for length in range(1, len(pointer) + 1)):
                self._take_place(pointer, mark)

    def _take_place(self, pointer: Pointer, mark: Mark) -> None:
        parent = self.parent
        self._values[pointer] = mark
        self._inherited[pointer] = parent.holder(pointer)
        if pointer in parent.keys:
            self._keys[pointer] = parent.keys[pointer]
        if pointer in parent.damaged:
            self._damaged.add(pointer)

    def _tighten(self, value: dict[str, Json]) -> None:
        """Let the lower of two caps count, whichever file it stands in."""
        for cap in _CAPS:
            old, new = _at(self.parent.value, cap.at), _at(value, cap.at)
            if old is None or new == old:
                continue
            most, wanted = cap.read(old), cap.read(new)
            is_gone = new is None and not cap.may_go
            if most is None or is_gone or (wanted is not None and wanted > most):
                if most is not None:
                    self._warn(cap, is_gone=is_gone)
                self._put_back(cap.at, old, value)

    def _put_back(self, at: Pointer, old: Json, value: dict[str, Json]) -> None:
        for length in range(1, len(at) + 1):
            pointer = at[:length]
            if length == len(at):
                value[str(at[-1])] = old
            else:
                inner = value.setdefault(str(pointer[-1]), {})
                if not isinstance(inner, dict):
                    return  # of a wrong kind, which is said where it is decoded
                value = inner
            if length == len(at) or not isinstance(_at(self.child.value, pointer), dict):
                self._take_place(pointer, self.parent.values[pointer])

    def _warn(self, cap: _Cap, *, is_gone: bool) -> None:
        name, parents = dotted(cap.at), quoted(self.parent.written(cap.at))
        self.problems.add(
            codes.LOOSER,
            cap.at,
            what=f"`{name}` cannot be taken away"
            if is_gone
            else f"`{name}` is {quoted(self.child.written(cap.at))}, and what this file extends"
            f" says {parents}",
            why=f"a campaign can only be tighter than what it extends, so {parents} counts"
            f" ({self.parent.locate(cap.at)})",
            fix="delete the line, or write less; who may allow more writes it there",
            severity=Severity.WARNING,
        )


def _at(value: Json, pointer: Pointer) -> Json:
    for part in pointer:
        value = value.get(str(part)) if isinstance(value, dict) else None
    return value
