"""Campaigns as a commit or the working tree holds them, read without a checkout."""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline import catalog
from pipeline.adapters.blobs import (
    MOST_POINTER,
    LfsFiles,
    Measuring,
    Pointer,
    assumed_facts,
    facts_of_blobs,
    read_pointer,
)
from pipeline.adapters.git import Entry, MissingObjectError, Objects, Repository, missing
from pipeline.adapters.git_listing import Listed, list_tree
from pipeline.adapters.pictures import Inspect, facts_of
from pipeline.adapters.places import Places, prepare_state
from pipeline.commands.loading import (
    CAMPAIGNS,
    MANIFEST,
    Disk,
    priced,
    read_campaign,
    read_shared,
)
from pipeline.commands.tree import Facts, Receipts, Tree
from pipeline.domain.campaign import Workspace
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.difference import Point
from pipeline.domain.exit_codes import USAGE
from pipeline.domain.picture import PictureFacts
from pipeline.manifest.files import Listing
from pipeline.planning.wishes import Side, Wish, wish

_MOST_BYTES = 1_000_000
_MOST_HOPS = 8


class CommitTree:
    """The workspace in a commit."""

    def __init__(
        self, repository: Repository, objects: Objects, point: Point, measuring: Measuring
    ) -> None:
        self.point = point
        self.pointers = 0
        self._repository = repository
        self._objects = objects
        self._measuring = measuring
        self._listed: dict[str, Listed] = {}

    @cached_property
    def _campaigns(self) -> Mapping[str, Mapping[str, Entry]]:
        """Files of each campaign, and of `campaigns/` itself under an empty name."""
        under = f"{self._repository.prefix}{CAMPAIGNS}/"
        found: dict[str, dict[str, Entry]] = {"": {}}
        for entry in self._repository.files(self.point.commit, under):
            path = entry.path.removeprefix(under)
            name, slash, below = path.partition("/")
            if slash:
                found.setdefault(name, {})[below] = entry._replace(path=below)
            else:
                found[""][path] = entry._replace(path=path)
        return found

    @cached_property
    def _absent(self) -> frozenset[str]:
        """Blobs that a partial clone left out."""
        return self._repository.absent(self.point.commit)

    def names(self) -> Sequence[str]:
        """Names of all campaigns, sorted."""
        return sorted(name for name, files in self._campaigns.items() if MANIFEST in files and name)

    def text(self, path: str) -> str | None:
        """A file's text."""
        for _ in range(_MOST_HOPS):
            name, slash, below = path.removeprefix(f"{CAMPAIGNS}/").partition("/")
            entry = self._campaigns.get(name if slash else "", {}).get(below if slash else name)
            if entry is None:
                return None
            content = self._content(entry, path)
            if not entry.is_link:
                return content.decode("utf-8", "surrogateescape")
            path = posixpath.normpath(f"{posixpath.dirname(path)}/{os.fsdecode(content)}")
        return None

    def parent(self, below: str) -> str | None:
        """Text of a file that a manifest extends; links that lead out are not followed."""
        return self.text(f"{CAMPAIGNS}/{below}")

    def shown(self, path: str) -> str:
        """`main:campaigns/winter/campaign.yaml`, which `git show` understands."""
        return f"{self.point.label}:{self._repository.prefix}{path}"

    def listing(self, name: str) -> Listing:
        """What lies below a campaign's folder."""
        if name not in self._listed:
            entries = self._campaigns.get(name, {}).values()
            self._listed[name] = list_tree(entries, self._target)
        return self._listed[name].listing

    def facts(self, name: str, paths: Sequence[str]) -> Facts:
        """What pictures are.

        Raises:
            CampaignError: exit 2; some are not in this clone.
        """
        self.listing(name)
        blobs = self._listed[name].blobs
        here = [blobs[path] for path in paths if blobs[path] not in self._absent]
        known = facts_of_blobs(here, self._objects, self._measuring)
        absent = [path for path in paths if known.get(blobs[path]) is None]
        if absent:
            shown = [self.shown(f"{CAMPAIGNS}/{name}/{path}") for path in absent]
            raise CampaignError(USAGE, [missing(shown)])
        found: dict[str, PictureFacts | str] = {}
        for path in paths:
            facts = known[blobs[path]]
            if isinstance(facts, Pointer):
                self.pointers += 1
                facts = assumed_facts(facts, path)
            if facts is not None:
                found[path] = facts
        return found

    def locks(self) -> Iterator[tuple[str, str, bytes]]:
        """All files of receipts."""
        return self._lines("lock", parts=2)

    def reviews(self) -> Iterator[tuple[str, str, bytes]]:
        """All files of verdicts."""
        return self._lines("reviews", parts=3)

    def _lines(self, folder: str, *, parts: int) -> Iterator[tuple[str, str, bytes]]:
        for name, files in sorted(self._campaigns.items()):
            for below, entry in sorted(files.items()):
                is_meant = below.startswith(f"{folder}/") and below.endswith(".jsonl")
                if name and is_meant and below.count("/") == parts - 1:
                    path = f"{CAMPAIGNS}/{name}/{below}"
                    yield name, self.shown(path), self._content(entry, path, most=None)

    def _content(self, entry: Entry, path: str, *, most: int | None = _MOST_BYTES + 1) -> bytes:
        if entry.blob in self._absent:
            raise CampaignError(USAGE, [missing([self.shown(path)])])
        try:
            return self._objects.content(entry.blob, most=most)
        except MissingObjectError as error:
            raise CampaignError(USAGE, [missing([self.shown(path)])]) from error

    def _target(self, link: Entry) -> str:
        return os.fsdecode(self._content(link, link.path))


