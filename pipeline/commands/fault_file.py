"""The faults file of `campaign serve`: from YAML or JSON to what goes wrong.

Its switches are those of `pipeline.emulator.faults.Faults`, which says exactly what each does.
"""

import functools
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from pipeline import catalog
from pipeline.domain.diagnostics import CampaignError, Problem, in_file_order
from pipeline.domain.exit_codes import USAGE
from pipeline.emulator.chosen import Cases, Chosen
from pipeline.emulator.faults import BY_SUBMIT, Faults
from pipeline.manifest import codes
from pipeline.manifest.decode import decode
from pipeline.manifest.places import Problems
from pipeline.manifest.schema import Schema
from pipeline.manifest.source import parse
from pipeline.manifest.values import Flag, Leaf, Version, refusal, whole, wrong_kind
from pipeline.manifest.wording import did_you_mean, quoted

_MOST_BYTES = 1_000_000
_MOST = 10**9
"""Largest number of anything; `looks` and `downloads` of so many are all of them."""
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_GONE = (404, 410)
_STRICT = ConfigDict(frozen=True, extra="forbid")
_V = TypeVar("_V")


def _decimal(value: Any, expected: str) -> float:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _DECIMAL.fullmatch(text):
        raise wrong_kind(expected)
    return float(Decimal(text))


def _share(value: Any) -> float:
    expected = "a share from 0 to 1 such as `0.1`"
    share = _decimal(value, expected)
    if share > 1:
        raise refusal(
            codes.RANGE,
            what=f"{quoted(value)} is out of range",
            why="`share` is the part of all that is drawn by lot, 1 being all of them",
            fix="write it like `0.1`, which is one in ten",
        )
    return share


def _retry_after(value: Any) -> int | None:
    if value == "none":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong_kind("a whole number of seconds, or `none`")
    return value


def _gone(value: Any) -> int:
    if isinstance(value, bool) or value not in _GONE:
        raise wrong_kind("404 or 410")
    return int(value)


def _media_type(value: Any) -> str:
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise wrong_kind("a media type such as `text/html`")
    return value


