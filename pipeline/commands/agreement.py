"""What the user agrees to, before money: budget, canary, and a yes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.adapters.places import REAL
from pipeline.commands.books import RunCaps
from pipeline.commands.progress import Telling
from pipeline.commands.realms import Realm, api_key
from pipeline.commands.rehearsal import read_prompts, warnings_of
from pipeline.commands.session import Subject
from pipeline.domain.diagnostics import CampaignError, Problem, Severity
from pipeline.domain.exit_codes import NOT_PERMITTED, REFUSED, USAGE
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.permit import Permit
from pipeline.domain.plan import Action, Limit, Plan
from pipeline.planning.canary import only, outstanding
from pipeline.planning.fit import fitting
from pipeline.planning.pack import Packer
from pipeline.planning.permit import NO_ROOM, UNPERMITTED
from pipeline.planning.plan import over_limits
from pipeline.planning.select import EVERYTHING, Selection
from pipeline.planning.view import coming_renders
from pipeline.reporting.plan_text import plan_text
from pipeline.reporting.question import question
from pipeline.reporting.words import count

_OF_USAGE = "P00"
"""How codes begin of what is wrong with the manifest's rules, rather than with money."""
_CAP_CODES = frozenset({"P020", "P022", NO_ROOM})

Ask = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the user said.

    Attributes:
        draft: use the embedded provider.
        yes: do not ask before buying.
        caps: what this run may spend.
        retry_failed: try blocked failures once more.
        partial: buy in plan order until a cap, instead of nothing.
        go_on: buy the rest although only the canary is bought.
        keep_going: do not stop where much goes wrong.
        selection: which cells are meant.
        permit: a saved plan; no more than it lists is bought, and nobody is asked.
        locked: buy nothing and write nothing to the lock; fail where it is not complete.
    """

    draft: bool = False
    yes: bool = False
    caps: RunCaps = field(default_factory=RunCaps)
    retry_failed: bool = False
    partial: bool = False
    go_on: bool = False
    keep_going: bool = False
    selection: Selection = EVERYTHING
    permit: Permit | None = None
    locked: bool = False

    @property
    def is_agreed(self) -> bool:
        """Whether the user agreed beforehand, so that nobody has to be asked."""
        return self.yes or self.permit is not None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command has to talk with.

    Attributes:
        show: prints problems.
        ask: asks a question; None where nobody can answer.
        telling: says what happens.
    """

    show: Callable[[Sequence[Problem]], None]
    ask: Ask | None
    telling: Telling


@dataclass(frozen=True, slots=True)
class Agreed:
    """What may be bought.

    Attributes:
        plan: with no more steps than were agreed to.
        over: the cap that kept the other steps out of it; None where none did.
        canary: what to say at the end of a run that stops at its canary; empty otherwise.
    """

    plan: Plan
    over: Limit | None = None
    canary: str = ""


