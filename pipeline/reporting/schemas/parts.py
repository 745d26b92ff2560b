"""What several documents have in common: money, digests, moments, problems."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from pipeline.domain.diagnostics import Severity
from pipeline.domain.verdicts import Word

_SHA = "4f0d1c6a" * 8


class Part(BaseModel):
    """An object of a document."""


def left_out(description: str, *, examples: Sequence[Any] = (), alias: str | None = None) -> Any:
    """A field that is not there where there is nothing to say; it is never null.

    Args:
        description: for editors.
        examples: of its values.
        alias: the key, where Python has another use for the word.
    """
    return Field(
        default=None, description=description, examples=list(examples) or None, alias=alias
    )


def version(number: int, what: str) -> Any:
    """The field that names the format: always this number.

    Args:
        number: of the format.
        what: the document.
    """
    return Field(
        description=f"Number of the format of {what}; look at it before anything else. It rises"
        " only when something is gone or means something else: ignore keys that you do not know.",
        json_schema_extra={"const": number},
    )


def constant(value: str, description: str) -> Any:
    """A field that always holds one word, and so tells what it stands in.

    Args:
        value: the word.
        description: for editors.
    """
    return Field(description=description, json_schema_extra={"const": value})


Decision = Literal[Word.APPROVE, Word.REJECT, Word.REROLL]
"""What is decided, or counts towards it; what was cleared counts for nothing."""
Money = Annotated[int, Field(ge=0, examples=[40000])]
"""An amount."""
Amount = Annotated[int, Field(examples=[40000, -40000])]
"""A change of an amount, which may be negative."""
Number = Annotated[int, Field(ge=0, examples=[12])]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=[_SHA])]
Key = Annotated[str, Field(pattern="^c[1-9][0-9]*-[0-9a-f]{64}$", examples=[f"c1-{_SHA}"])]
JobName = Annotated[str, Field(pattern="^j[1-9][0-9]*-[0-9a-f]{64}$", examples=[f"j1-{_SHA}"])]
Moment = Annotated[
    str,
    Field(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        examples=["2026-11-22T09:30:00Z"],
    ),
]
Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-22"])]
Place = Annotated[str, Field(examples=["anna/front/snow/master/t1"])]

CampaignName = Annotated[
    str, Field(description="Name of the campaign: its folder's.", examples=["winter-lookbook"])
]
RealmName = Annotated[
    str,
    Field(
        description="Whose money and pictures: `real` (the vendor's own host), `draft` (the"
        " embedded provider, play money), or a name made from a self-hosted address.",
        examples=["real", "draft"],
    ),
]


class Where(Part):
    """A place in a text file; line and column count from 1."""

    file: str = Field(
        description="Path, relative to the working directory.",
        examples=["campaigns/winter/campaign.yaml"],
    )
    line: int = Field(description="Line, from 1.", ge=0, examples=[14])
    column: int = Field(description="Column in characters, from 1.", ge=0, examples=[16])


class ProblemBody(Part):
    """Something that is wrong or worth knowing: what, where, why, and how to mend it."""

    severity: Severity = Field(
        description="How much it stands in the way: an `error` stops the command, a `warning` and"
        " `advice` do not.",
        examples=["error"],
    )
    code: str = Field(
        description="A letter and three digits, never used for anything else: M manifest, L lint,"
        " P plan and price, R run, S stored state, V verdicts. `campaign check --explain CODE`"
        " says more.",
        pattern="^[A-Z][0-9]{3}$",
        examples=["M049"],
    )
    what: str = Field(
        description="What is wrong, lower case, names in backticks.",
        examples=["image set `anna` has no reference `images/frnot.jpg`"],
    )
    why: str = Field(
        description="The rule or the observation behind it.",
        examples=["no file of that name is in the campaign's folder"],
    )
    fix: str = Field(
        description="An edit or a command that can be pasted.",
        examples=["did you mean `images/front.jpg`?"],
    )
    at: Where = left_out("Where it was written, if it was.")
    money: str = left_out(
        "What happened to the money; always there in R codes.", examples=["nothing was charged"]
    )


Problems = Annotated[
    list[ProblemBody],
    Field(description="What stands in the way, and what to know; empty for nothing."),
]
