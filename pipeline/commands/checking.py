"""Holds a campaign's delivered pictures against the checks: measures, remembers, judges."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import vision
from pipeline.adapters.facts_store import FactsStore
from pipeline.adapters.places import DRAFT
from pipeline.commands.books import Books
from pipeline.commands.matching import (
    Matched,
    Matching,
    facts_in,
    source_paths,
)
from pipeline.commands.session import Subject
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.flags import Docket, NotRun, Report
from pipeline.domain.history import Delivery, History
from pipeline.domain.plan import Cell, Plan
from pipeline.reporting.flags_text import Looked

if TYPE_CHECKING:
    from pipeline.imaging.checks.judge import Case
    from pipeline.imaging.checks.measure import Item, Measured
    from pipeline.imaging.checks.sets import Drift

NOT_YET = "not looked at yet; `campaign status --flags` does"
_ABSENT = "its bytes are not on this machine"
_NO_SOURCE = "its source is not here"
_NO_WORDS_SOURCE = "made from words alone"
_FAILED = "it could not be measured"
_FEW = "fewer than three pictures to compare"
_ALONE = "its request holds no other picture"
_PLACED = "its place is not by position alone"
_TWO = 2


@dataclass(frozen=True, slots=True)
class _Picture:
    """A delivered picture of a plan."""

    cell: Cell
    sha256: Sha256
    is_here: bool
    delivery: Delivery | None


class Checking:
    """The checks of one campaign's current pictures."""

    def __init__(self, subject: Subject, plan: Plan, books: Books, history: History) -> None:
        """Look up which pictures there are.

        Args:
            subject: the campaign; its `checks` say what is judged and how.
            plan: of it.
            books: of the realm.
            history: that the plan was made by.
        """
        self._settings = subject.campaign.checks
        self.is_draft = books.realm == DRAFT
        self._books = books
        self._history = history
        self._facts = facts_in(books)
        self._sources = source_paths(subject.campaign, books.places)
        self._matching = Matching(subject.campaign, books, history)
        self._has_networks = vision.is_available()
        present = books.store.present()
        self._pictures = [
            _Picture(
                cell,
                decision.output.sha256,
                decision.output.sha256 in present,
                _bringing(history, cell.key, decision.output.sha256),
            )
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
            if decision.output is not None
        ]

    def look(self, progress: Callable[[int], None]) -> tuple[Looked, ...]:
        """Measure what is not known, with all that is installed; one for each picture, in order."""
        here = [one for one in self._pictures if one.is_here]
        if here:
            from pipeline.imaging.checks.measure import measure_all  # noqa: PLC0415 (pixel library)

            measure_all([self._item(one) for one in here], self._facts, progress=progress)
        found = self._judged(here, may_measure=True, is_whole=True)
        return tuple(
            _looked(one, found[one.cell.key].report() if one.is_here else _absent(self._docket()))
            for one in self._pictures
        )

    def glance(
        self, cells: frozenset[CellKey], progress: Callable[[int], None]
    ) -> tuple[Looked, ...]:
        """Measure what arithmetic sees in some cells' pictures; answers for those that are here."""
        here = [one for one in self._pictures if one.is_here]
        chosen = [one for one in here if one.cell.key in cells]
        if not chosen:
            return ()
        from pipeline.imaging.checks.measure import measure_all  # noqa: PLC0415 (pixel library)

        items = [self._item(one) for one in chosen]
        measure_all(items, self._facts, networks=False, safety=False, progress=progress)
        found = self._judged(here, may_measure=True, is_whole=False)
        return tuple(_looked(one, found[one.cell.key].report()) for one in chosen)

    def recall(self) -> dict[CellKey, Docket]:
        """What is known already, by cell; nothing is measured, no picture is opened."""
        here = [one for one in self._pictures if one.is_here]
        if not here or not self._facts.is_there:
            return {}
        return self._judged(here, may_measure=False, is_whole=False)

    def _judged(
        self, here: Sequence[_Picture], *, may_measure: bool, is_whole: bool
    ) -> dict[CellKey, Docket]:
        """Answers of those pictures that anything is known of.

        Args:
            here: pictures on this machine.
            may_measure: whether pictures may still be opened, to compare two of them.
            is_whole: whether everything that is installed has looked at them, or may do so now.
        """
        if not here:
            return {}
        from pipeline.imaging.checks.judge import judge  # noqa: PLC0415 (loads numpy)
        from pipeline.imaging.checks.measure import recall_all  # noqa: PLC0415 (as above)

        items = [self._item(one) for one in here]
        measured = recall_all(items, self._facts)
        together = _Together(here, items, measured, self._facts, may_measure=may_measure)
        placed = self._placed(here, may_look=is_whole)
        found: dict[CellKey, Docket] = {}
        for index, one in enumerate(here):
            docket = self._docket()
            if not measured[index].is_nothing or may_measure:
                case = self._case(index, together, placed, is_whole=is_whole)
                judge(case, docket)
                found[one.cell.key] = docket
        return found

    def _docket(self) -> Docket:
        return Docket(settings=self._settings, is_draft=self.is_draft)

    def _item(self, one: _Picture) -> "Item":
        from pipeline.imaging.checks.measure import Item  # noqa: PLC0415 (loads numpy)

        source = one.cell.source
        path = None if source is None else self._sources.get(source)
        before = None if source is None or path is None else (source, path)
        return Item(one.sha256, self._books.store.path_of(one.sha256), before)

    def _case(
        self,
        index: int,
        together: "_Together",
        placed: Mapping[str, Matched],
        *,
        is_whole: bool,
    ) -> "Case":
        from pipeline.imaging.checks import measure, safety  # noqa: PLC0415 (loads numpy)
        from pipeline.imaging.checks.judge import Case  # noqa: PLC0415 (as above)

        one, item = together.here[index], together.items[index]
        numbers = together.measured[index]
        waiting = _FAILED if is_whole else NOT_YET
        no_networks = waiting if self._has_networks else measure.NO_CHECKS
        no_source = ""
        if item.source is None:
            no_source = _NO_WORDS_SOURCE if one.cell.source is None else _NO_SOURCE
        elsewhere, no_place = self._place(one, placed)
        return Case(
            wanted=_wanted(one.cell.recipe.size),
            error=numbers.error,
            alone=numbers.alone,
            change=numbers.change,
            kept=numbers.kept,
            seen=numbers.seen,
            source=numbers.source,
            safety=numbers.safety,
            look_alike=together.look_alike(index),
            drift=together.drift(index),
            elsewhere=elsewhere,
            provider_flagged=_flagged(self._history, one),
            is_draft=self.is_draft,
            no_networks="" if numbers.seen is not None else no_networks,
            no_safety=waiting if safety.is_available() else measure.NO_NSFW,
            no_source=no_source,
            no_twin=together.no_twin(index),
            no_set=together.no_set(index) if self._has_networks else measure.NO_CHECKS,
            no_place=no_place if self._has_networks else measure.NO_CHECKS,
        )

    def _placed(self, here: Sequence[_Picture], *, may_look: bool) -> dict[str, Matched]:
        """What content says about the attempts whose outputs position assigned."""
        if not self._has_networks:
            return {}
        attempts = {
            one.delivery.attempt
            for one in here
            if one.delivery is not None and self._is_by_position(one)
        }
        return self._matching.of(sorted(attempts), may_look=may_look)

    def _is_by_position(self, one: _Picture) -> bool:
        """Whether the place of a picture among several is all that says whose it is."""
        delivery, gens = one.delivery, self._history.gens
        if delivery is None or delivery.how != "assumed" or delivery.attempt not in gens:
            return False
        return len({cell.source for cell in gens[delivery.attempt].order.cells}) >= _TWO

    def _place(
        self, one: _Picture, placed: Mapping[str, Matched]
    ) -> tuple[tuple[str, float] | None, str]:
        """Where content puts a picture, or why it does not say."""
        delivery = one.delivery
        if delivery is None:
            return None, _ALONE
        if not self._is_by_position(one):
            return None, _ALONE if delivery.how == "assumed" else _PLACED
        matched = placed.get(delivery.attempt)
        if matched is None or not matched.outputs:
            return None, NOT_YET if matched is None else matched.why
        cells = self._history.gens[delivery.attempt].order.cells
        for cell, said in zip(cells, matched.outputs, strict=False):
            if cell.key == one.cell.key:
                if said.cell == cell.key:
                    return ("", 0.0), ""
                where = said.address or "nothing that was asked for"
                return (where, float(said.confidence)), ""
        return None, _ALONE


