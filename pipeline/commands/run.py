"""`campaign run`: plan, ask, buy once, derive, lay out."""

import contextlib
import os
import signal
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import STATE_DAMAGED, LockFiles
from pipeline.adapters.places import REAL, Places
from pipeline.adapters.runs import HELD, hold_campaign, new_id
from pipeline.commands.agreement import REFUSED, USAGE, Agreed, Agreement, Desk, RunOptions
from pipeline.commands.books import Books
from pipeline.commands.closing import (
    DONE,
    IN_DOUBT,
    INTERRUPTED,
    STOPPED,
    UNFINISHED,
    UNUSABLE,
    Closing,
)
from pipeline.commands.loading import Loaded, chosen, load_all, open_workspace
from pipeline.commands.progress import Telling
from pipeline.commands.realms import KEY_VARIABLE, Realm, choose_realm
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.moment import moment
from pipeline.domain.plan import Action, Plan, Reason
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.execution.outcome import Brake, Outcome

__all__ = ["Desk", "RunOptions", "run"]

PRICE_ROSE = 7
# Which of several campaigns' or troubles' exit codes is the command's.
_PRECEDENCE = (
    INTERRUPTED,
    IN_DOUBT,
    STATE_DAMAGED,
    UNUSABLE,
    STOPPED,
    PRICE_ROSE,
    HELD,
    REFUSED,
    USAGE,
    UNFINISHED,
)

_T = TypeVar("_T")


def run(names: Sequence[str], options: RunOptions, desk: Desk, *, start: Path) -> int:
    """Run campaigns one after the other; returns the exit code.

    Raises:
        CampaignError: it cannot begin.
    """
    places, workspace = open_workspace(start)
    loaded = load_all(places, workspace, chosen(places, names))
    desk.show([problem for one in loaded for problem in one.problems])
    if any(one.subject is None for one in loaded):
        desk.telling.say("Nothing was sent.")
        return USAGE
    realm = choose_realm(draft=options.draft)
    codes: list[int] = []
    for subject in _subjects(loaded):
        one = _Run(places, realm, subject, options, desk)
        try:
            codes.append(one.go())
        except CampaignError as refused:
            # What earlier campaigns came to still counts, and later ones may well go on.
            desk.show(refused.problems)
            codes.append(refused.exit_code)
        if one.is_stopped or codes[-1] == UNUSABLE:
            break  # a stopped run begins no further campaign, nor does one without a provider
    return next((code for code in _PRECEDENCE if code in codes), max(codes, default=DONE))


def _subjects(loaded: Sequence[Loaded]) -> Iterator[Subject]:
    for one in loaded:
        if one.subject is not None:
            yield one.subject


