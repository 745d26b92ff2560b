"""The manifest language and the workspace file as types; `schemas/` is generated from them.

Nothing here knows a model, a picture or a price: what can be said without them is said here, the
rest in the rules. Every description is what an editor shows when the author rests on a key.
"""

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline.domain import lint
from pipeline.domain.lint import LintLevel
from pipeline.manifest.checks import ChecksEntry
from pipeline.manifest.presets import shipped
from pipeline.manifest.values import (
    AxisNames,
    AxisTakes,
    Bytes,
    Colour,
    Digest,
    FitWord,
    Flag,
    Focus,
    FormatWord,
    Images,
    Increase,
    Jobs,
    Line,
    LintWord,
    Margin,
    MarginText,
    Money,
    OnLostWord,
    Patterns,
    PerCent,
    PinnedKey,
    Quality,
    Rate,
    Reviewers,
    SequenceWord,
    Size,
    Takes,
    Text,
    TierWord,
    Version,
    Zipped,
)

_STRICT = ConfigDict(frozen=True, extra="forbid")
_OPEN = ConfigDict(frozen=True, extra="allow")

_LIKE_A_NAME = re.compile("[a-z][a-z0-9_-]*")
"""What may be a destination; sizes begin with a digit."""
_HEX_EXAMPLE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_PARAMS = (
    "Model parameters by name, as `campaign models show MODEL` lists them."
    " What the plan itself decides (prompt, pictures, size, number of pictures) is not set here."
)


def _rule(code: str) -> Any:
    return Field(description=f"Looks for {lint.LINT_RULES[code]}.")


