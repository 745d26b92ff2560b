"""`campaign run`: plan, ask, buy once, derive, lay out."""

import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pipeline.adapters.clock import SystemClock
from pipeline.adapters.lock_files import STATE_DAMAGED, LockFiles
from pipeline.adapters.places import REAL, Places
from pipeline.adapters.runs import HELD, hold_campaign, new_id
from pipeline.commands.books import Books, RunCaps
from pipeline.commands.loading import Loaded, chosen, load_all, open_workspace
from pipeline.commands.outputs import Outputs, Refreshed, Rehearsal
from pipeline.commands.progress import Telling
from pipeline.commands.realms import Realm, api_key, choose_realm
from pipeline.commands.rehearsal import rehearse
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import CampaignError, Problem
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Plan, Reason
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Brake, Ended, Outcome
from pipeline.planning.plan import over_limits
from pipeline.planning.view import coming_renders
from pipeline.reporting.plan_text import plan_text
from pipeline.reporting.run_text import RunFacts, run_text
from pipeline.reporting.words import count

DONE, USAGE, REFUSED, STOPPED, UNFINISHED, IN_DOUBT = 0, 2, 3, 4, 5, 6
PRICE_ROSE, UNUSABLE, INTERRUPTED = 7, 9, 130
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
_USAGE_CODES = frozenset({"P001", "P002", "P003", "P004"})

