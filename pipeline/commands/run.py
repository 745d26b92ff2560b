"""`campaign run`: plan, ask, buy once, derive, lay out."""

import contextlib
import os
import signal
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import LockFiles
from pipeline.adapters.places import REAL, Places
from pipeline.adapters.runs import hold_campaign, new_id
from pipeline.commands.agreement import Agreed, Agreement, Desk, RunOptions
from pipeline.commands.books import Books
from pipeline.commands.closing import Closing
from pipeline.commands.loading import Loaded, chosen, load_all, open_workspace
from pipeline.commands.matching import settle_short
from pipeline.commands.own_copies import plan_with_copies
from pipeline.commands.permits import campaigns_of, check_realm
from pipeline.commands.progress import Telling
from pipeline.commands.realms import KEY_VARIABLE, Realm, choose_realm
from pipeline.commands.selecting import check_selection
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.exit_codes import (
    DONE,
    HELD,
    IN_DOUBT,
    INCOMPLETE,
    INTERRUPTED,
    NOT_PERMITTED,
    REFUSED,
    STATE_DAMAGED,
    STOPPED,
    UNFINISHED,
    UNUSABLE,
    USAGE,
)
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.moment import moment
from pipeline.domain.plan import Action, Cell, Decision, Plan, Reason
from pipeline.execution.outcome import Brake, Outcome
from pipeline.planning.permit import UNPERMITTED
from pipeline.reporting.plan_text import permit_text
from pipeline.reporting.words import REASON_WORDS, count

__all__ = ["Desk", "RunOptions", "run"]

