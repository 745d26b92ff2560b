"""Looking back: what the provider's history and bill tell that our books do not.

A ledger may be lost: a deleted state folder, a fresh clone, a damaged file. Receipts in the locks
hold the settled truth; what was under way stands in the provider's history alone, for seven days.
Nothing is bought before it was asked.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.adapters.runs import new_id
from pipeline.commands.books import Books
from pipeline.commands.session import Session, Subject
from pipeline.domain.diagnostics import Problem, Severity
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.history import History
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.permit import Permit
from pipeline.domain.plan import Step, order_of
from pipeline.execution.decisions import RETENTION
from pipeline.execution.find import SETTLED_AFTER
from pipeline.execution.outcome import Outcome
from pipeline.execution.ports import (
    BillingRow,
    Clock,
    GoneError,
    Intake,
    NotYetError,
    Prediction,
    Provider,
    Taken,
)
from pipeline.execution.records import SKEW
from pipeline.execution.run import Runner
from pipeline.planning.recognise import Echo, Recogniser
from pipeline.reporting.words import count

_MOST_LISTED = 5
_AS_LONG_AS_IT_LASTS = RETENTION - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LookedBack:
    """What was found.

    Attributes:
        outcome: what became of attempts that were taken up.
        adopted: predictions that are ours and were in no book.
        strangers: predictions without an owner, of models that some campaign wants.
        charges: rows of the bill without an owner, those of strangers among them.
        unreadable: entries of the history that cannot be told apart; each may be ours.
        unlisted: predictions that were charged so lately that the history may not list them yet.
    """

    outcome: Outcome = field(default_factory=Outcome)
    adopted: tuple[str, ...] = ()
    strangers: tuple[Prediction, ...] = ()
    charges: tuple[BillingRow, ...] = ()
    unreadable: int = 0
    unlisted: tuple[str, ...] = ()

    def problems(self, *, exclusive: bool) -> list[Problem]:
        """What is unexplained: errors where the key is this workspace's alone, else warnings."""
        severity = Severity.ERROR if exclusive else Severity.WARNING
        taken: dict[str, int] = {}
        for row in self.charges:
            taken[row.prediction] = taken.get(row.prediction, 0) + row.amount
        models = {prediction.id: prediction for prediction in self.strangers}
        found = [_unreadable(self.unreadable, severity)] if self.unreadable else []
        # Whoever's key it is: what asks for the same as we do may be among them.
        found += [_unlisted(self.unlisted)] if self.unlisted else []
        ids = [one for one in dict.fromkeys([*models, *taken]) if one not in self.unlisted]
        if not ids:
            return found
        if not exclusive:
            money = format_usd(MicroUsd(sum(taken.values())))
            return [*found, _shared(ids, money, severity)]
        return found + [_unexplained(one, models.get(one), taken.get(one), severity) for one in ids]


