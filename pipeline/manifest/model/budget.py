"""What may be spent: caps, the account, and what a change may cost."""

from typing import Annotated

from pydantic import BaseModel, Field

from pipeline.manifest.model.parts import STRICT
from pipeline.manifest.values import (
    Images,
    Increase,
    Line,
    Money,
    OnLostWord,
    PerCent,
    Rate,
    TierWord,
)


class BudgetEntry(BaseModel):
    """What may be spent on this campaign."""

    model_config = STRICT

    cap: Annotated[
        Money | None,
        Field(
            description="Most money over the campaign's whole life. Nothing is bought for real"
            " without one.",
            examples=["12.00 USD"],
        ),
    ] = None
    warn_at: Annotated[
        PerCent,
        Field(
            description="Share of `cap` from which the plan warns.",
            json_schema_extra={"default": "80%", "examples": ["80%"]},
        ),
    ] = 80
    max_images: Annotated[
        Images | None,
        Field(description="Most pictures bought over the campaign's whole life.", examples=[200]),
    ] = None
    max_per_job: Annotated[
        Money | None,
        Field(description="Most money in one request.", examples=["0.60 USD"]),
    ] = None
    max_images_per_job: Annotated[
        Images | None,
        Field(description="Most pictures in one request.", examples=[5]),
    ] = None


class AccountEntry(BaseModel):
    """What the provider's account allows."""

    model_config = STRICT

    tier: Annotated[
        TierWord,
        Field(description="Level of the account, as the provider's account page names it."),
    ] = "bronze"
    requests_per_minute: Annotated[
        Rate | None,
        Field(description="Requests that may be started in a minute, if not the tier's."),
    ] = None
    concurrent: Annotated[
        Rate | None,
        Field(description="Requests that may be under way at once, if not the tier's."),
    ] = None


class WorkspaceBudgetEntry(BaseModel):
    """What may be spent on all campaigns together."""

    model_config = STRICT

    cap: Annotated[
        Money | None,
        Field(description="Most money over the workspace's whole life.", examples=["500.00 USD"]),
    ] = None
    max_images: Annotated[
        Images | None,
        Field(description="Most pictures bought over the workspace's whole life.", examples=[9000]),
    ] = None
    month: Annotated[
        Money | None,
        Field(description="Most money in one calendar month (UTC).", examples=["100.00 USD"]),
    ] = None
    month_images: Annotated[
        Images | None,
        Field(description="Most pictures bought in one calendar month (UTC).", examples=[2000]),
    ] = None


class RulesEntry(BaseModel):
    """What a change may cost and discard; `campaign diff` fails where it is more."""

    model_config = STRICT

    max_increase_usd: Annotated[
        Money | None,
        Field(
            description="Most that what is to be bought may cost more than before the change.",
            examples=["25.00 USD"],
        ),
    ] = None
    max_increase_pct: Annotated[
        Increase | None,
        Field(
            description="The same in per cent of what all wanted pictures cost before the change.",
            examples=["20%"],
        ),
    ] = None
    max_orphaned_usd: Annotated[
        Money | None,
        Field(
            description="Most that was paid for pictures which the change makes useless.",
            examples=["5.00 USD"],
        ),
    ] = None
    max_usd_per_image: Annotated[
        Money | None,
        Field(
            description="Most that one picture may cost which comes to be bought.",
            examples=["0.15 USD"],
        ),
    ] = None
    forbid_models: Annotated[
        tuple[Line, ...],
        Field(
            description="Models from which no picture may come to be bought. What is bought from"
            " them already stays; `forbid_models` of the workspace refuses the campaign itself.",
            examples=[["google/nano-banana-pro/edit"]],
        ),
    ] = ()
    lost_receipts: Annotated[
        OnLostWord,
        Field(
            description="What to do where a receipt goes missing, so that what it paid for would"
            " be bought again: `fail`, or `warn` and go on.",
        ),
    ] = "fail"
