"""`campaign.yaml`, whole."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pipeline.manifest.checks import ChecksEntry
from pipeline.manifest.model.budget import BudgetEntry
from pipeline.manifest.model.images import ImagesEntry, PinEntry, VariantEntry
from pipeline.manifest.model.matrix import MatrixEntry
from pipeline.manifest.model.parts import HEX_EXAMPLE, PARAMS, STRICT
from pipeline.manifest.model.provenance import ProvenanceEntry
from pipeline.manifest.model.review import LintEntry, ReviewEntry
from pipeline.manifest.model.sizes import SizeEntry
from pipeline.manifest.values import (
    Images,
    Jobs,
    Line,
    Money,
    SequenceWord,
    Size,
    Takes,
    Text,
    Version,
)


def _for_parents_too(schema: dict[str, Any]) -> None:
    """Ask for everything only where a campaign is named and nothing is extended.

    Then editors check a parent, which need not be complete, with the same schema.
    """
    required = schema.pop("required")
    schema["if"] = {"required": ["campaign"], "not": {"required": ["extends"]}}
    schema["then"] = {"required": required}


class Manifest(BaseModel):
    """A campaign: which pictures to edit how, in which formats, at what cost."""

    model_config = ConfigDict(**STRICT, json_schema_extra=_for_parents_too)

    version: Annotated[Version, Field(description="Version of this language: 1.")]
    campaign: Annotated[
        Line,
        Field(
            description="The campaign's name, the same as its folder's: small letters, digits and"
            " `-`.",
            examples=["winter-lookbook"],
        ),
    ]
    extends: Annotated[
        Line | None,
        Field(
            description="One other manifest in `campaigns/` that this one is laid over, relative to"
            " this file. Maps merge by key, scalars and lists replace, `null` takes away; of caps"
            " the lower one counts. It need not be complete; paths of `images` in it mean the"
            " folder of the campaign that extends it.",
            examples=["../_base.yaml"],
        ),
    ] = None
    title: Annotated[
        Line | None,
        Field(description="What people call the campaign.", examples=["Winter lookbook 2026"]),
    ] = None
    owner: Annotated[Line, Field(description="Who answers for it.", examples=["brand-team"])] = ""
    tags: Annotated[
        tuple[Line, ...],
        Field(description="Words to find it by.", examples=[["apparel", "hero"]]),
    ] = ()
    model: Annotated[
        Line,
        Field(
            description="The model that makes the pictures; `campaign models list` shows them.",
            examples=["bytedance/seedream-v4.5/edit-sequential"],
        ),
    ]
    images: Annotated[
        dict[str, ImagesEntry],
        Field(
            description="Image sets by name: the pictures to edit, grouped by who or what they"
            " show. A path, a pattern, a list of them, or a map with `files`. Left out for models"
            " that make pictures from words alone.",
            examples=[{"bag": "images/bag/*.jpg"}],
        ),
    ] = {}
    prompt: Annotated[
        Text,
        Field(
            description="What to do, once for all pictures. `{set.subject}` and `{variant.place}`"
            " are filled in; how many pictures to make is up to the plan.",
            examples=["Put {set.subject} in {variant.place}. Keep face and pose unchanged."],
        ),
    ]
    variants: Annotated[
        dict[str, VariantEntry],
        Field(
            description="Variants by name: every picture is made once for each of them.",
            examples=[{"snow": {"place": "a snowy street", "light": "cold morning light"}}],
        ),
    ] = {}
    takes: Annotated[
        Takes,
        Field(description="How many times every picture is asked, and paid, for.", examples=[1]),
    ] = 1
    master: Annotated[
        Size | None,
        Field(
            description="Size of the picture that is paid for; other sizes are derived from it for"
            " free. 4096x4096 where the model makes that.",
            examples=["4096x4096"],
        ),
    ] = None
    sizes: Annotated[
        dict[str, SizeEntry],
        Field(
            description="Delivery formats by name: a size, or a map with `size`.",
            examples=[{"feed": "1080x1350", "story": {"size": "1080x1920"}}],
        ),
    ] = {}
    matrix: Annotated[
        MatrixEntry, Field(description="Exceptions to `every picture in every variant`.")
    ] = MatrixEntry()
    max_jobs: Annotated[
        Jobs | None,
        Field(
            description="Most pictures that the matrix may come to, so that a slip cannot ask for"
            " thousands. More is a problem, and nothing is left out to fit. The lower one counts"
            " where the workspace says one too; 10,000 where neither does.",
            examples=[500],
        ),
    ] = None
    pins: Annotated[
        dict[str, PinEntry],
        Field(
            description="Old pictures that stay, by the address of the cell that they serve,"
            " whatever the manifest asks for now. A pinned cell is never bought."
            " `campaign plan --explain CELL` prints the lines.",
            examples=[
                {
                    "anna/front/snow/master/t1": {
                        "key": f"c1-{HEX_EXAMPLE}",
                        "picture": HEX_EXAMPLE,
                    }
                }
            ],
        ),
    ] = {}
    budget: Annotated[
        BudgetEntry, Field(description="What may be spent.", examples=[{"cap": "12.00 USD"}])
    ] = BudgetEntry()
    params: Annotated[dict[str, Any], Field(description=PARAMS)] = {}
    sequence: Annotated[
        SequenceWord,
        Field(
            description="What one request holds on models that give several pictures: `pictures`"
            " of one set, or several `takes` of one picture."
        ),
    ] = "pictures"
    canary: Annotated[
        Images | None,
        Field(
            description="How many pictures to buy first, spread over sets and variants; then the"
            " run stops for a look, and `campaign run --continue` buys the rest.",
            examples=[3],
        ),
    ] = None
    assume_max_usd: Annotated[
        Money | None,
        Field(
            description="Most that one picture may cost, where the model's price is unknown or may"
            " be higher than listed. Without it such models are refused.",
            examples=["0.15"],
        ),
    ] = None
    review: Annotated[
        ReviewEntry,
        Field(description="What `campaign review` counts as approved.", examples=[{"need": 2}]),
    ] = ReviewEntry()
    provenance: Annotated[
        ProvenanceEntry,
        Field(
            description="What delivered files say about themselves. That AI made or edited them,"
            " with which model and for which campaign, they always say.",
            examples=[{"prompt": True}],
        ),
    ] = ProvenanceEntry()
    lint: Annotated[
        LintEntry,
        Field(
            description="Rules of `campaign check` by code, each `off`, `advice`, `warning` or"
            " `error`; `campaign check --explain L001` says what a rule is about.",
            examples=[{"L003": "off", "L005": "error"}],
        ),
    ] = LintEntry()
    checks: Annotated[
        ChecksEntry,
        Field(
            description="Checks of delivered pictures by name, each `off`, `warn`, `fail` or a map"
            " with limits; `campaign status --flags` shows what they find. Other limits judge the"
            " same measurements anew.",
            examples=[{"blur": "off", "face-drift": {"warn": "0.5", "fail": "0.7"}}],
        ),
    ] = ChecksEntry()
