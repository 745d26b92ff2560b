"""`campaign store verify`: hash all objects, set damaged ones aside, get them again for free."""

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import Places
from pipeline.adapters.store import InTheWayError, Store
from pipeline.adapters.transfer import Fate, Handled, check, each
from pipeline.commands.books import Books
from pipeline.commands.holdings import (
    Holding,
    Lacking,
    Whereabouts,
    absent,
    holdings,
    to_fetch,
)
from pipeline.commands.loading import load_all, open_workspace
from pipeline.commands.own_copies import take_back
from pipeline.commands.progress import Telling
from pipeline.commands.realms import Realm, choose_realm
from pipeline.commands.refetch import ask_provider
from pipeline.commands.shared_folder import copy_all, listing, other_side
from pipeline.commands.store import STORE_FORMAT, listed, megabytes
from pipeline.domain.diagnostics import Problem
from pipeline.domain.exit_codes import DONE, UNFINISHED
from pipeline.domain.fingerprint import Sha256
from pipeline.reporting.words import count


@dataclass(frozen=True, slots=True)
class Aside:
    """A damaged object that was set aside: where it should be whole, and where it is now."""

    digest: Sha256
    path: str


@dataclass(slots=True)
class Side:
    """What was found in one store.

    Attributes:
        name: for people.
        checked: objects that were read.
        bytes: how many they had.
        aside: damaged ones, set aside now.
        unread: objects of which nobody knows, and damaged ones that could not be moved; left alone.
        mended: digests that are whole again, and where from.
        unfinished: copies that were cut short.
    """

    name: str
    checked: int = 0
    bytes: int = 0
    aside: list[Aside] = field(default_factory=list)
    unread: list[Lacking] = field(default_factory=list)
    mended: dict[Sha256, str] = field(default_factory=dict)
    unfinished: int = 0

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "folder": self.name,
            "checked": self.checked,
            "bytes": self.bytes,
            "set_aside": [{"sha256": one.digest, "path": one.path} for one in self.aside],
            "unread": [one.document() for one in self.unread],
            "mended": [
                {"sha256": digest, "from": source} for digest, source in self.mended.items()
            ],
            "unfinished": self.unfinished,
        }

    def lines(self) -> list[str]:
        """For people."""
        found = [f"checked  {count(self.checked, 'picture')}, {megabytes(self.bytes)}: {self.name}"]
        found += [f"damaged  {one.digest[:12]}: set aside at {one.path}" for one in self.aside]
        found += listed("unread", self.unread)
        found += listed(
            "mended", [Lacking(one, "", f"from {source}") for one, source in self.mended.items()]
        )
        if self.unfinished:
            copies = count(self.unfinished, "unfinished copy", "unfinished copies")
            found.append(f"left     {copies} (`.*.tmp`); delete them while nobody is copying")
        return found


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found and mended.

    Attributes:
        realm: whose pictures.
        sides: the store here, then the folder if one was given.
        damaged: pictures whose damaged bytes could not be replaced.
        absent: how many other pictures receipts name that are not on this machine.
        problems: what was odd on the way.
    """

    realm: str
    sides: tuple[Side, ...]
    damaged: tuple[Lacking, ...]
    absent: int
    problems: tuple[Problem, ...] = ()

    @property
    def exit_code(self) -> int:
        """5 where damage remains, else 0; what is absent without damage is no fault."""
        return UNFINISHED if self.damaged or any(side.unread for side in self.sides) else DONE

    @property
    def text(self) -> str:
        """For people."""
        lines = [line for side in self.sides for line in side.lines()]
        lines += listed("lacking", self.damaged)
        if self.absent:
            pictures = count(self.absent, "picture")
            lines.append(f"absent   {pictures} that receipts name are not here; see `store pull`")
        return "\n".join(lines) + "\n"

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "store": STORE_FORMAT,
            "what": "verify",
            "realm": self.realm,
            "sides": [side.document() for side in self.sides],
            "damaged": [one.document() for one in self.damaged],
            "absent": self.absent,
        }


def verify(folder: Path | None, *, draft: bool, telling: Telling, start: Path) -> Verified:
    """Check every object here and in a folder by its digest, and mend each from the other.

    Damaged bytes are moved to `damaged/` beside the objects and never deleted. What is damaged or
    absent here and lies whole among the outputs is taken back from there. What is damaged here and
    whole nowhere is asked of the provider, for free, while it keeps results.

    Args:
        folder: that was pushed to; None to check the store here alone.
        draft: whether drafts are meant.
        telling: says how far it is.
        start: the working directory.

    Raises:
        CampaignError: exit 2, no such folder; exit 5, the disk is full.
    """
    places, workspace = open_workspace(start)
    realm = choose_realm(draft=draft)
    other = None if folder is None else other_side(folder, places, must_be_one=True)
    books = Books(places, realm.name)
    clock = SystemClock()
    try:
        known = holdings(books)
        visit = _Visit(places, books.store, telling)
        here = visit.check(books.store)
        sides = [here]
        if other is not None:
            there = visit.check(other)
            sides.append(there)
            visit.mend(other, there, {one.digest for one in there.aside}, source=books.store)
        # What an earlier check set aside and nobody could replace yet is tried again.
        earlier = books.store.damaged().keys() & known.keys() - books.store.present()
        bad = {one.digest for one in here.aside} | earlier
        if other is not None:
            visit.mend(books.store, here, bad, source=other)
        copies = take_back(books, absent(known, books), telling)
        here.mended |= {digest: places.shown(path) for digest, path in sorted(copies.items())}
        why = dict.fromkeys(bad, "no whole copy was found")
        kept = to_fetch(known, sorted(bad - here.mended.keys()), clock.now())
        if kept:
            loaded = load_all(places, workspace, places.names())
            subjects = [one.subject for one in loaded if one.subject is not None]
            asking = ask_provider(
                kept, realm, books, subjects=subjects, telling=telling, clock=clock
            )
            again = asyncio.run(asking)
            here.mended |= dict.fromkeys(sorted(again.found), "the provider")
            why |= again.failed
        return _verified(realm, books, known, sides, why)
    finally:
        books.close()


def _verified(
    realm: Realm,
    books: Books,
    known: Mapping[Sha256, Holding],
    sides: Sequence[Side],
    why: Mapping[Sha256, str],
) -> Verified:
    present = books.store.present()
    where = Whereabouts(known, books, now=SystemClock().now())
    damaged = [
        where.lacking(digest, why[digest]) for digest in sorted(why) if digest not in present
    ]
    for side in sides[1:]:
        damaged += [
            Lacking(one.digest, "", f"damaged in {side.name}, and not whole here")
            for one in side.aside
            if one.digest not in side.mended
        ]
    return Verified(
        realm=realm.name,
        sides=tuple(sides),
        damaged=tuple(damaged),
        absent=len(known.keys() - present - why.keys()),
        problems=tuple(books.warnings),
    )


class _Visit:
    """Checks and mends stores."""

    def __init__(self, places: Places, own: Store, telling: Telling) -> None:
        self._places = places
        self._own = own
        self._telling = telling

    def check(self, store: Store) -> Side:
        """Hash all objects of a store and set the damaged ones aside."""
        side = Side(self._places.shown(store.root))
        digests = sorted(listing(store))
        workers = len(os.sched_getaffinity(0))
        with self._telling.work(f"checked in {side.name}", len(digests)) as progress:
            work = partial(check, store=store)
            for one in each(work, digests, workers=workers, progress=progress):
                self._judge(one, store, side)
        side.unfinished = len(store.unfinished())
        return side

    def _judge(self, one: Handled, store: Store, side: Side) -> None:
        if one.fate is Fate.GONE:
            return
        side.checked += 1
        side.bytes += one.bytes
        if one.fate is Fate.DAMAGED:
            self._set_aside(one.digest, store, side)
        elif one.fate is not Fate.WHOLE:
            side.unread.append(Lacking(one.digest, "", f"cannot be read: {one.why}"))

    def _set_aside(self, digest: Sha256, store: Store, side: Side) -> None:
        try:
            path = store.set_aside(digest)
        except (OSError, InTheWayError) as error:
            why = f"damaged, and cannot be set aside: {error}"
            side.unread.append(Lacking(digest, "", why))
            return
        if path is not None:
            side.aside.append(Aside(digest, self._places.shown(path)))

    def mend(self, store: Store, side: Side, digests: Collection[Sha256], *, source: Store) -> None:
        """Copy whole objects to where damaged ones were set aside."""
        wanted = sorted(digest for digest in digests if digest in source)
        if not wanted:
            return
        name = self._places.shown(source.root)
        for one in copy_all(wanted, source=source, target=store, telling=self._telling):
            if one.fate in {Fate.COPIED, Fate.WHOLE}:
                side.mended[one.digest] = name
