"""Before money is spent a person is asked, and what is paid for once more is never hidden."""

import pytest

from pipeline.domain.history import Filed
from pipeline.domain.receipts import Lost, Match
from pipeline.reporting.question import question
from tests.support.campaigns import campaign
from tests.unit.planning.shop import AT, buy, plan_of

BOTH = "Buy 2 pictures for $0.08, and buy 1 picture declared lost again for $0.04: $0.12 in all?"
OF = campaign(pictures=range(1, 4))
FIRST = plan_of(OF)


def lost():
    filed = buy(FIRST)
    gen = filed[0].receipt
    key, sha256 = gen.order.cells[0].key, gen.outputs[0].sha256
    return [*filed, Filed("winter", Lost(gen.order.attempt, AT, key, sha256, "gone"))]


def short():
    filed = buy(FIRST, short=1)
    gen = filed[0].receipt
    owners = [cell.key for cell in gen.order.cells[:2]]
    return [*filed, Filed("winter", Match(gen.order.attempt, AT, tuple(owners), "person", 100))]


@pytest.mark.parametrize(
    ("pictures", "filed", "asked"),
    [
        (4, [], "Buy 3 pictures for $0.12?"),
        (4, lost(), "Buy 1 picture declared lost again for $0.04?"),
        (4, short(), "Pay once more for 1 picture that never came for $0.04?"),
        (
            6,
            lost(),
            BOTH,
        ),
    ],
    ids=["new", "lost", "short", "new and lost"],
)
def test_every_kind_of_purchase_is_named_with_its_own_money(pictures, filed, asked):
    assert question(plan_of(campaign(pictures=range(1, pictures)), filed)) == asked
