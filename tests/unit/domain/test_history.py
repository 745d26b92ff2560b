"""What receipts add up to."""

import itertools
from dataclasses import replace

import pytest

from pipeline.domain.history import Filed, fold
from pipeline.domain.money import MicroUsd
from pipeline.domain.receipts import Assume, Charge, Foreign, Lost, Match, Use, Waive
from tests.unit.domain.samples import (
    AT,
    LATER,
    UNIT,
    cell,
    doubt,
    failed,
    gen,
    keys,
    order,
    output,
    recipe,
    sha,
)


def add_up(*receipts, campaign: str = "winter"):
    return fold(Filed(campaign, receipt) for receipt in receipts)


def outputs_of(history, key):
    return [delivery.output.sha256 for delivery in history.deliveries.get(key, ())]


def row(amount: int, name: str = "row-1", attempt: str = "a-1") -> Charge:
    return Charge(attempt, name, MicroUsd(amount), AT)


def match(owners, how="content", *, at=AT, confidence=90) -> Match:
    return Match("a-1", at, tuple(owners), how, confidence)


class TestDeliveries:
    def test_a_whole_delivery_is_assigned_by_position(self):
        one, two = keys(order())
        history = add_up(gen(order()))
        assert outputs_of(history, one) == [sha(101)]
        assert outputs_of(history, two) == [sha(102)]
        assert history.deliveries[one][0].how == "assumed"
        assert not history.unassigned
        assert not history.failures

    def test_pictures_beyond_those_asked_for_are_nobodys(self):
        history = add_up(gen(order(), outputs=(101, 102, 103)))
        assert set(history.deliveries) == set(keys(order()))
        assert not history.failures

    def test_a_short_delivery_assigns_nothing(self):
        history = add_up(gen(order(), outputs=(101,)))
        assert history.unassigned == dict.fromkeys(keys(order()), "a-1")
        assert not history.deliveries
        assert not history.failures
        assert history.attempts["a-1"].charged == 2 * UNIT

    def test_a_match_says_which_is_whose_and_the_rest_was_not_delivered(self):
        one, two = keys(order())
        history = add_up(gen(order(), outputs=(101,)), match([two]))
        assert outputs_of(history, two) == [sha(101)]
        assert history.deliveries[two][0].how == "content"
        assert history.deliveries[two][0].confidence == 90
        assert not history.unassigned
        (lost,) = history.failures[one]
        assert (lost.attempt, lost.code, lost.charged) == ("a-1", 0, 2 * UNIT)

    def test_a_match_may_say_that_a_picture_is_nobodys(self):
        history = add_up(gen(order(), outputs=(101,)), match([None], "person"))
        assert not history.deliveries
        assert set(history.failures) == set(keys(order()))

    def test_an_empty_delivery_leaves_nothing_to_assign(self):
        history = add_up(gen(order(), outputs=()))
        assert not history.unassigned
        assert [lost[0].message for lost in history.failures.values()] == [
            "no picture was delivered"
        ] * 2

    def test_a_match_overrules_the_position(self):
        one, two = keys(order())
        history = add_up(gen(order()), match([two, one]))
        assert outputs_of(history, one) == [sha(102)]
        assert outputs_of(history, two) == [sha(101)]

    @pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
    def test_a_person_outranks_content_and_content_outranks_position(self, turn):
        one, two = keys(order())
        matches = [
            match([one, two], "assumed", at=LATER, confidence=100),
            match([two, one], "content", at=LATER, confidence=100),
            match([None, one], "person", at=AT, confidence=1),
        ]
        shuffled = [matches[n] for n in turn]
        assert outputs_of(add_up(gen(order()), *shuffled), one) == [sha(102)]
        assert two not in add_up(gen(order()), *shuffled).deliveries
        without = [m for m in shuffled if m.how != "person"]
        assert outputs_of(add_up(gen(order()), *without), two) == [sha(101)]

    def test_of_two_matches_of_one_kind_the_newer_counts(self):
        one, two = keys(order())
        old = match([one, two], "person", at=AT, confidence=100)
        new = match([two, one], "person", at=LATER, confidence=10)
        for receipts in ((old, new), (new, old)):
            assert outputs_of(add_up(gen(order()), *receipts), one) == [sha(102)]

    def test_the_earliest_delivery_of_a_cell_is_current(self):
        (key,) = keys(order(cells=(1,)))
        early = gen(order("a-2", cells=(1,)), outputs=(9,), at=AT)
        late = gen(order("a-1", cells=(1,)), outputs=(5,), at=LATER)
        assert outputs_of(add_up(late, early), key) == [sha(9), sha(5)]

    def test_of_two_at_one_time_the_lower_digest_is_current(self):
        (key,) = keys(order(cells=(1,)))
        two = [gen(order(f"a-{n}", cells=(1,)), outputs=(n,)) for n in (7, 3)]
        assert outputs_of(add_up(*two), key) == [sha(3), sha(7)]

    def test_a_delivered_cell_is_neither_unassigned_nor_in_doubt(self):
        delivered = gen(order("a-1", cells=(1,)))
        short = gen(order("a-2", cells=(1, 2)), outputs=(101,))
        lost = doubt(order("a-3", cells=(1, 3)))
        history = add_up(short, lost, delivered)
        assert set(history.unassigned) == {keys(order(cells=(2,)))[0]}
        assert set(history.doubts) == {keys(order(cells=(3,)))[0]}


