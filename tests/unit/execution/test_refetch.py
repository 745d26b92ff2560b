"""Delivered pictures fetched once more: free, by their digest, and never in the way of a run."""

import asyncio
import errno
from collections import Counter

import pytest

from pipeline.execution.outcome import Brake
from pipeline.execution.ports import Failure, GoneError, NotYetError, ProviderError
from pipeline.execution.refetch import Kept, fetch_again
from tests.support.clock import JumpingClock
from tests.unit.domain.samples import output
from tests.unit.execution.stage import NOT_SENT, UNUSABLE, Script, completed, failed

GONE = ProviderError(Failure.REFUSED, "HTTP 404: no such prediction")


class Provider:
    """Knows some predictions; anything but looking at them is an error."""

    def __init__(self, **results) -> None:
        self._results = {name.replace("_", "-"): Script(*given) for name, given in results.items()}
        self.asked = Counter()

    async def result(self, prediction):
        self.asked[prediction] += 1
        return self._results[prediction].next()


class Intake:
    """Pictures by address; what is none is raised."""

    def __init__(self, **at) -> None:
        self._at = at
        self.tried = []

    async def take_in(self, address):
        self.tried.append(address.removeprefix("https://o/"))
        found = self._at[address.rsplit("/", 1)[1]]
        if isinstance(found, Script):
            found = found.next()
        if isinstance(found, Exception):
            raise found
        return found


def digest(number: int) -> str:
    return output(number).sha256


def kept(prediction="p-1", outputs=(1, 2, 3), wanted=(1, 2, 3)) -> Kept:
    return Kept(prediction, tuple(map(digest, outputs)), frozenset(map(digest, wanted)))


def three(**changes) -> Intake:
    return Intake(**{"0": output(1), "1": output(2), "2": output(3), **changes})


class Told:
    """What came of it, and how long it took."""

    def __init__(self, *what: Kept, provider, intake, brake=None) -> None:
        self.clock = JumpingClock()
        moves = []
        self.result = asyncio.run(
            fetch_again(
                what,
                provider=provider,
                intake=intake,
                clock=self.clock,
                brake=brake,
                progress=moves.append,
            )
        )
        self.found = self.result.found
        self.failed = self.result.failed
        self.counted = sum(moves)


def test_each_prediction_is_looked_at_once_and_all_its_pictures_are_fetched():
    provider, intake = Provider(p_1=[completed("p-1", 3)]), three()
    told = Told(kept(), provider=provider, intake=intake)
    assert told.found == {digest(1), digest(2), digest(3)}
    assert (told.failed, told.counted) == ({}, 3)
    assert provider.asked == {"p-1": 1}


def test_only_what_is_wanted_is_fetched_where_it_lay_when_it_was_bought():
    intake = three()
    told = Told(kept(wanted=[3]), provider=Provider(p_1=[completed("p-1", 3)]), intake=intake)
    assert told.found == {digest(3)}
    assert intake.tried == ["p-1/2"]


def test_what_moved_is_found_by_its_digest():
    intake = three(**{"0": output(3), "2": output(1)})
    told = Told(kept(wanted=[3]), provider=Provider(p_1=[completed("p-1", 3)]), intake=intake)
    assert told.found == {digest(3)}
    assert intake.tried == ["p-1/2", "p-1/0"]


def test_other_bytes_are_not_the_picture():
    intake = three(**{"1": output(7)})
    told = Told(kept(), provider=Provider(p_1=[completed("p-1", 3)]), intake=intake)
    assert told.found == {digest(1), digest(3)}
    assert told.failed == {digest(2): "what the provider has now is another picture"}
    assert told.counted == 3


@pytest.mark.parametrize(
    ("trouble", "why", "tries"),
    [
        (GoneError("HTTP 404"), "the provider has it no more: HTTP 404", 1),
        (NotYetError("HTTP 503"), "HTTP 503", 3),
    ],
)
def test_one_picture_that_cannot_be_had_keeps_no_other_from_being_fetched(trouble, why, tries):
    intake = three(**{"1": trouble})
    told = Told(kept(), provider=Provider(p_1=[completed("p-1", 3)]), intake=intake)
    assert told.found == {digest(1), digest(3)}
    assert told.failed == {digest(2): why}
    assert intake.tried.count("p-1/1") == tries


def test_a_picture_that_comes_late_is_waited_for():
    intake = three(**{"1": Script(NotYetError("HTTP 503"), output(2))})
    told = Told(kept(), provider=Provider(p_1=[completed("p-1", 3)]), intake=intake)
    assert told.failed == {}
    assert 0 < told.clock.passed < 60


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (GONE, "the provider does not know it any more: HTTP 404: no such prediction"),
        (failed("p-1"), "the provider keeps no pictures of it any more"),
        (completed("p-1", 0), "the provider keeps no pictures of it any more"),
    ],
    ids=["forgotten", "failed", "empty"],
)
def test_a_forgotten_prediction_concerns_only_its_own_pictures(answer, why):
    provider = Provider(p_1=[answer], p_2=[completed("p-2", 3)])
    told = Told(kept(outputs=[7, 8], wanted=[7, 8]), kept("p-2"), provider=provider, intake=three())
    assert told.found == {digest(1), digest(2), digest(3)}
    assert told.failed == {digest(7): why, digest(8): why}
    assert told.result.stopped == ""


@pytest.mark.parametrize(("answer", "asked"), [(UNUSABLE, 1), (NOT_SENT, 3)])
def test_a_provider_that_cannot_be_asked_is_not_asked_for_every_picture(answer, asked):
    many = [kept(f"p-{n}", outputs=[n], wanted=[n]) for n in range(1, 101)]
    provider = Provider(**{one.prediction.replace("-", "_"): [answer] for one in many})
    told = Told(*many, provider=provider, intake=three())
    assert told.found == set()
    assert len(told.failed) == told.counted == 100
    assert told.result.stopped == answer.reason
    assert provider.asked.total() <= 8 * asked


def test_a_provider_that_answers_at_the_third_time_is_asked_three_times():
    provider = Provider(p_1=[NOT_SENT, NOT_SENT, completed("p-1", 3)])
    assert Told(kept(), provider=provider, intake=three()).failed == {}


def test_a_disk_that_takes_nothing_more_stops_it_and_raises_nothing():
    full = OSError(errno.ENOSPC, "No space left on device")
    told = Told(kept(), provider=Provider(p_1=[completed("p-1", 3)]), intake=three(**{"0": full}))
    assert told.found == set()
    assert set(told.failed.values()) == {"it cannot be kept here: No space left on device"}


def test_a_pulled_brake_begins_nothing():
    brake, provider = Brake(), Provider()
    brake.pull()
    told = Told(kept(), provider=provider, intake=three(), brake=brake)
    assert set(told.failed.values()) == {"stopped by the user"}
    assert provider.asked == {}


def test_nothing_to_fetch_asks_nobody():
    told = Told(provider=Provider(), intake=Intake())
    assert (told.found, told.failed) == (set(), {})
