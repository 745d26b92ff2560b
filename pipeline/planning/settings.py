"""Which caps, prices, models and rules two sides declare differently, and which way they moved."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.domain.campaign import Campaign, Workspace
from pipeline.domain.difference import Setting
from pipeline.domain.money import MicroUsd

Declared = tuple[Workspace, Mapping[str, Campaign]]
"""A workspace and its campaigns by name."""


class _Limit(NamedTuple):
    """Most of something; None means that there is no limit."""

    what: str
    money: MicroUsd | None = None
    number: int | None = None
    is_money: bool = True

    @property
    def value(self) -> int | None:
        return self.money if self.is_money else self.number


def settings(base: Declared, head: Declared) -> Iterator[Setting]:
    """What is declared differently: the workspace first, then campaigns by name.

    Args:
        base: one side; its campaigns under the names that they have in head.
        head: the other.
    """
    yield from _limits("", _of_workspace(base[0]), _of_workspace(head[0]), is_new=False)
    yield from _prices(base[0], head[0])
    yield from _models("forbidden models", base[0].forbidden, head[0].forbidden)
    rules = base[0].rules, head[0].rules
    yield from _models("rule forbid_models", rules[0].forbid_models, rules[1].forbid_models)
    yield from _word("rule lost_receipts", rules[0].lost_receipts, rules[1].lost_receipts, "fail")
    keys = [_exclusive(side[0]) for side in (base, head)]
    yield from _word("exclusive key", keys[0], keys[1], "yes")
    for name, campaign in sorted(head[1].items()):
        yield from _of_one(name, base[1].get(name), campaign)


def _of_one(name: str, old: Campaign | None, new: Campaign) -> Iterator[Setting]:
    if old is None or old.model != new.model:
        before = None if old is None else old.model
        yield Setting(name, "model", before, new.model, is_money=False, loosens=False)
    limits = _of_campaign(new)
    before_limits = [limit._replace(money=None, number=None) for limit in limits]
    if old is not None:
        before_limits = _of_campaign(old)
    yield from _limits(name, before_limits, limits, is_new=old is None)
    if old is not None:
        yield from _limits(name, [_most_cells(old)], [_most_cells(new)], is_new=False)


def _of_workspace(workspace: Workspace) -> list[_Limit]:
    rules = workspace.rules
    return [
        _Limit("cap", workspace.cap),
        _Limit("max_images", number=workspace.max_images, is_money=False),
        _Limit("month cap", workspace.month_cap),
        _Limit("month max_images", number=workspace.month_images, is_money=False),
        _most_cells(workspace),
        _Limit("rule max_increase_usd", rules.max_increase_usd),
        _Limit("rule max_increase_pct", number=rules.max_increase_pct, is_money=False),
        _Limit("rule max_orphaned_usd", rules.max_orphaned_usd),
        _Limit("rule max_usd_per_image", rules.max_usd_per_image),
    ]


def _most_cells(declared: Campaign | Workspace) -> _Limit:
    return _Limit("max_jobs", number=declared.max_jobs, is_money=False)


def _of_campaign(campaign: Campaign) -> list[_Limit]:
    budget = campaign.budget
    return [
        _Limit("cap", budget.cap),
        _Limit("max_images", number=budget.max_images, is_money=False),
        _Limit("max_per_job", budget.max_per_job),
        _Limit("max_images_per_job", number=budget.max_images_per_job, is_money=False),
        _Limit("assume_max_usd", campaign.assume_max),
        _Limit("canary", number=campaign.canary, is_money=False),
    ]


def _limits(
    campaign: str, before: list[_Limit], after: list[_Limit], *, is_new: bool
) -> Iterator[Setting]:
    for old, new in zip(before, after, strict=True):
        if old.value != new.value:
            loosens = new.value is None or (old.value is not None and new.value > old.value)
            if new.what == "assume_max_usd":  # the one that lets something through once it is there
                loosens = new.value is not None and new.value > (old.value or 0)
            yield Setting(
                campaign,
                new.what,
                old.value,
                new.value,
                is_money=new.is_money,
                loosens=loosens and not is_new,
            )


def _prices(old: Workspace, new: Workspace) -> Iterator[Setting]:
    for model in sorted({*old.prices, *new.prices}):
        before, after = old.prices.get(model), new.prices.get(model)
        if before != after:
            lower = after is None or (before is not None and after < before)
            yield Setting("", f"price of {model}", before, after, is_money=True, loosens=lower)


def _models(what: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Setting]:
    if old != new:
        before, after = ", ".join(old) or None, ", ".join(new) or None
        dropped = bool(set(old) - set(new))
        yield Setting("", what, before, after, is_money=False, loosens=dropped)


def _word(what: str, old: str, new: str, strict: str) -> Iterator[Setting]:
    if old != new:
        yield Setting("", what, old, new, is_money=False, loosens=old == strict)


def _exclusive(workspace: Workspace) -> str:
    return "yes" if workspace.account.exclusive else "no"
