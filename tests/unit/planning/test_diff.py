"""What a change costs and discards; prices by hand: $0.04 a picture, 40,000 micro-dollars."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalog
from pipeline.domain.campaign import Add, Budget, Matrix, PixelSize, Variant, Where, Workspace
from pipeline.domain.difference import Amounts, LostReceipt
from pipeline.domain.history import Filed
from pipeline.domain.money import MicroUsd, parse_usd
from pipeline.domain.plan import Reason
from pipeline.domain.receipts import Charge, Lost, Use
from pipeline.domain.review_budget import Rule, Rules
from tests.support.campaigns import SINGLE, campaign, image_set, picture
from tests.unit.planning.comparing import between, bought, row, side
from tests.unit.planning.shop import RESOLUTION, buy, fail, lose, plan_of

EACH = 40_000


def named(name, **changes):
    return campaign(name=name, **changes)


def test_nothing_changes_and_nothing_is_bought():
    plain = campaign()
    diff = between(side(plain, filed=bought(plain)), side(plain, filed=bought(plain)))
    assert diff.before == diff.after
    assert diff.after == Amounts(pictures=3, gross=3 * EACH, bought=3, satisfied=3 * EACH)
    assert (diff.change, diff.orphaned, diff.discards, diff.settings) == (0, 0, (), ())
    assert row(diff, "winter").status == "unchanged"


def test_what_base_has_not_bought_either_is_no_increase():
    plain = campaign()
    diff = between(side(plain), side(plain))
    assert (diff.after.remaining, diff.change) == (3 * EACH, 0)


def test_a_picture_more_costs_one_picture():
    old, new = campaign(pictures=range(1, 4)), campaign(pictures=range(1, 5))
    diff = between(side(old, filed=bought(old)), side(new, filed=bought(old)))
    assert (diff.after.remaining, diff.change, diff.orphaned) == (EACH, EACH, 0)
    assert diff.after.satisfied == 3 * EACH
    assert row(diff, "winter").status == "changed"


@pytest.mark.parametrize("whose", ["base", "head"])
def test_receipts_of_either_side_count_for_both(whose):
    plain = campaign()
    receipts = {"base": (bought(plain), ()), "head": ((), bought(plain))}[whose]
    diff = between(side(plain, filed=receipts[0]), side(plain, filed=receipts[1]))
    assert diff.before.remaining == diff.after.remaining == 0


def test_receipts_of_the_branch_that_is_merged_into_count_as_well():
    plain = campaign()
    assert between(side(plain), side(plain), filed=bought(plain)).after.remaining == 0


def test_another_prompt_discards_what_was_paid_and_is_named_as_the_reason():
    old = campaign(variants=("snow", "studio"))
    new = replace(old, prompt="Set {set.subject} in {variant.place}.")
    receipts = bought(old)
    diff = between(side(old, filed=receipts), side(new, filed=receipts))
    (fork,) = diff.discards
    assert fork.reason is Reason.PROMPT_CHANGED
    assert (fork.pictures, fork.orphaned, fork.anew, fork.cost) == (6, 6 * EACH, 6, 6 * EACH)
    assert (diff.after.remaining, diff.orphaned, diff.orphans) == (6 * EACH, 6 * EACH, 6)


def sized(width, height):
    return {"master": PixelSize(width, height)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model": SINGLE}, Reason.MODEL_CHANGED),
        (sized(1440, 2560), Reason.SIZE_CHANGED),
        ({"params": {"enable_base64_output": False}}, Reason.PARAM_CHANGED),
        (
            {"sets": (image_set("anna", range(1, 4), reference=9),)},
            Reason.REFERENCE_CHANGED,
        ),
    ],
)
def test_each_reason_is_told_apart(change, reason):
    old = campaign()
    new = replace(old, **change)
    diff = between(side(old, filed=bought(old)), side(new, filed=bought(old)))
    assert [(one.reason, one.pictures, one.anew) for one in diff.discards] == [(reason, 3, 3)]


def test_another_source_picture_under_the_same_name():
    old = campaign(pictures=(1,))
    other = replace(picture(7), id="p001", path="images/p001.jpg")
    new = replace(old, sets=(replace(old.sets[0], pictures=(other,)),))
    diff = between(side(old, filed=bought(old)), side(new, filed=bought(old)))
    assert [one.reason for one in diff.discards] == [Reason.INPUT_CHANGED]


def test_forks_that_are_bought_anew_come_before_what_is_merely_dropped():
    old = named("autumn", pictures=range(1, 9)), named("winter", pictures=range(11, 13))
    new = named("autumn", pictures=()), replace(old[1], prompt="Hold {set.subject} {variant.place}")
    receipts = [*bought(old[0]), *bought(old[1])]
    added = replace(new[0], sets=(image_set("anna", (20,)),))
    diff = between(side(*old, filed=receipts), side(added, new[1], filed=receipts))
    assert [(one.campaign, one.reason) for one in diff.discards] == [
        ("winter", Reason.PROMPT_CHANGED),
        ("autumn", Reason.NO_LONGER_WANTED),
    ]
    assert diff.orphaned == 10 * EACH


def test_what_another_campaign_of_head_wants_is_not_orphaned():
    old = named("winter")
    new = named("spring"), named("summer", pictures=range(1, 2))
    diff = between(side(old, filed=bought(old)), side(*new, filed=bought(old)))
    assert (diff.orphans, diff.after.remaining) == (0, 0)
    smaller = between(side(old, filed=bought(old)), side(new[1], filed=bought(old)))
    assert (smaller.orphans, smaller.orphaned) == (2, 2 * EACH)


def test_an_orphan_is_worth_what_was_charged_for_it_and_not_its_list_price():
    old = campaign()
    receipts = bought(old)
    attempt = receipts[0].receipt.order.attempt
    receipts.append(Filed("winter", Charge(attempt, "row-1", MicroUsd(100_000), "2026-11-21")))
    diff = between(side(old, filed=receipts), side(filed=receipts))
    assert diff.orphaned == 100_000
    assert row(diff, "winter").status == "removed"


def test_two_deliveries_of_one_cell_were_both_paid():
    old = campaign(pictures=(1,))
    again = [*bought(old), *buy(plan_of(old), at="2026-11-21T12:00:00Z")]
    assert between(side(old, filed=again), side(filed=again)).orphaned == 2 * EACH


def test_failures_and_doubts_are_no_orphans():
    old = campaign()
    receipts = [*fail(plan_of(old)), *lose(plan_of(old))]
    diff = between(side(old, filed=receipts), side(filed=receipts))
    assert (diff.orphans, diff.orphaned) == (0, 0)


# -- campaigns that come, go and are renamed


def moved(receipts, to):
    return [Filed(to, receipt) for _, receipt in receipts]


def test_a_rename_costs_nothing_and_is_shown_as_one():
    old, new = named("winter"), named("frost")
    receipts = bought(old)
    diff = between(side(old, filed=receipts), side(new, filed=moved(receipts, "frost")))
    (only,) = diff.rows
    assert (only.name, only.was, only.status) == ("frost", "winter", "renamed")
    assert (diff.after.remaining, diff.change, diff.orphaned) == (0, 0, 0)
    assert only.cap is not None
    assert only.cap.spent == 3 * EACH


def test_a_rename_is_seen_by_the_lock_that_moved_even_if_every_prompt_changed():
    old, new = named("winter"), named("frost", prompt="Hold {set.subject} {variant.place}.")
    receipts = bought(old)
    diff = between(side(old, filed=receipts), side(new, filed=moved(receipts, "frost")))
    assert [(one.name, one.was) for one in diff.rows] == [("frost", "winter")]
    (fork,) = diff.discards
    assert (fork.campaign, fork.reason) == ("frost", Reason.PROMPT_CHANGED)


def test_of_two_candidates_the_one_with_more_in_common_was_renamed():
    old = named("winter", pictures=range(1, 5))
    new = named("frost", pictures=range(1, 5)), named("ice", pictures=range(1, 4))
    diff = between(side(old), side(*new))
    assert {one.name: one.was for one in diff.rows} == {"frost": "winter", "ice": ""}


def test_a_copy_is_no_rename():
    diff = between(side(named("winter")), side(named("winter"), named("copy")))
    assert {one.name: one.status for one in diff.rows} == {"winter": "unchanged", "copy": "added"}
    assert diff.after.remaining == 3 * EACH
    assert row(diff, "copy").after == Amounts(shared=3)


def test_what_two_campaigns_want_counts_once_and_the_unchanged_one_keeps_it():
    diff = between(side(named("winter")), side(named("winter"), named("autumn")))
    assert row(diff, "winter").after == row(diff, "winter").before
    assert row(diff, "autumn").after == Amounts(shared=3)
    assert diff.after.gross == 3 * EACH


def test_pictures_that_have_little_in_common_are_two_campaigns():
    diff = between(side(named("winter", pictures=range(9))), side(named("frost", pictures=(1,))))
    assert {one.name: one.status for one in diff.rows} == {"winter": "removed", "frost": "added"}


# -- what a run would pay


def test_the_whole_is_what_was_bought_and_what_is_to_buy():
    card = replace(RESOLUTION, model="made-up/resolution")
    old = campaign(model=card.model, master=PixelSize(2048, 2048), pictures=range(1, 4))
    new = replace(old, sets=(image_set("anna", range(1, 5)),))
    receipts = buy(plan_of(old, card=card))
    cards = {card.model: card}
    diff = between(side(old, filed=receipts, cards=cards), side(new, filed=receipts, cards=cards))
    assert diff.after == Amounts(
        pictures=4,
        gross=4 * 140_000,
        bought=3,
        satisfied=3 * 140_000,
        to_buy=1,
        remaining=140_000,
    )


def test_a_cell_that_is_wanted_at_two_addresses_counts_once():
    twins = (Variant("a", {"place": "a lake"}, {}), Variant("b", {"place": "a lake"}, {}))
    both = campaign(variants=())
    diff = between(side(), side(replace(both, variants=twins)))
    assert (diff.after.pictures, diff.after.gross) == (3, 3 * EACH)


def test_another_take_is_paid_again():
    old = campaign()
    rule = Add(Where(picture="p001", take=2))
    new = replace(old, matrix=Matrix(add=(rule,)))
    assert between(side(old, filed=bought(old)), side(new, filed=bought(old))).change == EACH


def test_pictures_in_doubt_are_blocked_and_in_no_sum_but_gross():
    plain = campaign()
    diff = between(side(plain), side(plain, filed=lose(plan_of(plain))))
    assert (diff.after.blocked, diff.after.remaining, diff.after.gross) == (3, 0, 3 * EACH)


def test_lost_pictures_are_paid_again_and_said_to_be():
    plain = campaign(pictures=(1,))
    receipts = bought(plain)
    gen = receipts[0].receipt
    gone = Lost(gen.order.attempt, "2026-11-21", gen.order.cells[0].key, gen.outputs[0].sha256, "x")
    receipts.append(Filed("winter", gone))
    diff = between(side(plain, filed=receipts), side(plain, filed=receipts))
    assert (diff.after.again, diff.after.remaining) == (1, EACH)


def test_a_use_line_serves_a_cell():
    plain = campaign(pictures=(1,))
    gen = bought(plain)[0].receipt
    order = gen.order
    use = Use(order.attempt, gen.at, order.cells[0], order.recipe, gen.outputs[0], gen.at)
    assert between(side(plain), side(plain, filed=[Filed("winter", use)])).after.remaining == 0


def unpriced():
    plain = campaign(pictures=range(1, 3), model="made-up/resolution", master=PixelSize(2048, 2048))
    price = replace(RESOLUTION.price, kind="unknown")
    return plain, {"made-up/resolution": replace(RESOLUTION, price=price)}


def test_an_unknown_price_is_in_no_sum_and_meets_no_rule_about_money():
    plain, cards = unpriced()
    rules = Rules(max_increase_usd=parse_usd("99"), max_usd_per_image=parse_usd("99"))
    head = side(plain, cards=cards, workspace=Workspace(rules=rules))
    diff = between(side(), head)
    assert (diff.after.unpriced, diff.after.remaining) == (2, 0)
    verdicts = {one.rule: one.passed for one in diff.rules}
    assert not verdicts[Rule.MAX_INCREASE_USD]
    assert not verdicts[Rule.MAX_USD_PER_IMAGE]
    assert not verdicts[Rule.PRICES]
    assert [problem.code for problem in diff.problems] == ["P010"]


def test_a_picture_that_no_request_may_buy_is_refused_and_not_cheap():
    plain = campaign(budget=Budget(cap=parse_usd("9"), max_per_job=parse_usd("0.01")))
    diff = between(side(), side(plain))
    assert (diff.after.refused, diff.after.to_buy) == (3, 0)
    assert not next(one for one in diff.rules if one.rule is Rule.CAPS).passed


# -- caps


def over(diff):
    return [(cap.scope, cap.name) for cap in diff.caps if cap.is_over]


def test_caps_count_what_is_spent_and_what_is_to_buy():
    old = campaign(cap="0.16")
    new = replace(old, sets=(image_set("anna", range(1, 6)),))
    diff = between(side(old, filed=bought(old)), side(new, filed=bought(old)))
    (cap,) = diff.caps
    assert (cap.spent, cap.cost, cap.money) == (3 * EACH, 2 * EACH, 4 * EACH)
    assert over(diff) == [("campaign", "winter")]
    just = replace(new, budget=Budget(cap=parse_usd("0.20")))
    assert over(between(side(old), side(just, filed=bought(old)))) == []


def test_caps_in_pictures_and_over_all_campaigns():
    plain = campaign(cap=None)
    for workspace, scope in (
        (Workspace(max_images=2), "workspace"),
        (Workspace(cap=parse_usd("0.10")), "workspace"),
        (Workspace(month_cap=parse_usd("0.10")), "month"),
        (Workspace(month_images=2), "month"),
    ):
        assert over(between(side(), side(plain, workspace=workspace))) == [(scope, "")]
    limited = replace(plain, budget=Budget(max_images=2))
    assert over(between(side(), side(limited))) == [("campaign", "winter")]


def test_a_cap_that_is_passed_already_is_not_the_changes_fault():
    plain = campaign(cap="0.01")
    assert over(between(side(), side(plain, filed=bought(plain)))) == []


def test_money_that_only_base_knows_of_counts_under_the_campaigns_new_name():
    old, new = named("winter"), named("frost")
    diff = between(side(old, filed=bought(old)), side(new))
    assert row(diff, "frost").cap.spent == 3 * EACH


def test_money_in_a_lock_without_a_manifest_counts_for_the_workspace():
    plain = campaign()
    workspace = Workspace(cap=parse_usd("5"))
    diff = between(side(), side(filed=bought(plain), workspace=workspace))
    assert [(cap.scope, cap.spent) for cap in diff.caps] == [("workspace", 3 * EACH)]


# -- rules


def verdicts(diff):
    return {str(one.rule): (one.measured, one.passed, one.fails) for one in diff.rules}


def test_rules_measure_the_change():
    old, new = campaign(pictures=range(1, 6)), campaign(pictures=range(2, 8))
    rules = Rules(
        max_increase_usd=parse_usd("0.07"),
        max_increase_pct=40,
        max_orphaned_usd=parse_usd("0.04"),
        max_usd_per_image=parse_usd("0.04"),
        forbid_models=("google/nano-banana-pro/edit",),
    )
    workspace = Workspace(rules=rules)
    diff = between(side(old, filed=bought(old)), side(new, filed=bought(old), workspace=workspace))
    assert verdicts(diff) == {
        "max_increase_usd": (2 * EACH, False, True),
        "max_increase_pct": (40, True, True),
        "max_orphaned_usd": (EACH, True, True),
        "max_usd_per_image": (EACH, True, True),
        "forbid_models": ((), True, True),
        "lost_receipts": (0, True, True),
        "caps": (0, True, False),
        "prices": (0, True, False),
    }
    assert [str(one.rule) for one in diff.failed] == ["max_increase_usd"]


def test_what_base_would_buy_as_well_breaks_no_rule_about_pictures():
    plain = campaign()
    rules = Rules(max_usd_per_image=parse_usd("0.01"), forbid_models=(plain.model,))
    both = {"workspace": Workspace(rules=rules)}
    assert not between(side(plain, **both), side(plain, **both)).failed
    more = replace(plain, sets=(image_set("anna", range(1, 5)),))
    failed = between(side(plain, **both), side(more, **both)).failed
    assert [str(one.rule) for one in failed] == ["max_usd_per_image", "forbid_models"]


def test_a_price_that_rises_is_held_against_the_rule_although_the_cells_are_the_same():
    plain = campaign()
    card = catalog.card(plain.model)
    dearer = replace(card, price=replace(card.price, unit=MicroUsd(50_000)))
    rules = Workspace(rules=Rules(max_usd_per_image=parse_usd("0.04")))
    head = side(plain, cards={plain.model: dearer}, workspace=rules)
    diff = between(side(plain), head)
    assert verdicts(diff)["max_usd_per_image"][:2] == (50_000, False)
    assert diff.change == 3 * 10_000


def test_a_change_cannot_relax_the_rule_that_it_breaks():
    tight, loose = Rules(max_increase_usd=parse_usd("0.01")), Rules()
    base = side(workspace=Workspace(rules=tight))
    assert between(base, side(campaign(), workspace=Workspace(rules=loose))).failed
    swapped = side(workspace=Workspace(rules=loose))
    assert between(swapped, side(campaign(), workspace=Workspace(rules=tight))).failed


def test_lost_receipts_fail_and_are_listed():
    lost = (LostReceipt("winter", "gen", "a-2"), LostReceipt("winter", "gen", "a-1"))
    diff = between(side(), side(), lost=lost)
    assert verdicts(diff)["lost_receipts"] == (2, False, True)
    assert diff.lost == tuple(sorted(lost))


def test_only_the_rules_that_are_named_fail():
    lost = (LostReceipt("winter", "gen", "a-1"),)
    diff = between(side(), side(campaign(cap="0.01")), lost=lost, fail_on=[Rule.CAPS])
    assert [str(one.rule) for one in diff.failed] == ["caps"]


# -- laws


@st.composite
def changes(draw):
    """Pictures that base wants, those that are bought, and those that head wants."""
    numbers = st.sets(st.integers(1, 12))
    return draw(numbers), draw(numbers), draw(numbers)


@settings(max_examples=60, deadline=None)
@given(changes())
def test_sums_agree_with_sets_of_pictures(drawn):
    old, paid, new = (sorted(one) for one in drawn)
    spring = campaign(pictures=old)
    receipts = bought(campaign(pictures=paid)) if paid else []
    base = side(*([spring] if old else []), filed=receipts)
    head = side(*([campaign(pictures=new)] if new else []), filed=receipts)
    diff = between(base, head)
    assert diff.before.remaining == EACH * len(set(old) - set(paid))
    assert diff.after.remaining == EACH * len(set(new) - set(paid))
    assert diff.after.satisfied == EACH * len(set(new) & set(paid))
    assert diff.orphaned == EACH * len((set(old) & set(paid)) - set(new))
    assert diff.after.gross == diff.after.satisfied + diff.after.remaining


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(1, 12), min_size=2), st.data())
def test_splitting_a_campaign_changes_no_total(numbers, data):
    one = data.draw(st.sets(st.sampled_from(sorted(numbers)), min_size=1))
    paid = data.draw(st.sets(st.sampled_from(sorted(numbers))))
    other = numbers - one
    receipts = bought(campaign(pictures=sorted(paid))) if paid else []
    whole = side(campaign(pictures=sorted(numbers)), filed=receipts)
    parts = [named("a", pictures=sorted(one))]
    parts += [named("b", pictures=sorted(other))] if other else []
    diff = between(whole, side(*parts, filed=receipts))
    assert diff.before == diff.after
    assert (diff.change, diff.orphaned) == (0, 0)


def test_the_same_receipts_twice_and_in_another_order_change_nothing():
    old = campaign(variants=("snow", "studio"), model=SINGLE)
    receipts = bought(old)
    new = replace(old, sets=(image_set("anna", (1, 5)),))
    plain = between(side(old, filed=receipts), side(new, filed=receipts))
    mixed = [*reversed(receipts), *receipts]
    assert between(side(old, filed=mixed), side(new, filed=mixed)) == plain
