"""Random schedules of trouble: what the provider does, when the power fails, what is lost."""

import random
from dataclasses import dataclass

from pipeline.domain.campaign import Account, Campaign, Workspace
from pipeline.domain.money import MicroUsd
from pipeline.emulator.faults import Faults
from tests.support.campaigns import SEQUENTIAL, SINGLE, campaign, image_set

PICTURE = 40_000
_LEAVES_NO_OWNER = frozenset({"drop_answer", "nonsense", "error_after", "history_lag"})
DAY_S = 86_400


@dataclass(frozen=True)
class Life:
    """One run: which campaign, when the power fails, and what happens before it begins.

    Attributes:
        campaign: which of the schedule's campaigns runs.
        fuse: so many side effects until the power fails; None for a whole run.
        pause_s: how much time passes before it.
        loses: what is deleted before it: nothing, `ledger`, `state` (ledger and store), `outputs`.
    """

    campaign: int
    fuse: int | None
    pause_s: int
    loses: str = ""


@dataclass(frozen=True)
class Schedule:
    """All that goes wrong with one workspace, drawn from one number.

    Attributes:
        exclusive: whether the key is the workspace's alone.
    """

    campaigns: tuple[Campaign, ...]
    workspace: Workspace
    exclusive: bool
    faults: Faults
    lives: tuple[Life, ...]


def schedule(seed: int) -> Schedule:
    """Draw a schedule; the same number always gives the same one."""
    dice = random.Random(seed)  # noqa: S311 (no secret)
    exclusive = dice.random() < 0.5
    hides = dice.random() < 0.3
    campaigns = _campaigns(dice)
    concurrent, pictures = dice.choice([1, 2, 4]), dice.choice([4, 8, 100])
    faults = _faults(dice, exclusive=exclusive, hides=hides)
    if not faults.duplicate_id.is_nobody:
        # The id of a request that is under way at the same time is told to whoever is answered
        # first: its pictures may be the other's, which needs eyes and not books.
        concurrent = 1
    return Schedule(
        campaigns=campaigns,
        workspace=Workspace(account=Account(1000, concurrent), cap=MicroUsd(PICTURE * pictures)),
        exclusive=exclusive,
        faults=faults,
        lives=tuple(_life(dice, campaigns, may_lose=not hides) for _ in range(dice.randint(1, 4))),
    )


def _campaigns(dice: random.Random) -> tuple[Campaign, ...]:
    model = dice.choice([SEQUENTIAL, SEQUENTIAL, SINGLE])
    pictures = range(1, dice.randint(2, 5))
    reference = dice.choice([None, None, 1, 9])
    first = campaign(
        name="winter",
        model=model,
        sets=(image_set("anna", pictures, reference=reference),),
        variants=dice.choice([("snow",), ("snow", "studio")]),
        takes=dice.choice([1, 1, 2]),
        sequence=dice.choice(["pictures", "takes"]),
    )
    if dice.random() < 0.6:
        return (first,)
    # The same cells but for one picture more: what one buys, the other uses.
    more = image_set("anna", range(1, len(pictures) + 2), reference=reference)
    other = campaign(
        name="autumn", model=model, sets=(more,), variants=("snow",), sequence=first.sequence
    )
    return (first, other)


def _faults(dice: random.Random, *, exclusive: bool, hides: bool) -> Faults:
    """A few kinds of trouble at once, each at some of the first submits or predictions."""

    def some(share: float = 0.3) -> set[int]:
        return {number for number in range(1, 13) if dice.random() < share}

    def each(values: list, share: float = 0.3) -> dict:
        return {number: dice.choice(values) for number in some(share)}

    kinds = {
        "drop_answer": some,
        "nonsense": some,
        "refuse": lambda: each([429, 429, 500, 502, 503, 400]),
        "error_after": lambda: each([500, 502, 504]),
        "delay": lambda: each([1.0, 30.0]),
        "charge": lambda: each([50, 100, 200], 0.2),
        "fail": lambda: each([1200, 5000, 1403]),
        "failed_with_outputs": lambda: each([5000], 0.2),
        "refund_later": lambda: each([600.0, 7200.0]),
        "short": lambda: each([1, 2]),
        "missing": lambda: each([frozenset({1}), frozenset({2}), frozenset({1, 2})]),
        "empty": lambda: some(0.2),
        "busy_looks": lambda: each([1, 3]),
        "strange_status": lambda: each([1, 4]),
        "output_objects": some,
        "history_lag": lambda: each([5.0, 60.0, 600.0]),
        "truncate": lambda: each([1, 2]),
        "break_off": lambda: each([1, 2]),
        "lying_type": lambda: each(["text/html", "application/octet-stream"]),
        "duplicate_id": lambda: some(0.15),
    }
    if not exclusive:
        kinds["foreign"] = lambda: each(["", SINGLE])
    chosen = dice.sample(sorted(kinds), dice.randint(0, 5))
    if hides or not _LEAVES_NO_OWNER.isdisjoint(chosen):
        # The id of a prediction that nobody owns yet cannot be told from the right one; that of an
        # owned one is noticed.
        chosen = [name for name in chosen if name != "duplicate_id"]
    return Faults(
        seed=dice.randrange(1000),
        hide_inputs=hides,
        retry_after_s=dice.choice([None, 1, 20]),
        **{name: kinds[name]() for name in chosen},
    )


def _life(dice: random.Random, campaigns: tuple[Campaign, ...], *, may_lose: bool) -> Life:
    losses = ["", "", "", "outputs"]
    if may_lose:
        losses += ["ledger", "state"]
    return Life(
        campaign=dice.randrange(len(campaigns)),
        fuse=None if dice.random() < 0.2 else dice.randint(1, 90),
        pause_s=dice.choice([0, 5, 300, 1200, 4 * 3600]),
        loses=dice.choice(losses),
    )
