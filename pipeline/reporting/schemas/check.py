"""What `campaign check --json` prints, and `check --explain CODE --json`."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Number, Part, Problems, left_out, version

CHECK_FORMAT = 1
CODES_FORMAT = 1

CodeName = Annotated[
    str, Field(pattern="^[A-Z][0-9]{3}$", description="The code.", examples=["M049"])
]


class CheckBody(Part):
    """All problems of campaigns."""

    check: int = version(CHECK_FORMAT, "checks")
    campaigns: dict[str, Number] = Field(
        description="Wanted pictures of each campaign without errors, by name.",
        examples=[{"winter-lookbook": 40}],
    )
    problems: Problems


class FlaggedBody(Part):
    """So many of so many pictures."""

    flagged: Number = Field(description="Pictures that were flagged.")
    judged: Number = Field(description="Pictures that the check said anything about.")


class OfCheckBody(Part):
    """A check of delivered pictures."""

    name: str = Field(description="As manifests call it.", examples=["set-colour"])
    measures: str = Field(description="What its number is, with its unit.")
    bad: Literal["from", "below"] = Field(
        description="Whether the number is bad from its limit on, or below it."
    )
    warn: float | None = left_out("The limit of warnings, where it ever only warns.")
    fail: float | None = left_out("The limit of failures, where it ever fails.")
    needs: str | None = left_out("The extra that it needs.", examples=["checks"])
    recall: FlaggedBody | None = left_out("Of seeded defects those that it flags.")
    false_alarms: FlaggedBody | None = left_out("Of honest pictures those that it flags.")
    unmeasured: str | None = left_out("Why neither was measured, in words.")


class CodeBody(Part):
    """What one code of a problem, or of a check of delivered pictures, means."""

    explain: int = version(CODES_FORMAT, "explanations of codes")
    code: CodeName
    title: str = Field(description="What it stands for, in a line.")
    means: str = Field(description="What has happened; Markdown.")
    why: str = Field(description="What it is good for; Markdown.")
    example: str = Field(description="What was written and what the program says; Markdown.")
    fix: str = Field(description="How to mend it; Markdown.")
    how: str | None = left_out("How it is measured, of checks; Markdown.")
    check: OfCheckBody | None = left_out("The check that flags it; not of problems.")


class CodeTitle(Part):
    """A code with a line."""

    code: CodeName
    title: str = Field(description="What it stands for, in a line.")


class CodesBody(Part):
    """All codes: `check --explain all`."""

    explain: int = version(CODES_FORMAT, "explanations of codes")
    codes: list[CodeTitle] = Field(description="By code.")


DOCUMENT = Document(
    name="check",
    title="Check",
    description="Every problem of manifests, pictures and matrix rules, and advice: `campaign"
    " check --json`. Exit code 2 says that one of them is an error.",
    form=CheckBody,
    version=CHECK_FORMAT,
    examples=(
        {
            "check": CHECK_FORMAT,
            "campaigns": {},
            "problems": [
                {
                    "severity": "error",
                    "code": "M039",
                    "what": "there is no model `bytedance/seedream-v4.5/edit-sequental`",
                    "why": "only models with a card are used",
                    "fix": "did you mean `bytedance/seedream-v4.5/edit-sequential`?",
                    "at": {"file": "campaigns/winter/campaign.yaml", "line": 4, "column": 8},
                }
            ],
        },
    ),
)

CODES = Document(
    name="codes",
    title="Codes of problems",
    description="What codes of problems mean: `campaign check --explain CODE --json`, or `all`.",
    form=CodeBody | CodesBody,
    version=CODES_FORMAT,
)
