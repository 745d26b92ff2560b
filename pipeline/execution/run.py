"""A run: recover what earlier runs left, then buy the plan's steps, each cell at most once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from pipeline.domain.attempt import OpenAttempt, State
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.moment import moment
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Limit, Step, order_of
from pipeline.execution.attempt import Driver, Edges, Sending, StopRunError
from pipeline.execution.auditing import Audit, Auditor
from pipeline.execution.breaker import Breaker
from pipeline.execution.events import Event, Happened
from pipeline.execution.outcome import Brake, Ended, Outcome
from pipeline.execution.ports import OverCap, Reserved, Taken

_LOOK_NOW = (0.0,)
_WATCH_OTHERS_S = 1.0
_FIRST_ASK_S, _ASK_GROWTH, _MOST_ASK_S = 1.0, 1.5, 5.0
_FOLLOWED = frozenset({State.SUBMITTED, State.READY, State.STORED})
_HOLDING = frozenset({State.RESERVED, State.SUBMITTING, State.SUBMITTED, State.READY})
"""States in which money is only held: it may come back, or is known to be spent soon."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Orders:
    """How steps become attempts.

    Attributes:
        campaign: for whom is bought.
        run: id of this run.
        limits: caps; what is spent of them is asked of the ledger.
        without: the same step without some cells, None where nothing is left.
        new_id: a fresh attempt id.
        concurrent: most predictions under way at once.
        breaker: says when too much goes wrong; None to go on whatever happens.
        audit: compares with the provider's bill on the way; None for nobody.
        permit: digest of the saved plan under which is bought; empty without one.
    """

    campaign: str
    run: str
    limits: Sequence[Limit]
    without: Callable[[Step, Iterable[CellKey]], Step | None]
    new_id: Callable[[], str]
    concurrent: int
    breaker: Breaker | None = None
    audit: Audit | None = None
    permit: str = ""