# Which of several campaigns' or troubles' exit codes is the command's.
_PRECEDENCE = (
    INTERRUPTED,
    IN_DOUBT,
    STATE_DAMAGED,
    UNUSABLE,
    STOPPED,
    NOT_PERMITTED,
    HELD,
    REFUSED,
    INCOMPLETE,
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
    realm = choose_realm(draft=options.draft)
    if options.permit is not None:
        check_realm(options.permit, realm.name)
        names = campaigns_of(options.permit, names)
    loaded = load_all(places, workspace, chosen(places, names))
    desk.show([problem for one in loaded for problem in one.problems])
    subjects = list(_subjects(loaded))
    if len(subjects) < len(loaded):
        desk.telling.say("Nothing was sent.")
        return USAGE
    is_under_one_permit = options.permit is not None and len(subjects) > 1
    if is_under_one_permit or not options.selection.is_everything:
        _look_first(places, realm, subjects, options)
    codes: list[int] = []
    for subject in subjects:
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


def _look_first(
    places: Places, realm: Realm, subjects: Sequence[Subject], options: RunOptions
) -> None:
    """Hold all campaigns against selectors and permit before anything is sent for the first.

    Raises:
        CampaignError: exit 2; a selector names what no campaign has. Exit 7; a wanted cell is not
            listed, or a price is above the listed one. Exit 9, the provider cannot be asked for its
            prices. Nothing was sent.
    """
    books = Books(places, realm.name)
    try:
        plans = [
            Session(
                subject,
                books,
                engine=realm.engine,
                clock=SystemClock(),
                retry_failed=options.retry_failed,
                selection=options.selection,
                permit=options.permit,
            ).plan()
            for subject in subjects
        ]
        check_selection(options.selection, subjects, plans)
        _stop_at([one for plan in plans for one in _not_permitted(plan)], NOT_PERMITTED)
        is_online = options.permit is not None and not (realm.is_draft or options.locked)
        if is_online and len(plans) > 1 and any(plan.steps for plan in plans):
            from pipeline.commands.purchase import check_offers  # noqa: PLC0415 (loads the network)

            _finish_async(check_offers(realm, books, subjects, plans))
    finally:
        books.close()


def _not_permitted(plan: Plan) -> list[Problem]:
    """What a permit refuses, however much of the plan would be left."""
    return [one for one in plan.problems if one.code in UNPERMITTED]


def _stop_at(problems: Sequence[Problem], code: int) -> None:
    if any(problem.is_error for problem in problems):
        raise CampaignError(code, problems)


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
            engine=self._realm.engine,
            clock=self._clock,
            caps=self._options.caps,
            retry_failed=self._options.retry_failed,
            selection=self._options.selection,
            permit=self._options.permit,
        )
        _stop_at(session.expansion.problems, USAGE)
        if self._options.locked:
            return self._locked(session)
        outcome = self._come_to_terms(session, files)
        plan = session.plan()
        _stop_at(_not_permitted(plan), NOT_PERMITTED)
        if plan.permit is not None and (self._realm.is_draft or not plan.steps):
            self._desk.telling.say(permit_text(plan.permit))  # other plans are shown as a whole
        self._desk.show(books.warnings)
        has_filed = self._file_overdue(session, files, plan)
        plan = plan_with_copies(session, plan, self._desk.telling)
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
        if self._settle_by_content(session, files, plan):
            plan = session.plan()
        return self._closing(session, others).close(plan, agreed, outcome)

    def _locked(self, session: Session) -> int:
        """Bring the outputs up to date from a complete lock; buy nothing, write no receipt.

        Raises:
            CampaignError: exit 11; the lock lacks something that the campaign wants.
        """
        plan = session.plan()
        self._desk.show(session.books.warnings)
        missing = [
            (cell, decision)
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
            if decision.output is None and decision.action is not Action.LEFT_OUT
        ]
        if missing:
            raise CampaignError(INCOMPLETE, [_incomplete(plan, missing)])
        overdue = session.overdue(plan)
        if overdue:
            raise CampaignError(INCOMPLETE, [_unfiled(plan, len(overdue))])
        plan = plan_with_copies(session, plan, self._desk.telling)
        if any(decision.action is Action.RECOVER for decision in plan.decisions):
            self._online(self._refetch(session, plan))
            plan = session.plan()
        return self._closing(session, {}).close(plan, Agreed(plan), Outcome())

    def _closing(self, session: Session, others: dict[CellKey, str]) -> Closing:
        return Closing(
            self._places,
            self._realm,
            session,
            self._desk,
            engine=self._realm.engine,
            others=others,
            is_stopped=self._brake.is_pulled,
        )

    def _file_overdue(self, session: Session, files: LockFiles, plan: Plan) -> bool:
        overdue = session.overdue(plan)
        if overdue:
            _finish_async(files.file(self._name, overdue))
        return bool(overdue)

    def _settle_by_content(self, session: Session, files: LockFiles, plan: Plan) -> bool:
        """Assign short deliveries whose pictures say surely whose they are; buys nothing.

        A cut before a receipt is durable loses nothing: the next run looks again.
        """
        if self._brake.is_pulled:
            return False
        at = moment(self._clock.now())
        matches = settle_short(session, plan, at=at, say=self._desk.telling.say)
        if matches:
            _finish_async(files.file(self._name, matches))
        return bool(matches)

    def _come_to_terms(self, session: Session, files: LockFiles) -> Outcome:
        """See through what dead runs left, and look for what a lost or cut ledger does not know.

        A disk that says too early that it has synced may forget the last commits of a run that
        died, so after such a run the provider's history is read once more than open attempts need.
        """
        books = session.books
        is_new = books.open_ledger.needs_looking_back()
        if is_new and self._has_no_history:
            _finish_async(books.open_ledger.looked_back(moment(self._clock.now())))
            is_new = False
        if is_new and self._may_look_back(session):
            self._desk.telling.say("No ledger is here yet: reading the provider's history first.")
            return self._online(self._look_back(session, files))
        outcome = Outcome()
        died = books.runs.died()
        if _left_behind(books):
            outcome = self._online(self._recover(session, files))
        if died and not self._brake.is_pulled and self._may_look_back(session):
            self._desk.telling.say("A run died here: reading the provider's history first.")
            found = self._online(self._look_back(session, files))
            found.ended[:0] = outcome.ended
            return found
        return outcome

    @property
    def _has_no_history(self) -> bool:
        """Whether the provider is embedded here and was never asked for anything."""
        return self._realm.is_draft and not self._places.has_drafts

    def _may_look_back(self, session: Session) -> bool:
        """Whether the provider's history has to be read before anything may be bought.

        A run that would buy nothing needs no key, and one without a key will be told so later.
        """
        has_key = self._realm.is_draft or bool(os.environ.get(KEY_VARIABLE, "").strip())
        return has_key and self._may_buy(session.plan())

    def _may_buy(self, plan: Plan) -> bool:
        """Whether anything here could end in a purchase; where not, the provider is not asked."""
        may_agree = self._realm.is_draft or self._options.is_agreed or self._desk.ask is not None
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

        books, died = session.books, session.books.runs.died()
        listen = self._desk.telling.event(self._name)
        async with Purchase.open(self._realm, session, files, self._brake, listen) as purchase:
            found = await purchase.look_back(_every_subject(self._places, self._subject))
            problems = found.problems(exclusive=purchase.is_exclusive)
        _stop_at(problems, IN_DOUBT)
        self._desk.show(problems)
        await books.open_ledger.looked_back(moment(self._clock.now()))
        books.runs.bury(died)
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


def _incomplete(plan: Plan, missing: Sequence[tuple[Cell, Decision]]) -> Problem:
    first, decision = missing[0]
    more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
    return Problem(
        code="P045",
        what=f"the lock of `{plan.campaign}` is not complete: `{first.address}`{more}",
        why=f"`--locked` buys nothing, and of the first one is to be said: "
        f"{REASON_WORDS[decision.reason]}",
        fix=f"look at `campaign plan {plan.campaign}`, run without `--locked`, and commit the lock",
        money="nothing was charged",
    )


def _unfiled(plan: Plan, receipts: int) -> Problem:
    return Problem(
        code="P046",
        what=f"the lock of `{plan.campaign}` lacks {count(receipts, 'receipt')} of pictures that "
        "are bought",
        why="`--locked` writes nothing to it, and without them another clone would buy again what "
        "only this machine or another campaign knows of",
        fix=f"`campaign run {plan.campaign}` files them for free; then commit the lock",
        money="nothing was charged",
    )


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
