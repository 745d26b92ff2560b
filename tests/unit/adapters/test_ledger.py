"""The ledger on a real database: money, claims and states, seen by one run and by several."""

import asyncio
import sqlite3

import pytest

from pipeline.domain.attempt import Claim, State
from pipeline.domain.diagnostics import CampaignError
from pipeline.domain.history import AttemptMoney, Filed
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import Charge
from pipeline.execution.ports import BillingRow, OverCap, OwnedError, Reserved, Taken
from tests.unit.adapters.ledgers import cap, reserve, send, spent
from tests.unit.domain.samples import AT, LATER, UNIT, doubt, failed, gen, keys, order, output, sha

pytestmark = pytest.mark.anyio


class TestReserving:
    async def test_it_holds_money_and_claims_cells(self, desk):
        ledger = desk.ledger()
        reserved = await reserve(ledger)
        assert reserved.attempt.state is State.RESERVED
        assert reserved.attempt.hold == 2 * UNIT
        assert spent(ledger) == (0, 2 * UNIT, 0, 2)
        assert ledger.claims() == dict.fromkeys(
            keys(order()), Claim("a-1", State.RESERVED, "r-1", is_alive=False)
        )
        assert await ledger.state_of("a-1") == reserved.attempt

    async def test_a_claimed_cell_is_taken_and_nothing_is_held(self, desk):
        ledger = desk.ledger()
        await reserve(ledger, "a-1", cells=(1, 2))
        answer = await reserve(ledger, "a-2", cells=(2, 3))
        assert answer == Taken({order(cells=(2,)).cells[0].key: "a-1"})
        assert spent(ledger) == (0, 2 * UNIT, 0, 2)
        assert ledger.attempts() == {"a-1"}

    async def test_it_is_taken_for_every_campaign(self, desk):
        ledger = desk.ledger()
        await reserve(ledger, "a-1", campaign="winter")
        assert isinstance(await reserve(ledger, "a-2", campaign="autumn"), Taken)

    async def test_two_runs_see_each_others_claims(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        await reserve(one, "a-1")
        assert isinstance(await reserve(other, "a-2"), Taken)
        assert {claim.is_alive for claim in other.claims().values()} == {True}
        desk.end(one)
        assert {claim.is_alive for claim in other.claims().values()} == {False}

    @pytest.mark.parametrize("end", ["refused", "abandoned"])
    async def test_what_came_to_nothing_frees_cells_and_money(self, desk, end):
        ledger = desk.ledger()
        await reserve(ledger, "a-1")
        await getattr(ledger, end)("a-1", "no")
        assert spent(ledger) == (0, 0, 0, 0)
        assert await ledger.state_of("a-1") is None
        assert ledger.claims() == {}
        assert isinstance(await reserve(ledger, "a-2"), Reserved)

    async def test_what_this_run_has_filed_since_the_plan_is_taken(self, desk):
        """A run asks for a cell at most once, even where it failed."""
        ledger = desk.ledger()
        ledger.mark_seen(ledger.filings())
        await send(ledger, "a-1", upto=State.SETTLED)
        await ledger.filed("a-1")
        assert isinstance(await reserve(ledger, "a-2"), Taken)
        ledger.mark_seen(ledger.filings())
        assert isinstance(await reserve(ledger, "a-2"), Reserved)

    async def test_what_another_run_has_filed_since_the_plan_is_taken(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        other.mark_seen(other.filings())
        await send(one, "a-1", upto=State.SETTLED)
        await one.filed("a-1")
        assert (await reserve(other, "a-2", cells=(2, 9))).cells == {keys(order())[1]: "a-1"}

    async def test_what_came_to_nothing_since_the_plan_is_not_taken(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        other.mark_seen(other.filings())
        await reserve(one, "a-1")
        await one.abandoned("a-1", "nothing was sent")
        assert isinstance(await reserve(other, "a-2"), Reserved)

    async def test_the_counter_of_filings_only_grows(self, desk):
        ledger = desk.ledger()
        seen = [ledger.filings()]
        for number in range(3):
            await send(ledger, f"a-{number}", cells=(number,), upto=State.SETTLED)
            await ledger.filed(f"a-{number}")
            seen.append(ledger.filings())
        assert seen == [0, 1, 2, 3]


class TestCaps:
    @pytest.mark.parametrize(
        ("scope", "name"),
        [("campaign", "winter"), ("run", "r-1"), ("month", "2026-11"), ("workspace", "")],
    )
    async def test_each_scope_is_checked_to_the_millionth(self, desk, scope, name):
        ledger = desk.ledger()
        fits, short = (
            cap(4 * UNIT, scope=scope, name=name),
            cap(4 * UNIT - 1, scope=scope, name=name),
        )
        await reserve(ledger, "a-1", cells=(1, 2))
        answer = await reserve(ledger, "a-2", cells=(3, 4), limits=[short])
        assert isinstance(answer, OverCap)
        assert (answer.limit.scope, answer.limit.spent) == (scope, 2 * UNIT)
        assert isinstance(await reserve(ledger, "a-3", cells=(3, 4), limits=[fits]), Reserved)

    @pytest.mark.parametrize(
        ("scope", "name"), [("campaign", "autumn"), ("run", "r-2"), ("month", "2026-12")]
    )
    async def test_other_names_do_not_count(self, desk, scope, name):
        ledger = desk.ledger()
        await reserve(ledger, "a-1", cells=(1, 2))
        limits = [cap(2 * UNIT, scope=scope, name=name)]
        assert isinstance(await reserve(ledger, "a-2", cells=(3, 4), limits=limits), Reserved)

    async def test_all_caps_hold_and_the_first_that_does_not_is_named(self, desk):
        ledger = desk.ledger()
        limits = [
            cap(10 * UNIT),
            cap(UNIT, scope="month", name="2026-11"),
            cap(0, scope="workspace", name=""),
        ]
        answer = await reserve(ledger, limits=limits)
        assert answer.limit.scope == "month"
        assert ledger.attempts() == frozenset()

    async def test_pictures_are_capped_like_money(self, desk):
        ledger = desk.ledger()
        await reserve(ledger, "a-1", cells=(1, 2), limits=[cap(images=3)])
        over = await reserve(ledger, "a-2", cells=(3, 4), limits=[cap(images=3)])
        assert (over.limit.spent_images, over.would_wait) == (2, True)
        answer = await reserve(ledger, "a-3", cells=(3,), limits=[cap(images=3)])
        assert isinstance(answer, Reserved)

    @pytest.mark.parametrize(
        ("upto", "would_wait"),
        [
            (State.RESERVED, True),
            (State.SUBMITTING, True),
            (State.SUBMITTED, True),
            (State.READY, True),
            (State.STORED, False),
            (State.SETTLED, False),
            (State.FILED, False),
        ],
    )
    async def test_waiting_helps_only_while_money_is_merely_held(self, desk, upto, would_wait):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1,), upto=upto)
        for limit in (cap(UNIT), cap(images=1)):
            answer = await reserve(ledger, "a-2", cells=(2,), limits=[limit])
            assert (type(answer), answer.would_wait) == (OverCap, would_wait)

    async def test_a_doubt_is_no_hold_that_will_pass(self, desk):
        ledger = desk.ledger()
        of = await send(ledger, "a-1", cells=(1,), upto=State.SUBMITTING)
        await ledger.in_doubt("a-1", doubt(of))
        for limit in (cap(UNIT), cap(images=1)):
            answer = await reserve(ledger, "a-2", cells=(2,), limits=[limit])
            assert not answer.would_wait
        assert spent(ledger) == (0, 0, UNIT, 1)

    async def test_what_other_ledgers_bought_counts_once_it_is_known(self, desk):
        ledger = desk.ledger()
        elsewhere = AttemptMoney(
            campaign="winter", at=AT, charged=MicroUsd(3 * UNIT), images=3, is_confirmed=True,
            in_doubt=False, cells=(),
        )  # fmt: skip
        await ledger.learn({"a-far": elsewhere})
        limits = [cap(4 * UNIT)]
        over = await reserve(ledger, "a-1", cells=(1, 2), limits=limits)
        assert (over.limit.spent, over.limit.spent_images) == (3 * UNIT, 3)
        assert isinstance(await reserve(ledger, "a-2", cells=(1,), limits=limits), Reserved)
        assert spent(ledger)[:2] == (0, UNIT)

    async def test_what_is_learned_again_replaces_what_was(self, desk):
        ledger = desk.ledger()
        far = AttemptMoney("winter", AT, MicroUsd(9 * UNIT), 9, False, False, ())  # noqa: FBT003 (a tuple)
        await ledger.learn({"a-far": far})
        await ledger.learn({"a-far": far._replace(charged=MicroUsd(0), images=0)})
        answer = await reserve(ledger, "a-1", cells=(1,), limits=[cap(UNIT)])
        assert isinstance(answer, Reserved)

    async def test_an_attempt_of_this_ledger_does_not_count_twice(self, desk):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1,), upto=State.FILED)
        own = AttemptMoney("winter", AT, MicroUsd(UNIT), 1, False, False, ())  # noqa: FBT003 (a tuple)
        await ledger.learn({"a-1": own})
        answer = await reserve(ledger, "a-2", cells=(2,), limits=[cap(2 * UNIT)])
        assert isinstance(answer, Reserved)

    async def test_a_renamed_campaign_takes_its_spending_along(self, desk):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1, 2), campaign="old", upto=State.FILED)
        await ledger.rehome({"a-1": "new"})
        limits = [cap(2 * UNIT, name="new")]
        assert isinstance(await reserve(ledger, "a-2", cells=(3,), limits=limits), OverCap)
        assert spent(ledger, name="old") == (0, 0, 0, 0)

    @pytest.mark.slow
    async def test_of_300_at_once_exactly_those_that_fit_are_admitted(self, desk):
        ledgers = [desk.ledger("r-1"), desk.ledger("r-2")]
        limits = [cap(100 * UNIT), cap(scope="workspace", name="", images=120)]
        answers = await asyncio.gather(
            *(
                reserve(ledgers[number % 2], f"a-{number}", cells=(number,), limits=limits)
                for number in range(300)
            )
        )
        admitted = [answer for answer in answers if isinstance(answer, Reserved)]
        assert len(admitted) == 100
        assert {type(answer) for answer in answers} == {Reserved, OverCap}
        assert spent(ledgers[0]) == (0, 100 * UNIT, 0, 100)

    async def test_300_at_once_for_one_cell_admit_one(self, desk):
        ledgers = [desk.ledger("r-1"), desk.ledger("r-2")]
        answers = await asyncio.gather(
            *(reserve(ledgers[n % 2], f"a-{n}", cells=(1,)) for n in range(300))
        )
        assert [type(answer) for answer in answers].count(Reserved) == 1


