"""A run: recover what earlier runs left, then buy the plan's steps, each cell at most once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from pipeline.domain.attempt import OpenAttempt, State
from pipeline.domain.fingerprint import CellKey
from pipeline.domain.identity import own_parts
from pipeline.domain.moment import moment
from pipeline.domain.plan import Limit, Step
from pipeline.domain.receipts import AskedCell, Order
from pipeline.execution.attempt import Driver, Edges, Sending, StopRunError
from pipeline.execution.events import Event, Happened
from pipeline.execution.outcome import Brake, Ended, Outcome
from pipeline.execution.ports import OverCap, Reserved, Taken

_LOOK_NOW = (0.0,)
_WATCH_OTHERS_S = 1.0
_FOLLOWED = frozenset({State.SUBMITTED, State.READY, State.STORED})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Orders:
    """How steps become attempts.

    Attributes:
        campaign: for whom is bought.
        limits: caps; what is spent of them is asked of the ledger.
        without: the same step without some cells, None where nothing is left.
        new_id: a fresh attempt id.
        concurrent: most predictions under way at once.
    """

    campaign: str
    limits: Sequence[Limit]
    without: Callable[[Step, Iterable[CellKey]], Step | None]
    new_id: Callable[[], str]
    concurrent: int


class Runner:
    """Carries a plan out."""

    def __init__(self, edges: Edges, orders: Orders, brake: Brake) -> None:
        self._on = edges
        self._orders = orders
        self._brake = brake
        self._driver = Driver(edges)
        self._outcome = Outcome()
        self._others: dict[CellKey, str] = {}
        self._under_way = 0
        self._one_ended = asyncio.Event()

    async def recover(self) -> Outcome:
        """See through what dead runs left open, whether or not anything still wants it: it is paid.

        Raises:
            ProviderError: the history cannot be read, so nothing may be released; nothing was sent.
        """
        left = [
            attempt
            for attempt in await self._on.ledger.open_attempts()
            if not self._on.ledger.is_alive(attempt.run)
        ]
        # First those that surely or perhaps were sent, so that each prediction finds its owner;
        # only then can what is left without one tell something about those that were not.
        await self._all([one for one in left if one.state is not State.RESERVED], self._resume)
        await self._all([one for one in left if one.state is State.RESERVED], self._resume)
        return self._outcome

    async def buy(
        self, steps: Sequence[Step], *, others: Mapping[CellKey, str] = MappingProxyType({})
    ) -> Outcome:
        """Buy steps in plan order, as many at once as the account allows.

        Args:
            steps: what to buy.
            others: wanted cells that other runs are buying, with their attempts; waited for.
        """
        self._others.update(others)
        await self._all(steps, self._buy)
        await self._wait_for_others()
        return self._outcome

    async def _all(self, items: Sequence[_T], work: Callable[[_T], Awaitable[None]]) -> None:
        """Work on items in order, a bounded number at once, until the brake is pulled.

        An error stops new work; what is under way is seen through before it is raised.
        """
        waiting = deque(items)
        errors: list[BaseException] = []

        async def worker() -> None:
            while waiting and not self._is_over():
                try:
                    await work(waiting.popleft())
                except StopRunError as stop:
                    self._outcome.stopped = str(stop)
                except Exception as error:  # noqa: BLE001 (raised below, once all is seen through)
                    errors.append(error)
                    self._brake.pull()

        count = min(len(items), self._orders.concurrent)
        await asyncio.gather(*(worker() for _ in range(count)))
        self._outcome.not_tried += len(waiting)
        if errors:
            raise errors[0]

    def _is_over(self) -> bool:
        return (
            self._brake.is_pulled or bool(self._outcome.stopped) or self._outcome.over is not None
        )

    async def _resume(self, attempt: OpenAttempt) -> None:
        if not await self._on.ledger.take_over(attempt.id, dead=attempt.run):
            return
        ended = await self._see_through(attempt)
        if ended is not None:
            self._outcome.ended.append(ended)

    async def _see_through(self, attempt: OpenAttempt) -> Ended | None:
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
            self._outcome.ended.append(await self._driver.buy(attempt, sending))
        finally:
            self._under_way -= 1
            self._one_ended.set()

    async def _reserve(self, step: Step) -> tuple[OpenAttempt, Step] | None:
        wanted: Step | None = step
        while wanted is not None and not self._is_over():
            answer = await self._on.ledger.reserve(
                self._order(wanted),
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
                case OverCap() as over:
                    await self._over(over)
        self._outcome.not_tried += wanted is not None
        return None

    def _order(self, step: Step) -> Order:
        return Order(
            attempt=self._orders.new_id(),
            job=step.request.job,
            recipe=step.cells[0].recipe,
            asked=own_parts(step.request.components),
            cells=tuple(
                AskedCell(cell.key, str(cell.address), cell.source, cell.address.take)
                for cell in step.cells
            ),
            quote=step.quote.amount,
        )

    async def _over(self, over: OverCap) -> None:
        """Wait where only our own holds are in the way; otherwise the run is over."""
        if over.would_wait and self._under_way:
            self._one_ended.clear()
            await self._one_ended.wait()
            return
        self._outcome.over = over.limit
        self._on.listen(Event(Happened.CAP, "", (), f"{over.limit.scope} {over.limit.name}"))

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
                    await self._all([found], self._resume)
                    break
                if found.state is State.IN_DOUBT:
                    break  # nothing will come of it soon, and its run may be waiting for ours
                if told != found.run:
                    told = found.run
                    addresses = tuple(cell.address for cell in found.order.cells)
                    words = f"run {found.run} is buying it"
                    self._on.listen(Event(Happened.WAIT, attempt, addresses, words))
                await self._on.clock.sleep(_WATCH_OTHERS_S)
