"""A disk that fills up under the ledger: the write fails and says so, and no other is touched."""

import asyncio
import os

import pytest

from pipeline.adapters.ledger import SqliteLedger
from pipeline.adapters.runs import Runs
from pipeline.domain.attempt import State
from pipeline.domain.diagnostics import CampaignError
from pipeline.execution.ports import Reserved
from tests.unit.adapters.apart import in_a_child, let_files_grow_to
from tests.unit.adapters.ledgers import reserve, send, spent
from tests.unit.domain.samples import AT, UNIT, gen, order, output

pytestmark = pytest.mark.anyio


def problem_of(failed: BaseException):
    """The one problem of a write that found no room."""
    assert isinstance(failed, CampaignError), failed
    assert failed.exit_code == 12
    (problem,) = failed.problems
    assert problem.code == "S012"
    return problem


def fill(ledger: SqliteLedger) -> None:
    """Leave no room for another page."""
    (pages,) = ledger._db.execute("PRAGMA page_count").fetchone()
    ledger._db.execute(f"PRAGMA max_page_count = {pages}")


def empty(ledger: SqliteLedger) -> None:
    ledger._db.execute("PRAGMA max_page_count = 100000")


async def until_full(ledger: SqliteLedger) -> tuple[int, BaseException]:
    """Reserve until it fails; how many were reserved, and the error."""
    for number in range(1000):
        try:
            await reserve(ledger, f"a-{number}", cells=(number,))
        except CampaignError as error:
            return number, error
    raise AssertionError("there is always room")


async def test_a_reservation_without_room_reserves_nothing_and_nothing_is_sent(desk):
    ledger = desk.ledger()
    fill(ledger)
    reserved, error = await until_full(ledger)
    assert problem_of(error).money == "nothing was sent for it, so nothing was charged"
    assert len(ledger.attempts()) == reserved
    assert spent(ledger) == (0, reserved * UNIT, 0, reserved)
    empty(ledger)
    assert isinstance(await reserve(ledger, "a-new", cells=(5000,)), Reserved)
    assert spent(ledger)[1] == (reserved + 1) * UNIT


async def test_of_many_writes_at_once_each_is_whole_or_not_at_all(desk):
    ledger = desk.ledger()
    fill(ledger)
    answers = await asyncio.gather(
        *(reserve(ledger, f"a-{number}", cells=(number,)) for number in range(60)),
        return_exceptions=True,
    )
    made = {f"a-{n}" for n, answer in enumerate(answers) if isinstance(answer, Reserved)}
    assert 0 < len(made) < 60
    assert ledger.attempts() == made
    assert len(ledger.claims()) == len(made)
    for answer in answers:
        if not isinstance(answer, Reserved):
            problem_of(answer)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.SUBMITTED, "the request was sent and may have been charged"),
        (State.READY, "what was paid is in the ledger as it was before this write"),
        (State.STORED, "what was paid is in the ledger as it was before this write"),
        (State.SETTLED, "what was paid is in the ledger as it was before this write"),
    ],
)
async def test_a_later_write_without_room_leaves_the_attempt_where_it_was(desk, state, said):
    ledger = desk.ledger()
    before = list(State)[list(State).index(state) - 1]
    of = await send(ledger, upto=before)
    fill(ledger)
    await until_full(ledger)
    long = "x" * 8000
    with pytest.raises(CampaignError) as failed:
        await {
            State.SUBMITTED: lambda: ledger.submitted("a-1", prediction=long),
            State.READY: lambda: ledger.ready("a-1", addresses=[long]),
            State.STORED: lambda: ledger.stored("a-1", outputs=[output(1)] * 100),
            State.SETTLED: lambda: ledger.settled("a-1", gen(of, outputs=range(100))),
        }[state]()
    assert said in problem_of(failed.value).money
    assert (await ledger.state_of("a-1")).state is before
    assert before in {State.SUBMITTING, State.SUBMITTED, State.READY, State.STORED}


@pytest.mark.slow
def test_files_that_may_not_grow_fail_each_write_alone(tmp_path):
    """As a full disk or a quota does, at every length that the log can have."""
    path = tmp_path / "ledger.sqlite3"
    log = tmp_path / "ledger.sqlite3-wal"

    async def begin() -> None:
        ledger = SqliteLedger(path, run="r-1", runs=Runs(tmp_path / "runs"))
        await send(ledger, "a-first", cells=(900,), upto=State.SUBMITTING)
        await ledger.aclose()

    async def use(room: int) -> None:
        ledger = SqliteLedger(path, run="r-1", runs=Runs(tmp_path / "runs"))
        known = ledger.attempts()
        await ledger.looked_back(AT)
        let_files_grow_to(log.stat().st_size + room)
        number = len(known)
        made = []
        for more in range(100):
            try:
                await reserve(ledger, f"a-{number + more}", cells=(number + more,))
            except CampaignError as error:
                problem_of(error)
                break
            made.append(f"a-{number + more}")
        assert len(made) < 100
        assert ledger.attempts() == known | set(made)
        let_files_grow_to(1 << 30)
        assert isinstance(await reserve(ledger, f"a-{number + 99}", cells=(number + 99,)), Reserved)
        await ledger.aclose()

    asyncio.run(begin())
    for room in range(0, 60_000, 4_999):
        in_a_child(lambda room=room: asyncio.run(use(room)))
    ledger = SqliteLedger(path, run="r-2", runs=Runs(tmp_path / "runs"))
    assert spent(ledger) == (0, len(ledger.attempts()) * UNIT, 0, len(ledger.attempts()))
    assert order("a-first", cells=(900,)).cells[0].key in ledger.claims()
    ledger.close()


def test_a_disk_without_room_for_a_new_ledger_refuses_it(tmp_path):
    path = tmp_path / "ledger.sqlite3"

    def no_room() -> str:
        let_files_grow_to(0)
        with pytest.raises(CampaignError) as failed:
            SqliteLedger(path, run="r-1", runs=Runs(tmp_path / "runs"))
        let_files_grow_to(1 << 30)
        problem = problem_of(failed.value)
        assert "campaign reconcile --rebuild" in problem.fix
        ledger = SqliteLedger(path, run="r-1", runs=Runs(tmp_path / "runs"))
        assert ledger.needs_looking_back()
        ledger.close()
        return problem.code

    assert in_a_child(no_room) == "S012"
    assert os.listdir(tmp_path) == ["ledger.sqlite3"]  # noqa: PTH208 (names only)
