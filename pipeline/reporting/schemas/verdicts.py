"""Verdicts: lines of `campaigns/<name>/reviews/*/*.jsonl`, and of what a sheet or a bot saves."""

from typing import Annotated

from pydantic import Field

from pipeline.domain.verdicts import MOST_NAME, MOST_NOTE, MOST_TAKES, VERDICTS_FORMAT, Word
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Digest, Key, Part, Place, left_out

Who = Annotated[str, Field(min_length=1, max_length=MOST_NAME, examples=["Anna"])]
_SHA = "4f0d1c6a" * 8


class VerdictsHeader(Part):
    """The first line of every file."""

    verdicts: int = Field(
        description="Number of the format of this file; look at it before anything else. Format 2"
        " has the word `clear`; a file without it is of format 1.",
        json_schema_extra={"enum": list(range(1, VERDICTS_FORMAT + 1))},
    )
    campaign: str = Field(
        description="Whose verdicts these are. An import into another campaign is refused; in a"
        " file that is stored already it is a label.",
        examples=["winter-lookbook"],
    )
    reviewer: Who = left_out("Who speaks in lines that do not say so themselves.")


class VerdictLine(Part):
    """What one reviewer says about one picture."""

    verdict: Word = Field(
        description="`approve`: good to deliver. `reject`: not to be used. `reroll`: one more take"
        " is wanted; it is planned and priced, and bought by the next run that is agreed to."
        " `clear`, from format 2 on: the reviewer takes back what she said of this picture.",
        examples=["approve"],
    )
    cell: Key = Field(description="Key of the cell that the picture serves.")
    picture: Digest = Field(
        description="SHA-256 of the picture that the reviewer saw. If another one is current, the"
        " verdict is stale: shown, and never applied."
    )
    at: str = Field(
        description="When; any zone in an import, stored as UTC in whole seconds. A reviewer's"
        " newest verdict about a picture counts; of two of one second, reject before reroll before"
        " clear before approve.",
        examples=["2026-11-22T09:30:00Z"],
    )
    reviewer: Who = left_out("Who says so; always there in stored files.")
    address: Place = left_out("Where the cell was then; a label for people.")
    note: Annotated[str, Field(max_length=MOST_NOTE)] = left_out(
        "In the reviewer's words.", examples=["two left hands"]
    )
    take: Annotated[int, Field(ge=2, le=MOST_TAKES)] = left_out(
        "Of a reroll, the take that it asks for. Leave it out in an import: it becomes the highest"
        " take wanted or bought, and one more. Rerolls of one picture are one take.",
        examples=[2],
    )


DOCUMENT = Document(
    name="verdicts",
    title="Verdict",
    description="One line of a file of verdicts: JSON lines, the first one naming format and"
    " campaign. `campaign review NAME --import FILE` takes such a file over, whole or not at all,"
    " into `campaigns/<name>/reviews/<reviewer>/<day>-<id>.jsonl`, which is committed and never"
    " edited.",
    form=VerdictsHeader | VerdictLine,
    version=VERDICTS_FORMAT,
    examples=(
        {"verdicts": 1, "campaign": "winter-lookbook"},
        {
            "verdict": "approve",
            "cell": f"c1-{_SHA}",
            "picture": _SHA,
            "address": "anna/front/snow/master/t1",
            "reviewer": "Anna",
            "at": "2026-11-22T09:30:00Z",
        },
        {
            "verdict": "reroll",
            "cell": f"c1-{_SHA}",
            "picture": _SHA,
            "reviewer": "Anna",
            "at": "2026-11-22T09:31:00Z",
            "note": "two left hands",
            "take": 2,
        },
    ),
)
