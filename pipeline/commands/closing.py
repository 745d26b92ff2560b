"""How a campaign's run ends: outputs, summary, exit code."""

from collections import Counter
from collections.abc import Mapping

from pipeline.adapters.places import Places
from pipeline.commands.agreement import Agreed, Desk
from pipeline.commands.books import Books
from pipeline.commands.outputs import Outputs, Refreshed, Rehearsal
from pipeline.commands.realms import Realm
from pipeline.commands.rehearsal import rehearse
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import Problem
from pipeline.domain.exit_codes import DONE, IN_DOUBT, INTERRUPTED, STOPPED, UNFINISHED, UNUSABLE
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Limit, Plan, Reason
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Ended, Outcome
from pipeline.planning.permit import no_room
from pipeline.planning.plan import over_limits
from pipeline.reporting.not_made import not_made_lines
from pipeline.reporting.run_text import RunFacts, run_text
from pipeline.reporting.troubles import Trouble, trouble_lines
from pipeline.reporting.words import brief, count


class Closing:
    """Ends one campaign's run."""

    def __init__(
        self,
        places: Places,
        realm: Realm,
        session: Session,
        desk: Desk,
        *,
        engine: str | None,
        others: Mapping[CellKey, str],
        is_stopped: bool,
    ) -> None:
        """Prepare.

        Args:
            places: of the workspace.
            realm: whose pictures.
            session: its history is that of the plan to end with.
            desk: to talk with.
            engine: version of the embedded engine, for drafts only.
            others: wanted cells that other runs were buying, with their attempts.
            is_stopped: whether the user stopped the run.
        """
        self._places = places
        self._realm = realm
        self._session = session
        self._desk = desk
        self._engine = engine
        self._others = others
        self._is_stopped = is_stopped

    @property
    def _subject(self) -> Subject:
        return self._session.subject

    @property
    def _books(self) -> Books:
        return self._session.books

    def close(self, plan: Plan, agreed: Agreed, outcome: Outcome) -> int:
        """Bring outputs and sheet up to date, say what was done; returns the exit code.

        Args:
            plan: by the books as they are now.
            agreed: what might be bought.
            outcome: what became of it.
        """
        outputs = Outputs(
            self._subject,
            plan,
            self._books,
            history=self._session.history,
            engine=self._engine or "",
        )
        flags = self._flags(plan, outcome)
        rehearsal = None
        if self._realm.is_draft:
            rehearsal = rehearse(
                self._subject,
                self._places,
                self._session.clock,
                selection=self._session.selection,
            )
        with self._desk.telling.work("files", len(outputs.missing)) as progress:
            refreshed = outputs.refresh(rehearsal=rehearsal, progress=progress)
        if refreshed.page_is_new:
            from pipeline.commands.index_page import refresh_index  # noqa: PLC0415 (often not new)

            refresh_index(self._places)
        if refreshed.remarks:
            self._desk.show(list(refreshed.remarks))
        facts = self._facts(plan, agreed, outcome, refreshed, rehearsal, flags=flags)
        self._desk.telling.say(run_text(facts).rstrip("\n"))
        return self._code(plan, agreed, outcome, refreshed)

    def _facts(
        self,
        plan: Plan,
        agreed: Agreed,
        outcome: Outcome,
        refreshed: Refreshed,
        rehearsal: Rehearsal | None,
        *,
        flags: str,
    ) -> RunFacts:
        name = self._subject.campaign.name
        paid = [ended for ended in outcome.ended if ended.kind in _PAID]
        bought = len(_delivered(plan, outcome))
        here = sum(1 for decision in plan.decisions if decision.output is not None)
        absent = sum(1 for d in plan.decisions if d.reason is Reason.RESULT_ABSENT)
        real_left = None
        if rehearsal is not None and rehearsal.left is not None:
            real_left = MicroUsd(rehearsal.left - rehearsal.plan.cost)
        return RunFacts(
            campaign=name,
            realm=plan.realm,
            is_draft=self._realm.is_draft,
            bought=bought,
            requests=len(paid),
            paid=MicroUsd(sum(ended.money for ended in paid)),
            cached=max(0, here - absent - bought),
            wanted=len(plan.cells),
            failed=trouble_lines(_trouble(one, name) for one in _unfinished(plan, outcome)),
            doubts=trouble_lines(_trouble(one, name) for one in outcome.of(Happened.DOUBT)),
            spent=self._books.spent(self._session.history, "campaign", name).total,
            cap=self._subject.campaign.budget.cap,
            real_cost=None if rehearsal is None else rehearsal.plan.cost,
            real_left=real_left,
            made=refreshed.made,
            not_made=not_made_lines(refreshed.told),
            of_sources=refreshed.of_sources,
            absent=absent,
            not_tried=outcome.not_tried,
            canary=agreed.canary,
            page=self._places.shown(refreshed.page),
            flags=flags,
            open=Counter(
                (decision.action, decision.reason)
                for decision in plan.decisions
                if decision.action in _MISSING
            ),
        )

    def _flags(self, plan: Plan, outcome: Outcome) -> str:
        """What the checks that cost next to nothing say about new pictures; the sheet shows it."""
        cells = _delivered(plan, outcome)
        if not cells:
            return ""
        from pipeline.commands.flags import new_flags  # noqa: PLC0415 (most runs bring nothing)

        with self._desk.telling.work("checks", len(cells)) as progress:
            return new_flags(self._session, plan, cells, progress=progress)

    def _code(self, plan: Plan, agreed: Agreed, outcome: Outcome, refreshed: Refreshed) -> int:
        if outcome.of(Happened.DOUBT) or _is_in_doubt(plan):
            return IN_DOUBT
        if self._is_stopped:
            return INTERRUPTED
        if outcome.stopped:
            self._desk.show([_turned_away(outcome.stopped)])
            return UNUSABLE
        if outcome.tripped:
            self._desk.show([_tripped(outcome)])
            return STOPPED
        if outcome.over is not None:
            over = over_limits(self._subject.campaign, plan.steps, [outcome.over])
            over += no_room([outcome.over], plan.steps)
            self._desk.show(over or [_passed(outcome.over)])
            return STOPPED
        if agreed.canary or agreed.over is not None:
            return STOPPED
        unfinished = _unfinished(plan, outcome) or refreshed.failed
        # What was paid for and never came is unfinished even where nobody wants to pay again; so is
        # what another run was waited for and did not get.
        missing = any(
            decision.action in _MISSING or (decision.output is None and cell.key in self._others)
            for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        )
        return UNFINISHED if unfinished or missing else DONE


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