class TestRanks:
    @pytest.mark.parametrize("turn", list(itertools.permutations(range(4))))
    def test_a_delivery_outranks_failure_doubt_and_waiver(self, turn):
        one = order(cells=(1,))
        all_four = [gen(one), failed(one), doubt(one), Waive("a-1", AT, "person", "gone")]
        history = add_up(*(all_four[n] for n in turn))
        assert set(history.deliveries) == set(keys(one))
        assert not history.failures
        assert not history.doubts
        assert history.attempts["a-1"].charged == UNIT

    @pytest.mark.parametrize("turn", list(itertools.permutations(range(3))))
    def test_a_failure_outranks_doubt_and_waiver(self, turn):
        one = order(cells=(1,))
        three = [failed(one), doubt(one), Waive("a-1", AT, "person", "gone")]
        history = add_up(*(three[n] for n in turn))
        assert set(history.failures) == set(keys(one))
        assert not history.doubts
        assert history.attempts["a-1"].charged == UNIT

    def test_a_doubt_holds_its_quote(self):
        history = add_up(doubt(order()))
        money = history.attempts["a-1"]
        assert (money.charged, money.in_doubt, money.images) == (2 * UNIT, True, 2)
        assert history.doubts == dict.fromkeys(keys(order()), "a-1")

    def test_a_waiver_frees_money_pictures_and_cells(self):
        history = add_up(doubt(order()), Waive("a-1", LATER, "proof", "it never arrived"))
        money = history.attempts["a-1"]
        assert (money.charged, money.in_doubt, money.images) == (0, False, 0)
        assert not history.doubts

    def test_a_row_of_the_bill_corrects_a_waiver(self):
        history = add_up(
            doubt(order()), Waive("a-1", LATER, "person", "it never arrived"), row(2 * UNIT)
        )
        money = history.attempts["a-1"]
        assert (money.charged, money.in_doubt, money.images) == (2 * UNIT, False, 2)
        assert not history.doubts

    def test_what_is_assumed_is_booked_and_its_cells_are_lost(self):
        one = order()
        history = add_up(doubt(one), Assume(one, LATER, "support says so"))
        money = history.attempts["a-1"]
        assert (money.charged, money.in_doubt, money.images) == (2 * UNIT, False, 2)
        assert history.lost == dict.fromkeys(keys(one), "a-1")
        assert not history.doubts
        assert not history.open_doubts

    def test_a_row_of_the_bill_corrects_what_was_assumed(self):
        one = order()
        history = add_up(doubt(one), Assume(one, LATER, "support says so"), row(UNIT))
        assert history.attempts["a-1"].charged == UNIT

    def test_a_delivery_ends_what_was_assumed(self):
        one = order()
        history = add_up(Assume(one, LATER, "support says so"), gen(one))
        assert not history.lost
        assert set(history.deliveries) == set(keys(one))

    def test_a_lost_picture_serves_nobody_and_another_one_still_does(self):
        one, two = order("a-1", cells=(1,)), order("a-2", cells=(1,))
        (key,) = keys(one)
        lost = Lost("a-1", LATER, key, sha(7), "the disk burned")
        history = add_up(gen(one, outputs=(7,)), lost)
        assert history.lost == {key: "a-1"}
        assert not history.deliveries
        again = add_up(gen(one, outputs=(7,)), lost, gen(two, outputs=(8,), at=LATER))
        assert outputs_of(again, key) == [sha(8)]
        assert not again.lost
        assert again.attempts["a-1"].charged == UNIT

    def test_a_lost_picture_is_lost_to_those_who_used_it_too(self):
        (key,) = keys(order("a-1", cells=(1,)))
        lost = Lost("a-1", LATER, key, sha(7), "the disk burned")
        used = Use("a-1", AT, cell(1), recipe(), output(7), AT)
        assert add_up(used, lost).lost == {key: "a-1"}

    @pytest.mark.parametrize("end", [gen, failed])
    def test_a_prediction_that_two_clones_found_was_bought_once(self, end):
        one, two = (replace(end(order(f"a-{n}")), prediction="p-1") for n in (1, 2))
        rows = [Charge(f"a-{n}", "row-1", UNIT, AT) for n in (1, 2)]
        for receipts in ([one, two], [two, one]):
            history = add_up(*receipts)
            assert [history.attempts[f"a-{n}"].charged for n in (1, 2)] == [2 * UNIT, 0]
            assert sum(money.images for money in history.attempts.values()) == 2
            billed = add_up(*receipts, rows[1])
            assert [billed.attempts[f"a-{n}"].charged for n in (1, 2)] == [UNIT, 0]
            assert add_up(*receipts, *rows).attempts["a-1"].charged == UNIT

    def test_predictions_and_strangers_are_told(self):
        history = add_up(
            failed(order("a-1")), gen(order("a-2")), Foreign("p-9", AT, "the intern's")
        )
        assert set(history.predictions) == {"a-1", "a-2"}
        assert history.foreign == {"p-9"}

    def test_a_failure_awaits_its_refund_until_the_bill_shows_it(self):
        broken, refused = failed(order("a-1")), failed(order("a-2"), code=1200)
        assert add_up(broken, refused).refunds_due == {"a-1"}
        assert add_up(broken, gen(order("a-1"))).refunds_due == frozenset()
        assert add_up(broken, row(2 * UNIT)).refunds_due == {"a-1"}
        refunded = [row(2 * UNIT), Charge("a-1", "row-2", MicroUsd(-2 * UNIT), LATER)]
        assert add_up(broken, *refunded).refunds_due == frozenset()

    def test_a_waiver_alone_says_nothing(self):
        assert not add_up(Waive("a-1", AT, "person", "gone")).attempts

    @pytest.mark.parametrize("kind", [doubt, lambda of: gen(of, outputs=(101,))])
    def test_of_two_that_are_open_always_the_same_one_speaks_for_a_cell(self, kind):
        two = [kind(order("a-1")), kind(order("a-2"))]
        assert add_up(*two) == add_up(*two[::-1])

    def test_failures_come_oldest_first_whatever_their_ids(self):
        (key,) = keys(order(cells=(1,)))
        history = add_up(
            failed(order("a-1", cells=(1,)), code=5003, at=LATER),
            failed(order("a-9", cells=(1,)), code=1200, at=AT),
        )
        assert [lost.code for lost in history.failures[key]] == [1200, 5003]


