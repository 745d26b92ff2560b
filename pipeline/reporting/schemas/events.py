"""Events: the JSON lines that `campaign run --events` writes to stdout while it works."""

from typing import Literal

from pydantic import Field

from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import CampaignName, Money, Part, Place, version

EVENT_FORMAT = 1
Kind = Literal[
    "reserve",
    "submit",
    "resume",
    "deliver",
    "settle",
    "fail",
    "refuse",
    "release",
    "doubt",
    "wait",
    "later",
    "cap",
    "stop",
    "overrun",
]


class EventBody(Part):
    """Something that happened during a run."""

    event: int = version(EVENT_FORMAT, "events")
    number: int = Field(
        description="From 1, without gaps, over all campaigns of one command.", ge=1, examples=[1]
    )
    campaign: CampaignName
    kind: Kind = Field(
        description="What happened. `reserve`: money is held and cells are claimed. `submit`: the"
        " request was accepted. `resume`: one of an earlier run is taken up. `deliver`: its"
        " pictures are in the store. `settle`: its receipt is in the ledger. `fail`: there will be"
        " no pictures. `refuse`: the provider did not take it, nothing was charged. `release`: a"
        " hold was given back. `doubt`: sent and unanswered, its money stays held. `wait`, `later`:"
        " somebody else is at these cells, or the provider asks for patience. `cap`, `stop`:"
        " nothing more is bought. `overrun`: more was charged than was held.",
        examples=["settle"],
    )
    attempt: str = Field(
        description="Whose; empty where there is no attempt.", examples=["a-5b1f0c2d9e7a"]
    )
    prediction: str = Field(
        description="The provider's id, where it is known; else empty.",
        examples=["8c7d6e5f4a3b2c1d"],
    )
    cells: list[Place] = Field(description="Addresses of its cells, in output order.")
    money: Money = Field(description="What it cost, or may have cost, in micro-dollars.")
    message: str = Field(description="For people; may be empty.")


DOCUMENT = Document(
    name="events",
    title="Event of a run",
    description="One line of what `campaign run --events` writes to stdout while it works. A"
    " program that reads them may stop reading at any time: the run goes on. Money is in"
    " micro-dollars (millionths of a US dollar), whole numbers.",
    form=EventBody,
    version=EVENT_FORMAT,
    examples=(
        {
            "event": EVENT_FORMAT,
            "number": 3,
            "campaign": "winter-lookbook",
            "kind": "settle",
            "attempt": "a-5b1f0c2d9e7a",
            "prediction": "8c7d6e5f4a3b2c1d",
            "cells": ["anna/front/snow/master/t1"],
            "money": 40000,
            "message": "",
        },
    ),
)
