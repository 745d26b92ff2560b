"""The plan on a terminal: details that the golden files do not show."""

import json
from dataclasses import replace

import pytest

from pipeline.domain.campaign import Variant
from pipeline.domain.money import parse_usd
from pipeline.domain.plan import Limit, Reason
from pipeline.reporting.plan_json import PLAN_FORMAT, plan_document
from pipeline.reporting.plan_text import plan_text, totals_text
from pipeline.reporting.words import REASON_WORDS, count, of_cap
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.shop import buy, fail, plan_of, text_campaign, text_card


def rows(plan) -> list[str]:
    """Lines of requests, without their padding."""
    lines = plan_text(plan, renders=0).splitlines()
    return [" ".join(line.split()) for line in lines if line.startswith(("  +", "  ^", "  !"))]


class TestRows:
    @pytest.mark.parametrize(
        ("of", "where"),
        [
            (campaign(pictures=[1]), "anna/p001/snow/master/t1"),
            (campaign(pictures=[1, 2]), "anna/{2}/snow/master/t1"),
            (campaign(pictures=[1], takes=3, sequence="takes"), "anna/p001/snow/master/{3}"),
        ],
    )
    def test_what_a_request_holds_is_one_address(self, of, where):
        (row,) = rows(plan_of(of))
        assert where in row

    def test_words_alone_have_no_set_and_no_picture(self):
        of = text_campaign(takes=2, sequence="takes")
        (row,) = rows(plan_of(of, card=text_card(most=15)))
        assert row == "+ buy snow/master/{2} 2 pictures $0.08 new"

    def test_why_is_said_of_every_cell_of_a_request(self):
        before = replace(campaign(pictures=[1]), prompt="Other {set.subject}, {variant.place}")
        (row,) = rows(plan_of(campaign(pictures=[1, 2]), buy(plan_of(before))))
        assert row.endswith("its prompt changed, new")

    def test_a_duplicate_does_not_hide_why_the_first_is_bought(self):
        same = tuple(Variant(v, {"place": "a hut"}, {}) for v in "ab")
        (row,) = rows(plan_of(replace(campaign(pictures=[1]), variants=same)))
        assert row.endswith("new")

    def test_failures_are_bought_again_one_by_one(self):
        of = campaign(pictures=[1, 2])
        assert [row.split("$0.04 ")[1] for row in rows(plan_of(of, fail(plan_of(of))))] == [
            "it failed before"
        ] * 2


class TestTotals:
    def test_money_is_exact(self):
        of = campaign(pictures=range(1, 26))
        text = plan_text(plan_of(of), renders=0)
        assert "25 pictures wanted: 25 to buy in 4 requests for $1.00." in text

    def test_one_picture_is_not_pictures(self):
        text = plan_text(plan_of(campaign(pictures=[1])), renders=0)
        assert "1 picture wanted: 1 to buy in 1 request for $0.04." in text

    def test_limits_say_what_is_left(self):
        limits = [
            Limit("campaign", "winter", parse_usd("12"), 200, parse_usd("11.98"), 150),
            Limit("workspace", "", parse_usd("1000"), None),
            Limit("month", "2026-11", None, 10, parse_usd("5"), 1),
            Limit("run", "r-1", None, None),
        ]
        lines = plan_text(plan_of(campaign(), limits=limits), renders=0).splitlines()
        assert lines[-3:] == [
            (
                "  campaign winter: $11.98 of $12.00 spent, $0.02 left, $0.10 too little; "
                "150 of 200 pictures bought"
            ),
            "  workspace: $0.00 of $1,000.00 spent, $1,000.00 left, $999.88 afterwards",
            "  month 2026-11: 1 of 10 pictures bought",
        ]

    def test_drafts_cost_play_money(self):
        text = plan_text(replace(plan_of(campaign(pictures=[1])), realm="draft"), renders=0)
        assert "1 to buy in 1 request for $0.04 of play money." in text

    def test_several_plans_are_added_up(self):
        one, two = plan_of(campaign(pictures=[1])), plan_of(campaign(pictures=range(1, 26)))
        assert totals_text([one, two]) == (
            "2 campaigns, 26 pictures wanted: 26 to buy in 5 requests for $1.04.\n"
        )

    def test_caps_that_plans_share_are_told_once_with_what_all_of_them_cost(self):
        month = Limit("month", "2026-11", parse_usd("50"), None)
        limits = [Limit("campaign", "winter", parse_usd("12"), None), month]
        one = plan_of(campaign(pictures=[1]), limits=limits)
        assert "month" not in plan_text(one, renders=0, is_alone=False)
        assert "$11.96 afterwards" in plan_text(one, renders=0, is_alone=False)
        assert totals_text([one, one]).splitlines()[1:] == [
            "  month 2026-11: $0.00 of $50.00 spent, $50.00 left, $49.92 afterwards"
        ]

    def test_several_plans_of_nothing_are_said_to_be_so(self):
        of = campaign(pictures=[1])
        done = plan_of(of, buy(plan_of(of)))
        assert totals_text([done, done]) == "2 campaigns, 2 pictures wanted: nothing to buy.\n"

    def test_it_ends_with_a_line_break_and_has_no_trailing_space(self):
        text = plan_text(plan_of(campaign(), limits=[]), renders=3)
        assert text.endswith("\n")
        assert all(line == line.rstrip() for line in text.splitlines())


class TestDocument:
    def test_it_is_json_and_says_its_format(self):
        document = plan_document(plan_of(campaign()), renders=3)
        assert json.loads(json.dumps(document))["plan"] == PLAN_FORMAT == 2

    def test_money_is_whole_micro_dollars(self):
        text = json.dumps(plan_document(plan_of(campaign()), renders=0))

        def refuse(value):
            raise AssertionError(f"a float: {value}")

        json.loads(text, parse_float=refuse)

    def test_totals_agree_with_the_parts(self):
        of = campaign(sets=(image_set("a", range(1, 12)), image_set("b", [3])))
        document = plan_document(plan_of(of, buy(plan_of(of), steps=slice(0, 1))), renders=0)
        totals = document["totals"]
        assert totals["cost"] == sum(step["quote"]["amount"] for step in document["steps"])
        assert totals["images"] == sum(len(step["cells"]) for step in document["steps"])
        assert totals["cells"] == len(document["cells"])
        for action, number in totals["actions"].items():
            found = [cell for cell in document["cells"] if cell["action"] == action]
            assert len(found) == number

    def test_every_bought_cell_names_its_job(self):
        document = plan_document(plan_of(campaign(pictures=[1, 2])), renders=0)
        (step,) = document["steps"]
        assert {cell["job"] for cell in document["cells"]} == {step["job"]}
        assert [cell["key"] for cell in document["cells"]] == step["cells"]


class TestWords:
    def test_every_reason_has_words(self):
        assert set(REASON_WORDS) == set(Reason)
        assert len(set(REASON_WORDS.values())) == len(Reason)

    @pytest.mark.parametrize(
        ("number", "words"), [(0, "0 pictures"), (1, "1 picture"), (1234, "1,234 pictures")]
    )
    def test_numbers_have_their_noun(self, number, words):
        assert count(number, "picture") == words
        assert count(2, "story", "stories") == "2 stories"

    def test_money_against_a_cap(self):
        assert of_cap(parse_usd("1.2"), parse_usd("12")) == "$1.20 of $12.00"
        assert of_cap(parse_usd("1.2"), None) == "$1.20"