def kept_flags(
    subject: Subject, plan: Plan, books: Books, *, history: History | None = None
) -> Mapping[CellKey, Docket]:
    """What is known already of a plan's pictures; measures nothing and opens no picture.

    Args:
        subject: the campaign; its `checks` decide what is judged, so that other settings give
            other answers from the same numbers.
        plan: of it.
        books: of the realm.
        history: that the plan was made by; read from the books where it is not given.

    Returns:
        The answers by cell (`Docket.report()`). A cell that is not there has no picture on this
        machine, or one that nobody looked at: its checks are not run, which is not a pass.
    """
    known = books.history() if history is None else history
    return Checking(subject, plan, books, known).recall()


class _Together:
    """What the pictures of a campaign say about each other."""

    def __init__(
        self,
        here: Sequence[_Picture],
        items: Sequence["Item"],
        measured: Sequence["Measured"],
        facts: FactsStore,
        *,
        may_measure: bool,
    ) -> None:
        self.here = here
        self.items = items
        self.measured = measured
        self._alike: dict[int, tuple[float, str]] = {}
        self._no_twin: dict[int, str] = {}
        self._drift: dict[int, Drift] = {}
        self._no_set: dict[int, str] = {}
        for group in _groups(here, lambda one: one.cell.address.size):
            self._compare(group, facts, may_measure=may_measure)
        for group in _groups(here, _set_of):
            self._hold_against_set(group)

    def look_alike(self, index: int) -> tuple[float, str] | None:
        """The picture that is nearly the same, with its address."""
        return self._alike.get(index)

    def no_twin(self, index: int) -> str:
        """Why it is not known whether there is such a picture; empty where it is."""
        return self._no_twin.get(index, "")

    def drift(self, index: int) -> "Drift | None":
        """How far it is from its set."""
        return self._drift.get(index)

    def no_set(self, index: int) -> str:
        """Why its set says nothing; empty where it does."""
        return self._no_set.get(index, "")

    def _compare(self, group: Sequence[int], facts: FactsStore, *, may_measure: bool) -> None:
        """Find pictures that are nearly the same."""
        from pipeline.imaging.checks import sets  # noqa: PLC0415 (loads numpy)
        from pipeline.imaging.checks.measure import compare  # noqa: PLC0415 (as above)

        own = [(index, self.measured[index].alone) for index in group]
        known = [(index, alone) for index, alone in own if alone is not None]
        alike = sets.look_alikes([alone for _, alone in known])
        pairs = [(known[place][0], known[other][0]) for place, other in alike.items()]
        items = [(self.items[index], self.items[other]) for index, other in pairs]
        different = compare(items, facts, may_measure=may_measure)
        for (index, other), most in zip(pairs, different, strict=True):
            if most is not None:
                self._alike[index] = (most, str(self.here[other].cell.address))
            else:
                self._no_twin[index] = NOT_YET
        if any(self.measured[index].is_nothing for index in group):
            # Those that nobody looked at may be copies of the others.
            self._no_twin.update((index, NOT_YET) for index in group if index not in self._alike)

    def _hold_against_set(self, group: Sequence[int]) -> None:
        """Find what drifts from the set's median."""
        from pipeline.imaging.checks import sets  # noqa: PLC0415 (loads numpy)

        measured = [self.measured[index] for index in group]
        waiting = any(one.seen is None and not one.error for one in measured)
        if waiting and len(group) >= sets.FEWEST:
            self._no_set.update((index, NOT_YET) for index in group)
            return
        ready = [
            (index, one.seen, one.source)
            for index, one in zip(group, measured, strict=True)
            if one.seen is not None
        ]
        if len(ready) < sets.FEWEST:
            self._no_set.update((index, _FEW) for index in group)
            return
        found = sets.drifts([seen for _, seen, _ in ready], [source for _, _, source in ready])
        self._drift.update((index, one) for (index, _, _), one in zip(ready, found, strict=True))


