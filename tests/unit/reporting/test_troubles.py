import pytest

from pipeline.domain.money import MicroUsd
from pipeline.reporting.troubles import Trouble, trouble_lines
from pipeline.reporting.words import brief

LATER = "charged {money} until the provider refunds it"


def trouble(number, words="it broke (code 5000)", fate=LATER, cells=2) -> Trouble:
    addresses = tuple(f"anna/p{number}/snow/master/t{one}" for one in range(1, cells + 1))
    return Trouble(addresses, words, fate, MicroUsd(40_000 * cells))


def test_few_are_told_one_by_one():
    assert trouble_lines([trouble(1), trouble(2, cells=1)]) == [
        (
            "anna/p1/snow/master/t1 and 1 more: it broke (code 5000) "
            "(charged $0.08 until the provider refunds it)"
        ),
        (
            "anna/p2/snow/master/t1: it broke (code 5000) "
            "(charged $0.04 until the provider refunds it)"
        ),
    ]


def test_many_alike_are_one_line_and_their_money_is_added_up():
    other = trouble(9, words="it is late", fate="nothing was charged")
    assert trouble_lines([other, *map(trouble, range(6))]) == [
        "anna/p9/snow/master/t1 and 1 more: it is late (nothing was charged)",
        (
            "12 pictures in 6 requests, such as anna/p0/snow/master/t1: it broke (code 5000) "
            "(charged $0.48 until the provider refunds it)"
        ),
    ]


def test_other_money_is_another_line():
    found = [*map(trouble, range(3)), *(trouble(n, fate="nothing was charged") for n in range(3))]
    assert len(trouble_lines(found)) == 6


@pytest.mark.parametrize("times", [1, 6])
def test_however_much_a_provider_says_a_line_stays_short(times):
    (line,) = trouble_lines([trouble(n, words="moderated " * 500) for n in range(times)])[:1]
    assert len(line) < 400
    assert "… (charged" in line


def test_a_short_text_is_left_alone():
    assert brief("x" * 200) == "x" * 200
    assert brief("x" * 201) == "x" * 199 + "…"