class WorkingTree:
    """The workspace as it lies on disk, committed or not."""

    def __init__(self, places: Places, point: Point, measuring: Measuring) -> None:
        self.point = point
        self.pointers = 0
        self._places = places
        self._measuring = measuring
        self._disk = Disk(places)

    def names(self) -> Sequence[str]:
        """Names of all campaigns, sorted."""
        return self._places.names()

    def text(self, path: str) -> str | None:
        """A file's text."""
        return self._disk.text(path)

    def parent(self, below: str) -> str | None:
        """Text of a file that a manifest extends."""
        return self._disk.parent(below)

    def shown(self, path: str) -> str:
        """A path relative to the working directory."""
        return self._disk.shown(path)

    def listing(self, name: str) -> Listing:
        """What lies below a campaign's folder."""
        return self._disk.listing(name)

    def facts(self, name: str, paths: Sequence[str]) -> Facts:
        """What pictures are."""
        folder = str(self._places.campaign(name))
        found: dict[str, PictureFacts | str] = {}
        files: dict[str, str] = {}
        for path in paths:
            file = f"{folder}/{path}"
            pointer = _pointer_at(file)
            there = None if pointer is None else self._measuring.lfs.path_of(pointer)
            if pointer is not None and there is None:
                self.pointers += 1
                found[path] = assumed_facts(pointer, path)
            else:
                files[path] = file if there is None else str(there)
        measured = facts_of(
            dict.fromkeys(files.values()),
            cache=self._places.cache,
            inspect=self._measuring.inspect,
        )
        return {**found, **{path: measured[file] for path, file in files.items()}}

    def locks(self) -> Iterator[tuple[str, str, bytes]]:
        """All files of receipts."""
        for file in sorted(self._places.campaigns.glob("*/lock/*.jsonl")):
            yield file.parent.parent.name, self._places.shown(file), file.read_bytes()

    def reviews(self) -> Iterator[tuple[str, str, bytes]]:
        """All files of verdicts."""
        for file in sorted(self._places.campaigns.glob("*/reviews/*/*.jsonl")):
            name = file.parent.parent.parent.name
            yield name, self._places.shown(file), file.read_bytes()


def _pointer_at(path: str) -> Pointer | None:
    """The Git LFS pointer that lies where a picture should."""
    try:
        if os.stat(path).st_size >= MOST_POINTER:  # noqa: PTH116 (thousands of files)
            return None
        return read_pointer(Path(path).read_bytes())
    except OSError:
        return None  # whoever measures it says what is wrong


def measuring(places: Places, repository: Repository) -> Measuring:
    """What measuring pictures needs; makes the folder that remembers it, where that is allowed."""
    with suppress(OSError):
        prepare_state(places.state)
    cache = places.cache.with_name("blobs.sqlite3")
    return Measuring(cache, LfsFiles(repository.common), _inspect)


def _inspect() -> Inspect:
    from pipeline.imaging.inspect import inspect  # noqa: PLC0415 (loads the pixel library)

    return inspect


@dataclass(frozen=True, slots=True)
class LoadedSide:
    """A side as far as it could be read.

    Attributes:
        side: None if a problem is an error.
        problems: of all its manifests, in file order.
    """

    side: Side | None
    problems: tuple[Problem, ...]


def load_side(tree: Tree, receipts: Receipts, *, like: Side | None = None) -> LoadedSide:
    """Read all campaigns of a side and expand them.

    Args:
        tree: the side.
        receipts: reads its locks.
        like: the other side; what both declare alike is expanded once.

    Raises:
        CampaignError: exit 2, pictures or folders are not in this clone; exit 12, a lock is
            damaged or from a newer program.
    """
    workspace, problems = read_shared(tree)
    wishes: dict[str, Wish] = {}
    for name in tree.names():
        known = None if like is None else like.wishes.get(name)
        wished, found = _wish(tree, workspace or Workspace(), name, known)
        problems += found
        if wished is not None:
            wishes[name] = wished
    if any(problem.is_error for problem in problems) or workspace is None:
        return LoadedSide(None, tuple(problems))
    side = Side(tree.point, workspace, wishes, receipts.of(tree), receipts.verdicts(tree))
    return LoadedSide(side, tuple(problems))


def _wish(
    tree: Tree, workspace: Workspace, name: str, known: Wish | None
) -> tuple[Wish | None, list[Problem]]:
    campaign, problems = read_campaign(tree, workspace, name)
    if campaign is None:
        return None, problems
    made = wish(campaign, priced(catalog.card(campaign.model), workspace), like=known)
    return made, [*problems, *made.expansion.problems]