class Runner:
    """Carries a plan out."""

    def __init__(self, edges: Edges, orders: Orders, brake: Brake) -> None:
        self._on = edges
        self._orders = orders
        self._brake = brake
        self._driver = Driver(edges)
        self._auditor = Auditor(orders.audit, edges.listen)
        self._outcome = Outcome()
        self._bought: list[Ended] = []
        self._errors: list[Exception] = []
        self._others: dict[CellKey, str] = {}
        self._is_tight = False
        self._in_plan_order = asyncio.Lock()
        self._under_way = 0
        self._one_ended = asyncio.Event()

    async def recover(self) -> Outcome:
        """See through what dead runs left open, whether or not anything still wants it: it is paid.

        So is what this run has taken up already and what a person has found since. To be called
        while this run has nothing else under way.

        Raises:
            ProviderError: the history cannot be read, so nothing may be released; nothing was sent.
        """
        found = await self._on.ledger.open_attempts()
        own = [one for one in found if one.run == self._orders.run]
        left = self._of_dead_runs(found)
        left += [one for one in own if one.state is not State.IN_DOUBT]
        # First those that surely or perhaps were sent, so that each prediction finds its owner;
        # only then can what is left without one tell something about those that were not.
        await self._all([one for one in left if one.state is not State.RESERVED], self._resume)
        await self._all([one for one in left if one.state is State.RESERVED], self._resume)
        self._raise()
        return self._outcome

    async def buy(
        self, steps: Sequence[Step], *, others: Mapping[CellKey, str] = MappingProxyType({})
    ) -> Outcome:
        """Buy steps in plan order, as many at once as the account allows.

        Args:
            steps: what to buy. They need not fit the caps: the first one that does not is the end,
                and no later and smaller one is tried, so what was bought is the plan's beginning.
            others: wanted cells that other runs are buying, with their attempts; waited for.

        Raises:
            ProviderError: what a dead run left is in the way, and the history cannot be read.
        """
        self._others.update(others)
        self._is_tight = not _fits(steps, self._orders.limits)
        await self._all(steps, self._buy)
        await self._wait_for_others()
        self._is_passed(await self._auditor.finish())
        self._raise()
        return self._outcome

    async def _all(self, items: Sequence[_T], work: Callable[[_T], Awaitable[None]]) -> None:
        """Work on items in order, a bounded number at once, until the run is over.

        An error stops new work; what is under way is seen through, and `_raise` raises it then.
        """
        waiting = deque(items)

        async def worker() -> None:
            while waiting and not self._is_over():
                try:
                    await work(waiting.popleft())
                except StopRunError as stop:
                    self._outcome.stopped = str(stop)
                except Exception as error:  # noqa: BLE001 (raised later, once all is seen through)
                    self._errors.append(error)
                    self._brake.pull()

        count = min(len(items), self._orders.concurrent)
        await asyncio.gather(*(worker() for _ in range(count)))
        self._outcome.not_tried += len(waiting)

    def _raise(self) -> None:
        if self._errors:
            raise self._errors[0]

    def _is_over(self) -> bool:
        outcome = self._outcome
        return (
            self._brake.is_pulled
            or bool(outcome.stopped)
            or bool(outcome.tripped)
            or outcome.over is not None
        )

    def _of_dead_runs(self, attempts: Iterable[OpenAttempt]) -> list[OpenAttempt]:
        alive: dict[str, bool] = {}
        found: list[OpenAttempt] = []
        for attempt in attempts:
            if attempt.run not in alive:
                alive[attempt.run] = self._on.ledger.is_alive(attempt.run)
            if not alive[attempt.run]:
                found.append(attempt)
        return found

    # Taking up what dead runs left

    async def _resume(self, attempt: OpenAttempt) -> None:
        ended = await self._take_up(attempt)
        if ended is not None:
            self._outcome.ended.append(ended)

    async def _take_up(self, attempt: OpenAttempt) -> Ended | None:
        if not await self._on.ledger.take_over(attempt.id, dead=attempt.run):
            return None
        if attempt.state is State.RESERVED:
            why = await self._on.search.may_have_left(attempt)
            if why:
                return await self._driver.doubt(attempt, why)
            await self._on.ledger.abandoned(attempt.id, "its run ended before anything was sent")
            return None
        addresses = tuple(cell.address for cell in attempt.order.cells)
        words = f"was {attempt.state} when its run ended"
        self._on.listen(Event(Happened.RESUME, attempt.id, addresses, words))
        if attempt.state in {State.SUBMITTING, State.IN_DOUBT}:
            return await self._driver.search(attempt, looks=_LOOK_NOW)
        if attempt.state in _FOLLOWED:
            return await self._driver.follow(attempt)
        return await self._driver.file(attempt)

    # Buying

    async def _buy(self, step: Step) -> None:
        reserved = await self._reserve(step)
        if reserved is None:
            return
        attempt, bought = reserved
        request = bought.request
        sending = Sending(
            body={"prompt": request.prompt, **request.params},
            inputs=tuple(picture.sha256 for picture in request.inputs),
            field=request.field,
            many=request.many,
        )
        self._under_way += 1
        try:
            ended = await self._driver.buy(attempt, sending)
        finally:
            self._under_way -= 1
            self._one_ended.set()
        self._judge(ended)
        await self._note(ended)

    async def _reserve(self, step: Step) -> tuple[OpenAttempt, Step] | None:
        wanted: Step | None = step
        waiting = _Waiting()
        async with AsyncExitStack() as line:
            while wanted is not None and not self._is_over():
                if self._is_tight and not waiting.is_in_line:
                    # One step at a time: while one waits for room, no later and smaller one may
                    # take it, or what is bought would depend on chance.
                    await line.enter_async_context(self._in_plan_order)
                    waiting.is_in_line = True
                    continue
                answer = await self._on.ledger.reserve(
                    order_of(wanted, attempt=self._orders.new_id(), permit=self._orders.permit),
                    campaign=self._orders.campaign,
                    hold=wanted.quote.most,
                    limits=self._orders.limits,
                    at=moment(self._on.clock.now()),
                )
                match answer:
                    case Reserved(attempt):
                        addresses = tuple(cell.address for cell in attempt.order.cells)
                        money = wanted.quote.most
                        self._on.listen(Event(Happened.RESERVE, attempt.id, addresses, money=money))
                        return attempt, wanted
                    case Taken(cells):
                        self._others.update(cells)
                        wanted = self._orders.without(wanted, cells)
                    case OverCap() if not waiting.is_in_line:
                        self._is_tight = True
                    case OverCap() as over:
                        if not await self._may_find_room(over, wanted, waiting):
                            self._is_passed(over.limit)
        self._outcome.not_tried += wanted is not None
        return None

    async def _note(self, ended: Ended) -> None:
        self._outcome.ended.append(ended)
        self._is_passed(await self._auditor.note(ended))

    def _judge(self, ended: Ended) -> None:
        breaker = self._orders.breaker
        self._bought.append(ended)
        if breaker is None or self._outcome.tripped:
            return
        self._outcome.tripped = breaker.judge(self._bought)
        if self._outcome.tripped:
            self._on.listen(Event(Happened.STOP, "", (), self._outcome.tripped))

    def _is_passed(self, limit: Limit | None) -> None:
        """End the run at a cap; the first one is told."""
        if limit is not None and self._outcome.over is None:
            self._outcome.over = limit
            self._on.listen(Event(Happened.CAP, "", (), _named(limit)))

    # Waiting

    async def _may_find_room(self, over: OverCap, step: Step, waiting: "_Waiting") -> bool:
        """Wait where only holds are in the way, of this run or of others; False to give up.

        Two runs that wait for each other here both go on. Whoever waits holds nothing for the step
        that waits, and what else it holds is under way: it is followed by tasks of its own, which
        wait for the provider alone. An attempt that this run leaves for the next one does hold on
        without being followed; so it is not waited for by this run, and by others no longer than
        for a prediction. Money that is spent, or in doubt, does not come back by waiting.
        """
        if not over.would_wait:
            return False
        if self._under_way:
            self._one_ended.clear()
            await self._one_ended.wait()
            return True
        elsewhere = [
            attempt
            for attempt in await self._on.ledger.open_attempts()
            if attempt.run != self._orders.run and _is_held_under(over.limit, attempt)
        ]
        dead = self._of_dead_runs(elsewhere)
        for attempt in dead:
            await self._resume_too(attempt)  # else nobody would ever end its hold
        if dead:
            return True
        now = self._on.clock.elapsed()
        if not elsewhere or not _would_make_room(over.limit, step, elsewhere):
            return False
        if not waiting.has_patience(now, self._on.pace.patience_s):
            return False
        if not waiting.is_told:
            waiting.is_told = True
            self._tell_waiting(over.limit, step, elsewhere)
        await self._on.clock.sleep(waiting.next_wait())
        return True

    def _tell_waiting(self, limit: Limit, step: Step, elsewhere: Sequence[OpenAttempt]) -> None:
        held = MicroUsd(sum(attempt.hold for attempt in elsewhere))
        words = f"other runs hold {format_usd(held)} of the cap: {_named(limit)}"
        addresses = tuple(str(cell.address) for cell in step.cells)
        self._on.listen(Event(Happened.WAIT, "", addresses, words, held))

    async def _resume_too(self, attempt: OpenAttempt) -> None:
        """Take up, in the middle of a run, what a run left that died meanwhile."""
        ended = await self._take_up(attempt)
        if ended is not None:
            await self._note(ended)

    async def _wait_for_others(self) -> None:
        """Wait for cells that other runs are buying; a dead one's attempts become ours."""
        for attempt in sorted(set(self._others.values())):
            told = ""
            begun = self._on.clock.elapsed()
            # Not for ever: that run may be waiting for one of ours.
            while (
                not self._is_over() and self._on.clock.elapsed() - begun < self._on.pace.patience_s
            ):
                found = await self._on.ledger.state_of(attempt)
                if found is None:
                    break
                if not self._on.ledger.is_alive(found.run):
                    await self._all([found], self._resume_too)
                    break
                if found.state is State.IN_DOUBT:
                    break  # nothing will come of it soon, and its run may be waiting for ours
                if told != found.run:
                    told = found.run
                    addresses = tuple(cell.address for cell in found.order.cells)
                    words = f"run {found.run} is buying it"
                    self._on.listen(Event(Happened.WAIT, attempt, addresses, words))
                await self._on.clock.sleep(_WATCH_OTHERS_S)


