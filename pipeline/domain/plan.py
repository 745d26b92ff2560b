"""The plan as a value: what a run would do with each cell, why, and what it costs."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.domain.card import Quote
from pipeline.domain.diagnostics import Problem
from pipeline.domain.fingerprint import CellKey, JobKey, Json, Sha256
from pipeline.domain.identity import Input, Recipe, job_components, own_parts
from pipeline.domain.money import ZERO, MicroUsd
from pipeline.domain.receipts import AskedCell, Order, Output


class Action(enum.StrEnum):
    """What a run does with a cell or a job."""

    CACHED = "cached"
    RENDER = "render"
    RESUME = "resume"
    RECOVER = "recover"
    BUY = "buy"
    TOP_UP = "top-up"
    REBUY = "rebuy"
    BLOCKED = "blocked"
    LEFT_OUT = "left-out"
    ORPHAN = "orphan"


PAID = frozenset({Action.BUY, Action.TOP_UP, Action.REBUY})
"""Actions that cost money."""


class Reason(enum.StrEnum):
    """Why; noted where the action is decided."""

    SATISFIED = "satisfied"
    PINNED = "pinned"
    NEW_CELL = "new_cell"
    PROMPT_CHANGED = "prompt_changed"
    PARAM_CHANGED = "param_changed"
    INPUT_CHANGED = "input_changed"
    REFERENCE_CHANGED = "reference_changed"
    MODEL_CHANGED = "model_changed"
    SIZE_CHANGED = "size_changed"
    TAKE_CHANGED = "take_changed"
    ENGINE_CHANGED = "engine_changed"
    FAILED_BEFORE = "failed_before"
    UNDER_DELIVERED = "under_delivered"
    RESULT_ABSENT = "result_absent"
    RESULT_LOST = "result_lost"
    UNDER_WAY = "under_way"
    CLAIMED_ELSEWHERE = "claimed_elsewhere"
    BOUGHT_ELSEWHERE = "bought_elsewhere"
    DUPLICATE_OF = "duplicate_of"
    UNASSIGNED = "unassigned"
    UNKNOWN_CHARGE = "unknown_charge"
    MODERATED = "moderated"
    GAVE_UP = "gave_up"
    UNPRICED = "unpriced"
    NOT_SELECTED = "not_selected"
    NO_LONGER_WANTED = "no_longer_wanted"


class Address(NamedTuple):
    """Where a cell stands in its campaign, for people.

    Attributes:
        set: image set id, empty for text-to-image.
        picture: picture id, empty for text-to-image.
        variant: variant id.
        size: `master`, or the name of the native size.
        take: 1 or more.
    """

    set: str
    picture: str
    variant: str
    size: str
    take: int

    def __str__(self) -> str:
        where = f"{self.set}/{self.picture}/" if self.set else ""
        return f"{where}{self.variant}/{self.size}/t{self.take}"


class Cell(NamedTuple):
    """One wanted cell.

    Attributes:
        address: where it stands.
        key: what was wanted; of a pinned cell the key of what serves it instead, which is not that
            of its recipe.
        recipe: what it shares with others; many cells hold the same object.
        source: digest of the picture to edit, None for text-to-image.
        pin: digest of the picture that serves it whatever its recipe asks for, where one is pinned;
            such a cell is never bought.
    """

    address: Address
    key: CellKey
    recipe: Recipe
    source: Sha256 | None
    pin: Sha256 | None = None


class Decision(NamedTuple):
    """What becomes of one cell.

    Attributes:
        action: what a run does.
        reason: why.
        detail: in words: the attempt, the twin's address, the provider's message; of a cell that
            is left out, the action that it would have.
        output: the current picture, where there is one.
    """

    action: Action
    reason: Reason
    detail: str = ""
    output: Output | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it will be sent, but for the pictures' addresses.

    Attributes:
        prompt: final prompt.
        inputs: pictures in the order in which they are sent.
        params: all body fields but the prompt and the pictures; many requests hold one object.
        takes: of each wanted output, in output order.
        field: body field for the pictures; `many` says whether it is a list.
        job: the job key.
    """

    prompt: str
    inputs: tuple[Input, ...]
    params: Mapping[str, Json]
    takes: tuple[int, ...]
    field: str
    many: bool
    job: JobKey

    def components(self, recipe: Recipe) -> dict[str, Json]:
        """Components of the job key, given the recipe of its cells."""
        return job_components(
            recipe=recipe,
            prompt=self.prompt,
            inputs=self.inputs,
            params=self.params,
            takes=self.takes,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One job to buy.

    Attributes:
        action: `buy`, `top-up` or `rebuy`.
        cells: what it buys, in output order; all of one recipe.
        request: what is sent.
        quote: what it costs.
    """

    action: Action
    cells: tuple[Cell, ...]
    request: Request
    quote: Quote


def order_of(step: Step, *, attempt: str, permit: str = "") -> Order:
    """What an attempt at a job asks for, as receipts will tell it.

    Args:
        step: the job.
        attempt: a fresh id.
        permit: digest of the saved plan under which it is bought; empty without one.
    """
    recipe = step.cells[0].recipe
    return Order(
        attempt=attempt,
        job=step.request.job,
        recipe=recipe,
        asked=own_parts(step.request.components(recipe)),
        cells=tuple(
            AskedCell(cell.key, str(cell.address), cell.source, cell.address.take)
            for cell in step.cells
        ),
        quote=step.quote.amount,
        permit=permit,
    )


@dataclass(frozen=True, slots=True)
class Orphan:
    """A purchase of this campaign that it no longer wants; `charged` is its share."""

    address: str
    key: CellKey
    charged: MicroUsd


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap and what it has left.

    Attributes:
        scope: `job`, `campaign`, `run`, `month`, `permit` or `workspace`.
        name: campaign name, run id, month or a permit's digest; empty for the workspace.
        money: most money, None for no limit.
        images: most pictures, None for no limit.
        spent: charged, reserved and in doubt so far.
        spent_images: pictures so far.
    """

    scope: str
    name: str
    money: MicroUsd | None
    images: int | None
    spent: MicroUsd = ZERO
    spent_images: int = 0

    def has_room(self, money: int, images: int) -> bool:
        """Whether so much in all, micro-dollars and pictures, stays under the cap."""
        return (self.money is None or money <= self.money) and (
            self.images is None or images <= self.images
        )

    @property
    def left(self) -> MicroUsd | None:
        """Money left, never below zero; None for no limit."""
        return None if self.money is None else MicroUsd(max(0, self.money - self.spent))


class Chosen(NamedTuple):
    """What the user said of which cells to buy, as it was written; see `planning.select`.

    Attributes:
        select: expressions of which one has to match; all cells where there is none.
        exclude: expressions of which none may match.
    """

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class UnderPermit(NamedTuple):
    """What a permit lets a plan do.

    Attributes:
        digest: of the saved plan.
        total: the most money that may be spent under it, for all its campaigns and runs together.
        listed: pictures of this campaign that it lists.
        bought: of these, how many are bought already.
        unwanted: of these, how many the campaign does not want any more.
        waiting: of these, how many are wanted and can be neither bought nor used now, because they
            are under way, blocked, or not selected.
        again: of these, how many would be paid for once more and are not listed as that.
    """

    digest: str
    total: MicroUsd
    listed: int
    bought: int
    unwanted: int
    waiting: int
    again: int


EVERYTHING = Chosen()
"""Nothing was said, so all cells are meant."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The priced answer to "what would a run do".

    Attributes:
        campaign: name.
        realm: whose money and pictures.
        model: id.
        manifest: SHA-256 of the manifest's text.
        cells: wanted cells in address order (manifest order of sets, variants and sizes).
        decisions: one for each cell, in the same order.
        steps: jobs to buy, in plan order.
        orphans: no longer wanted purchases.
        limits: caps that the run is under.
        problems: what stands in the way of buying (errors) and what to know (warnings).
        chosen: what the user said of which cells to buy.
        permit: the permit under which it is carried out, with what that lets it do; None without.
    """

    campaign: str
    realm: str
    model: str
    manifest: str
    cells: tuple[Cell, ...]
    decisions: tuple[Decision, ...]
    steps: tuple[Step, ...]
    orphans: tuple[Orphan, ...]
    limits: tuple[Limit, ...]
    problems: tuple[Problem, ...]
    chosen: Chosen = EVERYTHING
    permit: UnderPermit | None = None

    @property
    def cost(self) -> MicroUsd:
        """What buying all steps should cost."""
        return MicroUsd(sum(step.quote.amount for step in self.steps))

    @property
    def images(self) -> int:
        """How many pictures all steps buy."""
        return sum(len(step.cells) for step in self.steps)

    def count(self, action: Action) -> int:
        """How many cells have this action."""
        return sum(1 for decision in self.decisions if decision.action is action)