class LookBack:
    """One look at all that the provider remembers."""

    def __init__(
        self,
        books: Books,
        subjects: Sequence[Subject],
        *,
        provider: Provider,
        intake: Intake,
        runner: Runner,
        clock: Clock,
        engine: str | None,
        exclusive: bool,
        permit: Permit | None = None,
    ) -> None:
        """Prepare.

        Args:
            books: open for writing.
            subjects: all campaigns of the workspace that can be read.
            provider: whose history and bill.
            intake: reads the pictures that requests in the history were sent with.
            runner: sees attempts through that are taken up.
            clock: for the window.
            engine: version of the embedded engine, for drafts only.
            exclusive: whether the key is this workspace's alone.
            permit: the saved plan that is being carried out. What it lists and is found here counts
                as bought under it: no receipt says so, but else its runs might spend more than its
                total.
        """
        self._books = books
        self._exclusive = exclusive
        self._permit = permit
        self._provider = provider
        self._intake = intake
        self._runner = runner
        self._clock = clock
        self._models = frozenset(subject.campaign.model for subject in subjects)
        self._sessions = [
            Session(subject, books, engine=engine, clock=clock) for subject in subjects
        ]
        history = books.history()
        self._known = [
            Recogniser(one.subject.campaign, one.subject.card, one.wanted(history).cells)
            for one in self._sessions
        ]

    async def look(self) -> LookedBack:
        """Take up what is ours, and tell what is nobody's.

        Raises:
            ProviderError: history or bill could not be read; what was taken up until then is true.
        """
        ledger = self._books.open_ledger
        history = self._books.history()
        await self._books.bring_ledger_up(history)
        await self._take_doubts_in(history)
        # Attempts first: each finds its own prediction before others are taken for new ones.
        outcome = await self._runner.recover()
        now = self._clock.now()
        since = now - _AS_LONG_AS_IT_LASTS
        # The bill first: what others buy between the two readings is then only listed, and is not
        # taken for a charge that the history does not show.
        bill = await self._provider.bill_between(since, now + SKEW)
        listing = await self._provider.history(since, now + SKEW)
        adopted: list[str] = []
        while found := await self._adopt(listing, bill):
            adopted += found
            outcome = await self._runner.recover()
        owned = await ledger.owned()
        listed = frozenset(prediction.id for prediction in listing)
        return LookedBack(
            outcome,
            tuple(adopted),
            tuple(p for p in listing if p.id and p.id not in owned and self._is_wanted(p)),
            tuple(row for row in bill if row.prediction not in owned),
            sum(not prediction.id for prediction in listing),
            tuple(
                row.prediction
                for row in bill
                if row.prediction not in owned | listed and _is_late(row, now)
            ),
        )

    def _is_wanted(self, prediction: Prediction) -> bool:
        return not prediction.model or prediction.model in self._models

    async def _take_doubts_in(self, history: History) -> None:
        """Doubts of which only a lock tells become attempts again, so that they can be looked for.

        An older lock does not say when they were sent; then the history cannot prove an absence.
        """
        for attempt, doubt in sorted(history.open_doubts.items()):
            written = datetime.fromisoformat(doubt.at)
            await self._books.open_ledger.take_in_doubt(
                doubt.order,
                campaign=history.attempts[attempt].campaign,
                hold=doubt.order.quote,
                sent_at=doubt.sent or moment(written - RETENTION),
                receipt=doubt,
            )

    async def _adopt(self, listing: Sequence[Prediction], bill: Sequence[BillingRow]) -> list[str]:
        """Book predictions that are ours; returns those that were booked.

        Two for one job are booked one after the other, when the first has come to its end.
        """
        owned = await self._books.open_ledger.owned()
        unowned = [one for one in listing if one.id and one.id not in owned]
        unowned.sort(key=lambda one: (str(one.created_at), one.id))
        taken = {*self._books.history().deliveries, *self._books.open_ledger.claims()}
        adopted: list[str] = []
        for prediction in unowned:
            match = await self._recognised(prediction, taken)
            if match is None and self._exclusive:
                match = self._only_one(prediction, unowned, bill)
            if match is not None and await self._book(prediction, *match):
                taken.update(cell.key for cell in match[1].cells)
                adopted.append(prediction.id)
        return adopted

    async def _recognised(
        self, prediction: Prediction, taken: Container[CellKey]
    ) -> tuple[str, Step] | None:
        """The job that asks for exactly what a prediction asks for, with its campaign.

        Takes of one shot are the same request, and campaigns may want different takes: the one that
        still wants its pictures is meant.
        """
        found: list[tuple[str, Step]] = []
        for recogniser in self._known:
            echo = await self._echo(prediction, recogniser)
            step = None if echo is None else recogniser.step(echo, taken=taken)
            if step is not None:
                found.append((recogniser.campaign, step))
        return min(found, key=lambda one: _served(one[1], taken), default=None)

    def _only_one(
        self,
        prediction: Prediction,
        unowned: Sequence[Prediction],
        bill: Sequence[BillingRow],
    ) -> tuple[str, Step] | None:
        """The only job of a model that is wanted, for the only prediction of it, at its price.

        For a provider that does not tell what was asked; under an exclusive key only.
        """
        rivals = [one for one in unowned if one.model == prediction.model]
        if prediction.asked is not None or not prediction.model or len(rivals) != 1:
            return None
        wanted = [
            (session.subject.campaign.name, step)
            for session in self._sessions
            if session.subject.campaign.model == prediction.model
            for step in session.plan().steps
        ]
        if len(wanted) != 1:
            return None
        ((campaign, step),) = wanted
        taken = sum(
            row.amount for row in bill if row.prediction == prediction.id and row.amount > 0
        )
        is_it = taken == step.quote.amount and len(prediction.addresses) <= len(step.cells)
        return (campaign, step) if is_it else None

    async def _book(self, prediction: Prediction, campaign: str, step: Step) -> bool:
        permit = self._permit
        is_listed = permit is not None and permit.lists(campaign, [one.key for one in step.cells])
        under = permit.digest if permit is not None and is_listed else ""
        booked = await self._books.open_ledger.adopt(
            order_of(step, attempt=new_id("a-"), permit=under),
            campaign=campaign,
            hold=step.quote.most,
            prediction=prediction.id,
            at=moment(prediction.created_at or self._clock.now()),
        )
        return not isinstance(booked, Taken)

    async def _echo(self, prediction: Prediction, recogniser: Recogniser) -> Echo | None:
        """What a prediction asks for, with its pictures as digests; None where it is not ours."""
        asked = prediction.asked
        prompt = None if asked is None else asked.get("prompt")
        if asked is None or not isinstance(prompt, str):
            return None
        if not recogniser.may_know(prediction.model, prompt):
            return None
        try:
            inputs = [
                await self._intake.digest_of(address) for address in recogniser.pictures(asked)
            ]
        except (NotYetError, GoneError):
            return None
        return Echo(prediction.model, prompt, asked, tuple(inputs))