def _model(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_kind("the id of a model")
    if value not in catalog.models():
        raise refusal(
            codes.UNKNOWN_MODEL,
            what=f"there is no model {quoted(value)}",
            why="the embedded provider sells only models that have a card",
            fix=did_you_mean(value, catalog.models(), kind="models", otherwise="leave `model` out"),
        )
    return value


_DECIMAL_SCHEMA = {"type": ["number", "string"], "minimum": 0}
Number = Annotated[int, whole(1, _MOST, of="submits and predictions count from 1")]
Share = Annotated[float, Leaf(_share, _DECIMAL_SCHEMA)]
Seconds = Annotated[
    float,
    Leaf(lambda value: _decimal(value, "a number of seconds such as `1.5`"), _DECIMAL_SCHEMA),
]
Status = Annotated[int, whole(400, 599, of="HTTP statuses of errors")]
ServerStatus = Annotated[int, whole(500, 599, of="HTTP statuses of server errors")]
PerCentOf = Annotated[int, whole(0, 100_000, of="per cent of the usual amount")]
Code = Annotated[int, whole(1, 9999, of="codes of failed predictions")]
Count = Annotated[int, whole(1, _MOST, of="how many")]
RetryAfter = Annotated[int | None, Leaf(_retry_after, {"type": ["integer", "string"]})]
GoneStatus = Annotated[int, Leaf(_gone, {"enum": [404, 410]})]
MediaType = Annotated[str, Leaf(_media_type, {"type": "string"})]
ModelId = Annotated[str, Leaf(_model, {"type": "string"})]


class Selection(BaseModel):
    """Which ones, by number from 1: `all`, a list, or a map of which all that is said must hold."""

    model_config = _STRICT

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


_NOTHING = Selection(numbers=())
_SUBMITS = Field(description="Which requests to models, refused ones included.", examples=[[1, 2]])
_PREDICTIONS = Field(description="Which accepted requests of our own.", examples=[[1, 2]])
Submits = Annotated[Selection, _SUBMITS]
Predictions = Annotated[Selection, _PREDICTIONS]


class StatusCase(BaseModel):
    """Submits with an HTTP status."""

    model_config = _STRICT

    submits: Submits
    status: Annotated[Status, Field(description="HTTP status.", examples=[429])]


class ServerStatusCase(BaseModel):
    """Submits with the HTTP status of a server error."""

    model_config = _STRICT

    submits: Submits
    status: Annotated[ServerStatus, Field(description="HTTP status.", examples=[502])]


class DelayCase(BaseModel):
    """Submits with a time."""

    model_config = _STRICT

    submits: Submits
    seconds: Annotated[Seconds, Field(description="How long.", examples=[30])]


class PerCentCase(BaseModel):
    """Submits with a part of an amount."""

    model_config = _STRICT

    submits: Submits
    per_cent: Annotated[PerCentOf, Field(description="100 is the usual amount.", examples=[150])]


class ForeignCase(BaseModel):
    """Submits with the model that somebody else asks for."""

    model_config = _STRICT

    submits: Submits
    model: Annotated[
        ModelId, Field(description="What is asked for; left out, the same as we do.")
    ] = ""


class CodeCase(BaseModel):
    """Predictions with the code of a failure."""

    model_config = _STRICT

    predictions: Predictions
    code: Annotated[Code, Field(description="Why it fails; 1200 is moderated.", examples=[5000])]


class SpanCase(BaseModel):
    """Predictions with a time."""

    model_config = _STRICT

    predictions: Predictions
    seconds: Annotated[Seconds, Field(description="How long.", examples=[3600])]


class FewerCase(BaseModel):
    """Predictions with a number of missing outputs."""

    model_config = _STRICT

    predictions: Predictions
    fewer: Annotated[Count, Field(description="How many of the last ones.", examples=[1])]


class MissingCase(BaseModel):
    """Predictions with places of outputs."""

    model_config = _STRICT

    predictions: Predictions
    positions: Annotated[
        tuple[Number, ...], Field(description="Places of the outputs, from 1.", examples=[[2]])
    ]


class LooksCase(BaseModel):
    """Predictions with a number of looks at their result."""

    model_config = _STRICT

    predictions: Predictions
    looks: Annotated[Count, Field(description="The first so many; left out, all.")] = _MOST


class DownloadsCase(BaseModel):
    """Predictions with a number of downloads of each output."""

    model_config = _STRICT

    predictions: Predictions
    downloads: Annotated[Count, Field(description="The first so many; left out, all.")] = _MOST


class TypeCase(BaseModel):
    """Predictions with a media type."""

    model_config = _STRICT

    predictions: Predictions
    type: Annotated[MediaType, Field(description="`Content-Type`.", examples=["text/html"])]


class FaultsFile(BaseModel):
    """What goes wrong at the embedded provider; what is left out goes right."""

    model_config = _STRICT

    version: Annotated[Version, Field(description="Version of this language: 1.")]
    seed: Annotated[
        int,
        whole(0, _MOST, of="seeds"),
        Field(description="What shares are drawn from.", examples=[7]),
    ] = 0

    refuse: Annotated[
        tuple[StatusCase, ...],
        Field(
            description="turned away with a status before anything is accepted or charged",
            examples=[[{"submits": {"from": 5, "to": 9}, "status": 429}]],
        ),
    ] = ()
    retry_after_s: Annotated[
        RetryAfter,
        Field(description="`Retry-After` of every 429, or `none`.", examples=[30]),
    ] = 1
    drop_answer: Annotated[
        Selection,
        Field(
            description="accepted and charged; the connection breaks before the answer",
            examples=[[3]],
        ),
    ] = _NOTHING
    nonsense: Annotated[
        Selection,
        Field(description="accepted and charged; answered with a web page", examples=[[3]]),
    ] = _NOTHING
    error_after: Annotated[
        tuple[ServerStatusCase, ...],
        Field(
            description="accepted and charged; answered with a server error",
            examples=[[{"submits": [3], "status": 502}]],
        ),
    ] = ()
    delay: Annotated[
        tuple[DelayCase, ...],
        Field(
            description="accepted and charged at once; answered late",
            examples=[[{"submits": [3], "seconds": 30}]],
        ),
    ] = ()
    duplicate_id: Annotated[
        Selection,
        Field(
            description="accepted and charged; answered with the id of the prediction before",
            examples=[[3]],
        ),
    ] = _NOTHING
    price: Annotated[
        tuple[PerCentCase, ...],
        Field(
            description="quoted and charged at a part or multiple of the usual price",
            examples=[[{"submits": {"from": 3}, "per_cent": 150}]],
        ),
    ] = ()
    charge: Annotated[
        tuple[PerCentCase, ...],
        Field(
            description="charged a part or multiple of what was quoted",
            examples=[[{"submits": {"from": 3}, "per_cent": 150}]],
        ),
    ] = ()
    foreign: Annotated[
        tuple[ForeignCase, ...],
        Field(
            description="followed by somebody else's request on the same account",
            examples=[[{"submits": {"every": 3}}]],
        ),
    ] = ()

    fail: Annotated[
        tuple[CodeCase, ...],
        Field(
            description="fail; refunded unless the code is 1200, which is moderation",
            examples=[[{"predictions": [2], "code": 5000}]],
        ),
    ] = ()
    failed_with_outputs: Annotated[
        tuple[CodeCase, ...],
        Field(
            description="fail, with all outputs there",
            examples=[[{"predictions": [2], "code": 5000}]],
        ),
    ] = ()
    refund_later: Annotated[
        tuple[SpanCase, ...],
        Field(
            description="refunded so long after their failure",
            examples=[[{"predictions": "all", "seconds": 3600}]],
        ),
    ] = ()
    refund_never: Annotated[
        Selection, Field(description="not refunded when they fail", examples=[[2]])
    ] = _NOTHING
    short: Annotated[
        tuple[FewerCase, ...],
        Field(
            description="delivered without the last outputs, charged in full",
            examples=[[{"predictions": [2], "fewer": 1}]],
        ),
    ] = ()
    missing: Annotated[
        tuple[MissingCase, ...],
        Field(
            description="delivered without the outputs at some places, charged in full",
            examples=[[{"predictions": [2], "positions": [1]}]],
        ),
    ] = ()
    empty: Annotated[
        Selection,
        Field(description="completed without any output, charged in full", examples=[[2]]),
    ] = _NOTHING
    busy_looks: Annotated[
        tuple[LooksCase, ...],
        Field(
            description="answered with HTTP 429 when their result is looked at",
            examples=[[{"predictions": [2], "looks": 3}]],
        ),
    ] = ()
    strange_status: Annotated[
        tuple[LooksCase, ...],
        Field(
            description="shown with a status that nobody documented",
            examples=[[{"predictions": [2], "looks": 3}]],
        ),
    ] = ()
    output_objects: Annotated[
        Selection,
        Field(description="shown with outputs as objects instead of texts", examples=["all"]),
    ] = _NOTHING
    nsfw: Annotated[
        tuple[MissingCase, ...],
        Field(
            description="delivered with some outputs flagged as not safe for work",
            examples=[[{"predictions": [2], "positions": [1]}]],
        ),
    ] = ()
    hide_inputs: Annotated[
        Flag, Field(description="the history tells no inputs", examples=["true"])
    ] = False
    history_lag: Annotated[
        tuple[SpanCase, ...],
        Field(
            description="not in the history until so long after their submit",
            examples=[[{"predictions": [2], "seconds": 60}]],
        ),
    ] = ()
    outputs_gone: Annotated[
        tuple[SpanCase, ...],
        Field(
            description="their outputs are gone so long after their submit",
            examples=[[{"predictions": [2], "seconds": 60}]],
        ),
    ] = ()
    gone_status: Annotated[
        GoneStatus, Field(description="HTTP status of `outputs_gone`.", examples=[404])
    ] = 410
    forget_after_s: Annotated[
        Seconds | None,
        Field(
            description="predictions and outputs are forgotten so many seconds after their submit",
            examples=[3600],
        ),
    ] = None
    truncate: Annotated[
        tuple[DownloadsCase, ...],
        Field(
            description="downloads are half a file that looks whole",
            examples=[[{"predictions": [2], "downloads": 1}]],
        ),
    ] = ()
    break_off: Annotated[
        tuple[DownloadsCase, ...],
        Field(
            description="downloads break off half-way",
            examples=[[{"predictions": [2], "downloads": 1}]],
        ),
    ] = ()
    lying_type: Annotated[
        tuple[TypeCase, ...],
        Field(
            description="downloads say that they are something else",
            examples=[[{"predictions": [2], "type": "text/html"}]],
        ),
    ] = ()
    drip: Annotated[
        tuple[SpanCase, ...],
        Field(
            description="downloads come in sixteen pieces, so long before each",
            examples=[[{"predictions": [2], "seconds": "0.5"}]],
        ),
    ] = ()


def read_faults(path: Path) -> tuple[Faults, tuple[str, ...]]:
    """Read a faults file.

    Returns:
        What goes wrong, and a line of words for each switch that is on.

    Raises:
        CampaignError: exit 2; it cannot be read or has problems: all of them at once.
    """
    source, found = parse(_text(path), file=str(path))
    problems = Problems(source)
    problems.found += found
    body = None
    if source.value is not None or not found:
        decoded = decode(source, FaultsFile, _schema, {"version": 1}, problems)
        body = None if decoded is None else decoded.body
    if problems.found or body is None:
        raise CampaignError(USAGE, in_file_order(problems.found))
    faults = _faults(body)
    return faults, tuple(_words(faults))


def switches() -> dict[str, str]:
    """All keys of the file but its version, each with what it does in a few words."""
    fields = FaultsFile.model_fields.items()
    return {name: field.description or "" for name, field in fields if name != "version"}


@functools.cache
def _schema() -> Schema:
    return FaultsFile.model_json_schema()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise CampaignError(USAGE, [_unreadable(path, error)]) from error


def _faults(body: FaultsFile) -> Faults:
    return Faults(
        seed=body.seed,
        refuse=_cases((case.submits, case.status) for case in body.refuse),
        retry_after_s=body.retry_after_s,
        drop_answer=body.drop_answer.chosen(),
        nonsense=body.nonsense.chosen(),
        error_after=_cases((case.submits, case.status) for case in body.error_after),
        delay=_cases((case.submits, case.seconds) for case in body.delay),
        duplicate_id=body.duplicate_id.chosen(),
        price=_cases((case.submits, case.per_cent) for case in body.price),
        charge=_cases((case.submits, case.per_cent) for case in body.charge),
        foreign=_cases((case.submits, case.model) for case in body.foreign),
        fail=_cases((case.predictions, case.code) for case in body.fail),
        failed_with_outputs=_cases(
            (case.predictions, case.code) for case in body.failed_with_outputs
        ),
        refund_later=_cases((case.predictions, case.seconds) for case in body.refund_later),
        refund_never=body.refund_never.chosen(),
        short=_cases((case.predictions, case.fewer) for case in body.short),
        missing=_cases((case.predictions, frozenset(case.positions)) for case in body.missing),
        empty=body.empty.chosen(),
        busy_looks=_cases((case.predictions, case.looks) for case in body.busy_looks),
        strange_status=_cases((case.predictions, case.looks) for case in body.strange_status),
        output_objects=body.output_objects.chosen(),
        nsfw=_cases((case.predictions, frozenset(case.positions)) for case in body.nsfw),
        hide_inputs=body.hide_inputs,
        history_lag=_cases((case.predictions, case.seconds) for case in body.history_lag),
        outputs_gone=_cases((case.predictions, case.seconds) for case in body.outputs_gone),
        gone_status=body.gone_status,
        forget_after_s=body.forget_after_s,
        truncate=_cases((case.predictions, case.downloads) for case in body.truncate),
        break_off=_cases((case.predictions, case.downloads) for case in body.break_off),
        lying_type=_cases((case.predictions, case.type) for case in body.lying_type),
        drip=_cases((case.predictions, case.seconds) for case in body.drip),
    )


def _cases(pairs: Iterable[tuple[Selection, _V]]) -> Cases[_V]:
    return Cases(rules=tuple((selection.chosen(), value) for selection, value in pairs))


def _words(faults: Faults) -> Iterable[str]:
    meanings = switches()
    for name in faults.on:
        value = getattr(faults, name)
        struck = "submits" if name in BY_SUBMIT else "predictions"
        strikes = f", {struck} {value}" if isinstance(value, Chosen | Cases) else ""
        yield f"{name}{strikes}: {meanings[name]}"


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        code="M110",
        what=f"the faults file {quoted(path)} cannot be read",
        why=str(error.strerror),
        fix="check its name and permissions",
    )
