import asyncio

import pytest

from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit
from pipeline.execution.auditing import Auditor
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Ended
from pipeline.execution.ports import Failure, ProviderError

pytestmark = pytest.mark.anyio

PASSED = Limit("campaign", "winter", MicroUsd(100), None, spent=MicroUsd(120))
UNREADABLE = ProviderError(Failure.NOT_SENT, "HTTP 502")


def ended(number: int, kind=Happened.SETTLE) -> Ended:
    return Ended(kind, f"a-{number}", ("x",), MicroUsd(1), 1, "")


class Bill:
    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []

    async def __call__(self, attempts):
        self.asked.append(list(attempts))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_fifty_settled_attempts_are_audited_together():
    bill = Bill()
    auditor = Auditor(bill, lambda _event: None)
    for number in range(120):
        assert await auditor.note(ended(number)) is None
    assert [len(asked) for asked in bill.asked] == [50, 50]
    await auditor.finish()
    told = [attempt for asked in bill.asked for attempt in asked]
    assert told == [f"a-{number}" for number in range(120)], "each once, in their order"


async def test_what_cost_nothing_does_not_count_and_is_named_all_the_same():
    bill = Bill()
    auditor = Auditor(bill, lambda _event: None)
    kinds = [Happened.REFUSE, Happened.DOUBT, Happened.SETTLE, Happened.FAIL]
    for number in range(100):
        await auditor.note(ended(number, kinds[number % 4]))
    assert [len(asked) for asked in bill.asked] == [100]


async def test_a_passed_cap_is_handed_on():
    auditor = Auditor(Bill(PASSED), lambda _event: None)
    found = [await auditor.note(ended(number)) for number in range(51)]
    assert found == [None] * 49 + [PASSED, None]


async def test_where_nothing_ended_nobody_is_asked():
    bill = Bill()
    assert await Auditor(bill, lambda _event: None).finish() is None
    assert await Auditor(None, lambda _event: None).finish() is None
    assert bill.asked == []


async def test_a_bill_that_cannot_be_read_is_said_and_asked_for_again():
    bill, events = Bill(UNREADABLE, PASSED), []
    auditor = Auditor(bill, events.append)
    for number in range(60):
        assert await auditor.note(ended(number)) is None
    assert [(event.kind, event.message) for event in events] == [
        (
            Happened.WAIT,
            "the bill could not be read, and is asked for again later: HTTP 502",
        )
    ]
    assert len(bill.asked) == 1, "not after each one"
    assert await auditor.finish() is PASSED
    assert bill.asked[1] == [f"a-{number}" for number in range(60)]


async def test_two_audits_never_run_at_once():
    running = most = 0

    async def slow(_attempts):
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10):
            await asyncio.sleep(0)
        running -= 1

    auditor = Auditor(slow, lambda _event: None)
    await asyncio.gather(*(auditor.note(ended(number)) for number in range(300)))
    assert most == 1
