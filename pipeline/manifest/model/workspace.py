"""`workspace.yaml`, whole."""

from typing import Annotated

from pydantic import BaseModel, Field

from pipeline.manifest.model.budget import AccountEntry, RulesEntry, WorkspaceBudgetEntry
from pipeline.manifest.model.parts import STRICT
from pipeline.manifest.model.review import LintEntry
from pipeline.manifest.model.sizes import DestinationEntry
from pipeline.manifest.values import Flag, Jobs, Line, Money, Version


class WorkspaceFile(BaseModel):
    """What all campaigns of this repository share."""

    model_config = STRICT

    version: Annotated[Version, Field(description="Version of this language: 1.")]
    account: Annotated[
        AccountEntry,
        Field(
            description="Level of the account at the provider, or its limits in numbers.",
            examples=[{"tier": "silver"}],
        ),
    ] = AccountEntry()
    exclusive: Annotated[
        Flag,
        Field(
            description="Whether the API key is used by this workspace alone. Then a charge that"
            " nobody here knows of stops a run."
        ),
    ] = False
    budget: Annotated[
        WorkspaceBudgetEntry,
        Field(description="Caps over all campaigns; a campaign can only be tighter."),
    ] = WorkspaceBudgetEntry()
    prices: Annotated[
        dict[str, Money],
        Field(
            description="Price of one picture by model, where yours is above the listed one.",
            examples=[{"bytedance/seedream-v4.5/edit": "0.05"}],
        ),
    ] = {}
    forbid_models: Annotated[
        tuple[Line, ...],
        Field(description="Models that no campaign may use."),
    ] = ()
    max_jobs: Annotated[
        Jobs | None,
        Field(
            description="Most pictures that the matrix of any one campaign may come to. A campaign"
            " can only be tighter; 10,000 where neither says anything.",
            examples=[5000],
        ),
    ] = None
    destinations: Annotated[
        dict[str, DestinationEntry],
        Field(
            description="Places that pictures go to, by name, for `sizes` of all campaigns: your"
            " own, or others' with your values. `campaign destinations` lists those that ship.",
            examples=[{"shop-tile": {"size": "900x1200", "format": "webp"}}],
        ),
    ] = {}
    rules: Annotated[
        RulesEntry,
        Field(
            description="Limits that a review holds a change against. Of two sides the stricter"
            " rule counts, so no change is judged by a rule that it relaxes.",
            examples=[{"max_increase_usd": "25.00 USD", "max_orphaned_usd": "5.00 USD"}],
        ),
    ] = RulesEntry()
    lint: Annotated[
        LintEntry,
        Field(
            description="Rules of `campaign check` for all campaigns; what a campaign says of a"
            " rule itself wins.",
            examples=[{"L013": "off"}],
        ),
    ] = LintEntry()
    state: Annotated[
        Line | None,
        Field(
            description="Folder for local state, relative to the repository; `.campaign` where"
            " nothing is said.",
            examples=["../campaign-state"],
        ),
    ] = None
