from dataclasses import replace

import pytest

from pipeline.domain.money import MicroUsd, parse_usd
from pipeline.domain.plan import Action, Reason
from pipeline.reporting.run_text import RunFacts, run_text

PLAIN = RunFacts(
    campaign="winter",
    realm="real",
    is_draft=False,
    bought=3,
    requests=2,
    paid=parse_usd("0.12"),
    cached=9,
    wanted=12,
    failed=(),
    doubts=(),
    spent=parse_usd("0.48"),
    cap=parse_usd("12"),
    real_cost=None,
    real_left=None,
    made=24,
    not_made=(),
    absent=0,
    not_tried=0,
    page="outputs/winter/index.html",
)


def lines(**changes) -> list[str]:
    return run_text(replace(PLAIN, **changes)).splitlines()


def test_a_real_run():
    assert lines() == [
        "",
        "winter: 12 of 12 pictures here, 3 of them new",
        "  paid      $0.12 for 2 requests",
        "  spent     $0.48 of $12.00",
        "  made      24 files (sizes and thumbnails, free)",
        "  sheet     outputs/winter/index.html",
    ]


def test_a_run_that_bought_nothing():
    found = lines(bought=0, requests=0, paid=MicroUsd(0), cached=12, made=0)
    assert found[1:] == [
        "winter: 12 of 12 pictures here; nothing was bought",
        "  spent     $0.48 of $12.00",
        "  sheet     outputs/winter/index.html",
    ]


def test_money_without_a_picture_is_not_hidden():
    found = lines(bought=0, requests=1, paid=parse_usd("0.08"), cached=0)
    assert "  paid      $0.08 for 1 request" in found
    assert found[1] == "winter: 0 of 12 pictures here"


@pytest.mark.parametrize(
    ("cost", "left", "line"),
    [
        ("0.48", 11_520_000, "  for real  $0.48, leaving $11.52 of $12.00"),
        ("0.48", 0, "  for real  $0.48, leaving $0.00 of $12.00"),
        ("0.48", -1, "  for real  $0.48, $0.000001 over the cap of $12.00"),
    ],
)
def test_a_draft_says_what_it_would_cost(cost, left, line):
    found = lines(is_draft=True, realm="draft", real_cost=parse_usd(cost), real_left=MicroUsd(left))
    assert line in found
    assert "  paid      $0.12 for 2 requests (play money at catalogue prices)" in found
    assert not any(one.startswith("  spent") for one in found)


def test_what_no_run_buys_by_itself_is_said_with_what_to_do():
    found = lines(
        bought=0,
        requests=0,
        paid=MicroUsd(0),
        cached=9,
        open={
            (Action.TOP_UP, Reason.UNDER_DELIVERED): 1,
            (Action.BLOCKED, Reason.MODERATED): 2,
        },
    )
    assert found[1] == "winter: 9 of 12 pictures here; nothing was bought"
    assert found[-3:-1] == [
        (
            "  blocked   2 pictures: the provider refused it; change it, or try again with "
            "--retry-failed"
        ),
        "  top-up    1 picture: paid, but not delivered",
    ]


def test_a_draft_without_a_cap_or_a_price():
    no_cap = lines(is_draft=True, real_cost=parse_usd("1"), real_left=None, cap=None)
    assert "  for real  $1.00" in no_cap
    assert "  for real  not priced" in lines(is_draft=True)


def test_no_money_is_spoken_of_where_only_sources_have_no_preview():
    found = lines(not_made=["preview of campaigns/winter/images/a.jpg: torn"], of_sources=True)
    assert found[-4:-1] == [
        "  not made  preview of campaigns/winter/images/a.jpg: torn",
        "            only the sheet lacks this, and it costs nothing; once it is mended,",
        "            `campaign report winter` makes the rest for free",
    ]


def test_trouble_is_told_line_by_line():
    found = lines(
        failed=["anna/p001/snow/master/t1: flagged, $0.04", "anna/p002/snow/master/t1: gone"],
        doubts=["anna/p003/snow/master/t1: no answer"],
        not_made=["feed/x.jpg: damaged"],
        absent=2,
        not_tried=1,
    )
    assert found[5:] == [
        "  absent    2 pictures bought, but not on this machine",
        "  left out  1 request not begun",
        "  failed    anna/p001/snow/master/t1: flagged, $0.04",
        "            anna/p002/snow/master/t1: gone",
        "  in doubt  anna/p003/snow/master/t1: no answer",
        "  not made  feed/x.jpg: damaged",
        "            what was paid for is safe in the store; once this is mended,",
        "            `campaign report winter` makes the rest for free",
        "  sheet     outputs/winter/index.html",
    ]
