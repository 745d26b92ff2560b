"""Budget rules of a review: what a change may cost and discard, as data, and how each was met.

There is no language for policies in here: a rule is a name, something measured and a limit.
Whoever needs more reads the JSON of `campaign diff`.
"""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from pipeline.domain.money import ZERO, MicroUsd

_PER_CENT = 100
_T = TypeVar("_T")


class Rule(enum.StrEnum):
    """The rules. The last three need no limit and are always judged."""

    MAX_INCREASE_USD = "max_increase_usd"
    MAX_INCREASE_PCT = "max_increase_pct"
    MAX_ORPHANED_USD = "max_orphaned_usd"
    MAX_USD_PER_IMAGE = "max_usd_per_image"
    FORBID_MODELS = "forbid_models"
    LOST_RECEIPTS = "lost_receipts"
    CAPS = "caps"
    PRICES = "prices"


Unit = Literal["usd", "per_cent", "count", "models"]
OnLost = Literal["fail", "warn"]

MEANINGS: Mapping[Rule, str] = {
    Rule.MAX_INCREASE_USD: "what is to be bought costs at most so much more than in base",
    Rule.MAX_INCREASE_PCT: "it costs at most so many per cent of base's gross more",
    Rule.MAX_ORPHANED_USD: "paid pictures worth at most so much become useless",
    Rule.MAX_USD_PER_IMAGE: "no picture that comes to be bought costs more",
    Rule.FORBID_MODELS: "no picture comes to be bought from these models",
    Rule.LOST_RECEIPTS: "no receipt of base goes missing",
    Rule.CAPS: "what is to be bought fits under every cap",
    Rule.PRICES: "every picture to be bought has a known price",
}
"""One line a rule: what holds where it passes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits that a workspace sets.

    Attributes:
        max_increase_usd: most that what is to be bought may cost more than before.
        max_increase_pct: the same in per cent of what all wanted pictures cost before.
        max_orphaned_usd: most that was paid for pictures which are no longer wanted.
        max_usd_per_image: most for one picture that comes to be bought.
        forbid_models: models of which no picture may come to be bought; sorted.
        lost_receipts: whether a missing receipt fails the review or is only said.
    """

    max_increase_usd: MicroUsd | None = None
    max_increase_pct: int | None = None
    max_orphaned_usd: MicroUsd | None = None
    max_usd_per_image: MicroUsd | None = None
    forbid_models: tuple[str, ...] = ()
    lost_receipts: OnLost = "fail"

    @property
    def limited(self) -> tuple[Rule, ...]:
        """The rules that have a limit."""
        stated = {
            Rule.MAX_INCREASE_USD: self.max_increase_usd is not None,
            Rule.MAX_INCREASE_PCT: self.max_increase_pct is not None,
            Rule.MAX_ORPHANED_USD: self.max_orphaned_usd is not None,
            Rule.MAX_USD_PER_IMAGE: self.max_usd_per_image is not None,
            Rule.FORBID_MODELS: bool(self.forbid_models),
        }
        return tuple(rule for rule, is_stated in stated.items() if is_stated)


NO_RULES = Rules()
"""No limits; a lost receipt fails all the same."""


def stricter(one: Rules, other: Rules) -> Rules:
    """Of each limit the stricter one, so that no change is judged by rules that it relaxes."""
    warns = one.lost_receipts == other.lost_receipts == "warn"
    return Rules(
        max_increase_usd=_least(one, other, lambda rules: rules.max_increase_usd),
        max_increase_pct=_least(one, other, lambda rules: rules.max_increase_pct),
        max_orphaned_usd=_least(one, other, lambda rules: rules.max_orphaned_usd),
        max_usd_per_image=_least(one, other, lambda rules: rules.max_usd_per_image),
        forbid_models=tuple(sorted({*one.forbid_models, *other.forbid_models})),
        lost_receipts="warn" if warns else "fail",
    )


class Measured(NamedTuple):
    """What a change amounts to.

    Attributes:
        increase: of the cost of what is to be bought; negative where it falls.
        gross_before: what all wanted pictures cost before, had none been bought.
        orphaned: paid for pictures that the change discards.
        dearest: price of the dearest picture that comes to be bought, rounded up; zero where
            there is none.
        models: of the pictures that come to be bought, sorted.
        lost: receipts that go missing.
        over: caps that what is to be bought would pass, and pictures that no request can buy.
        unpriced: pictures without a known price.
    """

    increase: MicroUsd
    gross_before: MicroUsd
    orphaned: MicroUsd
    dearest: MicroUsd
    models: tuple[str, ...]
    lost: int
    over: int
    unpriced: int


