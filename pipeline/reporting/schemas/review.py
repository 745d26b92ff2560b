"""What `campaign review --json` prints: what waits, what was written, what is decided."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.domain.verdicts import Word
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import (
    CampaignName,
    Decision,
    Digest,
    Key,
    Moment,
    Money,
    Number,
    Part,
    Place,
    Problems,
    RealmName,
    constant,
    left_out,
    version,
)
from pipeline.reporting.verdicts_text import REVIEW_FORMAT

_FORMAT = "reviews"


class AssignedBody(Part):
    """Which output of an attempt is whose, as a person said."""

    attempt: str = Field(description="The attempt.", examples=["a-5b1f0c2d9e7a"])
    outputs: list[Key | None] = Field(description="For each output its cell; null for nobody's.")


class WaitingBody(Part):
    """A delivery of fewer pictures than were paid for."""

    attempt: str = Field(description="The attempt.", examples=["a-5b1f0c2d9e7a"])
    charged: Money = Field(description="What it cost, in micro-dollars.")
    cells: list[Place] = Field(description="What it asked for, in output order.")
    pictures: list[str] = Field(description="Where to look at what came.")
    said: list[str] = Field(
        description="What each of them looks like, in words; empty where content says nothing.",
        examples=[["anna/p002/snow/master/t1 (88 % sure)", "nothing that was sent"]],
    )


class ReviewWaiting(Part):
    """What waits for a person: `campaign review NAME`, with or without `--assign`."""

    review: int = version(REVIEW_FORMAT, _FORMAT)
    what: Literal["waiting"] = constant("waiting", "Which of the three this is.")
    campaign: CampaignName
    assigned: list[AssignedBody] = Field(description="What was written down now.")
    waiting: list[WaitingBody] = Field(description="Deliveries that nobody has assigned yet.")
    top_up: Number = Field(
        description="Pictures that were paid for, did not come, and are wanted again."
    )
    cost: Money = Field(description="Of these, in micro-dollars.")


class GivenVerdict(Part):
    """What one reviewer said about one picture."""

    verdict: Word = Field(description="What is to become of it.", examples=["approve"])
    address: str = Field(
        description="Where its cell was then.", examples=["anna/p1/snow/master/t1"]
    )
    cell: Key = Field(description="Key of the cell.")
    picture: Digest = Field(description="Digest of the picture that was looked at.")
    reviewer: str = Field(description="Who says so.", examples=["Anna"])
    at: Moment = Field(description="When, UTC.")
    note: str = left_out("In the reviewer's words.", examples=["two left hands"])
    take: int = left_out("Of a reroll, the take that it asks for.", examples=[2])


class ReviewVerdicts(Part):
    """What was written: `--approve`, `--reject`, `--reroll`, `--clear` and `--import`."""

    review: int = version(REVIEW_FORMAT, _FORMAT)
    what: Literal["verdicts"] = constant("verdicts", "Which of the three this is.")
    campaign: CampaignName
    realm: RealmName
    file: str | None = Field(description="Where they were written; null if all were known.")
    verdicts: list[GivenVerdict] = Field(description="Those that are new, by address.")
    known: Number = Field(description="Verdicts of the import that were known already.")
    stale: list[GivenVerdict] = Field(
        description="Of the new ones, those about pictures that are not current: never applied."
    )
    without_picture: list[Place] = Field(description="Cells that were meant and have no picture.")
    takes: list[Place] = Field(description="Cells that are wanted by rerolls from now on.")
    cost: Money = Field(description="What these add to the next run, in micro-dollars.")
    left: Annotated[
        Money | None,
        Field(description="Of the tightest cap, before that run; null without a cap."),
    ]
    problems: Problems


class DecidedCell(Part):
    """A wanted cell and what is decided about its current picture."""

    address: Place = Field(description="Where it stands.")
    key: Key = Field(description="Its cell key.")
    sha256: Digest | None = Field(description="Its current picture; null for none.")
    verdict: Decision | None = Field(
        description="What all reviewers together say; null while it is open.", examples=["approve"]
    )
    missing: Number = Field(description="Approvals that are still missing.")
    votes: list[GivenVerdict] = Field(description="The verdict of each reviewer that counts.")


class ReviewStanding(Part):
    """What is decided: `--list`."""

    review: int = version(REVIEW_FORMAT, _FORMAT)
    what: Literal["standing"] = constant("standing", "Which of the three this is.")
    campaign: CampaignName
    realm: RealmName
    counts: dict[str, Number] = Field(
        description="How many cells are approved, rejected, rerolled, open or without a picture,"
        " and how many verdicts are stale.",
        examples=[{"approved": 8, "no picture": 0, "open": 2, "rejected": 0, "stale": 1}],
    )
    cells: list[DecidedCell] = Field(description="All wanted cells, in plan order.")
    stale: list[GivenVerdict] = Field(
        description="What was said about pictures that are not current; never applied."
    )
    problems: Problems


DOCUMENT = Document(
    name="review",
    title="Review",
    description="What waits for a person, what was written, or what is decided: `campaign review"
    " NAME --json`, by `what`. Money is in micro-dollars, whole numbers.",
    form=ReviewWaiting | ReviewVerdicts | ReviewStanding,
    version=REVIEW_FORMAT,
)
