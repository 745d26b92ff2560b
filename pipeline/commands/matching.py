"""Say by content which output of a request is whose, where the position does not say it surely."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline import vision
from pipeline.adapters.facts_store import Body, FactsStore
from pipeline.adapters.places import Places
from pipeline.commands.books import Books
from pipeline.commands.session import Session
from pipeline.domain.campaign import Campaign
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.history import History
from pipeline.domain.plan import Plan
from pipeline.domain.receipts import AskedCell, Gen, Match
from pipeline.imaging.matching.version import MATCHING_VERSION

SURE = 95
"""Per cent of confidence from which a short delivery is assigned without asking anybody."""
_CERTAIN = 100
_FACTS = "checks.sqlite3"
_KIND = f"match-{MATCHING_VERSION}"
_NOT_YET = "not looked at yet"
_NEEDS_TWO = 2


@dataclass(frozen=True, slots=True)
class Said:
    """Whose one output is, by content.

    Attributes:
        cell: None for nobody's.
        address: of the cell, or empty.
        confidence: per cent.
        is_known: whether it shows a picture that was sent; one that serves nobody may be a second
            copy, or an edit of the reference.
    """

    cell: CellKey | None
    address: str
    confidence: int
    is_known: bool = True

    @property
    def text(self) -> str:
        """What it looks like, for people."""
        if not self.is_known:
            return "nothing that was sent"
        return f"{self.address or 'a second copy'} ({self.confidence} % sure)"

    def line(self, picture: str) -> str:
        """One line for people, which names the cell first, as the lines of a run do.

        Args:
            picture: what it is called.
        """
        if not self.is_known:
            return f"nobody's: {picture} shows nothing that was sent"
        sure = f"({self.confidence} % sure)"
        if not self.address:
            return f"nobody's: {picture} is a second copy {sure}"
        return f"{self.address}: {picture} {sure}"


@dataclass(frozen=True, slots=True)
class Matched:
    """What content says about one attempt.

    Attributes:
        attempt: its id.
        outputs: in the order of their delivery; empty where nothing can be said.
        why: nothing can be said, in words.
    """

    attempt: str
    outputs: tuple[Said, ...] = ()
    why: str = ""

    @property
    def confidence(self) -> int:
        """Of the least sure output, per cent."""
        return min((one.confidence for one in self.outputs), default=0)

    @property
    def is_sure(self) -> bool:
        """Whether it may be written down without a person."""
        is_known = all(one.is_known for one in self.outputs)  # a paid picture is not given up
        return bool(self.outputs) and is_known and self.confidence >= SURE

    def receipt(self, at: str) -> Match:
        """The receipt that assigns the outputs."""
        cells = tuple(one.cell for one in self.outputs)
        return Match(self.attempt, at, cells, "content", self.confidence)

    @property
    def lines(self) -> list[str]:
        """For people: a line for each picture."""
        if not self.outputs:
            return [f"attempt {self.attempt}: content says nothing ({self.why})"]
        return [
            one.line(f"picture {number} of attempt {self.attempt}")
            for number, one in enumerate(self.outputs, start=1)
        ]


def match_short(session: Session, plan: Plan) -> tuple[Matched, ...]:
    """Look at the short deliveries that block cells of a plan; writes no receipt.

    Takes seconds a request: to be called with no run under way in this process's event loop.
    """
    history = session.history
    waiting = {history.unassigned[c.key] for c in plan.cells if c.key in history.unassigned}
    if not waiting:
        return ()
    matching = Matching(session.subject.campaign, session.books, history)
    return tuple(matching.of(sorted(waiting)).values())


def settle_short(
    session: Session, plan: Plan, *, at: str, say: Callable[[str], None]
) -> list[Match]:
    """Decide short deliveries by content; what is not sure is told and left to a person.

    Args:
        session: planned.
        plan: of it.
        at: now, for receipts.
        say: told one line for each picture of a short delivery.

    Returns:
        Receipts for the campaign's lock; the plan is old once they are filed.
    """
    found = match_short(session, plan)
    for one in found:
        word = "matched" if one.is_sure else "unsure"
        for line in one.lines:
            say(f"{word:<10} {line}")
    return sure_receipts(found, at)


def sure_receipts(found: Sequence[Matched], at: str) -> list[Match]:
    """Receipts for what is sure enough to be written down; a person outranks them at any time."""
    return [one.receipt(at) for one in found if one.is_sure]


def facts_in(books: Books) -> FactsStore:
    """Where the numbers of a realm's pictures are remembered."""
    return FactsStore(books.places.of_realm(books.realm) / _FACTS)


def source_paths(campaign: Campaign, places: Places) -> dict[Sha256, Path]:
    """The files of a campaign's source pictures by digest."""
    folder = places.campaign(campaign.name)
    found: dict[Sha256, Path] = {}
    for image_set in campaign.sets:
        references = () if image_set.reference is None else (image_set.reference,)
        for picture in (*image_set.pictures, *references):
            found.setdefault(picture.facts.sha256, folder / picture.path)
    return found


