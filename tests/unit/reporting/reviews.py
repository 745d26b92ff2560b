"""Reviews to lay out, made by the planner."""

from dataclasses import replace

from pipeline.domain.campaign import Budget, Workspace
from pipeline.domain.difference import Diff, LostReceipt, Point
from pipeline.domain.history import Filed
from pipeline.domain.money import parse_usd
from pipeline.domain.review_budget import Rules
from tests.support.campaigns import campaign, image_set
from tests.unit.planning.comparing import between, bought, side

RULES = Rules(
    max_increase_usd=parse_usd("0.10"),
    max_increase_pct=20,
    max_orphaned_usd=parse_usd("1.00"),
    max_usd_per_image=parse_usd("0.15"),
    forbid_models=("google/nano-banana-pro/edit",),
)


def everything() -> Diff:
    """A fork, an addition, a rename, a removal, relaxed rules, a lost receipt, notes."""
    winter = campaign(variants=("snow", "studio"))
    old, gone, same = (
        campaign(name=name, pictures=pictures)
        for name, pictures in (("old", (7, 8)), ("gone", (9,)), ("same", (20, 21)))
    )
    spring = campaign(name="spring", pictures=range(10, 14), cap=None)
    receipts = [*bought(winter), *bought(old), *bought(gone)]
    shared = Workspace(cap=parse_usd("50"), month_cap=parse_usd("20"), rules=RULES)
    base = side(winter, old, gone, same, filed=receipts, workspace=shared)
    forked = replace(
        winter,
        prompt="Set {set.subject} in {variant.place}.",
        sets=(image_set("anna", range(2, 5)),),
        budget=Budget(cap=parse_usd("0.40"), max_images=50),
    )
    renamed = replace(old, name="older")
    loose = replace(shared, month_cap=None, rules=replace(RULES, max_increase_usd=parse_usd("9")))
    kept = [Filed("older" if name == "old" else name, receipt) for name, receipt in receipts]
    return between(
        base,
        side(forked, renamed, spring, same, filed=kept, workspace=loose),
        lost=(LostReceipt("gone", "gen", "a-20261120-1"),),
        behind=2,
        has_moved=True,
        pointers=3,
    )


def nothing() -> Diff:
    """A campaign that is bought and not touched."""
    plain = campaign()
    filed = bought(plain)
    return between(side(plain, filed=filed), side(plain, filed=filed))


def first() -> Diff:
    """The first campaign of a repository, compared with the working tree."""
    return between(side(), side(campaign(), point=Point("the working tree", "b" * 40, True)))  # noqa: FBT003 (positional here)


def empty() -> Diff:
    """No campaign at all."""
    return between(side(), side())


def many(number: int) -> Diff:
    """So many new campaigns, and as many of which everything is discarded."""
    plain = campaign(pictures=(1,))
    words = [f"{n}. {{set.subject}} in {{variant.place}}" for n in range(2 * number)]
    old = [replace(plain, name=f"old-{n:04}", prompt=words[n]) for n in range(number)]
    new = [replace(plain, name=f"new-{n:04}", prompt=words[number + n]) for n in range(number)]
    filed = [receipt for one in old for receipt in bought(one)]
    lost = [LostReceipt(name, "gen", receipt.order.attempt) for name, receipt in filed]
    return between(side(*old, filed=filed), side(*new), lost=lost)
