"""Planning without a disk: plan, buy what the plan says, plan again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline import catalog
from pipeline.domain.campaign import Campaign, PixelSize
from pipeline.domain.card import NO_INPUTS, Card, NamedSize, SizeRule
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.history import Filed, fold
from pipeline.domain.identity import own_parts
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Limit, Plan, Step
from pipeline.domain.receipts import AskedCell, Doubt, Failed, Gen, Order, Output
from pipeline.planning.decide import Facts
from pipeline.planning.expand import Expansion, expand
from pipeline.planning.plan import make_plan
from pipeline.planning.select import EVERYTHING, Selection
from tests.support.campaigns import SEQUENTIAL, SINGLE, campaign

AT = "2026-11-20T12:00:00Z"

PICTURES = catalog.card(SEQUENTIAL)
"""Many pictures in, many out."""
PICTURE = catalog.card(SINGLE)
"""Many pictures in, one out."""


def text_card(*, most: int = 1) -> Card:
    """A card of a model that makes pictures from words alone."""
    plain = PICTURE if most == 1 else PICTURES
    return replace(
        plain,
        model="made-up/text",
        operation="text",
        takes_reference=False,
        inputs=NO_INPUTS,
        outputs=replace(plain.outputs, most=most),
    )


RESOLUTION = replace(
    PICTURE,
    model="made-up/resolution",
    takes_reference=False,
    size=SizeRule(
        form="resolution",
        field="resolution",
        aspect_field="aspect_ratio",
        named=(
            NamedSize("1k", "1:1", PixelSize(1024, 1024)),
            NamedSize("1k", "16:9", PixelSize(1376, 768)),
            NamedSize("2k", "1:1", PixelSize(2048, 2048)),
            NamedSize("2k", "4:5", PixelSize(1856, 2304)),
            NamedSize("4k", "16:9", PixelSize(5504, 3072)),
        ),
    ),
    price=replace(
        PICTURE.price,
        unit=None,
        by_field="resolution",
        by_value={"1k": MicroUsd(140_000), "2k": MicroUsd(140_000), "4k": MicroUsd(240_000)},
        extra_input=MicroUsd(3_000),
    ),
)
"""One picture a request, its price by a named resolution."""


def text_campaign(**changes) -> Campaign:
    """A campaign without any source picture."""
    plain = {"sets": (), "prompt": "A product shot in {variant.place}.", "model": "made-up/text"}
    return campaign(**{**plain, **changes})


def expansion_of(of: Campaign, card: Card = PICTURES, **where) -> Expansion:
    return expand(of, card, **{"realm": "real", "engine": None, **where})


def addresses(cells: Iterable) -> list[str]:
    return [str(cell.address) for cell in cells]


def plan_of(
    of: Campaign,
    filed: Iterable[Filed] = (),
    *,
    card: Card = PICTURES,
    realm: str = "real",
    engine: str | None = None,
    limits: Sequence[Limit] = (),
    absent: Iterable[Sha256] = (),
    selection: Selection = EVERYTHING,
    **facts,
) -> Plan:
    """What a run would do, with all delivered bytes on this machine unless told."""
    history = fold(filed)
    here = {d.output.sha256 for found in history.deliveries.values() for d in found}
    return make_plan(
        of,
        card,
        expand(of, card, realm=realm, engine=engine),
        Facts(history=history, present=here - set(absent), **facts),
        realm=realm,
        limits=limits,
        selection=selection,
    )


def order_of(step: Step, attempt: str) -> Order:
    return Order(
        attempt=attempt,
        job=step.request.job,
        recipe=step.cells[0].recipe,
        asked=own_parts(step.request.components(step.cells[0].recipe)),
        cells=tuple(
            AskedCell(cell.key, str(cell.address), cell.source, cell.address.take)
            for cell in step.cells
        ),
        quote=step.quote.amount,
    )


def picture_of(attempt: str, position: int) -> Output:
    name = hashlib.sha256(f"{attempt}/{position}".encode()).hexdigest()
    return Output(Sha256(name), 1000, 4096, 4096, "image/jpeg")


def buy(plan: Plan, *, at: str = AT, steps: slice = slice(None), short: int = 0) -> list[Filed]:
    """Receipts of a run that buys steps of a plan, each delivered whole or short."""
    return [_filed(plan, n, step, at, short=short) for n, step in enumerate(plan.steps[steps])]


def fail(plan: Plan, *, code: int = 5000, at: str = AT, name: str = "f") -> list[Filed]:
    """Receipts of a run whose every request failed at the provider."""
    orders = (order_of(step, f"{name}-{n}") for n, step in enumerate(plan.steps))
    failures = [Failed(order, f"p-{order.attempt}", at, code, "it failed") for order in orders]
    return [Filed(plan.campaign, failure) for failure in failures]


def lose(plan: Plan, *, at: str = AT) -> list[Filed]:
    """Receipts of a run none of whose requests was answered."""
    orders = (order_of(step, f"d-{n}") for n, step in enumerate(plan.steps))
    return [Filed(plan.campaign, Doubt(order, at, "no answer")) for order in orders]


def _filed(plan: Plan, number: int, step: Step, at: str, *, short: int) -> Filed:
    attempt = f"a-{plan.campaign}-{at}-{number}-{step.request.job[3:9]}"
    order = order_of(step, attempt)
    came = range(max(0, len(order.cells) - short))
    outputs = tuple(picture_of(attempt, position) for position in came)
    return Filed(plan.campaign, Gen(order, f"p-{attempt}", at, outputs))
