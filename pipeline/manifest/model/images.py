"""What is edited: image sets, the variants of the prompt, pictures that are pinned."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline.manifest.model.parts import HEX_EXAMPLE, OPEN, PARAMS, STRICT, with_short_form
from pipeline.manifest.values import Digest, Focus, Line, Patterns, PinnedKey, Text


class ImagesEntry(BaseModel):
    """One image set: source pictures of one subject."""

    model_config = STRICT

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
        return with_short_form(
            cls,
            core,
            handler,
            {"type": "string", "examples": ["images/bag/*.jpg"]},
            {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
        )


class VariantEntry(BaseModel):
    """One variant: the values that fill the prompt's `{variant.…}`."""

    model_config = OPEN
    __pydantic_extra__: dict[str, Text]

    params: Annotated[
        dict[str, Any], Field(description=f"{PARAMS} Over those of the campaign.")
    ] = {}


class PinEntry(BaseModel):
    """An old picture that serves a cell, whatever is asked for now."""

    model_config = STRICT

    key: Annotated[
        PinnedKey,
        Field(
            description="Key of the cell that it was bought for, from its receipt.",
            examples=[f"c1-{HEX_EXAMPLE}"],
        ),
    ]
    picture: Annotated[
        Digest,
        Field(description="SHA-256 digest of the picture.", examples=[HEX_EXAMPLE]),
    ]
