"""`campaign status --flags`: what the checks say about every delivered picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import vision
from pipeline.adapters.clock import SystemClock
from pipeline.adapters.facts_store import FactsStore
from pipeline.commands.books import Books
from pipeline.commands.loading import load_subjects, open_workspace
from pipeline.commands.matching import Said, facts_of, misplaced, source_paths
from pipeline.commands.progress import Telling
from pipeline.commands.realms import choose_realm
from pipeline.commands.session import Session
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.flags import Docket, NotRun, Report, Settings
from pipeline.domain.history import Delivery
from pipeline.domain.plan import Cell, Plan
from pipeline.reporting.flags_text import Looked, OfCampaign, flags_document, flags_text

if TYPE_CHECKING:
    from pipeline.imaging.checks.judge import Case
    from pipeline.imaging.checks.measure import Item, Measured
    from pipeline.imaging.checks.sets import Drift

DONE = 0
_ABSENT = "its bytes are not on this machine"
_NO_SOURCE = "its source is not here"
_FEW = "fewer than three pictures to compare"
_TWO = 2


@dataclass(frozen=True, slots=True)
class Flags:
    """What was found; never an error: flags are for people."""

    realm: str
    campaigns: tuple[OfCampaign, ...]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return DONE

    @property
    def text(self) -> str:
        """For people."""
        return flags_text(self.campaigns)

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return flags_document(self.realm, self.campaigns)


def flags(names: Sequence[str], *, draft: bool, telling: Telling, start: Path) -> Flags:
    """Check every delivered picture of campaigns; measures only what is not known yet.

    Raises:
        CampaignError: exit 2; a manifest has problems.
    """
    places, workspace = open_workspace(start)
    subjects, problems = load_subjects(places, workspace, names)
    realm = choose_realm(draft=draft)
    books = Books(places, realm.name)
    found: list[OfCampaign] = []
    try:
        for subject in subjects:
            session = Session(subject, books, engine=realm.engine, clock=SystemClock())
            plan = session.plan()
            delivered = sum(decision.output is not None for decision in plan.decisions)
            with telling.work("checks", delivered) as progress:
                looked = check_pictures(session, plan, is_draft=realm.is_draft, progress=progress)
            found.append(OfCampaign(subject.campaign.name, looked))
        return Flags(realm.name, tuple(found), (*problems, *books.warnings))
    finally:
        books.close()


def check_pictures(
    session: Session,
    plan: Plan,
    *,
    is_draft: bool,
    settings: Settings | None = None,
    progress: Callable[[int], None] = lambda _more: None,
) -> tuple[Looked, ...]:
    """Check the current picture of each cell of a plan, in its order.

    Deletes, hides and buys nothing; never fails, whatever the pictures are.

    Args:
        session: planned.
        plan: of it.
        is_draft: whether the pictures are drafts.
        settings: how the campaign switches the checks.
        progress: told how many more pictures are done.
    """
    return _Checking(session, plan, is_draft=is_draft, settings=settings or {}).go(progress)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A delivered picture of a plan."""

    cell: Cell
    sha256: Sha256
    is_here: bool
    delivery: Delivery | None


