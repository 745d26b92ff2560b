"""Laws of the ledger: whatever happens, its running totals are what a recount comes to."""

import asyncio
import sqlite3
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipeline.adapters.ledger import SqliteLedger, add_up
from pipeline.adapters.ledger.money import Total, total_of
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import OpenAttempt, State
from pipeline.domain.history import AttemptMoney
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.domain.receipts import Doubt, Order
from pipeline.execution.ports import BillingRow, OverCap, OwnedError, Reserved, Taken
from tests.unit.domain.samples import UNIT, failed, gen, order, output

CAMPAIGNS = st.sampled_from(["autumn", "winter"])
MOMENTS = st.sampled_from(["2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z", "2020-01-01T00:00:00Z"])
CELLS = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(tuple)
AMOUNTS = st.integers(-2 * UNIT, 4 * UNIT).map(MicroUsd)
PERMITS = st.sampled_from(["", "", "p1-one", "p1-two"])
HELD = {State.RESERVED, State.SUBMITTING, State.SUBMITTED, State.READY}
FREE = {State.REFUSED, State.ABANDONED}


class Own(NamedTuple):
    """An attempt of this ledger, as its raw row tells it."""

    id: str
    campaign: str
    run: str
    month: str
    state: str
    hold: int
    images: int
    permit: str


def recount(path: Path) -> dict[tuple[str, str], Total]:
    """All totals from the raw rows, by the rules in words and not by the ledger's own columns."""
    with sqlite3.connect(path) as db:
        own = [
            Own._make(row)
            for row in db.execute(
                "SELECT id, campaign, run, month, state, hold, images, permit FROM attempts"
            )
        ]
        known = db.execute(
            "SELECT attempt, campaign, month, told, is_doubt, images, permit FROM known"
        ).fetchall()
        billing = db.execute("SELECT attempt, amount FROM billing").fetchall()
    db.close()
    billed: dict[str, int] = {}
    for attempt, amount in billing:
        billed[attempt] = billed.get(attempt, 0) + amount
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(Total._fields))

    def book(campaign: str, run: str, month: str, permit: str, total: Total) -> None:
        named = {"campaign": campaign, "run": run, "month": month, "permit": permit}
        for scope in (*named.items(), ("workspace", "")):
            sums[scope] = [a + b for a, b in zip(sums[scope], total, strict=True)]

    for one in own:
        book(one.campaign, one.run, one.month, one.permit, money_of(one, billed.get(one.id)))
    for attempt, campaign, month, told, is_doubt, images, permit in known:
        most = max(told, billed.get(attempt, told))
        taken, doubtful = (0, most) if is_doubt else (most, 0)
        book(campaign, "", month, permit, Total(images, 0, taken, 0, doubtful))
    return {scope: Total(*numbers) for scope, numbers in sums.items() if any(numbers)}


def money_of(one: Own, billed: int | None) -> Total:
    """What one attempt books."""
    rest = max(0, one.hold - (billed or 0))
    if one.state in FREE:
        return Total() if billed is None else Total(one.images, 0, billed, 0, 0)
    if one.state in HELD:
        return Total(one.images, one.images, billed or 0, rest, 0)
    if one.state == State.IN_DOUBT:
        return Total(one.images, 0, billed or 0, 0, rest)
    return Total(one.images, 0, one.hold if billed is None else billed, 0, 0)


