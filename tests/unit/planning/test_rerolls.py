"""Rerolls become takes: which, in what order, and when not."""

from dataclasses import replace

import pytest

from pipeline.domain.campaign import Variant
from pipeline.domain.history import fold
from pipeline.domain.plan import Action
from pipeline.domain.verdicts import About, Word, current_first, resolve
from pipeline.planning.decide import Facts
from pipeline.planning.expand import Expansion
from pipeline.planning.plan import make_plan
from pipeline.planning.rerolls import NextTakes, paid_for, picture_in, takes_asked, with_takes
from tests.support.campaigns import campaign, image_set
from tests.unit.domain.said import said
from tests.unit.planning.shop import PICTURES, addresses, buy, expansion_of

LATER = "2026-11-21T12:00:00Z"


class Shop:
    """A campaign, what was bought of it, and what was said about it."""

    def __init__(self, **parts) -> None:
        self.campaign = campaign(**{"pictures": (1, 2), **parts})
        self.filed = []
        self.verdicts = []

    @property
    def declared(self):
        return expansion_of(self.campaign).cells

    @property
    def history(self):
        return current_first(fold(self.filed), self.rulings)

    @property
    def rulings(self):
        return resolve(self.verdicts)

    @property
    def cells(self):
        asked = takes_asked(
            self.declared,
            self.rulings,
            picture=picture_in(self.history),
            is_bought=paid_for(self.history, {}),
        )
        return with_takes(self.declared, asked)

    def plan(self):
        expansion = Expansion(self.cells, ())
        present = {d.output.sha256 for ds in self.history.deliveries.values() for d in ds}
        facts = Facts(self.history, present=present)
        return make_plan(self.campaign, PICTURES, expansion, facts, realm="real", limits=())

    def buy(self, at="2026-11-20T12:00:00Z"):
        plan = self.plan()
        self.filed += buy(plan, at=at)
        return plan

    def say(self, number, word, *, who="anna", second=0, take=None):
        """About the current picture of the cell of this number."""
        cell = self.cells[number]
        picture = picture_in(self.history)(cell.key)
        about = About(cell.key, picture)
        if word is Word.REROLL and take is None:
            take = NextTakes(self.cells, self.rulings, self.history).take_of(about)
        self.verdicts.append(
            said(who, word, of=cell.key, picture=picture, second=second, take=take)
        )
        return take


@pytest.fixture
def shop():
    made = Shop()
    made.buy()
    return made


def test_without_rerolls_the_cells_are_those_of_the_manifest(shop):
    shop.say(0, Word.APPROVE)
    shop.say(1, Word.REJECT)
    assert shop.cells == shop.declared


def test_a_reroll_wants_one_more_take_in_its_place(shop):
    assert shop.say(0, Word.REROLL) == 2
    assert addresses(shop.cells) == [
        "anna/p001/snow/master/t1",
        "anna/p001/snow/master/t2",
        "anna/p002/snow/master/t1",
    ]
    whole = expansion_of(replace(shop.campaign, takes=2)).cells
    assert shop.cells[1] in whole


def test_rerolls_of_one_picture_are_one_take_and_cost_once(shop):
    shop.say(0, Word.REROLL)
    assert shop.say(0, Word.REROLL, who="ben", second=9) == 2
    plan = shop.buy(at=LATER)
    assert [step.action for step in plan.steps] == [Action.BUY]
    assert plan.images == 1
    assert shop.buy(at="2026-11-22T12:00:00Z").steps == ()


def test_a_take_may_be_rerolled_itself(shop):
    shop.say(0, Word.REROLL)
    shop.buy(at=LATER)
    assert shop.say(1, Word.REROLL) == 3
    assert [cell.address.take for cell in shop.cells[:3]] == [1, 2, 3]


def test_a_reroll_asks_for_more_than_any_take_that_was_wanted_or_bought():
    shop = Shop(takes=3)
    shop.buy()
    shop.campaign = replace(shop.campaign, takes=1)
    assert shop.say(0, Word.REROLL) == 4