class TestMoney:
    def test_a_quote_counts_until_rows_of_the_bill_are_known(self):
        before, after = add_up(gen(order())), add_up(gen(order()), row(70_000))
        assert before.attempts["a-1"].charged == 2 * UNIT
        assert not before.attempts["a-1"].is_confirmed
        assert after.attempts["a-1"].charged == 70_000
        assert after.attempts["a-1"].is_confirmed

    def test_charge_and_refund_add_up_each_row_once(self):
        rows = [row(80_000), row(-80_000, "row-2"), row(80_000)]
        assert add_up(failed(order()), *rows).attempts["a-1"].charged == 0

    def test_one_row_in_two_locks_counts_once(self):
        filed = [Filed(name, r) for name in "ab" for r in (gen(order()), row(70_000))]
        assert fold(filed).attempts["a-1"].charged == 70_000

    def test_rows_of_an_attempt_that_nobody_knows_are_left_alone(self):
        assert not add_up(row(70_000, attempt="a-9")).attempts

    def test_shares_add_up_and_the_first_cells_take_the_rest(self):
        asked = order(cells=(1, 2, 3))
        money = add_up(gen(asked), row(100_001)).attempts["a-1"]
        assert [money.share_of(key) for key in keys(asked)] == [33_334, 33_334, 33_333]
        assert money.share_of(keys(order(cells=(9,)))[0]) == 0

    def test_money_given_back_beyond_the_charge_is_no_share(self):
        money = add_up(gen(order()), row(-5)).attempts["a-1"]
        assert money.charged == -5
        assert [money.share_of(key) for key in keys(order())] == [0, 0]


