"""Two sides of a comparison without a repository."""

from collections.abc import Iterable
from dataclasses import replace

from pipeline import catalog
from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.difference import Diff, Point, Row
from pipeline.domain.history import Filed
from pipeline.planning.diff import Around, compare
from pipeline.planning.wishes import Side, wish
from tests.unit.planning.shop import buy, plan_of

BASE, HEAD = Point("main", "a" * 40), Point("topic", "b" * 40)


def side(*campaigns: Campaign, filed: Iterable[Filed] = (), **more) -> Side:
    """A side; `more` are its workspace, point or cards by model."""
    cards = more.get("cards", {})
    wishes = {
        one.name: wish(one, cards.get(one.model) or catalog.card(one.model)) for one in campaigns
    }
    return Side(more.get("point", HEAD), more.get("workspace", Workspace()), wishes, tuple(filed))


def between(base: Side, head: Side, *, fail_on=(), **around) -> Diff:
    """Base and head compared."""
    at_base = replace(base, point=BASE)
    return compare(at_base, head, around=Around(**around), fail_on=fail_on)


def bought(of: Campaign, **how) -> list[Filed]:
    """Receipts of a run that bought all of a campaign."""
    return buy(plan_of(of, card=catalog.card(of.model)), **how)


def row(diff: Diff, name: str) -> Row:
    """The row of one campaign."""
    return next(one for one in diff.rows if one.name == name)