@dataclass(slots=True)
class _Waiting:
    """How one step waits: in line, and for holds of other runs by asking less and less often."""

    is_in_line: bool = False
    since: float | None = None
    wait_s: float = _FIRST_ASK_S
    is_told: bool = False

    def has_patience(self, now: float, patience_s: float) -> bool:
        if self.since is None:
            self.since = now
        return now - self.since < patience_s

    def next_wait(self) -> float:
        wait, self.wait_s = self.wait_s, min(_MOST_ASK_S, self.wait_s * _ASK_GROWTH)
        return wait


def _fits(steps: Sequence[Step], limits: Iterable[Limit]) -> bool:
    """Whether all steps fit all caps, by what was spent when the plan was made.

    If so they are reserved many at once; otherwise, or once the ledger knows better, one by one.
    """
    money = sum(step.quote.most for step in steps)
    images = sum(len(step.cells) for step in steps)
    return all(limit.has_room(limit.spent + money, limit.spent_images + images) for limit in limits)


def _is_held_under(limit: Limit, attempt: OpenAttempt) -> bool:
    """Whether an attempt holds money, which may come back, under a cap."""
    counted = {
        "campaign": attempt.campaign == limit.name,
        "run": attempt.run == limit.name,
        "month": attempt.reserved_at.startswith(limit.name),
        "permit": attempt.order.permit == limit.name,
        "workspace": True,
    }
    return attempt.state in _HOLDING and counted.get(limit.scope, False)


def _would_make_room(limit: Limit, step: Step, holding: Sequence[OpenAttempt]) -> bool:
    """Whether a step would fit a cap if all that some attempts hold came back."""
    money = step.quote.most - sum(attempt.hold for attempt in holding)
    images = len(step.cells) - sum(len(attempt.order.cells) for attempt in holding)
    return (limit.money is None or limit.spent + money <= limit.money) and (
        limit.images is None or limit.spent_images + images <= limit.images
    )


def _named(limit: Limit) -> str:
    return f"{limit.scope} {limit.name}".rstrip()
