from datetime import timedelta

import pytest

from pipeline.execution.decisions import Again, PollPace, Verdict, after_submit, is_forgotten
from pipeline.execution.ports import Failure
from tests.support.clock import START

SENT = START.strftime("%Y-%m-%dT%H:%M:%SZ")


class TestAfterSubmit:
    """The table on which all money depends."""

    @pytest.mark.parametrize("tries", [1, 2, 7, 8, 9, 100])
    @pytest.mark.parametrize("hint", [0.0, 5.0, 300.0])
    def test_an_unknown_outcome_is_never_repeated(self, tries, hint):
        assert after_submit(Failure.UNKNOWN, tries, hint_s=hint) is Verdict.IN_DOUBT

    @pytest.mark.parametrize("tries", [1, 8, 100])
    def test_a_no_is_a_no(self, tries):
        assert after_submit(Failure.REFUSED, tries) is Verdict.REFUSED
        assert after_submit(Failure.UNUSABLE, tries, hint_s=9.0) is Verdict.UNUSABLE

    @pytest.mark.parametrize("failure", [Failure.NOT_SENT, Failure.BUSY])
    def test_what_surely_did_nothing_is_repeated_more_and_more_slowly(self, failure):
        waits = [after_submit(failure, tries) for tries in range(1, 8)]
        assert waits == [Again(s) for s in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)]
        assert after_submit(failure, 8) is Verdict.UNREACHABLE
        assert after_submit(failure, 100) is Verdict.UNREACHABLE

    @pytest.mark.parametrize(("hint", "wait"), [(0.0, 4.0), (3.0, 4.0), (4.5, 4.5), (300.0, 300.0)])
    def test_a_hint_only_makes_it_wait_longer(self, hint, wait):
        assert after_submit(Failure.BUSY, 3, hint_s=hint) == Again(wait)

    def test_every_failure_is_decided(self):
        assert {type(after_submit(failure, 1)) for failure in Failure} == {Again, Verdict}


class TestPollPace:
    def test_looks_get_rarer_up_to_a_limit(self):
        pace = PollPace(first_s=2.0, growth=1.5, most_s=10.0)
        assert [pace.wait(n) for n in range(1, 7)] == [2.0, 3.0, 4.5, 6.75, 10.0, 10.0]
        assert pace.wait(10**6) == 10.0

    def test_the_first_look_comes_after_two_seconds(self):
        assert PollPace().wait(1) == 2.0


@pytest.mark.parametrize(
    ("age", "forgotten"),
    [
        (timedelta(0), False),
        (timedelta(days=7), False),
        (timedelta(days=7, seconds=1), True),
        (timedelta(days=-1), False),
    ],
)
def test_what_is_older_than_seven_days_is_forgotten(age, forgotten):
    assert is_forgotten(SENT, START + age) is forgotten