class TestCampaigns:
    def test_a_copy_in_two_locks_belongs_to_the_first_by_name(self):
        for turn in (("b", "", "a"), ("", "a", "b"), ("a", "b", ""), ("b", "a", "")):
            history = fold(Filed(name, gen(order())) for name in turn)
            assert history.attempts["a-1"].campaign == "a"
            assert history.attempts_filed == {name: {"a-1"} for name in turn}

    def test_what_stands_in_no_lock_belongs_to_nobody(self):
        assert fold([Filed("", gen(order()))]).attempts["a-1"].campaign == ""

    def test_a_lock_serves_what_its_own_receipts_delivered(self):
        one, two = keys(order())
        short = gen(order(), outputs=(101,))
        assert add_up(gen(order())).filed == {"winter": {one, two}}
        assert add_up(short).filed == {"winter": frozenset()}
        assert add_up(short, match([two])).filed == {"winter": {two}}
        assert add_up(failed(order()), doubt(order("a-2"))).filed == {}

    def test_a_failure_of_its_own_does_not_make_a_lock_serve_what_another_bought(self):
        (key,) = keys(order(cells=(1,)))
        mine = Filed("winter", gen(order("a-1", cells=(1,)), outputs=()))
        theirs = Filed("autumn", gen(order("a-2", cells=(1,))))
        assert fold([mine, theirs]).filed == {"winter": frozenset(), "autumn": {key}}

    def test_a_use_line_serves_a_cell_for_nothing(self):
        of = order(cells=(1,))
        used = Use("a-1", LATER, of.cells[0], recipe(), output(101), AT)
        alone = fold([Filed("autumn", used)])
        assert outputs_of(alone, of.cells[0].key) == [sha(101)]
        assert alone.attempts == {}
        assert alone.filed == {"autumn": {of.cells[0].key}}
        both = fold([Filed("autumn", used), Filed("winter", gen(of))])
        assert len(both.deliveries[of.cells[0].key]) == 1
        assert both.deliveries[of.cells[0].key][0].prediction == "p-a-1"
        assert both.attempts["a-1"].campaign == "winter"

    def test_orders_are_kept_for_comparison(self):
        receipts = gen(order("a-1")), failed(order("a-2")), doubt(order("a-3"))
        assert add_up(*receipts).orders == {f"a-{n}": order(f"a-{n}") for n in (1, 2, 3)}