_T = TypeVar("_T")
Ask = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the user said.

    Attributes:
        draft: use the embedded provider.
        yes: do not ask before buying.
        caps: what this run may spend.
        retry_failed: try blocked failures once more.
    """

    draft: bool = False
    yes: bool = False
    caps: RunCaps = field(default_factory=RunCaps)
    retry_failed: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command has to talk with.

    Attributes:
        show: prints problems.
        ask: asks a question; None where nobody can answer.
        telling: says what happens.
    """

    show: Callable[[Sequence[Problem]], None]
    ask: Ask | None
    telling: Telling


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
        self._others: dict[CellKey, str] = {}

    @property
    def is_stopped(self) -> bool:
        """Whether the user stopped it."""
        return self._brake.is_pulled

    def go(self) -> int:
        """Do it all; returns this campaign's exit code."""
        run = new_id("r-")
        since = moment(self._clock.now())
        folder = self._places.of_realm(self._realm.name) / "held"
        hold = hold_campaign(folder, self._name, run=run, since=since)
        try:
            books = Books(self._places, self._realm.name, run=run)
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
        if _left_behind(books):
            with _brakes(self._brake, self._desk.telling):
                outcome = _finish_async(self._recover(session, files))
        plan = session.plan()
        self._desk.show(books.warnings)
        overdue = session.overdue(plan)
        if overdue:
            _finish_async(files.file(self._name, overdue))
        if plan.steps and not self._brake.is_pulled:
            plan = self._agreed(plan, is_first=not books.open_ledger.attempts())
        self._others = _bought_by_others(plan)
        tried = bool(plan.steps or self._others) and not self._brake.is_pulled
        if tried:
            with _brakes(self._brake, self._desk.telling):
                bought = _finish_async(self._buy(session, files, plan))
            bought.ended[:0] = outcome.ended
            outcome = bought
        elif plan.problems:
            self._desk.show(plan.problems)
        if tried or overdue:
            plan = session.plan()
            overdue = session.overdue(plan)
            if overdue:
                _finish_async(files.file(self._name, overdue))
        return self._finish(session, books, plan, outcome)

    # Before money

    def _agreed(self, plan: Plan, *, is_first: bool) -> Plan:
        """The plan as far as the user agrees to it.

        Raises:
            CampaignError: policy or budget refuse it, or nobody can be asked.
        """
        telling = self._desk.telling
        if self._realm.is_draft:
            self._refuse(plan)
            return plan
        telling.say(plan_text(plan, renders=coming_renders(self._subject.campaign, plan)))
        self._refuse(plan)
        if is_first:
            telling.say(_FIRST_RUN.format(where=self._realm.base))
        if plan.realm == REAL and self._subject.campaign.budget.cap is None:
            raise CampaignError(REFUSED, [_no_cap(self._subject)])
        api_key(self._realm)
        if self._options.yes:
            return self._without_surprises(plan)
        if self._desk.ask is None:
            raise CampaignError(USAGE, [_nobody_to_ask(plan)])
        if not self._desk.ask(f"Buy {count(plan.images, 'picture')} for {format_usd(plan.cost)}?"):
            telling.say("Nothing was bought.")
            return replace(plan, steps=())
        return plan

    def _refuse(self, plan: Plan) -> None:
        errors = [problem for problem in plan.problems if problem.is_error]
        if not errors:
            self._desk.show(plan.problems)
            return
        usage = any(problem.code in _USAGE_CODES for problem in errors)
        raise CampaignError(USAGE if usage else REFUSED, plan.problems)

    def _without_surprises(self, plan: Plan) -> Plan:
        """`--yes` buys what is new; paying again for something needs a person's own word."""
        steps = tuple(step for step in plan.steps if step.action is Action.BUY)
        held_back = len(plan.steps) - len(steps)
        if held_back:
            again = count(held_back, "request")
            words = f"{again} would pay again for what was paid before: run without --yes to decide"
            self._desk.telling.say(words)
        return replace(plan, steps=steps)

    def _stop_at(self, problems: Sequence[Problem], code: int) -> None:
        if any(problem.is_error for problem in problems):
            raise CampaignError(code, problems)

    # Money

    async def _recover(self, session: Session, files: LockFiles) -> Outcome:
        from pipeline.commands.purchase import Purchase  # noqa: PLC0415 (loads the network)

        listen = self._desk.telling.event(self._name)
        async with Purchase.open(self._realm, session, files, self._brake, listen) as purchase:
            return await purchase.recover()

    async def _buy(self, session: Session, files: LockFiles, plan: Plan) -> Outcome:
        from pipeline.commands.purchase import Purchase  # noqa: PLC0415 (loads the network)

        listen = self._desk.telling.event(self._name)
        async with Purchase.open(self._realm, session, files, self._brake, listen) as purchase:
            if plan.steps and not self._realm.is_draft:
                await purchase.check_offer(plan)
            with self._desk.telling.work("pictures", plan.images):
                return await purchase.buy(plan, self._others)

    # After money

    def _finish(self, session: Session, books: Books, plan: Plan, outcome: Outcome) -> int:
        outputs = Outputs(
            self._subject, plan, books, history=session.history, engine=self._engine or ""
        )
        rehearsal = None
        if self._realm.is_draft:
            rehearsal = rehearse(self._subject, self._places, self._clock)
        with self._desk.telling.work("files", len(outputs.missing)) as progress:
            refreshed = outputs.refresh(rehearsal=rehearsal, progress=progress)
        spent = books.spent(session.history, "campaign", self._name).total
        facts = self._facts(plan, outcome, refreshed, rehearsal, spent)
        self._desk.telling.say(run_text(facts).rstrip("\n"))
        return self._code(plan, outcome, refreshed)

    def _facts(
        self,
        plan: Plan,
        outcome: Outcome,
        refreshed: Refreshed,
        rehearsal: Rehearsal | None,
        spent: MicroUsd,
    ) -> RunFacts:
        paid = [ended for ended in outcome.ended if ended.kind in _PAID]
        bought = _new_pictures(plan, outcome)
        here = sum(1 for decision in plan.decisions if decision.output is not None)
        absent = sum(1 for d in plan.decisions if d.reason is Reason.RESULT_ABSENT)
        real_left = None
        if rehearsal is not None and rehearsal.left is not None:
            real_left = MicroUsd(rehearsal.left - rehearsal.plan.cost)
        return RunFacts(
            campaign=self._name,
            realm=plan.realm,
            is_draft=self._realm.is_draft,
            bought=bought,
            requests=len(paid),
            paid=MicroUsd(sum(ended.money for ended in paid)),
            cached=max(0, here - absent - bought),
            wanted=len(plan.cells),
            failed=[_trouble(ended) for ended in _unfinished(plan, outcome)],
            doubts=[_trouble(ended) for ended in outcome.of(Happened.DOUBT)],
            spent=spent,
            cap=self._subject.campaign.budget.cap,
            real_cost=None if rehearsal is None else rehearsal.plan.cost,
            real_left=real_left,
            made=refreshed.made,
            not_made=[f"{one.name}: {one.reason}" for one in refreshed.failed],
            absent=absent,
            not_tried=outcome.not_tried,
            page=self._places.shown(refreshed.page),
        )

    def _code(self, plan: Plan, outcome: Outcome, refreshed: Refreshed) -> int:
        if outcome.of(Happened.DOUBT) or _is_in_doubt(plan):
            return IN_DOUBT
        if self._brake.is_pulled:
            return INTERRUPTED
        if outcome.stopped:
            self._desk.show([_turned_away(outcome.stopped)])
            return UNUSABLE
        if outcome.over is not None:
            self._desk.show(over_limits(self._subject.campaign, plan.steps, [outcome.over]))
            return STOPPED
        unfinished = _unfinished(plan, outcome) or refreshed.failed
        # What was paid for and never came is unfinished even where nobody wants to pay again; so is
        # what another run was waited for and did not get.
        missing = any(
            decision.action in _MISSING or (decision.output is None and cell.key in self._others)
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        )
        return UNFINISHED if unfinished or missing else DONE


