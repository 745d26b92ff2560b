"""Bodies of the embedded provider's calls: what is checked is what the OpenAPI document says."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pipeline.emulator.bodies import MOST_UPLOAD
from pipeline.emulator.moments import month, read_moment

_MOST_PAGES = 10**9
_MOST_IDS = 100_000
_MOMENT = {
    "anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": "string", "pattern": "^[0-9]{9,15}$"},
        {"type": "integer", "minimum": 10**8, "maximum": 10**15 - 1},
    ],
    "description": "ISO 8601, or milliseconds since 1970 as a text or a number.",
}


def _whole(value: object) -> object:
    """JSON knows one kind of number: 2.0 is as whole as 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _month(text: str) -> str:
    month(text)
    return text


Whole = Annotated[int, BeforeValidator(_whole)]
Moment = Annotated[
    int | None, BeforeValidator(read_moment), WithJsonSchema({"anyOf": [_MOMENT, {"type": "null"}]})
]
NeededMoment = Annotated[int, BeforeValidator(read_moment), WithJsonSchema(_MOMENT)]
Month = Annotated[
    str,
    Field(pattern=r"^(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])$", examples=["2026-11"]),
    AfterValidator(_month),
]


class Body(BaseModel):
    """A body; keys that it does not know are ignored, as at the vendor."""

    model_config = ConfigDict(strict=True, frozen=True, protected_namespaces=())


class Query(Body):
    """A page of something."""

    page: Whole = Field(default=1, ge=1, le=_MOST_PAGES)
    page_size: Whole = Field(default=20, ge=1, le=100)

    @property
    def offset(self) -> int:
        """Items to pass over first."""
        return (self.page - 1) * self.page_size


class PredictionQuery(Query):
    """Body of the predictions list."""

    model: str | None = None
    status: str | None = None
    created_after: Moment = None
    created_before: Moment = None
    include_inputs: bool = False


class DeleteQuery(Body):
    """Body of a deletion."""

    ids: list[str] = Field(max_length=1000)


class BillingQuery(Query):
    """Body of the billing search."""

    billing_type: Literal["deduct", "refund"] | None = None
    prediction_uuids: list[str] = Field(default=[], max_length=_MOST_IDS)
    model_uuid: str | None = None
    access_key_uuid: str | None = None
    sort: Literal["created_at ASC", "created_at DESC"] = "created_at DESC"
    start_time: Moment = None
    end_time: Moment = None


class ExportQuery(Body):
    """Body of the monthly export."""

    year_month: Month
    page: Whole = Field(default=1, ge=1, le=_MOST_PAGES)
    page_size: Whole = Field(default=100, ge=1, le=1000)


class UsageQuery(Body):
    """Body of the usage report."""

    start_time: NeededMoment
    end_time: NeededMoment
    model_uuid: str | None = None


class PriceQuery(Body):
    """Body of a quote."""

    model_id: str
    inputs: dict[str, Any] = {}


class TicketRequest(Body):
    """Body of a request for an upload ticket."""

    filename: str = Field(min_length=1, max_length=1000)
    size: Whole = Field(ge=1, json_schema_extra={"maximum": MOST_UPLOAD})
    content_type: str = ""