def _delivered(plan: Plan, outcome: Outcome) -> frozenset[CellKey]:
    """Wanted cells whose pictures this run brought; what is nobody's yet does not count."""
    delivered = {cell for ended in outcome.of(Happened.SETTLE) for cell in ended.cells}
    return frozenset(
        cell.key
        for cell, decision in zip(plan.cells, plan.decisions, strict=True)
        if decision.output is not None and str(cell.address) in delivered
    )


def _is_in_doubt(plan: Plan) -> bool:
    return any(decision.reason is Reason.UNKNOWN_CHARGE for decision in plan.decisions)


def _trouble(ended: Ended, campaign: str) -> Trouble:
    message = ended.message
    if _is_short(ended):
        message = f"{ended.outputs} of {count(len(ended.cells), 'picture')} came"
    came = f"; what came is kept: `campaign review {campaign}`" if ended.outputs else ""
    fate = {
        Happened.SETTLE: f"charged {{money}}{came}",
        Happened.FAIL: "charged {money} until the provider refunds it",
        Happened.DOUBT: "may have been charged {money}; it stays reserved",
        Happened.LATER: "charged {money}; the next run fetches it for free",
    }.get(ended.kind, "nothing was charged")
    return Trouble(ended.cells, message, fate, ended.money)


def _turned_away(reason: str) -> Problem:
    return Problem(
        code="R014",
        what="the provider turned our requests away, so the run stopped",
        why=reason,
        fix="check the API key, the account's balance and the key's role; if it is only busy, run "
        "again later",
        money="nothing was charged for the request that was turned away",
    )


def _passed(limit: Limit) -> Problem:
    cap = "" if limit.money is None else f" of {format_usd(limit.money)}"
    where = f"{limit.scope} `{limit.name}`" if limit.name else limit.scope
    return Problem(
        code="R017",
        what=f"the cap of {where} is passed: {format_usd(limit.spent)}{cap} is spent",
        why="the provider took more than it had quoted",
        fix="raise the cap if that is right, or ask the provider's support; `campaign reconcile` "
        "lists what cost more than was held for it",
        money="what was taken is booked; nothing more is bought under this cap",
    )


def _tripped(outcome: Outcome) -> Problem:
    return Problem(
        code="R016",
        what=f"the run stopped: {brief(outcome.tripped)}",
        why="buying on would most likely buy more of the same; "
        f"{count(outcome.not_tried, 'request')} not begun",
        fix="look at what failed, then run again; `--keep-going` buys on whatever happens",
        money="what was sent before is booked; nothing was charged for what was not begun",
    )