class Agreement:
    """Leads from a plan to what may be bought of it."""

    def __init__(
        self, subject: Subject, realm: Realm, options: RunOptions, desk: Desk, *, run: str
    ) -> None:
        self._subject = subject
        self._run = run
        self._realm = realm
        self._options = options
        self._desk = desk

    def reach(self, plan: Plan, *, is_first: bool) -> Agreed:
        """Show a plan that has something to buy, hold it against the budget, and ask.

        Args:
            plan: whole.
            is_first: whether nothing was ever sent from here.

        Raises:
            CampaignError: exit 2 or 3, policy or budget refuse it, or nobody can be asked; exit 7,
                the permit has too little money left; exit 9, there is no key. Nothing was sent.
        """
        if self._realm.is_draft:
            self._refuse(plan)
            bought = [cell for step in plan.steps for cell in step.cells]
            readings = read_prompts(self._subject, bought)
            self._desk.show(warnings_of(readings, self._subject.campaign.name))
            return Agreed(plan)
        say = self._desk.telling.say
        say(plan_text(plan, renders=coming_renders(self._subject.campaign, plan)))
        if self._options.yes and self._options.permit is None:
            plan = self._without_surprises(plan)
        plan, over = self._within_budget(plan)
        if plan.realm == REAL and self._subject.campaign.budget.cap is None:
            raise CampaignError(REFUSED, [_no_cap(self._subject)])
        plan, canary = self._with_canary(plan)
        if not plan.steps:
            return Agreed(plan, over, canary)
        api_key(self._realm)
        if is_first:
            say(_FIRST_RUN.format(where=self._realm.base))
        if self._options.is_agreed or self._is_wanted(plan):
            return Agreed(plan, over, canary)
        say("Nothing was bought.")
        return Agreed(replace(plan, steps=()))

    def _without_surprises(self, plan: Plan) -> Plan:
        """`--yes` buys what is new; paying again for something needs a person's own word."""
        steps = tuple(step for step in plan.steps if step.action is Action.BUY)
        held_back = len(plan.steps) - len(steps)
        if not held_back:
            return plan
        again = count(held_back, "request")
        words = f"{again} would pay again for what was paid before: run without --yes to decide"
        self._desk.telling.say(words)
        others = [one for one in plan.problems if one.code not in _CAP_CODES]
        caps = over_limits(self._subject.campaign, steps, plan.limits)
        return replace(plan, steps=steps, problems=(*others, *caps))

    def _within_budget(self, plan: Plan) -> tuple[Plan, Limit | None]:
        """The plan, or with `--partial` as much of it as the caps have room for."""
        if not self._options.partial:
            self._refuse(plan)
            return plan, None
        steps, over = fitting(plan.steps, plan.limits)
        if over is None or not steps:
            self._refuse(plan)
            return plan, None
        softened = tuple(
            replace(one, severity=Severity.WARNING) if one.code in _CAP_CODES else one
            for one in plan.problems
        )
        cut = replace(plan, steps=steps, problems=softened)
        self._refuse(cut)
        left_out = count(len(plan.steps) - len(steps), "request")
        self._desk.telling.say(
            f"--partial: {count(cut.images, 'picture')} for {format_usd(cut.cost)} fit under the "
            f"cap; {left_out} left out"
        )
        return cut, over

    def _refuse(self, plan: Plan) -> None:
        errors = [problem for problem in plan.problems if problem.is_error]
        if not errors:
            self._desk.show(plan.problems)
            return
        codes = {problem.code for problem in errors}
        code = USAGE if any(one.startswith(_OF_USAGE) for one in codes) else REFUSED
        if codes & {NO_ROOM, *UNPERMITTED}:
            code = NOT_PERMITTED
        raise CampaignError(code, plan.problems)

    def _with_canary(self, plan: Plan) -> tuple[Plan, str]:
        """The plan, or no more of it than its canary; and what to say when that is bought."""
        campaign = self._subject.campaign
        number = campaign.canary
        if number is None or self._options.go_on or plan.images <= number:
            return plan, ""
        missing = outstanding(plan, number)
        rest = plan.images - len(missing)
        cost = plan.cost
        if missing:
            plan = only(plan, missing, Packer(campaign, self._subject.card).without)
            plan = replace(plan, limits=(*plan.limits, _sub_cap(plan, self._run)))
            words = f"{count(plan.images, 'picture')} for {format_usd(plan.cost)}"
            self._desk.telling.say(f"canary: this run buys {words} and stops for a look")
            cost = MicroUsd(cost - plan.cost)
        else:
            plan = replace(plan, steps=())
        left = f"{count(rest, 'picture')} for about {format_usd(cost)}"
        under = " --plan FILE" if self._options.permit is not None else ""
        go_on = f"campaign run {campaign.name}{under} --continue"
        return plan, f"the canary is bought: look at it, then `{go_on}` buys the other {left}"

    def _is_wanted(self, plan: Plan) -> bool:
        if self._desk.ask is None:
            raise CampaignError(USAGE, [_nobody_to_ask(plan)])
        return self._desk.ask(question(plan))


def _sub_cap(plan: Plan, run: str) -> Limit:
    """The canary's own cap: exactly its price."""
    most = MicroUsd(sum(step.quote.most for step in plan.steps))
    return Limit("run", run, most, plan.images)


_FIRST_RUN = """\
The first run here: your pictures are uploaded to {where}.
What comes back lies there on public, unsigned addresses for seven days: whoever
knows an address can fetch the picture.
"""


def _no_cap(subject: Subject) -> Problem:
    return Problem(
        code="P023",
        what=f"campaign `{subject.campaign.name}` has no cap, so no real money is spent on it",
        why="a cap is the most that a campaign may ever cost, whatever goes wrong",
        fix="add one to the manifest: `budget: {cap: 12.00 USD}`",
        at=subject.campaign.budget_at,
        money="nothing was charged",
    )


def _nobody_to_ask(plan: Plan) -> Problem:
    return Problem(
        code="R010",
        what=f"nobody is here to agree to {format_usd(plan.cost)}",
        why="there is no terminal to ask on, and `--yes` was not given",
        fix="look at the plan above, then run again with `--yes`; or run a plan that was saved and "
        "approved: `--plan plan.json`",
        money="nothing was charged",
    )
