"""Money that an author or a workspace states: caps that allow something, prices that only rise."""

from collections.abc import Callable, Mapping, Sequence

from pipeline.domain.card import Card, PriceRule
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.manifest import codes
from pipeline.manifest.places import Pointer, Problems
from pipeline.manifest.rules.case import Case
from pipeline.manifest.wording import quoted


def check_budget(case: Case) -> None:
    """Caps are more than zero and do not contradict each other; a ceiling is not too low."""
    budget, ceiling = case.manifest.budget, case.manifest.assume_max_usd
    check_not_zero(
        case.problems,
        [
            (("budget", "cap"), budget.cap),
            (("budget", "max_per_job"), budget.max_per_job),
            (("assume_max_usd",), ceiling),
        ],
    )
    if budget.cap and budget.max_per_job and budget.max_per_job > budget.cap:
        case.problems.add(
            codes.PER_JOB,
            ("budget", "max_per_job"),
            what=f"`max_per_job` is {format_usd(budget.max_per_job)}, and `cap` is"
            f" {format_usd(budget.cap)}",
            why="one request cannot cost more than all of them together may",
            fix="lower `max_per_job` or delete it, or raise `cap`",
        )
    known = None if case.card is None else _cheapest(case.card.price)
    if ceiling and known is not None and ceiling < known:
        case.problems.add(
            codes.CEILING,
            ("assume_max_usd",),
            what=f"`assume_max_usd` is {format_usd(ceiling)}",
            why=f"a picture of {quoted(case.manifest.model)} costs at least {format_usd(known)}",
            fix=f"write `assume_max_usd: {_amount(known)}` or more",
        )


def check_not_zero(problems: Problems, amounts: Sequence[tuple[Pointer, MicroUsd | None]]) -> None:
    """Amounts that are written allow something."""
    for pointer, amount in amounts:
        if amount == 0:
            problems.add(
                codes.ZERO,
                pointer,
                what=f"`{pointer[-1]}` is $0.00",
                why="nothing could be bought under it",
                fix="write an amount such as `12.00 USD`, or delete the line",
            )


def check_prices(
    problems: Problems, prices: Mapping[str, MicroUsd], card_of: Callable[[str], Card | None]
) -> None:
    """A price override is not below every price of its model, where it could only lower one."""
    for model, price in prices.items():
        card = card_of(model)
        known = None if card is None else _cheapest(card.price)
        if known is not None and price < known:
            problems.add(
                codes.CHEAPER,
                ("prices", model),
                what=f"the price of {quoted(model)} is {format_usd(price)}",
                why=f"the listed price is {format_usd(known)}, and an override may only raise it,"
                " so that no plan promises too little",
                fix=f"write `{_amount(known)}` or more, or delete the line",
            )


def _cheapest(rule: PriceRule) -> MicroUsd | None:
    known = [rule.unit] if rule.unit is not None else list(rule.by_value.values())
    return min(known, default=None)


def _amount(amount: MicroUsd) -> str:
    return format_usd(amount).removeprefix("$").replace(",", "")