_FIRST_RUN = """\
The first run here: your pictures are uploaded to {where}. What comes back lies there on
public, unsigned addresses for seven days: whoever knows an address can fetch the picture.
"""
_BAD = (Happened.FAIL, Happened.REFUSE, Happened.RELEASE, Happened.LATER)
_PAID = frozenset({Happened.SETTLE, Happened.FAIL})
_MISSING = (Action.BLOCKED, Action.TOP_UP, Action.REBUY)


def _is_short(ended: Ended) -> bool:
    """Whether fewer pictures came than were paid for."""
    return ended.kind is Happened.SETTLE and ended.outputs < len(ended.cells)


def _unfinished(plan: Plan, outcome: Outcome) -> list[Ended]:
    """Attempts that ended badly; one that cost nothing counts while its pictures are missing."""
    missing = {
        str(cell.address)
        for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        if decision.output is None
    }
    return [
        ended
        for ended in outcome.ended
        if _is_short(ended)
        or (ended.kind is Happened.RELEASE and not missing.isdisjoint(ended.cells))
        or (ended.kind is not Happened.RELEASE and ended.kind in _BAD)
    ]


def _new_pictures(plan: Plan, outcome: Outcome) -> int:
    """Wanted pictures that this run's deliveries brought; what is nobody's yet does not count."""
    delivered = {cell for ended in outcome.of(Happened.SETTLE) for cell in ended.cells}
    return sum(
        decision.output is not None and str(cell.address) in delivered
        for cell, decision in zip(plan.cells, plan.decisions, strict=True)
    )


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


def _is_in_doubt(plan: Plan) -> bool:
    return any(decision.reason is Reason.UNKNOWN_CHARGE for decision in plan.decisions)


def _trouble(ended: Ended) -> str:
    money = format_usd(ended.money)
    message = ended.message
    if _is_short(ended):
        message = f"{ended.outputs} of {count(len(ended.cells), 'picture')} came"
    fate = {
        Happened.SETTLE: f"charged {money}; what came is kept",
        Happened.FAIL: f"charged {money} until the provider refunds it",
        Happened.DOUBT: f"may have been charged {money}; it stays reserved",
        Happened.LATER: f"charged {money}; the next run fetches it for free",
    }.get(ended.kind, "nothing was charged")
    first, more = ended.cells[0], len(ended.cells) - 1
    cells = f"{first} and {more} more" if more else first
    return f"{cells}: {message} ({fate})"


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


def _no_cap(subject: Subject) -> Problem:
    return Problem(
        code="P023",
        what=f"campaign `{subject.campaign.name}` has no cap, so no real money is spent on it",
        why="a cap is the most that a campaign may ever cost, whatever goes wrong",
        fix="add one to the manifest: `budget: {cap: 12.00 USD}`",
        at=subject.campaign.budget_at,
        money="nothing was charged",
    )


def _nobody_to_ask(plan: Plan) -> Problem:
    return Problem(
        code="R010",
        what=f"nobody is here to agree to {format_usd(plan.cost)}",
        why="there is no terminal to ask on, and `--yes` was not given",
        fix="look at the plan above, then run again with `--yes`",
        money="nothing was charged",
    )


def _turned_away(reason: str) -> Problem:
    return Problem(
        code="R014",
        what="the provider turned this account away, so the run stopped",
        why=reason,
        fix="check the API key, the account's balance and the key's role, then run again",
        money="nothing was charged for the request that was turned away",
    )