def _bringing(history: History, key: CellKey, picture: Sha256) -> Delivery | None:
    """The delivery that brought a cell's picture."""
    known = history.deliveries.get(key, ())
    return next((one for one in known if one.output.sha256 == picture), None)


def _flagged(history: History, one: _Picture) -> bool | None:
    """Whether the provider called a picture unsafe; None where it did not say."""
    gen = None if one.delivery is None else history.gens.get(one.delivery.attempt)
    if gen is None or not gen.flagged:
        return None
    digests = [output.sha256 for output in gen.outputs]
    said = [
        flag for digest, flag in zip(digests, gen.flagged, strict=False) if digest == one.sha256
    ]
    return None if None in said or not said else any(said)


def _set_of(one: _Picture) -> tuple[str, str, str]:
    address = one.cell.address
    return (address.set, address.variant, address.size)


def _groups(here: Sequence[_Picture], key: Callable[[_Picture], object]) -> list[list[int]]:
    found: dict[object, list[int]] = {}
    for index, one in enumerate(here):
        found.setdefault(key(one), []).append(index)
    return list(found.values())


def _wanted(size: str) -> tuple[int, int] | None:
    """Width and height of a native size; None for a named resolution."""
    wide, _, high = size.partition("x")
    return (int(wide), int(high)) if wide.isdigit() and high.isdigit() else None


def _absent(docket: Docket) -> Report:
    report = docket.report()
    return Report(not_run=tuple(NotRun(one.check, _ABSENT) for one in report.not_run))


def _looked(one: _Picture, report: Report) -> Looked:
    return Looked(str(one.cell.address), one.cell.key, one.sha256, report)
