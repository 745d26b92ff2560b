"""Explanations: which purchase a cell is compared with, and what differs."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import PixelSize, Variant
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.history import Filed, fold
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Action
from pipeline.domain.receipts import AskedCell, Charge, Use
from pipeline.planning.explain import explain, find_cell
from pipeline.reporting.explain_json import explain_document
from pipeline.reporting.explain_text import explain_text, pin_line
from tests.support.campaigns import campaign, image_set, picture
from tests.unit.planning.shop import AT, buy, fail, plan_of

LATER = "2026-11-21T12:00:00Z"
LAST = "2026-11-22T12:00:00Z"


def of_cell(of, filed=(), cell="anna/p001", **facts):
    plan = plan_of(of, filed, **facts)
    index = find_cell(plan, cell)
    assert isinstance(index, int), index
    return explain(plan, index, fold(filed), of)


def said(explanation, *, file="outputs/winter/masters/a.jpg"):
    return explain_text(explanation, file=file, manifest="campaigns/winter/campaign.yaml")


def words(explanation):
    return [(word.fate, word.text) for word in explanation.words if word.fate != "kept"]


class TestFinding:
    @pytest.mark.parametrize(
        "text", ["anna/p002/snow/master/t1", "anna/p002", "*/p002/*", "anna/p002/"]
    )
    def test_an_address_or_a_glob_that_means_one(self, text):
        assert find_cell(plan_of(campaign()), text) == 1

    def test_a_cell_key(self):
        plan = plan_of(campaign())
        assert find_cell(plan, plan.cells[2].key) == 2

    def test_an_exact_address_outranks_what_it_is_the_beginning_of(self):
        plan = plan_of(campaign(pictures=[1], takes=12))
        assert find_cell(plan, "anna/p001/snow/master/t1") == 0

    def test_several_are_listed(self):
        found = find_cell(plan_of(campaign()), "anna")
        assert isinstance(found, Problem)
        assert found.code == "P043"
        assert "means 3 pictures" in found.what
        assert "`anna/p003/snow/master/t1`" in found.fix

    def test_none_gets_a_hint(self):
        found = find_cell(plan_of(campaign()), "anna/p002/snwo/master/t1")
        assert isinstance(found, Problem)
        assert found.code == "P044"
        assert "did you mean `anna/p002/snow/master/t1`?" in found.fix


class TestPartner:
    def test_nothing_was_ever_asked_for(self):
        found = of_cell(campaign())
        assert found.partner is None
        assert "Nothing like it was ever asked for here." in said(found)

    def test_what_is_bought_is_compared_with_what_serves_it(self):
        of = campaign()
        filed = buy(plan_of(of))
        found = of_cell(of, filed)
        (gen,) = [one.receipt for one in filed]
        partner = found.partner
        assert (partner.how, partner.attempt) == ("serves", gen.order.attempt)
        assert (partner.prediction, partner.charged, partner.at) == (gen.prediction, 40_000, AT)
        assert (found.words, found.changes, found.inputs, found.pin) == ((), (), (), False)
        text = said(found)
        for part in (gen.order.attempt, gen.prediction, "$0.04, as quoted", AT, "a.jpg"):
            assert part in text

    def test_what_the_bill_says_counts(self):
        of = campaign(pictures=[1])
        filed = buy(plan_of(of))
        attempt = filed[0].receipt.order.attempt
        filed.append(Filed("winter", Charge(attempt, "b-1", MicroUsd(50_000), LATER)))
        assert "$0.05, by the bill" in said(of_cell(of, filed))

    def test_what_was_bought_elsewhere_tells_what_it_was_called_there(self):
        elsewhere = campaign(name="autumn", sets=(image_set("anna", [1]),))
        filed = buy(plan_of(elsewhere))
        renamed = campaign(sets=(replace(image_set("eva", [1]), values={"subject": "the anna"}),))
        found = of_cell(renamed, filed, "eva/p001")
        assert found.partner.how == "serves"
        assert "then called `anna/p001/snow/master/t1` of campaign `autumn`" in said(found)

    def test_a_use_line_alone_serves_without_a_price(self):
        of = campaign(pictures=[1])
        plan = plan_of(of)
        gen = buy(plan)[0].receipt
        cell = plan.cells[0]
        asked = AskedCell(cell.key, str(cell.address), cell.source, 1)
        use = Use("a-gone", LATER, asked, cell.recipe, gen.outputs[0], AT)
        found = of_cell(of, [Filed("winter", use)])
        assert (found.partner.attempt, found.partner.charged) == ("a-gone", None)
        assert "only a `use` line tells of it" in said(found)

    def test_the_last_delivery_at_the_address_comes_before_later_failures(self):
        first = campaign(pictures=[1], prompt="One {variant.place} {set.subject}.")
        second = campaign(pictures=[1], prompt="Two {variant.place} {set.subject}.")
        third = campaign(pictures=[1], prompt="Three {variant.place} {set.subject}.")
        now = campaign(pictures=[1], prompt="Four {variant.place} {set.subject}.")
        filed = [
            *buy(plan_of(first)),
            *buy(plan_of(second), at=LATER),
            *fail(plan_of(third), at=LAST),
        ]
        found = of_cell(now, filed)
        assert found.partner.how == "address"
        assert found.partner.recipe.prompt.startswith("Two")
        assert words(found) == [("removed", "Two"), ("added", "Four")]

    def test_a_failure_alone_is_what_was_last_asked_for(self):
        of = campaign(pictures=[1])
        found = of_cell(of, fail(plan_of(of)))
        assert found.partner.output is None
        assert not found.pin
        text = said(found)
        assert "last asked for and not delivered at this address" in text
        assert "none: it asks for exactly the same" in text
        assert "it failed before: it failed" in text

    def test_else_the_most_similar_one(self):
        """The same picture counts more than the same words, and a delivery more than none."""
        of = campaign(pictures=[1, 2], variants=("snow", "studio"))
        filed = buy(plan_of(of))
        new = replace(of, variants=(*of.variants, Variant("beach", {"place": "a beach"}, {})))
        found = of_cell(new, filed, "anna/p002/beach")
        assert found.partner.how == "alike"
        assert found.partner.asked.address.startswith("anna/p002/")

    def test_of_two_alike_always_the_same_one(self):
        of = campaign(pictures=[1, 2])
        filed = buy(plan_of(of))
        new = campaign(pictures=[1, 2, 3])
        one, other = (of_cell(new, order, "anna/p003") for order in (filed, filed[::-1]))
        assert one.partner == other.partner


class TestDifference:
    def test_the_prompt_is_compared_word_by_word(self):
        old = campaign(pictures=[1])
        new = replace(old, prompt="Put {set.subject}, smiling, in {variant.place}!")
        found = of_cell(new, buy(plan_of(old)))
        assert words(found) == [("added", ", smiling,"), ("removed", "."), ("added", "!")]
        assert "".join(w.text for w in found.words if w.fate != "added") == (
            "Put the anna in a place called snow."
        )
        assert "".join(w.text for w in found.words if w.fate != "removed") == (
            "Put the anna, smiling, in a place called snow!"
        )
        assert "Put the anna{+, smiling,+} in a place called snow[-.-]{+!+}" in said(found)

    def test_a_space_is_a_difference_that_can_be_seen(self):
        old = campaign(pictures=[1])
        new = replace(old, prompt="Put {set.subject}\nin {variant.place}.")
        assert "Put the anna [-in-]{+\\nin+} a place" in said(of_cell(new, buy(plan_of(old))))

    def test_long_unchanged_stretches_are_cut(self):
        long = " ".join(f"word{n}" for n in range(60))
        old = campaign(pictures=[1], prompt=f"{long} {{variant.place}} {{set.subject}} {long} end")
        new = replace(old, prompt=f"{long} {{variant.place}} {{set.subject}} {long} END")
        text = said(of_cell(new, buy(plan_of(old))))
        assert "word20" not in text
        assert "word59 [-end-] {+END+}" in text

    def test_parameters_by_their_paths(self):
        old = campaign(pictures=[1], params={"a": {"x": [1, 2], "y": "same"}, "gone": True})
        new = replace(old, params={"a": {"x": [1, 3], "y": "same"}, "new": "0.5"})
        found = of_cell(new, buy(plan_of(old)))
        assert [tuple(one) for one in found.changes] == [
            ("params.a.x[1]", 2, 3),
            ("params.gone", True, None),
            ("params.new", None, "0.5"),
        ]
        text = said(found)
        assert "params.a.x[1] 2 -> 3" in text
        assert "nothing -> 0.5" in text

    def test_size_take_and_model(self):
        old = campaign(pictures=[1])
        new = replace(old, master=PixelSize(4096, 4096), takes=2)
        found = of_cell(new, buy(plan_of(old)), "anna/p001/snow/master/t2")
        assert [tuple(one) for one in found.changes] == [
            ("size", "2560x1440", "4096x4096"),
            ("take", 1, 2),
        ]

    def test_pictures_by_digest_and_file(self):
        old = campaign(sets=(image_set("anna", [1]),))
        swapped = replace(picture(2), id="p001")
        new = campaign(sets=(replace(image_set("anna", [1]), pictures=(swapped,)),))
        found = of_cell(new, buy(plan_of(old)))
        (changed,) = found.inputs
        assert changed.role == "source"
        assert (changed.before, changed.after) == (
            picture(1).facts.sha256,
            picture(2).facts.sha256,
        )
        assert (changed.before_name, changed.after_name) == ("", "images/p002.jpg")
        assert "a file that is not here (" in said(found)

    def test_a_new_reference(self):
        old = campaign(pictures=[1, 2])
        new = campaign(sets=(image_set("anna", [1, 2], reference=2),))
        (changed,) = of_cell(new, buy(plan_of(old))).inputs
        assert (changed.role, changed.before, changed.after_name) == (
            "reference", None, "images/p002.jpg",
        )  # fmt: skip


class TestMoney:
    def test_the_price_is_the_share_of_the_request(self):
        found = of_cell(campaign())
        assert found.price == 40_000
        assert "$0.04, its share of one request for 3 pictures at $0.12" in said(found)

    def test_what_is_not_bought_has_none(self):
        of = campaign()
        assert of_cell(of, buy(plan_of(of))).price is None

    def test_a_cell_that_another_stands_for_shows_the_request_of_that_one(self):
        same = Variant("frost", {"place": "a place called snow"}, {})
        of = campaign(pictures=[1])
        found = of_cell(replace(of, variants=(*of.variants, same)), (), "anna/p001/frost")
        assert found.price == 40_000
        assert "the same request as another cell: anna/p001/snow/master/t1" in said(found)


class TestPins:
    def test_the_line_keeps_the_old_picture(self):
        old = campaign(pictures=[1])
        filed = buy(plan_of(old))
        (gen,) = [one.receipt for one in filed]
        found = of_cell(replace(old, prompt="New {variant.place} {set.subject}."), filed)
        assert found.pin
        key, picture = gen.order.cells[0].key, gen.outputs[0].sha256
        assert pin_line(found) == f"anna/p001/snow/master/t1: {{key: {key}, picture: {picture}}}"
        assert f"pins:\n  {pin_line(found)}\n" in said(found)

    def test_a_draft_is_not_pinned(self):
        old = campaign(pictures=[1])
        filed = buy(plan_of(old, realm="draft", engine="x"))
        new = replace(old, prompt="New {variant.place} {set.subject}.")
        assert not of_cell(new, filed, realm="draft", engine="x").pin

    def test_what_is_there_needs_no_pin(self):
        of = campaign(pictures=[1])
        found = of_cell(of, buy(plan_of(of)))
        assert pin_line(found) == ""


class TestDocument:
    def test_it_says_the_same(self):
        old = campaign(pictures=[1], params={"a": 1})
        filed = buy(plan_of(old))
        new = replace(old, prompt="New {variant.place} {set.subject}.", params={"a": 2})
        found = of_cell(new, filed)
        document = explain_document(found, file="")
        assert document["explain"] == 1
        assert (document["action"], document["reason"]) == ("buy", "prompt_changed")
        assert document["changes"] == [{"path": "params.a", "before": 1, "after": 2}]
        assert document["pin"]["picture"] == filed[0].receipt.outputs[0].sha256
        assert document["partner"]["charged"] == 40_000
        assert document["price"] == document["request"]["amount"] == 40_000
        assert document["file"] is None

    def test_a_cell_without_a_partner(self):
        document = explain_document(of_cell(campaign()), file="")
        assert (document["partner"], document["pin"], document["prompt"]) == (None, None, [])
        assert document["action"] == Action.BUY.value
        assert Sha256(document["key"]).startswith("c1-")