class Matching:
    """Matches attempts of one campaign; what was found is remembered by digests."""

    def __init__(self, campaign: Campaign, books: Books, history: History) -> None:
        """Prepare; opens no picture.

        Args:
            campaign: whose sources are looked at.
            books: of the realm.
            history: whose attempts are asked about.
        """
        self._history = history
        self._store = books.store
        self._facts = facts_in(books)
        self._sources = source_paths(campaign, books.places)

    def of(self, attempts: Sequence[str], *, may_look: bool = True) -> dict[str, Matched]:
        """What content says about some attempts.

        Args:
            attempts: their ids.
            may_look: whether pictures may be opened; otherwise only what is remembered is told.
        """
        asked = {attempt: self._asked(attempt) for attempt in attempts}
        keys = [one.key for one in asked.values() if isinstance(one, _Asked)]
        known = self._facts.get(_KIND, keys)
        return {
            attempt: one
            if isinstance(one, Matched)
            else self._matched(attempt, one, known.get(one.key), may_look=may_look)
            for attempt, one in asked.items()
        }

    def _asked(self, attempt: str) -> "_Asked | Matched":
        """What is to be compared for an attempt, or what can be said of it without that."""
        gen = self._history.gens.get(attempt)
        if gen is None:
            return Matched(attempt, why="no receipt tells of its pictures")
        cells = gen.order.cells
        sources = list(dict.fromkeys(cell.source for cell in cells))
        if len(sources) < _NEEDS_TWO:
            # Takes of one picture: whichever is called the first, nothing is confused.
            return Matched(attempt, _in_order(gen))
        why = self._missing(gen, sources)
        if why:
            return Matched(attempt, why=why)
        asked = [source for source in sources if source is not None]
        places = [sum(cell.source == source for cell in cells) for source in asked]
        reference = gen.order.recipe.reference
        if reference is not None and reference not in asked and reference in self._sources:
            asked.append(reference)
            places.append(0)
        return _Asked(gen, asked, places)

    def _missing(self, gen: Gen, sources: Sequence[Sha256 | None]) -> str:
        if not vision.is_available():
            return "the extra `checks` is not installed"
        if any(output.sha256 not in self._store for output in gen.outputs):
            return "its pictures are not on this machine"
        if any(source is None or source not in self._sources for source in sources):
            return "a source picture changed since, or is gone"
        return ""

    def _matched(
        self, attempt: str, asked: "_Asked", known: Body | None, *, may_look: bool
    ) -> Matched:
        if known is None and not may_look:
            return Matched(attempt, why=_NOT_YET)
        if known is None:
            from pipeline.imaging.matching import match  # noqa: PLC0415 (loads the networks)

            found = match.owners(
                [self._store.path_of(output.sha256) for output in asked.gen.outputs],
                [self._sources[digest] for digest in asked.sources],
                asked.places,
            )
            known = {"owners": [[one.source, one.serves, one.confidence] for one in found]}
            self._facts.put(_KIND, {asked.key: known})
        owners = [(int(one[0]), bool(one[1]), float(one[2])) for one in known["owners"]]
        return Matched(attempt, _said(asked.gen, asked.sources, owners))


class _Asked(NamedTuple):
    """One comparison.

    Attributes:
        gen: the delivery.
        sources: digests of the pictures that its outputs may come from.
        places: how many outputs are due to each of them; none to the reference.
    """

    gen: Gen
    sources: Sequence[Sha256]
    places: Sequence[int]

    @property
    def key(self) -> str:
        """Under which the answer is remembered."""
        outputs = ",".join(output.sha256 for output in self.gen.outputs)
        told = ";".join([outputs, ",".join(self.sources), ",".join(map(str, self.places))])
        return hashlib.sha256(told.encode()).hexdigest()


def _in_order(gen: Gen) -> tuple[Said, ...]:
    cells: list[AskedCell | None] = [*gen.order.cells, *([None] * len(gen.outputs))]
    return tuple(_say(cell, 1.0) for cell, _ in zip(cells, gen.outputs, strict=False))


def _said(
    gen: Gen, asked: Sequence[Sha256], owners: Sequence[tuple[int, bool, float]]
) -> tuple[Said, ...]:
    """Cells of one source take its outputs in the order of their delivery."""
    free: dict[Sha256, list[AskedCell]] = {}
    for cell in gen.order.cells:
        if cell.source is not None:
            free.setdefault(cell.source, []).append(cell)
    said = []
    for source, serves, confidence in owners:
        waiting = free.get(asked[source], []) if serves and source >= 0 else []
        said.append(_say(waiting.pop(0) if waiting else None, confidence, is_known=source >= 0))
    return tuple(said)


def _say(cell: AskedCell | None, confidence: float, *, is_known: bool = True) -> Said:
    per_cent = int(confidence * _CERTAIN)
    if cell is None:
        return Said(None, "", per_cent, is_known)
    return Said(cell.key, cell.address, per_cent, is_known)
