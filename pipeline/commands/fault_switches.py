"""The language of a faults file: all its switches, each with what it does in a few words."""

from typing import Annotated

from pydantic import BaseModel, Field

from pipeline.commands.fault_cases import (
    NOTHING,
    STRICT,
    CodeCase,
    DelayCase,
    DownloadsCase,
    FewerCase,
    ForeignCase,
    LooksCase,
    MissingCase,
    PerCentCase,
    Selection,
    ServerStatusCase,
    SpanCase,
    StatusCase,
    TypeCase,
)
from pipeline.commands.fault_values import MOST, GoneStatus, RetryAfter, Seconds
from pipeline.manifest.values import Flag, Version, whole


class FaultsFile(BaseModel):
    """What goes wrong at the embedded provider; what is left out goes right."""

    model_config = STRICT

    version: Annotated[Version, Field(description="Version of this language: 1.")]
    seed: Annotated[
        int,
        whole(0, MOST, of="seeds"),
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
    ] = NOTHING
    nonsense: Annotated[
        Selection,
        Field(description="accepted and charged; answered with a web page", examples=[[3]]),
    ] = NOTHING
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
    ] = NOTHING
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
    ] = NOTHING
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
    ] = NOTHING
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
    ] = NOTHING
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