class _Run:
    """One campaign's run."""

    def __init__(
        self,
        places: Places,
        realm: Realm,
        subject: Subject,
        options: RunOptions,
        desk: Desk,
    ) -> None:
        self._places = places
        self._realm = realm
        self._subject = subject
        self._options = options
        self._desk = desk
        self._clock = SystemClock()
        self._brake = Brake()
        self._engine = DRAFT_ENGINE if realm.is_draft else None
        self._name = subject.campaign.name
        self._run = new_id("r-")

    @property
    def is_stopped(self) -> bool:
        """Whether the user stopped it."""
        return self._brake.is_pulled

    def go(self) -> int:
        """Do it all; returns this campaign's exit code."""
        since = moment(self._clock.now())
        folder = self._places.of_realm(self._realm.name) / "held"
        hold = hold_campaign(folder, self._name, run=self._run, since=since)
        try:
            books = Books(self._places, self._realm.name, run=self._run)
            files = books.lock_files(self._name, day=since[:10].replace("-", ""))
            try:
                return self._with_books(books, files)
            finally:
                files.close()
                books.close()
        finally:
            hold.release()

    def _with_books(self, books: Books, files: LockFiles) -> int:
        session = Session(
            self._subject,
            books,
            engine=self._engine,
            clock=self._clock,
            caps=self._options.caps,
            retry_failed=self._options.retry_failed,
        )
        self._stop_at(session.expansion.problems, USAGE)
        outcome = Outcome()
        if self._must_look_back(session):
            outcome = self._online(self._look_back(session, files))
        elif _left_behind(books):
            outcome = self._online(self._recover(session, files))
        plan = session.plan()
        self._desk.show(books.warnings)
        has_filed = self._file_overdue(session, files, plan)
        if any(decision.action is Action.RECOVER for decision in plan.decisions):
            self._online(self._refetch(session, plan))
            plan = session.plan()
        agreed = Agreed(plan)
        if plan.steps and not self._brake.is_pulled:
            agreement = Agreement(
                self._subject, self._realm, self._options, self._desk, run=self._run
            )
            agreed = agreement.reach(plan, is_first=not books.open_ledger.attempts())
        elif plan.problems:
            self._desk.show(plan.problems)
        others = _bought_by_others(plan)
        tried = bool(agreed.plan.steps or others) and not self._brake.is_pulled
        if tried:
            # What could not be kept is not bought.
            books.store.try_writing()
            files.try_writing(self._name)
            bought = self._online(self._buy(session, files, agreed.plan, others))
            bought.ended[:0] = outcome.ended
            outcome = bought
        if tried or has_filed:
            plan = session.plan()
            self._file_overdue(session, files, plan)
        closing = Closing(
            self._places,
            self._realm,
            session,
            self._desk,
            engine=self._engine,
            others=others,
            is_stopped=self._brake.is_pulled,
        )
        return closing.close(plan, agreed, outcome)

    def _stop_at(self, problems: Sequence[Problem], code: int) -> None:
        if any(problem.is_error for problem in problems):
            raise CampaignError(code, problems)

    def _file_overdue(self, session: Session, files: LockFiles, plan: Plan) -> bool:
        overdue = session.overdue(plan)
        if overdue:
            _finish_async(files.file(self._name, overdue))
        return bool(overdue)

    def _must_look_back(self, session: Session) -> bool:
        """Whether the provider's history has to be read before anything may be bought.

        A run that would buy nothing needs no key, and one without a key will be told so later.
        """
        ledger = session.books.open_ledger
        if not ledger.needs_looking_back():
            return False
        if self._realm.is_draft and not self._places.has_drafts:
            _finish_async(ledger.looked_back(moment(self._clock.now())))
            return False
        has_key = self._realm.is_draft or bool(os.environ.get(KEY_VARIABLE, "").strip())
        return has_key and self._may_buy(session.plan())

    def _may_buy(self, plan: Plan) -> bool:
        """Whether anything here could end in a purchase; where not, the provider is not asked."""
        may_agree = self._realm.is_draft or self._options.yes or self._desk.ask is not None
        is_capped = plan.realm != REAL or self._subject.campaign.budget.cap is not None
        is_refused = any(problem.is_error for problem in plan.problems)
        return (
            bool(plan.steps)
            and may_agree
            and is_capped
            and (self._options.partial or not is_refused)
        )

    # With the provider

    def _online(self, work: Coroutine[Any, Any, _T]) -> _T:
        with _brakes(self._brake, self._desk.telling):
            return _finish_async(work)

    async def _look_back(self, session: Session, files: LockFiles) -> Outcome:
        from pipeline.commands.purchase import Purchase  # noqa: PLC0415 (loads the network)

        self._desk.telling.say("No ledger is here yet: reading the provider's history first.")
        listen = self._desk.telling.event(self._name)
        async with Purchase.open(self._realm, session, files, self._brake, listen) as purchase:
            found = await purchase.look_back(_every_subject(self._places, self._subject))
            problems = found.problems(exclusive=purchase.is_exclusive)
        self._stop_at(problems, IN_DOUBT)
        self._desk.show(problems)
        await session.books.open_ledger.looked_back(moment(self._clock.now()))
        return found.outcome

    async def _recover(self, session: Session, files: LockFiles) -> Outcome:
        from pipeline.commands.purchase import Purchase  # noqa: PLC0415 (loads the network)

        listen = self._desk.telling.event(self._name)
        async with Purchase.open(self._realm, session, files, self._brake, listen) as purchase:
            return await purchase.recover()

    async def _refetch(self, session: Session, plan: Plan) -> None:
        from pipeline.commands.refetch import refetch_if_possible  # noqa: PLC0415 (as above)

        await refetch_if_possible(self._realm, session, plan, self._desk.telling, brake=self._brake)

    async def _buy(
        self, session: Session, files: LockFiles, plan: Plan, others: dict[CellKey, str]
    ) -> Outcome:
        from pipeline.commands.purchase import Purchase  # noqa: PLC0415 (loads the network)

        listen = self._desk.telling.event(self._name)
        async with Purchase.open(self._realm, session, files, self._brake, listen) as purchase:
            if plan.steps and not self._realm.is_draft:
                await purchase.check_offer(plan)
            with self._desk.telling.work("pictures", plan.images):
                return await purchase.buy(plan, others, keep_going=self._options.keep_going)


def _every_subject(places: Places, running: Subject) -> list[Subject]:
    """All campaigns of the workspace that can be read; what was lost may be any one's."""
    loaded = load_all(places, running.workspace, places.names())
    return [one.subject for one in loaded if one.subject is not None]


def _finish_async(work: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end; most runs have none, and loading asyncio takes time."""
    import asyncio  # noqa: PLC0415

    return asyncio.run(work)


def _left_behind(books: Books) -> bool:
    """Whether dead runs left attempts open."""
    ledger = books.open_ledger
    return any(not ledger.is_alive(attempt.run) for attempt in ledger.list_open())


def _bought_by_others(plan: Plan) -> dict[CellKey, str]:
    """Wanted cells that living runs are buying, with their attempts."""
    return {
        cell.key: decision.detail
        for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        if decision.reason is Reason.CLAIMED_ELSEWHERE
    }


@contextlib.contextmanager
def _brakes(brake: Brake, telling: Telling) -> Iterator[None]:
    """Ctrl-C once: reserve no more and see through what is under way; twice: stop at once."""

    def stop(_number: int, _frame: object) -> None:
        if brake.is_pulled:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            raise KeyboardInterrupt
        brake.pull()
        telling.say("Stopping: what is under way is seen through; Ctrl-C again stops at once.")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
