from datetime import timedelta

import pytest

from pipeline.execution.decisions import Again, PollPace, Verdict, after_submit, is_forgotten
from pipeline.execution.ports import Failure
from tests.support.clock import START

SENT = START.strftime("%Y-%m-%dT%H:%M:%SZ")


class TestAfterSubmit:
    """The table on which all money depends."""

    @pytest.mark.parametrize("unsent", [0, 1, 2, 7, 8, 9, 100])
    def test_an_unknown_outcome_is_never_repeated(self, unsent):
        assert after_submit(Failure.UNKNOWN, unsent) is Verdict.IN_DOUBT

    @pytest.mark.parametrize("unsent", [0, 1, 8, 100])
    def test_a_no_is_a_no(self, unsent):
        assert after_submit(Failure.REFUSED, unsent) is Verdict.REFUSED
        assert after_submit(Failure.UNUSABLE, unsent) is Verdict.UNUSABLE

    def test_what_never_left_is_repeated_more_and_more_slowly(self):
        waits = [after_submit(Failure.NOT_SENT, unsent) for unsent in range(1, 8)]
        assert waits == [Again(s) for s in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)]
        assert after_submit(Failure.NOT_SENT, 8) is Verdict.UNREACHABLE
        assert after_submit(Failure.NOT_SENT, 100) is Verdict.UNREACHABLE

    @pytest.mark.parametrize("unsent", [0, 7, 8, 100])
    def test_a_busy_provider_uses_up_no_tries_and_the_pacer_says_when(self, unsent):
        assert after_submit(Failure.BUSY, unsent) == Again(0.0)

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