class _Checking:
    """The checks of one campaign."""

    def __init__(self, session: Session, plan: Plan, *, is_draft: bool, settings: Settings) -> None:
        self._session = session
        self._is_draft = is_draft
        self._settings = settings
        self._sources = source_paths(session.subject.campaign, session.books.places)
        self._networks = vision.is_available()
        present = session.books.store.present()
        deliveries = session.history.deliveries
        self._pictures = [
            _Picture(
                cell,
                decision.output.sha256,
                decision.output.sha256 in present,
                next(iter(deliveries.get(cell.key, ())), None),
            )
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
            if decision.output is not None
        ]

    def go(self, progress: Callable[[int], None]) -> tuple[Looked, ...]:
        """All answers."""
        here = [one for one in self._pictures if one.is_here]
        if not here:
            return tuple(_looked(one, _absent(self._docket())) for one in self._pictures)
        # The pixel library is loaded for pictures alone.
        from pipeline.imaging.checks.judge import judge  # noqa: PLC0415
        from pipeline.imaging.checks.measure import measure_all  # noqa: PLC0415

        items = [self._item(one) for one in here]
        measured = measure_all(items, facts_of(self._session), progress=progress)
        reports: dict[int, Report] = {}
        for one, case in zip(here, self._cases(here, items, measured), strict=True):
            docket = self._docket()
            judge(case, docket)
            reports[id(one)] = docket.report()
        return tuple(
            _looked(one, reports.get(id(one)) or _absent(self._docket())) for one in self._pictures
        )

    def _docket(self) -> Docket:
        return Docket(settings=self._settings, is_draft=self._is_draft)

    def _item(self, one: _Picture) -> "Item":
        from pipeline.imaging.checks.measure import Item  # noqa: PLC0415 (as above)

        source = one.cell.source
        path = None if source is None else self._sources.get(source)
        before = None if source is None or path is None else (source, path)
        return Item(one.sha256, self._session.books.store.path_of(one.sha256), before)

    def _cases(
        self, here: Sequence[_Picture], items: Sequence["Item"], measured: Sequence["Measured"]
    ) -> list["Case"]:
        from pipeline.imaging.checks import measure, safety  # noqa: PLC0415 (as above)
        from pipeline.imaging.checks.judge import Case  # noqa: PLC0415

        together = _Together(here, items, measured, facts_of(self._session))
        elsewhere = self._elsewhere(here)
        cases = []
        for index, (one, item, numbers) in enumerate(zip(here, items, measured, strict=True)):
            alike = together.look_alike(index)
            no_source = "made from words alone" if one.cell.source is None else _NO_SOURCE
            cases.append(
                Case(
                    wanted=_wanted(one.cell.recipe.size),
                    error=numbers.error,
                    alone=numbers.alone,
                    change=numbers.change,
                    kept=numbers.kept,
                    seen=numbers.seen,
                    source=numbers.source,
                    safety=numbers.safety,
                    look_alike=alike,
                    drift=together.drift(index),
                    elsewhere=elsewhere.get(one.cell.key),
                    is_draft=self._is_draft,
                    no_networks="" if self._networks else measure.NO_CHECKS,
                    no_safety="" if safety.is_available() else measure.NO_NSFW,
                    no_source="" if item.source else no_source,
                    no_set=_FEW if together.drift(index) is None and self._networks else "",
                )
            )
        return cases

    def _elsewhere(self, here: Sequence[_Picture]) -> dict[str, tuple[str, float]]:
        """By cell key what content says of the place of each output that position assigned."""
        if not self._networks:
            return {}
        gens = self._session.history.gens
        attempts = {
            one.delivery.attempt
            for one in here
            if one.delivery is not None
            and one.delivery.how == "assumed"
            and one.delivery.attempt in gens
        }
        several = [
            attempt
            for attempt in sorted(attempts)
            if len({cell.source for cell in gens[attempt].order.cells}) >= _TWO
        ]
        said = misplaced(self._session, several)
        found: dict[str, tuple[str, float]] = {}
        for (attempt, index), one in said.items():
            cells = gens[attempt].order.cells
            if index < len(cells):
                found[cells[index].key] = _place(one, cells[index].key)
        return found


class _Together:
    """What the pictures of a campaign say about each other."""

    def __init__(
        self,
        here: Sequence[_Picture],
        items: Sequence["Item"],
        measured: Sequence["Measured"],
        facts: FactsStore,
    ) -> None:
        from pipeline.imaging.checks import sets  # noqa: PLC0415 (loads numpy)
        from pipeline.imaging.checks.measure import compare  # noqa: PLC0415 (as above)

        self._here = here
        self._alike: dict[int, tuple[float, str]] = {}
        self._drift: dict[int, Drift] = {}
        pairs: list[tuple[int, int]] = []
        for group in _groups(here, lambda one: one.cell.address.size):
            own = [(index, measured[index].alone) for index in group]
            known = [(index, alone) for index, alone in own if alone is not None]
            for place, alike in sets.look_alikes([alone for _, alone in known]).items():
                index, other = known[place][0], known[alike][0]
                pairs.append((index, other))
        different = compare([(items[index], items[other]) for index, other in pairs], facts)
        for (index, other), most in zip(pairs, different, strict=True):
            if most is not None:
                self._alike[index] = (most, str(here[other].cell.address))
        for group in _groups(here, _set_of):
            seen = [(index, measured[index].seen) for index in group]
            ready = [(index, one) for index, one in seen if one is not None]
            if len(ready) >= sets.FEWEST:
                before = [measured[index].source for index, _ in ready]
                found = sets.drifts([one for _, one in ready], before)
                self._drift.update(
                    (index, drift) for (index, _), drift in zip(ready, found, strict=True)
                )

    def look_alike(self, index: int) -> tuple[float, str] | None:
        """The picture that is nearly the same, with its address."""
        return self._alike.get(index)

    def drift(self, index: int) -> "Drift | None":
        """How far it is from its set."""
        return self._drift.get(index)


def _set_of(one: _Picture) -> tuple[str, str, str]:
    address = one.cell.address
    return (address.set, address.variant, address.size)


def _groups(here: Sequence[_Picture], key: Callable[[_Picture], object]) -> list[list[int]]:
    found: dict[object, list[int]] = {}
    for index, one in enumerate(here):
        found.setdefault(key(one), []).append(index)
    return list(found.values())


def _place(said: Said, key: str) -> tuple[str, float]:
    if said.cell == key:
        return ("", 0.0)
    return (said.address or "nothing that was asked for", float(said.confidence))


def _wanted(size: str) -> tuple[int, int] | None:
    """Width and height of a native size; None for a named resolution."""
    wide, _, high = size.partition("x")
    return (int(wide), int(high)) if wide.isdigit() and high.isdigit() else None


def _absent(docket: Docket) -> Report:
    report = docket.report()
    return Report(not_run=tuple(NotRun(one.check, _ABSENT) for one in report.not_run))


def _looked(one: _Picture, report: Report) -> Looked:
    return Looked(str(one.cell.address), one.cell.key, one.sha256, report)