class Judgement(NamedTuple):
    """How one rule was met.

    Attributes:
        rule: which.
        unit: of what is measured and of the limit.
        measured: money in micro-dollars, whole per cent rounded up, a number, or ids of models.
            None where there was nothing to measure with.
        limit: in the same unit.
        passed: whether it is met.
        fails: whether not meeting it fails the review.
        why: what else is to be known; empty as a rule.
    """

    rule: Rule
    unit: Unit
    measured: int | tuple[str, ...] | None
    limit: int | tuple[str, ...]
    passed: bool
    fails: bool
    why: str = ""


def judge(rules: Rules, found: Measured, *, fail_on: Sequence[Rule] = ()) -> tuple[Judgement, ...]:
    """Judge a change by all rules that have a limit, and by those that need none.

    Args:
        rules: the limits.
        found: what was measured.
        fail_on: rules whose failing fails the review; empty means every rule with a limit, and
            lost receipts unless the workspace only warns of them.
    """
    failing = frozenset(fail_on or _failing(rules))
    return tuple(one._replace(fails=one.rule in failing) for one in _judged(rules, found))


def _failing(rules: Rules) -> Iterator[Rule]:
    yield from rules.limited
    if rules.lost_receipts == "fail":
        yield Rule.LOST_RECEIPTS


def _judged(rules: Rules, found: Measured) -> Iterator[Judgement]:
    if rules.max_increase_usd is not None:
        limit = rules.max_increase_usd
        yield _priced(found, Rule.MAX_INCREASE_USD, found.increase, limit)
    if rules.max_increase_pct is not None:
        yield _increase_pct(found, rules.max_increase_pct)
    if rules.max_orphaned_usd is not None:
        limit = rules.max_orphaned_usd
        yield _at_most(Rule.MAX_ORPHANED_USD, "usd", found.orphaned, limit)
    if rules.max_usd_per_image is not None:
        yield _priced(found, Rule.MAX_USD_PER_IMAGE, found.dearest, rules.max_usd_per_image)
    if rules.forbid_models:
        used = tuple(model for model in found.models if model in rules.forbid_models)
        yield _made(Rule.FORBID_MODELS, "models", used, rules.forbid_models, passed=not used)
    yield _at_most(Rule.LOST_RECEIPTS, "count", found.lost, 0)
    yield _at_most(Rule.CAPS, "count", found.over, 0)
    yield _at_most(Rule.PRICES, "count", found.unpriced, 0)


def _increase_pct(found: Measured, limit: int) -> Judgement:
    rule = Rule.MAX_INCREASE_PCT
    if found.gross_before <= ZERO:
        why = "nothing was wanted before, so there is nothing to compare with"
        bare = _made(rule, "per_cent", None, limit, passed=True)._replace(why=why)
        return _unless_unpriced(found, bare)
    share = -(-found.increase * _PER_CENT // found.gross_before)
    return _unless_unpriced(found, _at_most(rule, "per_cent", share, limit))


def _priced(found: Measured, rule: Rule, measured: int, limit: int) -> Judgement:
    return _unless_unpriced(found, _at_most(rule, "usd", measured, limit))


def _unless_unpriced(found: Measured, judged: Judgement) -> Judgement:
    """An unknown price is not zero: a sum with one in it meets no limit."""
    if not found.unpriced:
        return judged
    why = "some pictures have no known price, so what they cost cannot be held against a limit"
    return judged._replace(passed=False, why=why)


def _at_most(rule: Rule, unit: Unit, measured: int, limit: int) -> Judgement:
    return _made(rule, unit, measured, limit, passed=measured <= limit)


def _made(
    rule: Rule,
    unit: Unit,
    measured: int | tuple[str, ...] | None,
    limit: int | tuple[str, ...],
    *,
    passed: bool,
) -> Judgement:
    return Judgement(rule, unit, measured, limit, passed, fails=False)


def _least(one: Rules, other: Rules, of: Callable[[Rules], _T | None]) -> _T | None:
    stated = [limit for limit in (of(one), of(other)) if limit is not None]
    return min(stated, default=None)  # type: ignore[type-var] # money and whole numbers have order
