import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.money import MicroUsd
from pipeline.execution.breaker import Breaker
from pipeline.execution.events import Happened
from pipeline.execution.outcome import Ended

NEVER = 10**9


def ended(kind=Happened.SETTLE, *, outputs: int = 2, message: str = "", attempt="a") -> Ended:
    return Ended(kind, attempt, ("x/1", "x/2"), MicroUsd(80_000), outputs, message)


WELL = ended()
BROKE = ended(Happened.FAIL, outputs=0, message="it broke (code 5000)")


def broke(number: int) -> Ended:
    return ended(Happened.FAIL, outputs=0, message=f"it broke in way {number} (code 5000)")


class TestMany:
    def test_a_run_without_trouble_goes_on(self):
        assert Breaker().judge([]) == ""
        assert Breaker().judge([WELL] * 100) == ""

    def test_eight_of_twenty_are_too_many_and_seven_are_not(self):
        mixed = [one for n in range(7) for one in (broke(n), WELL)]
        assert Breaker().judge(mixed) == ""
        words = Breaker().judge([*mixed, broke(7)])
        assert words == (
            "8 of the last 15 requests went wrong, the last one so: it broke in way 7 (code 5000)"
        )

    def test_what_is_long_past_does_not_count(self):
        past = [broke(n) for n in range(7)]
        assert Breaker(same=NEVER).judge([*past, *[WELL] * 13, broke(7)]) == ""
        assert Breaker(same=NEVER).judge([*past, *[WELL] * 12, broke(7)]) != ""

    @pytest.mark.parametrize(
        "bad",
        [
            ended(Happened.FAIL, outputs=0, message="it broke"),
            ended(Happened.REFUSE, outputs=0, message="HTTP 400"),
            ended(Happened.DOUBT, outputs=0, message="no answer"),
            ended(Happened.LATER, outputs=0, message="HTTP 503"),
            ended(Happened.RELEASE, outputs=0, message="no connection"),
            ended(Happened.SETTLE, outputs=1),
            ended(Happened.SETTLE, outputs=0),
        ],
    )
    def test_everything_but_a_whole_delivery_is_wrong(self, bad):
        assert Breaker(failures=1, of=1, same=NEVER).judge([WELL, bad]) != ""

    def test_more_pictures_than_were_asked_for_are_no_trouble(self):
        assert Breaker(failures=1, of=1, same=1).judge([ended(outputs=3)]) == ""


class TestTheSame:
    def test_five_equal_errors_in_a_row_are_enough(self):
        assert Breaker().judge([WELL, *[BROKE] * 4]) == ""
        assert Breaker().judge([WELL, *[BROKE] * 5]) == (
            "the same 5 times in a row: it broke (code 5000)"
        )

    def test_another_error_or_a_delivery_in_between_begins_a_new_row(self):
        for between in (broke(1), WELL):
            assert Breaker().judge([BROKE, BROKE, between, BROKE, BROKE, BROKE]) == ""

    def test_the_same_words_of_another_kind_are_another_error(self):
        refused = ended(Happened.REFUSE, outputs=0, message=BROKE.message)
        assert Breaker(same=2).judge([BROKE, refused]) == ""

    def test_paid_for_and_not_delivered_is_an_error_too(self):
        assert Breaker().judge([ended(outputs=1)] * 5) == (
            "the same 5 times in a row: fewer pictures came than were paid for"
        )
        assert Breaker().judge([ended(outputs=0)] * 5) == (
            "the same 5 times in a row: nothing came"
        )


kinds = st.sampled_from(
    [WELL, BROKE, broke(1), broke(2), ended(outputs=1), ended(Happened.DOUBT, message="no answer")]
)


@given(
    run=st.lists(kinds, max_size=60),
    failures=st.integers(1, 8),
    more=st.integers(0, 8),
    same=st.integers(1, 6),
)
def test_laws_of_the_breaker(run, failures, more, same):
    """It trips exactly when its rule says so, and only what ended last decides."""
    breaker = Breaker(failures=failures, of=failures + more, same=same)
    words = breaker.judge(run)
    is_wrong = [one != WELL for one in run]
    tail = run[-same:]
    alike = (
        len(tail) == same
        and WELL not in tail
        and len({(e.kind, e.outputs, e.message) for e in tail}) == 1
    )
    assert bool(words) == (sum(is_wrong[-breaker.of :]) >= failures or alike)
    assert breaker.judge([broke(9)] * 50 + [WELL] * max(breaker.of, same) + run) == words or (
        len(run) < max(breaker.of, same)
    )
    assert not breaker.judge([*run, *[WELL] * breaker.of])
