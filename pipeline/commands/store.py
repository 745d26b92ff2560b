"""`campaign store push` and `pull`: paid pictures to and from a folder that others see too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.places import prepare_state
from pipeline.adapters.store import Store
from pipeline.adapters.transfer import Fate, Handled
from pipeline.commands.books import Books
from pipeline.commands.holdings import Lacking, Whereabouts, absent, holdings
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.own_copies import take_back
from pipeline.commands.progress import Telling
from pipeline.commands.realms import choose_realm
from pipeline.commands.session import Session
from pipeline.commands.shared_folder import copy_all, listing, other_side
from pipeline.domain.diagnostics import Problem
from pipeline.domain.exit_codes import DONE, UNFINISHED
from pipeline.domain.fingerprint import Sha256
from pipeline.reporting.words import count

STORE_FORMAT = 1
_MOST_SHOWN = 20
_DONE = frozenset({Fate.COPIED, Fate.WHOLE})
_COLUMN = 9


class StoreResult(Protocol):
    """What a command about the store came to."""

    @property
    def exit_code(self) -> int:
        """As in the table of exit codes."""

    @property
    def text(self) -> str:
        """For people."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was odd on the way."""

    def document(self) -> Mapping[str, object]:
        """For machines."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a push or a pull did.

    Attributes:
        what: `push` or `pull`.
        realm: whose pictures.
        folder: the other side.
        copied: digests, in order.
        bytes: how many they have.
        before: how many were there already and needed no copying.
        lacking: what was not copied, in order.
        problems: what was odd on the way.
    """

    what: str
    realm: str
    folder: str
    copied: tuple[Sha256, ...]
    bytes: int
    before: int
    lacking: tuple[Lacking, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def exit_code(self) -> int:
        """5 where something could not be copied, else 0."""
        return UNFINISHED if self.lacking else DONE

    @property
    def text(self) -> str:
        """For people."""
        where = f"in {self.folder}" if self.what == "push" else "here"
        lines = (
            f"copied   {count(len(self.copied), 'picture')}, {megabytes(self.bytes)}",
            f"before   {count(self.before, 'picture')} {where} already",
            *listed("lacking", self.lacking),
        )
        return "\n".join(lines) + "\n"

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "store": STORE_FORMAT,
            "what": self.what,
            "realm": self.realm,
            "folder": self.folder,
            "copied": list(self.copied),
            "bytes": self.bytes,
            "before": self.before,
            "lacking": [one.document() for one in self.lacking],
        }


def push(folder: Path, *, draft: bool, telling: Telling, start: Path) -> Copied:
    """Copy what is in the store here and not in a folder.

    Raises:
        CampaignError: exit 2, no such folder, or one that cannot be used or written; exit 5, it is
            full. What was copied by then is whole, and the next push goes on from there.
    """
    places, _ = open_workspace(start)
    realm = choose_realm(draft=draft).name
    own = Store(places.of_realm(realm) / "store")
    other = other_side(folder, places, must_be_one=False)
    here, theirs = own.present(), listing(other)
    missing = sorted(here - theirs)
    done = copy_all(missing, source=own, target=other, telling=telling)
    lacking = [Lacking(one.digest, "", _not_pushed(one)) for one in done if one.fate not in _DONE]
    return _summary("push", realm, folder, done, before=len(here & theirs), lacking=lacking)


def pull(
    folder: Path, names: Sequence[str], *, draft: bool, telling: Telling, start: Path
) -> Copied:
    """Copy what receipts name from a folder into the store here; nothing else is taken.

    What the folder lacks and the outputs here still have is taken back from those.

    Args:
        folder: that was pushed to.
        names: campaigns; empty for all.
        draft: whether drafts are meant.
        telling: says how far it is.
        start: the working directory.

    Raises:
        CampaignError: exit 2, no such folder or campaign; exit 5, the disk here is full. What was
            copied by then is whole, and the next pull goes on from there.
    """
    places, workspace = open_workspace(start)
    realm = choose_realm(draft=draft)
    other = other_side(folder, places, must_be_one=True)
    clock = SystemClock()
    books = Books(places, realm.name)
    problems: list[Problem] = []
    try:
        known = holdings(books)
        wanted = set(known)
        if names:
            subjects, problems = load_subjects(places, workspace, names)
            wanted = {digest for digest in known if not known[digest].campaigns.isdisjoint(names)}
            for subject in subjects:
                plan = Session(subject, books, engine=realm.engine, clock=clock).plan()
                wanted |= {d.output.sha256 for d in plan.decisions if d.output is not None}
        here = books.store.present()
        theirs = listing(other)
        missing = sorted(wanted - here)
        prepare_state(places.state)
        takeable = [digest for digest in missing if digest in theirs]
        done = copy_all(takeable, source=other, target=books.store, telling=telling)
        fates = {one.digest: one for one in done}
        still = {d: known[d] for d in missing if d in known}
        copies = take_back(books, absent(still, books), telling)
        where = Whereabouts(known, books, now=clock.now())
        lacking = [
            where.lacking(digest, _not_pulled(fates.get(digest), folder))
            for digest in missing
            if digest not in copies and (digest not in fates or fates[digest].fate not in _DONE)
        ]
        return _summary(
            "pull",
            realm.name,
            folder,
            done,
            before=len(wanted & here),
            lacking=lacking,
            problems=(*problems, *books.warnings),
        )
    finally:
        books.close()


def _summary(
    what: str,
    realm: str,
    folder: Path,
    done: Sequence[Handled],
    *,
    before: int,
    lacking: Sequence[Lacking],
    problems: Sequence[Problem] = (),
) -> Copied:
    copied = [one for one in done if one.fate is Fate.COPIED]
    return Copied(
        what=what,
        realm=realm,
        folder=str(folder),
        copied=tuple(one.digest for one in copied),
        bytes=sum(one.bytes for one in copied),
        before=before,
        lacking=tuple(lacking),
        problems=tuple(problems),
    )


def _not_pushed(one: Handled) -> str:
    if one.fate is Fate.DAMAGED:
        return f"damaged here, so it was not copied ({one.why}): `campaign store verify`"
    return one.why


def _not_pulled(one: Handled | None, folder: Path) -> str:
    if one is None:
        return f"not in {folder}"
    if one.fate is Fate.DAMAGED:
        return f"damaged in {folder}, so it was not taken: `campaign store verify {folder}`"
    return f"not to be had from {folder}: {one.why}"


def megabytes(length: int) -> str:
    """A length for people."""
    return f"{length / 1e6:,.1f} MB"


def listed(word: str, lacking: Sequence[Lacking]) -> list[str]:
    """Lines of a summary, the first few of them."""
    texts = [one.text for one in lacking[:_MOST_SHOWN]]
    if len(lacking) > _MOST_SHOWN:
        texts.append(f"and {len(lacking) - _MOST_SHOWN:,} more")
    return [f"{'' if n else word:<{_COLUMN}}{text}" for n, text in enumerate(texts)]