class TestStates:
    @pytest.mark.parametrize(
        ("upto", "money"),
        [
            (State.RESERVED, (0, 2 * UNIT, 0, 2)),
            (State.SUBMITTING, (0, 2 * UNIT, 0, 2)),
            (State.SUBMITTED, (0, 2 * UNIT, 0, 2)),
            (State.READY, (0, 2 * UNIT, 0, 2)),
            (State.STORED, (2 * UNIT, 0, 0, 2)),
            (State.SETTLED, (2 * UNIT, 0, 0, 2)),
            (State.FILED, (2 * UNIT, 0, 0, 2)),
        ],
    )
    async def test_every_state_says_who_has_the_money(self, desk, upto, money):
        ledger = desk.ledger()
        await send(ledger, upto=upto)
        assert spent(ledger) == money
        is_open = upto is not State.FILED
        assert (await ledger.state_of("a-1") is not None) == is_open
        assert [one.id for one in await ledger.open_attempts()] == ["a-1"] * is_open
        assert set(ledger.claims()) == (set(keys(order())) if is_open else set())

    async def test_what_is_known_of_an_attempt_comes_back(self, desk):
        ledger = desk.ledger()
        of = await send(ledger, upto=State.SETTLED)
        found = await ledger.state_of("a-1")
        assert (found.order, found.campaign, found.run) == (of, "winter", "r-1")
        assert (found.sent_at, found.fresh, found.prediction) == (AT, "u-a-1", "p-a-1")
        assert found.addresses == ("https://x/1",)
        assert found.outputs == (output(7), None)
        assert found.state is State.SETTLED
        assert await ledger.owned() == {"p-a-1"}
        assert ledger.predictions() == {"p-a-1": ("a-1", "winter")}

    async def test_a_failure_keeps_its_claim_until_it_is_filed(self, desk):
        ledger = desk.ledger()
        of = await send(ledger, upto=State.SUBMITTED)
        await ledger.settled("a-1", failed(of))
        assert (await ledger.state_of("a-1")).state is State.FAILED
        assert set(ledger.claims()) == set(keys(of))
        assert spent(ledger) == (2 * UNIT, 0, 0, 2)
        await ledger.filed("a-1")
        assert ledger.claims() == {}
        assert ledger.receipts() == [Filed("winter", failed(of))]

    async def test_a_doubt_that_was_found_is_no_doubt_any_more(self, desk):
        ledger = desk.ledger()
        of = await send(ledger, upto=State.SUBMITTING)
        await ledger.in_doubt("a-1", doubt(of))
        assert ledger.receipts() == [Filed("winter", doubt(of))]
        await ledger.submitted("a-1", prediction="p-9")
        assert ledger.receipts() == []
        assert (await ledger.state_of("a-1")).prediction == "p-9"

    @pytest.mark.parametrize("end", ["filed", "refused", "abandoned"])
    async def test_an_ended_attempt_goes_nowhere(self, desk, end):
        ledger = desk.ledger()
        await send(ledger, upto=State.SETTLED)
        await (ledger.filed("a-1") if end == "filed" else getattr(ledger, end)("a-1", "no"))
        for step in (
            lambda: ledger.submitting("a-1", fresh="", at=AT),
            lambda: ledger.submitted("a-1", prediction="p"),
            lambda: ledger.ready("a-1", addresses=[]),
            lambda: ledger.settled("a-1", gen(order())),
            lambda: ledger.in_doubt("a-1", doubt(order())),
        ):
            with pytest.raises(LookupError):
                await step()

    async def test_an_end_that_fails_counts_nowhere(self, desk):
        ledger = desk.ledger()
        await send(ledger, upto=State.FILED)
        before = ledger.filings()
        answers = await asyncio.gather(
            ledger.filed("a-1"), ledger.filed("a-9"), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [LookupError] * 2
        assert ledger.filings() == before

    async def test_an_attempt_that_nobody_reserved_goes_nowhere(self, desk):
        ledger = desk.ledger()
        with pytest.raises(LookupError):
            await ledger.submitting("a-9", fresh="", at=AT)

    async def test_one_prediction_has_one_owner(self, desk):
        ledger = desk.ledger()
        await send(ledger, "a-1", cells=(1,), upto=State.SUBMITTED)
        await send(ledger, "a-2", cells=(2,), upto=State.SUBMITTING)
        with pytest.raises(OwnedError):
            await ledger.submitted("a-2", prediction="p-a-1")
        assert (await ledger.state_of("a-2")).state is State.SUBMITTING

    async def test_open_attempts_come_oldest_first(self, desk):
        ledger = desk.ledger()
        for attempt, number, at in (("a-3", 1, LATER), ("a-9", 2, AT), ("a-1", 3, LATER)):
            await reserve(ledger, attempt, cells=(number,), at=at)
        assert [one.id for one in await ledger.open_attempts()] == ["a-9", "a-1", "a-3"]


class TestBilling:
    async def test_rows_of_the_bill_replace_the_quote(self, desk):
        ledger = desk.ledger()
        await send(ledger, upto=State.FILED)
        row = BillingRow("row-1", "p-a-1", MicroUsd(70_000), AT)
        assert await ledger.billed([("a-1", row)]) == ["row-1"]
        assert await ledger.billed([("a-1", row)]) == []
        assert spent(ledger)[0] == 70_000
        refund = BillingRow("row-2", "p-a-1", MicroUsd(-70_000), LATER)
        assert await ledger.billed([("a-1", row), ("a-1", refund)]) == ["row-2"]
        assert spent(ledger) == (0, 0, 0, 2)
        assert [r for _, r in ledger.receipts() if isinstance(r, Charge)] == [
            Charge("a-1", "row-1", MicroUsd(70_000), AT),
            Charge("a-1", "row-2", MicroUsd(-70_000), LATER),
        ]

    async def test_a_row_corrects_what_was_taken_for_free(self, desk):
        ledger = desk.ledger()
        of = await send(ledger, upto=State.SUBMITTING)
        await ledger.in_doubt("a-1", doubt(of))
        await ledger.abandoned("a-1", "waived")
        assert spent(ledger) == (0, 0, 0, 0)
        await ledger.billed([("a-1", BillingRow("row-1", "p", MicroUsd(2 * UNIT), AT))])
        assert spent(ledger) == (2 * UNIT, 0, 0, 2)
        answer = await reserve(ledger, "a-2", cells=(3,), limits=[cap(3 * UNIT - 1)])
        assert isinstance(answer, OverCap)
        assert not answer.would_wait


class TestTakingOver:
    async def test_only_one_run_takes_an_attempt_over(self, desk):
        dead = desk.ledger("r-0")
        await reserve(dead, "a-1")
        desk.end(dead)
        runs = [desk.ledger(f"r-{n}") for n in (1, 2, 3)]
        took = await asyncio.gather(*(one.take_over("a-1", dead="r-0") for one in runs))
        assert sorted(took) == [False, False, True]
        (winner,) = [n for n, won in enumerate(took, start=1) if won]
        assert (await runs[0].state_of("a-1")).run == f"r-{winner}"

    async def test_the_money_goes_along_to_the_run_that_takes_over(self, desk):
        dead, alive = desk.ledger("r-0"), desk.ledger("r-1")
        await reserve(dead, "a-1", cells=(1, 2))
        assert await alive.take_over("a-1", dead="r-0")
        for run, money in (("r-0", 0), ("r-1", 2 * UNIT)):
            limit = cap(0, scope="run", name=run)
            over = await reserve(alive, "a-2", cells=(3,), limits=[limit])
            assert over.limit.spent == money == spent(alive, "run", run)[1]

    async def test_what_has_ended_is_not_taken_over(self, desk):
        ledger = desk.ledger("r-1")
        await reserve(ledger, "a-1")
        await ledger.abandoned("a-1", "no")
        assert not await ledger.take_over("a-1", dead="r-1")

    async def test_this_run_is_alive_and_so_are_others_until_they_end(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        assert one.is_alive("r-1")
        assert one.is_alive("r-2")
        assert not one.is_alive("r-3")
        desk.end(other)
        assert not one.is_alive("r-2")


class TestUploads:
    async def test_an_address_is_reused_within_its_time(self, desk):
        ledger = desk.ledger()
        await ledger.uploaded(sha(1), "https://u/old", AT, reusable=True)
        await ledger.uploaded(sha(1), "https://u/new", LATER, reusable=True)
        await ledger.uploaded(sha(2), "https://u/fresh", LATER, reusable=False)
        assert await ledger.upload_of(sha(1), since=AT) == "https://u/new"
        assert await ledger.upload_of(sha(1), since=LATER) == "https://u/new"
        assert await ledger.upload_of(sha(1), since="2026-11-22T00:00:00Z") is None
        assert await ledger.upload_of(sha(2), since=AT) is None
        assert await ledger.upload_of(sha(3), since=AT) is None
        assert await ledger.uploads() == {"https://u/old", "https://u/new", "https://u/fresh"}


class TestCommitting:
    async def test_writes_of_one_attempt_keep_their_order_in_a_crowd(self, desk):
        ledger = desk.ledger()

        async def through(number: int) -> None:
            attempt = f"a-{number}"
            await reserve(ledger, attempt, cells=(number,))
            # Not awaited one by one: the order of the calls is the order on the disk.
            await asyncio.gather(
                ledger.submitting(attempt, fresh="", at=AT),
                ledger.submitted(attempt, prediction=f"p-{number}"),
                ledger.ready(attempt, addresses=[]),
            )

        await asyncio.gather(*(through(number) for number in range(20)))
        rows = sqlite3.connect(desk.path).execute("SELECT attempt, state FROM steps ORDER BY rowid")
        steps = rows.fetchall()
        for number in range(20):
            assert [state for attempt, state in steps if attempt == f"a-{number}"] == [
                "reserved", "submitting", "submitted", "ready",
            ]  # fmt: skip

    async def test_one_that_fails_does_not_take_its_neighbours_along(self, desk):
        ledger = desk.ledger()
        answers = await asyncio.gather(
            reserve(ledger, "a-1", cells=(1,)),
            ledger.submitting("a-none", fresh="", at=AT),
            reserve(ledger, "a-2", cells=(2,)),
            return_exceptions=True,
        )
        assert [type(answer) for answer in answers] == [Reserved, LookupError, Reserved]
        assert ledger.attempts() == {"a-1", "a-2"}

    async def test_what_returned_is_seen_by_others_at_once(self, desk):
        one, other = desk.ledger("r-1"), desk.ledger("r-2")
        await reserve(one, "a-1")
        assert (await other.state_of("a-1")).state is State.RESERVED

    async def test_a_caller_that_gives_up_does_not_undo_what_was_written(self, desk):
        ledger = desk.ledger()
        gone = asyncio.create_task(reserve(ledger, "a-1", cells=(1,)))
        stays = asyncio.create_task(reserve(ledger, "a-2", cells=(2,)))
        await asyncio.sleep(0)
        gone.cancel()
        assert isinstance(await stays, Reserved)
        assert ledger.attempts() == {"a-1", "a-2"}


class TestReopening:
    async def test_everything_is_there_again(self, desk):
        ledger = desk.ledger("r-1")
        await send(ledger, "a-1", cells=(1,), upto=State.FILED)
        await send(ledger, "a-2", cells=(2,), upto=State.READY)
        before = (ledger.receipts(), ledger.filings(), spent(ledger), await ledger.open_attempts())
        desk.end(ledger)
        again = desk.ledger("r-2")
        after = (again.receipts(), again.filings(), spent(again), await again.open_attempts())
        assert after == before

    async def test_it_may_be_closed_after_writing(self, desk):
        ledger = desk.ledger()
        await reserve(ledger, "a-1")
        await ledger.aclose()
        desk.open.clear()
        again = desk.ledger("r-2")
        assert again.attempts() == {"a-1"}

    async def test_writes_are_synced_in_full(self, desk):
        ledger = desk.ledger()
        assert ledger._db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert ledger._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


class TestRefusing:
    def refusal(self, desk):
        with pytest.raises(CampaignError) as refused:
            desk.ledger()
        assert refused.value.exit_code == 12
        (problem,) = refused.value.problems
        assert str(desk.path) in problem.what
        return problem

    @pytest.mark.parametrize(
        "content", [b"not a database at all, but long enough to look like one" * 20, b"\x00" * 4096]
    )
    def test_a_damaged_file_is_refused_and_not_touched(self, desk, content):
        desk.path.parent.mkdir(parents=True)
        desk.path.write_bytes(content)
        problem = self.refusal(desk)
        assert problem.code == "S010"
        assert "do not delete" in problem.fix
        assert desk.path.read_bytes() == content

    def test_a_file_cut_short_is_refused(self, desk):
        desk.end(desk.ledger())
        with desk.path.open("r+b") as file:
            file.truncate(5000)
        assert self.refusal(desk).code == "S010"

    @pytest.mark.parametrize("version", ["4", "1.5", "", "one"])
    def test_a_format_from_the_future_is_refused_and_named(self, desk, version):
        desk.end(desk.ledger())
        with sqlite3.connect(desk.path) as db:
            db.execute("UPDATE meta SET value = ? WHERE name = 'format'", (version,))
        db.close()
        problem = self.refusal(desk)
        assert problem.code == "S011"
        assert f"format {version}" in problem.what
        assert "format 1" in problem.why

    def test_a_database_of_something_else_is_refused(self, desk):
        desk.path.parent.mkdir(parents=True)
        with sqlite3.connect(desk.path) as db:
            db.execute("CREATE TABLE meta (name TEXT, value TEXT)")
        db.close()
        assert self.refusal(desk).code == "S010"