def _unexplained(
    prediction: str, seen: Prediction | None, taken: int | None, severity: Severity
) -> Problem:
    model = "" if seen is None or not seen.model else f" of `{seen.model}`"
    at = "" if seen is None or seen.created_at is None else f", made at {moment(seen.created_at)}"
    money = "the bill does not show yet what was charged for it"
    if taken is not None:
        money = f"{format_usd(MicroUsd(taken))} was charged for it and stands in no book"
    named = f"prediction `{prediction}`" if prediction else "a charge without a prediction"
    return Problem(
        code="R030",
        what=f"{named}{model} belongs to no attempt{at}",
        why="the API key is this workspace's alone (`exclusive: true`), so somebody here bought it",
        fix=f"if an attempt in doubt made it: `campaign reconcile --adopt ATTEMPT={prediction}`; "
        f"if it is not this workspace's: `campaign reconcile --not-mine {prediction}`",
        money=money,
        severity=severity,
    )


def _served(step: Step, taken: Container[CellKey]) -> int:
    return sum(cell.key in taken for cell in step.cells)


def _is_late(row: BillingRow, now: datetime) -> bool:
    """Whether a history that was read now may not list yet what a row of the bill is for.

    What others charged after that moment is no business of ours.
    """
    return bool(row.at) and now - SETTLED_AFTER < datetime.fromisoformat(row.at) <= now


def _unlisted(predictions: Sequence[str]) -> Problem:
    return Problem(
        code="R033",
        what=f"the bill has {count(len(predictions), 'prediction')} that the history does not list",
        why="it was charged in the last 15 minutes, and the history lags behind the bill; it may "
        "ask for what this workspace wants",
        fix="try again in 15 minutes",
        money="nothing was charged by this command",
    )


def _unreadable(entries: int, severity: Severity) -> Problem:
    return Problem(
        code="R032",
        what=f"{count(entries, 'entry', 'entries')} of the provider's history cannot be read",
        why="they name no prediction, so nobody can say whose they are",
        fix="try again later; if they stay, ask the provider's support",
        money="what they cost, if anything, is not known",
        severity=severity,
    )


def _shared(ids: Sequence[str], money: str, severity: Severity) -> Problem:
    listed = ", ".join(f"`{one}`" for one in ids[:_MOST_LISTED])
    listed += " and more" if len(ids) > _MOST_LISTED else ""
    return Problem(
        code="R031",
        what=f"{count(len(ids), 'prediction')} of this account are nobody's here: {listed}",
        why="others use the same API key; none of these asks for what a campaign here asks for",
        fix="nothing to do; under a key of its own (`exclusive: true`) nothing hides among them",
        money=f"{money} was charged for them in the last seven days, outside these books",
        severity=severity,
    )
