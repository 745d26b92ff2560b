"""What is delivered: sizes, and the places that they are for."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline.manifest.model.parts import STRICT, with_short_form
from pipeline.manifest.presets import shipped
from pipeline.manifest.values import (
    Bytes,
    Colour,
    FitWord,
    Flag,
    FormatWord,
    Line,
    Margin,
    MarginText,
    Quality,
    Size,
)

_LIKE_A_NAME = re.compile("[a-z][a-z0-9_-]*")
"""What may be a destination; sizes begin with a digit."""

_MARGIN = Field(
    description="What stays free at this edge: a share of the side, or pixels of the size.",
    examples=["14%", "250px"],
)


class SizeEntry(BaseModel):
    """One delivery format."""

    model_config = STRICT

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
        found = with_short_form(cls, core, handler, short, known, own)
        found["anyOf"][-1]["properties"]["destination"] |= {"anyOf": [known, own]}
        return found


class SafeEntry(BaseModel):
    """What a place lays buttons or words over, edge by edge."""

    model_config = STRICT

    top: Annotated[MarginText, _MARGIN] = Margin()
    right: Annotated[MarginText, _MARGIN] = Margin()
    bottom: Annotated[MarginText, _MARGIN] = Margin()
    left: Annotated[MarginText, _MARGIN] = Margin()


class DestinationEntry(BaseModel):
    """A place that pictures go to; of one that ships, what is left out stays as it is."""

    model_config = STRICT

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
