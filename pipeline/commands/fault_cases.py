"""Which submits and predictions a fault strikes, and with what: the maps inside a faults file."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline.commands.fault_values import (
    MOST,
    Code,
    Count,
    MediaType,
    ModelId,
    Number,
    PerCentOf,
    Seconds,
    ServerStatus,
    Share,
    Status,
)
from pipeline.emulator.chosen import Chosen
from pipeline.manifest import codes
from pipeline.manifest.values import refusal, wrong_kind

STRICT = ConfigDict(frozen=True, extra="forbid")
"""How every map of a faults file is read: what is unknown is a problem."""


class Selection(BaseModel):
    """Which ones, by number from 1: `all`, a list, or a map of which all that is said must hold."""

    model_config = STRICT

    numbers: Annotated[tuple[Number, ...] | None, Field(description="These.")] = None
    first: Annotated[Number, Field(alias="from", description="From here on.", examples=[5])] = 1
    last: Annotated[
        Number | None, Field(alias="to", description="Up to here, included.", examples=[9])
    ] = None
    every: Annotated[Number, Field(description="Multiples of it.", examples=[3])] = 1
    share: Annotated[
        Share, Field(description="So many of all, drawn by lot from `seed`.", examples=["0.1"])
    ] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        if value == "all":
            return {"from": 1}
        if isinstance(value, str | int):
            raise wrong_kind("`all`, a list of numbers, or a map such as `{every: 3}`")
        return {"numbers": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _check(self) -> "Selection":
        if self.last is not None and self.last < self.first:
            raise refusal(
                codes.RANGE,
                what=f"from `{self.first}` to `{self.last}` there is nothing",
                why="`to` is the last one that is chosen, and `from` the first",
                fix=f"write `{{from: {self.last}, to: {self.first}}}`",
            )
        if not self.model_fields_set:
            raise wrong_kind("`all`, a list of numbers, or a map such as `{every: 3}`")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        items = {"type": "integer", "minimum": 1}
        short = [{"type": "string"}, {"type": "array", "items": items}]
        long = handler.resolve_ref_schema(handler(core))
        return {"description": cls.__doc__ or "", "anyOf": [*short, long]}

    def chosen(self) -> Chosen:
        """The same in the provider's words."""
        return Chosen(
            numbers=None if self.numbers is None else frozenset(self.numbers),
            first=self.first,
            last=self.last,
            every=self.every,
            share=self.share,
        )


NOTHING = Selection(numbers=())
"""None at all."""
_SUBMITS = Field(description="Which requests to models, refused ones included.", examples=[[1, 2]])
_PREDICTIONS = Field(description="Which accepted requests of our own.", examples=[[1, 2]])
Submits = Annotated[Selection, _SUBMITS]
Predictions = Annotated[Selection, _PREDICTIONS]


class StatusCase(BaseModel):
    """Submits with an HTTP status."""

    model_config = STRICT

    submits: Submits
    status: Annotated[Status, Field(description="HTTP status.", examples=[429])]


class ServerStatusCase(BaseModel):
    """Submits with the HTTP status of a server error."""

    model_config = STRICT

    submits: Submits
    status: Annotated[ServerStatus, Field(description="HTTP status.", examples=[502])]


class DelayCase(BaseModel):
    """Submits with a time."""

    model_config = STRICT

    submits: Submits
    seconds: Annotated[Seconds, Field(description="How long.", examples=[30])]


class PerCentCase(BaseModel):
    """Submits with a part of an amount."""

    model_config = STRICT

    submits: Submits
    per_cent: Annotated[PerCentOf, Field(description="100 is the usual amount.", examples=[150])]


class ForeignCase(BaseModel):
    """Submits with the model that somebody else asks for."""

    model_config = STRICT

    submits: Submits
    model: Annotated[
        ModelId, Field(description="What is asked for; left out, the same as we do.")
    ] = ""


class CodeCase(BaseModel):
    """Predictions with the code of a failure."""

    model_config = STRICT

    predictions: Predictions
    code: Annotated[Code, Field(description="Why it fails; 1200 is moderated.", examples=[5000])]


class SpanCase(BaseModel):
    """Predictions with a time."""

    model_config = STRICT

    predictions: Predictions
    seconds: Annotated[Seconds, Field(description="How long.", examples=[3600])]


class FewerCase(BaseModel):
    """Predictions with a number of missing outputs."""

    model_config = STRICT

    predictions: Predictions
    fewer: Annotated[Count, Field(description="How many of the last ones.", examples=[1])]


class MissingCase(BaseModel):
    """Predictions with places of outputs."""

    model_config = STRICT

    predictions: Predictions
    positions: Annotated[
        tuple[Number, ...], Field(description="Places of the outputs, from 1.", examples=[[2]])
    ]


class LooksCase(BaseModel):
    """Predictions with a number of looks at their result."""

    model_config = STRICT

    predictions: Predictions
    looks: Annotated[Count, Field(description="The first so many; left out, all.")] = MOST


class DownloadsCase(BaseModel):
    """Predictions with a number of downloads of each output."""

    model_config = STRICT

    predictions: Predictions
    downloads: Annotated[Count, Field(description="The first so many; left out, all.")] = MOST


class TypeCase(BaseModel):
    """Predictions with a media type."""

    model_config = STRICT

    predictions: Predictions
    type: Annotated[MediaType, Field(description="`Content-Type`.", examples=["text/html"])]