def test_two_pictures_of_one_shot_ask_for_two_takes():
    shop = Shop(takes=2)
    shop.buy()
    assert shop.say(0, Word.REROLL) == 3
    assert shop.say(1, Word.REROLL) == 4


def test_a_reroll_that_was_taken_back_wants_nothing(shop):
    shop.say(0, Word.REROLL)
    shop.say(0, Word.APPROVE, second=1)
    assert shop.cells == shop.declared


def test_what_a_reroll_bought_stays_although_it_was_taken_back(shop):
    shop.say(0, Word.REROLL)
    shop.buy(at=LATER)
    shop.say(0, Word.APPROVE, second=1)
    assert [cell.address.take for cell in shop.cells[:2]] == [1, 2]
    plan = shop.plan()
    assert plan.steps == ()
    assert plan.orphans == ()


def test_after_a_change_of_the_prompt_a_reroll_is_stale_and_wants_nothing(shop):
    shop.say(0, Word.REROLL)
    shop.campaign = replace(shop.campaign, prompt="Put {set.subject} on {variant.place}.")
    assert shop.cells == shop.declared
    shop.campaign = replace(shop.campaign, prompt="Put {set.subject} in {variant.place}.")
    assert len(shop.cells) == len(shop.declared) + 1


def test_a_rename_takes_its_rerolls_along(shop):
    shop.say(0, Word.REROLL)
    renamed = (image_set("anna", (1, 2)),)
    shop.campaign = replace(shop.campaign, sets=tuple(replace(one, id="berta") for one in renamed))
    assert addresses(shop.cells)[1] == "berta/p001/snow/master/t2"


def test_a_take_that_the_manifest_wants_anyway_is_there_once(shop):
    shop.say(0, Word.REROLL)
    shop.campaign = replace(shop.campaign, takes=2)
    assert shop.cells == shop.declared


def test_of_two_takes_that_branches_named_the_bought_one_stays(shop):
    shop.say(0, Word.REROLL, take=3)
    shop.buy(at=LATER)
    shop.say(0, Word.REROLL, who="ben", take=2)
    assert [cell.address.take for cell in shop.cells[:2]] == [1, 3]


def test_a_reroll_of_what_nobody_wants_has_no_take(shop):
    takes = NextTakes(shop.cells, shop.rulings, shop.history)
    assert takes.take_of(About("c1-" + "0" * 64, "0" * 64)) is None


def test_two_variants_that_render_alike_ask_alike():
    shop = Shop()
    variants = tuple(Variant(name, {"place": "a field"}, {}) for name in "ab")
    shop.campaign = replace(shop.campaign, variants=variants)
    shop.buy()
    shop.say(0, Word.REROLL)
    cells = shop.cells
    assert len(cells) == len(shop.declared) + 2
    assert len({cell.key for cell in cells if cell.address.take == 2}) == 1


def test_a_reroll_of_a_picture_that_is_not_the_current_one_wants_nothing(shop):
    """One cell was bought twice; the earlier picture is current until the later one is approved."""
    shop.filed += buy(expanded_anew(shop), at=LATER)
    key = shop.declared[0].key
    first, second = (delivery.output.sha256 for delivery in shop.history.deliveries[key])
    shop.verdicts.append(said("anna", Word.REROLL, of=key, picture=second, take=2))
    assert shop.cells == shop.declared
    shop.verdicts.append(said("ben", Word.APPROVE, of=key, picture=first))
    assert shop.cells == shop.declared
    shop.verdicts[:] = [
        said("anna", Word.REROLL, of=key, picture=first, take=2),
        said("ben", Word.APPROVE, of=key, picture=second),
    ]
    assert picture_in(shop.history)(key) == second
    assert shop.cells == shop.declared


def expanded_anew(shop):
    """The plan as if nothing had been bought."""
    other = Shop()
    other.campaign = shop.campaign
    return other.plan()