class ImagesEntry(BaseModel):
    """One image set: source pictures of one subject."""

    model_config = _STRICT

    files: Annotated[
        Patterns,
        Field(
            description="Pictures of this set: a path or pattern inside the campaign's folder, or"
            " a list of them. `*` stands for any part of a name, `**` for any number of folders.",
            examples=["images/anna/*.jpg", ["images/bag/front.jpg", "images/bag/side-*.png"]],
        ),
    ]
    reference: Annotated[
        Line | None,
        Field(
            description="A picture that shows who or what this is. It is sent first in every"
            " request of the set, and edited itself only if `files` matches it too.",
            examples=["images/anna/front.jpg"],
        ),
    ] = None
    subject: Annotated[
        Text | None,
        Field(
            description="What `{set.subject}` stands for in the prompt. Left out, it is `the` and"
            " the set's name.",
            examples=["the woman", "the leather bag"],
        ),
    ] = None
    values: Annotated[
        dict[str, Text],
        Field(
            description="More values of this set: `colour: red` fills `{set.colour}`.",
            examples=[{"colour": "red"}],
        ),
    ] = {}
    focus: Annotated[
        dict[str, Focus],
        Field(
            description="What must stay in view when a size is cut, by picture: how far right and"
            " how far down, from 0 to 1. The centre where nothing is said.",
            examples=[{"front": ["0.5", "0.35"]}],
        ),
    ] = {}

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"files": value} if isinstance(value, str | list) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return _with_short_form(
            cls,
            core,
            handler,
            {"type": "string", "examples": ["images/bag/*.jpg"]},
            {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
        )


class VariantEntry(BaseModel):
    """One variant: the values that fill the prompt's `{variant.…}`."""

    model_config = _OPEN
    __pydantic_extra__: dict[str, Text]

    params: Annotated[
        dict[str, Any], Field(description=f"{_PARAMS} Over those of the campaign.")
    ] = {}


class SizeEntry(BaseModel):
    """One delivery format."""

    model_config = _STRICT

    size: Annotated[
        Size | None,
        Field(
            description="Width x height of the delivered file in pixels; the destination's where it"
            " is left out.",
            examples=["1080x1350"],
        ),
    ] = None
    destination: Annotated[
        Line | None,
        Field(
            description="Where the file goes, by name: gives size, format and limits wherever they"
            " are left out. `campaign destinations` lists all; `workspace.yaml` can add more.",
            examples=["instagram-story"],
        ),
    ] = None
    native: Annotated[
        Size | None,
        Field(
            description="Buy a picture of this size for it, instead of deriving it from the master"
            " for free. Costs one more picture for every shot.",
            examples=["2304x4096"],
        ),
    ] = None
    fit: Annotated[
        FitWord,
        Field(
            description="`cover` fills the size and cuts, `contain` shows all and pads, `exact`"
            " does neither, so the picture it is derived from has to be of the same shape."
        ),
    ] = "cover"
    format: Annotated[FormatWord, Field(description="Format of the delivered file.")] = "jpeg"
    background: Annotated[
        Colour,
        Field(
            description="What `contain` pads with, in quotes since `#` begins a comment.",
            examples=["#ffffff"],
        ),
    ] = "#ffffff"
    quality: Annotated[
        Quality | None,
        Field(
            description="Encoder quality; 88 for jpeg, 82 for webp and 60 for avif where it is left"
            " out."
        ),
    ] = None
    max_bytes: Annotated[
        Bytes | None,
        Field(
            description="Most bytes of the delivered file; its quality is lowered to fit. kB is"
            " 1,000 bytes, KiB is 1,024.",
            examples=["500kB", "2MB"],
        ),
    ] = None
    upscale: Annotated[
        Flag,
        Field(
            description="Whether a picture that is too small may be enlarged, which looks soft."
            " Otherwise such a file is not made."
        ),
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        if isinstance(value, str) and _LIKE_A_NAME.fullmatch(value.strip()):
            return {"destination": value}
        return {"size": value} if isinstance(value, str | int) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        pattern = r"^\s*[1-9][0-9]{0,5}x[1-9][0-9]{0,5}\s*$"
        short = {"type": "string", "pattern": pattern, "examples": ["1080x1350"]}
        known = {"enum": list(shipped()), "type": "string"}
        own = {"type": "string", "pattern": f"^{_LIKE_A_NAME.pattern}$"}
        found = _with_short_form(cls, core, handler, short, known, own)
        found["anyOf"][-1]["properties"]["destination"] |= {"anyOf": [known, own]}
        return found


_SET = Field(description="Name of an image set; `*` for part of a name.", examples=["anna"])
_PICTURE = Field(description="Picture id: its file name without ending.", examples=["front"])
_VARIANT = Field(description="Name of a variant; `*` for part of a name.", examples=["snow"])
_SIZE = Field(
    description="`master`, or the name of a size that is bought (`native`).", examples=["master"]
)
_TAKE = Field(description="Number of the take.", examples=[2])
_MARGIN = Field(
    description="What stays free at this edge: a share of the side, or pixels of the size.",
    examples=["14%", "250px"],
)
_OPTIONAL = Field(
    description="Whether it is fine if this rule changes nothing, as in a file that several"
    " campaigns extend. Otherwise a rule that changes nothing is a problem."
)


class WhereEntry(BaseModel):
    """Which pictures a rule speaks of; what is left out means all."""

    model_config = _STRICT

    set: Annotated[Line | None, _SET] = None
    picture: Annotated[Line | None, _PICTURE] = None
    variant: Annotated[Line | None, _VARIANT] = None
    size: Annotated[Line | None, _SIZE] = None
    take: Annotated[Takes | None, _TAKE] = None


class ExcludeEntry(BaseModel):
    """Pictures that are not wanted; what is left out means all."""

    model_config = _STRICT

    set: Annotated[Line | None, _SET] = None
    picture: Annotated[Line | None, _PICTURE] = None
    variant: Annotated[Line | None, _VARIANT] = None
    size: Annotated[Line | None, _SIZE] = None
    take: Annotated[Takes | None, _TAKE] = None
    why: Annotated[
        Line, Field(description="The reason, for reviewers.", examples=["no bag outdoors"])
    ] = ""
    optional: Annotated[Flag, _OPTIONAL] = False


class WithEntry(BaseModel):
    """Values and parameters that take the place of the variant's."""

    model_config = _OPEN
    __pydantic_extra__: dict[str, Text]

    params: Annotated[
        dict[str, Any], Field(description=f"{_PARAMS} Over those of the variant.")
    ] = {}


class ExtendEntry(BaseModel):
    """Other values for some pictures; adds none."""

    model_config = _STRICT

    where: Annotated[WhereEntry, Field(description="Which pictures see the other values.")]
    with_: Annotated[
        WithEntry,
        Field(
            alias="with",
            description="The values that they see instead of their variant's.",
            examples=[{"light": "blue hour"}],
        ),
    ]
    optional: Annotated[Flag, _OPTIONAL] = False


class AddEntry(BaseModel):
    """Pictures beside those of the matrix: one more take, or what `axes` leave out.

    An axis that is left out means all.
    """

    model_config = _STRICT

    set: Annotated[Line | None, _SET] = None
    picture: Annotated[Line | None, _PICTURE] = None
    variant: Annotated[Line | None, _VARIANT] = None
    size: Annotated[Line | None, _SIZE] = None
    take: Annotated[Takes, _TAKE]
    optional: Annotated[Flag, _OPTIONAL] = False


class AxesEntry(BaseModel):
    """Which values of the axes are multiplied; an axis that is left out has all of its values.

    The order matters for `zip` alone.
    """

    model_config = _STRICT

    set: Annotated[
        AxisNames,
        Field(
            description="Image sets: `all`, a name or a list of names; `*` for part of a name.",
            examples=["all", ["anna", "bag"]],
        ),
    ] = ("all",)
    picture: Annotated[
        AxisNames,
        Field(
            description="Picture ids, in whichever sets have them: `all`, an id or a list of ids;"
            " `*` for part of an id.",
            examples=["all", ["front", "side-*"]],
        ),
    ] = ("all",)
    variant: Annotated[
        AxisNames,
        Field(
            description="Variants: `all`, a name or a list of names; `*` for part of a name.",
            examples=["all", ["snow", "studio"]],
        ),
    ] = ("all",)
    size: Annotated[
        AxisNames,
        Field(
            description="Sizes that are bought, `master` or those with a `native`: `all`, a name or"
            " a list of names.",
            examples=["all", ["master", "story"]],
        ),
    ] = ("all",)
    take: Annotated[
        AxisTakes,
        Field(
            description="Takes, of those that `takes` counts: `all`, a number or a list of"
            " numbers.",
            examples=["all", [1, 2]],
        ),
    ] = ()


class MatrixEntry(BaseModel):
    """What shapes the product of image sets, pictures, variants, sizes and takes.

    First `axes`, then `zip`, `exclude`, `extend` and `add`. Something in it that changes nothing is
    a problem.
    """

    model_config = _STRICT

    axes: Annotated[
        AxesEntry,
        Field(
            description="Which values of each axis are multiplied; all where nothing is said.",
            examples=[{"set": ["anna"], "variant": "all", "take": [1]}],
        ),
    ] = AxesEntry()
    zip: Annotated[
        tuple[Zipped, ...],
        Field(
            description="Groups of axes that advance together instead of being multiplied: the"
            " first variant with the first size, the second with the second. Their lists are as"
            " long as each other; `axes` says in which order.",
            examples=[[["variant", "size"]], [["set", "variant"], ["picture", "take"]]],
        ),
    ] = ()

    exclude: Annotated[
        tuple[ExcludeEntry, ...],
        Field(
            description="Pictures that are not wanted.",
            examples=[[{"set": "bag", "variant": "snow", "why": "no bag outdoors"}]],
        ),
    ] = ()
    extend: Annotated[
        tuple[ExtendEntry, ...],
        Field(
            description="Other values for some pictures, in order; never adds a picture.",
            examples=[[{"where": {"variant": "snow"}, "with": {"light": "blue hour"}}]],
        ),
    ] = ()
    add: Annotated[
        tuple[AddEntry, ...],
        Field(
            description="Pictures on top: more takes of some, or what `axes` and `zip` leave out."
            " What `exclude` takes away stays away.",
            examples=[[{"set": "anna", "variant": "studio", "take": 2}]],
        ),
    ] = ()


class BudgetEntry(BaseModel):
    """What may be spent on this campaign."""

    model_config = _STRICT

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


class ReviewEntry(BaseModel):
    """What it takes to approve a picture."""

    model_config = _STRICT

    need: Annotated[
        Reviewers,
        Field(
            description="How many reviewers have to approve a picture. One reject or reroll"
            " outweighs all approvals.",
            examples=[2],
        ),
    ] = 1


class LintEntry(BaseModel):
    """How loudly each rule of `campaign check` speaks; `off` silences it, `error` makes it fail."""

    model_config = _STRICT

    L001: Annotated[LintWord | None, _rule(lint.REFERENCE)] = None
    L002: Annotated[LintWord | None, _rule(lint.NO_REFERENCE)] = None
    L003: Annotated[LintWord | None, _rule(lint.FRAMING)] = None
    L004: Annotated[LintWord | None, _rule(lint.LIGHT)] = None
    L005: Annotated[LintWord | None, _rule(lint.ONE_PICTURE)] = None
    L006: Annotated[LintWord | None, _rule(lint.SAME_REQUEST)] = None
    L007: Annotated[LintWord | None, _rule(lint.GAP)] = None
    L008: Annotated[LintWord | None, _rule(lint.LONG_PROMPT)] = None
    L009: Annotated[LintWord | None, _rule(lint.CUT_AWAY)] = None
    L010: Annotated[LintWord | None, _rule(lint.NEEDLESS_NATIVE)] = None
    L011: Annotated[LintWord | None, _rule(lint.SEQUENCE_OF_ONE)] = None
    L012: Annotated[LintWord | None, _rule(lint.LOOK_ALIKE)] = None
    L013: Annotated[LintWord | None, _rule(lint.KEEPS_NOTHING)] = None
    L014: Annotated[LintWord | None, _rule(lint.SMALL_SOURCE)] = None
    L015: Annotated[LintWord | None, _rule(lint.HIDDEN_SPACE)] = None
    L016: Annotated[LintWord | None, _rule(lint.DAMAGED)] = None
    L017: Annotated[LintWord | None, _rule(lint.FOREIGN_FORMAT)] = None
    L018: Annotated[LintWord | None, _rule(lint.OTHER_SHAPE)] = None
    L019: Annotated[LintWord | None, _rule(lint.HEAVY_CEILING)] = None
    L020: Annotated[LintWord | None, _rule(lint.NOT_ON_WHITE)] = None
    L021: Annotated[LintWord | None, _rule(lint.BORDER)] = None
    L022: Annotated[LintWord | None, _rule(lint.SMALL_PRODUCT)] = None
    L023: Annotated[LintWord | None, _rule(lint.HEAVY_FILE)] = None

    @property
    def levels(self) -> dict[str, LintLevel]:
        """The rules that are switched, by code."""
        return self.model_dump(exclude_none=True)


class SignEntry(BaseModel):
    """Content credentials (C2PA) for delivered files; `true` for the certificate of this machine.

    That is the one that `CAMPAIGN_SIGN_CERTIFICATE` and `CAMPAIGN_SIGN_KEY` name, else the
    development certificate that `campaign provenance init` makes.
    """

    model_config = _STRICT

    certificate: Annotated[
        Line | None,
        Field(
            description="File of the certificate chain in PEM form, the signer's first; relative to"
            " the campaign's folder, or with `~` for your own.",
            examples=["signing/certificates.pem"],
        ),
    ] = None
    key: Annotated[
        Line | None,
        Field(
            description="File of its private key in PEM form, which nobody else may read: a path,"
            " never the key itself.",
            examples=["~/.keys/signing.pem"],
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {} if value is True else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return _with_short_form(cls, core, handler, {"type": "boolean"})


class ProvenanceEntry(BaseModel):
    """What delivered files say about themselves, beside that AI made them."""

    model_config = _STRICT

    prompt: Annotated[
        Flag,
        Field(
            description="Whether delivered files tell the prompt in their metadata. Anybody who has"
            " such a file can read it there."
        ),
    ] = False
    sign: Annotated[
        SignEntry | None,
        Field(
            description="Whether delivered files are signed, and with what. Needs the extra"
            " `provenance`; a file that cannot be signed is not made.",
            examples=[True, {"certificate": "signing/chain.pem", "key": "~/.keys/signing.pem"}],
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _unsigned(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("sign") is False:
            return {key: one for key, one in value.items() if key != "sign"}
        return value


class PinEntry(BaseModel):
    """An old picture that serves a cell, whatever is asked for now."""

    model_config = _STRICT

    key: Annotated[
        PinnedKey,
        Field(
            description="Key of the cell that it was bought for, from its receipt.",
            examples=[f"c1-{_HEX_EXAMPLE}"],
        ),
    ]
    picture: Annotated[
        Digest,
        Field(description="SHA-256 digest of the picture.", examples=[_HEX_EXAMPLE]),
    ]


def _for_parents_too(schema: dict[str, Any]) -> None:
    """Ask for everything only where a campaign is named and nothing is extended.

    Then editors check a parent, which need not be complete, with the same schema.
    """
    required = schema.pop("required")
    schema["if"] = {"required": ["campaign"], "not": {"required": ["extends"]}}
    schema["then"] = {"required": required}


class Manifest(BaseModel):
    """A campaign: which pictures to edit how, in which formats, at what cost."""

    model_config = ConfigDict(**_STRICT, json_schema_extra=_for_parents_too)

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
                        "key": f"c1-{_HEX_EXAMPLE}",
                        "picture": _HEX_EXAMPLE,
                    }
                }
            ],
        ),
    ] = {}
    budget: Annotated[
        BudgetEntry, Field(description="What may be spent.", examples=[{"cap": "12.00 USD"}])
    ] = BudgetEntry()
    params: Annotated[dict[str, Any], Field(description=_PARAMS)] = {}
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


class AccountEntry(BaseModel):
    """What the provider's account allows."""

    model_config = _STRICT

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

    model_config = _STRICT

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

    model_config = _STRICT

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


class SafeEntry(BaseModel):
    """What a place lays buttons or words over, edge by edge."""

    model_config = _STRICT

    top: Annotated[MarginText, _MARGIN] = Margin()
    right: Annotated[MarginText, _MARGIN] = Margin()
    bottom: Annotated[MarginText, _MARGIN] = Margin()
    left: Annotated[MarginText, _MARGIN] = Margin()


class DestinationEntry(BaseModel):
    """A place that pictures go to; of one that ships, what is left out stays as it is."""

    model_config = _STRICT

    title: Annotated[
        Line | None,
        Field(description="What people call it.", examples=["Our shop, tile"]),
    ] = None
    size: Annotated[
        Size | None,
        Field(description="Width x height of the file in pixels.", examples=["900x1200"]),
    ] = None
    fit: Annotated[FitWord | None, Field(description="As of a size.")] = None
    format: Annotated[FormatWord | None, Field(description="As of a size.")] = None
    background: Annotated[
        Colour | None, Field(description="As of a size.", examples=["#ffffff"])
    ] = None
    quality: Annotated[Quality | None, Field(description="As of a size.")] = None
    max_bytes: Annotated[Bytes | None, Field(description="As of a size.", examples=["500kB"])] = (
        None
    )
    safe: Annotated[
        SafeEntry | None,
        Field(
            description="What the place lays over the picture, so that the contact sheet can show"
            " what stays visible.",
            examples=[{"top": "14%", "bottom": "250px"}],
        ),
    ] = None


class WorkspaceFile(BaseModel):
    """What all campaigns of this repository share."""

    model_config = _STRICT

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


def _with_short_form(
    cls: type[BaseModel],
    core: CoreSchema,
    handler: GetJsonSchemaHandler,
    *short: dict[str, Any],
) -> dict[str, Any]:
    """The schema of a map that may be written as its most important value alone."""
    long = handler.resolve_ref_schema(handler(core))
    return {"description": cls.__doc__ or "", "anyOf": [*short, long]}
