"""The question before money is spent: what is new, and apart from it what is paid once more."""

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Action, Plan
from pipeline.reporting.words import count

_PARTS = (
    (Action.BUY, "buy {pictures}"),
    (Action.TOP_UP, "pay once more for {pictures} that never came"),
    (Action.REBUY, "buy {pictures} declared lost again"),
)


def question(plan: Plan) -> str:
    """Ask about all steps of a plan that has some, each kind of purchase in its own words."""
    parts: list[str] = []
    for action, words in _PARTS:
        steps = [step for step in plan.steps if step.action is action]
        if steps:
            pictures = count(sum(len(step.cells) for step in steps), "picture")
            money = MicroUsd(sum(step.quote.amount for step in steps))
            parts.append(f"{words.format(pictures=pictures)} for {format_usd(money)}")
    asked = ", and ".join(parts)
    total = f": {format_usd(plan.cost)} in all" if len(parts) > 1 else ""
    return f"{asked[:1].upper()}{asked[1:]}{total}?"