class Books(RuleBasedStateMachine):
    """Two runs on one ledger; anything may happen to any attempt."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="ledger-law-")
        self.path = Path(self.folder.name) / "ledger.sqlite3"
        self.runs = [Runs(Path(self.folder.name) / "runs") for _ in range(2)]
        self.loop = asyncio.new_event_loop()
        self.ledgers: list[SqliteLedger] = []
        self.numbers = 0
        self.orders: dict[str, Order] = {}

    @initialize()
    def begin(self) -> None:
        for number, runs in enumerate(self.runs):
            self.open(number, runs)

    def open(self, number: int, runs: Runs) -> None:
        ledger = SqliteLedger(self.path, run=f"r-{number}", runs=runs)
        ledger._db.execute("PRAGMA synchronous = OFF")  # nobody cuts the power here
        self.ledgers.insert(number, ledger)

    def teardown(self) -> None:
        for ledger in self.ledgers:
            ledger.close()
        self.loop.close()
        self.folder.cleanup()

    def do(self, work):
        return self.loop.run_until_complete(work)

    def new_id(self) -> str:
        self.numbers += 1
        return f"a-{self.numbers}"

    def total(self, scope: str, name: str) -> Total:
        return total_of(self.ledgers[0]._reads, scope, name)

    def open_ones(self) -> list[OpenAttempt]:
        return list(self.do(self.ledgers[0].open_attempts()))

    # What may happen

    @rule(
        cells=CELLS,
        campaign=CAMPAIGNS,
        at=MOMENTS,
        run=st.integers(0, 1),
        cap=AMOUNTS,
        images=st.integers(0, 9),
        scope=st.sampled_from(["campaign", "run", "month", "permit", "workspace"]),
        permit=PERMITS,
    )
    def reserve(self, *, cells, campaign, at, run, cap, images, scope, permit) -> None:
        of = replace(order(self.new_id(), cells=cells), permit=permit)
        named = {"campaign": campaign, "run": f"r-{run}", "month": at[:7], "permit": permit}
        name = named.get(scope, "")
        before = self.total(scope, name)
        total = before.charged + before.reserved + before.in_doubt
        limit = Limit(scope, name, MicroUsd(total + cap), before.images + images)
        answer = self.do(
            self.ledgers[run].reserve(of, campaign=campaign, hold=of.quote, limits=[limit], at=at)
        )
        fits = cap >= of.quote and images >= len(cells)
        match answer:
            case Reserved():
                assert fits
                self.orders[of.attempt] = of
            case OverCap():
                assert not fits
                assert answer.limit == Limit(scope, name, limit.money, limit.images,
                                             MicroUsd(total), before.images)  # fmt: skip
                assert answer.would_wait == (
                    of.quote <= cap + before.reserved and len(cells) <= images + before.held_images
                )
            case Taken():
                assert answer.cells

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), step=st.sampled_from(
        ["submitting", "submitted", "ready", "stored", "settled", "failed", "in_doubt", "filed",
         "refused", "abandoned"]))  # fmt: skip
    def step(self, data, step) -> None:
        open_ones = self.open_ones()
        if not open_ones:
            return
        one = data.draw(st.sampled_from(open_ones))
        if step == "ready" and one.state is State.IN_DOUBT:
            return  # nobody polls what has no prediction
        if step == "submitting" and one.state not in HELD:
            return  # nobody sends again what was sent
        if step == "ready" and one.state not in HELD:
            return
        if step == "stored" and not one.prediction:
            return  # nobody stores the pictures of what has none
        ledger = self.ledgers[data.draw(st.integers(0, 1))]
        self.do(
            {
                "submitting": lambda: ledger.submitting(one.id, fresh="u", at=one.reserved_at),
                "submitted": lambda: self.submitted(ledger, one),
                "ready": lambda: ledger.ready(one.id, addresses=["https://o/1"]),
                "stored": lambda: ledger.stored(one.id, outputs=[output(1), None]),
                "settled": lambda: ledger.settled(one.id, gen(one.order)),
                "failed": lambda: ledger.settled(one.id, failed(one.order)),
                "in_doubt": lambda: ledger.in_doubt(one.id, Doubt(one.order, one.sent_at, "?")),
                "filed": lambda: ledger.filed(one.id),
                "refused": lambda: ledger.refused(one.id, "no"),
                "abandoned": lambda: ledger.abandoned(one.id, "no"),
            }[step]()
        )

    async def submitted(self, ledger, one) -> None:
        prediction = f"p-{one.id}"
        owner = ledger.predictions().get(prediction, (one.id, ""))[0]
        try:
            await ledger.submitted(one.id, prediction=prediction)
        except OwnedError:
            assert owner != one.id
            assert await ledger.state_of(one.id) == one
        else:
            assert owner == one.id

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), amounts=st.lists(AMOUNTS, min_size=1, max_size=3))
    def bill(self, data, amounts) -> None:
        rows = []
        for amount in amounts:
            attempt = data.draw(
                st.sampled_from([*self.orders, "a-far-1", "a-far-2", "a-unheard-of"])
            )
            row = data.draw(st.sampled_from([f"b-{self.numbers}", "b-1", "b-2"]))
            self.numbers += 1
            rows.append((attempt, BillingRow(row, "p", amount, "2026-11-01T00:00:00Z")))
        self.do(self.ledgers[0].billed(rows))

    @rule(number=st.integers(1, 3), campaign=CAMPAIGNS, at=MOMENTS, charged=st.integers(0, 3),
          images=st.integers(0, 3), in_doubt=st.booleans(), owns=st.booleans(),
          permit=PERMITS)  # fmt: skip
    def learn(self, *, number, campaign, at, charged, images, in_doubt, owns, permit) -> None:
        attempt = f"a-far-{number}"
        amount = MicroUsd(charged * UNIT)
        money = AttemptMoney(campaign, at, amount, images, True, in_doubt, (), permit)  # noqa: FBT003 (a tuple)
        told = {attempt: money, **dict.fromkeys(list(self.orders)[:1], money)}
        predictions = {attempt: f"p-{attempt}"} if owns else {}
        foreign = {"p-foreign"} | ({f"p-{attempt}"} if charged == 3 else set())
        self.do(self.ledgers[0].learn(told, predictions=predictions, foreign=foreign))
        before = list(self.ledgers[0]._db.execute("SELECT * FROM totals"))
        changes = self.ledgers[0]._db.total_changes
        self.do(self.ledgers[0].learn(told, predictions=predictions, foreign=foreign))
        assert self.ledgers[0]._db.total_changes == changes  # not even written again
        assert list(self.ledgers[0]._db.execute("SELECT * FROM totals")) == before

    @rule(
        cells=CELLS,
        campaign=CAMPAIGNS,
        at=MOMENTS,
        prediction=st.sampled_from(["p-found-1", "p-found-2", "p-foreign", "p-a-far-1"]),
        data=st.data(),
    )
    def adopt(self, cells, campaign, at, prediction, data) -> None:
        attempt = data.draw(st.sampled_from([self.new_id(), "a-far-1", *self.orders]))
        of = self.orders.get(attempt) or order(attempt, cells=cells)
        ledger = self.ledgers[1]
        answer = self.do(
            ledger.adopt(of, campaign=campaign, hold=of.quote, prediction=prediction, at=at)
        )
        if isinstance(answer, OpenAttempt):
            assert answer == self.do(ledger.state_of(attempt))
            assert ledger.predictions()[prediction] == (attempt, campaign)
            self.orders[attempt] = of

    @rule(cells=CELLS, campaign=CAMPAIGNS, at=MOMENTS, data=st.data())
    def take_in_doubt(self, cells, campaign, at, data) -> None:
        attempt = data.draw(st.sampled_from([self.new_id(), "a-far-2", *list(self.orders)[:1]]))
        of = order(attempt, cells=cells)
        receipt = Doubt(of, at, "no answer")
        was_claimed = bool(set(self.ledgers[0].claims()) & {cell.key for cell in of.cells})
        took = self.do(
            self.ledgers[0].take_in_doubt(
                of, campaign=campaign, hold=of.quote, sent_at=at, receipt=receipt
            )
        )
        assert took == (attempt not in self.orders and not was_claimed)
        if took:
            self.orders[attempt] = of

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), campaign=CAMPAIGNS)
    def rehome(self, data, campaign) -> None:
        moved = data.draw(st.lists(st.sampled_from([*self.orders, "a-unheard-of"]), max_size=3))
        self.do(self.ledgers[0].rehome(dict.fromkeys(moved, campaign)))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), run=st.integers(0, 1))
    def take_over(self, data, run) -> None:
        attempt = data.draw(st.sampled_from(list(self.orders)))
        for dead in (f"r-{1 - run}", ""):
            self.do(self.ledgers[run].take_over(attempt, dead=dead))

    @rule(number=st.integers(0, 1))
    def reopen(self, number) -> None:
        self.ledgers.pop(number).close()
        self.open(number, self.runs[number])

    # What holds all the same

    @invariant()
    def totals_are_what_a_recount_comes_to(self) -> None:
        if not self.ledgers:
            return
        rows = self.ledgers[0]._reads.execute(
            "SELECT scope, name, images, held_images, charged, reserved, in_doubt FROM totals"
        )
        totals = {(scope, name): Total(*numbers) for scope, name, *numbers in rows}
        assert {scope: total for scope, total in totals.items() if any(total)} == recount(self.path)

    @invariant()
    def booked_attempts_add_up_to_the_same(self) -> None:
        if not self.ledgers:
            return
        ledger = self.ledgers[0]
        learned = sum(m for (m,) in ledger._reads.execute("SELECT charged + in_doubt FROM known"))
        spent = add_up(ledger.booked(), "workspace", "")
        total = self.total("workspace", "")
        assert spent.total + learned == total.charged + total.reserved + total.in_doubt
        assert spent.reserved == total.reserved

    @invariant()
    def each_cell_is_claimed_once_and_by_an_open_attempt(self) -> None:
        if not self.ledgers:
            return
        open_ones = {one.id: one for one in self.open_ones()}
        claims = self.ledgers[0].claims()
        assert {claim.attempt for claim in claims.values()} == set(open_ones)
        assert sum(len(one.keys) for one in open_ones.values()) == len(claims)


def test_whatever_happens_the_totals_are_what_a_recount_comes_to():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
