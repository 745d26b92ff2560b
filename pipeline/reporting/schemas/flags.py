"""What `campaign status --flags --json` prints."""

from pydantic import Field

from pipeline.domain.flags import Severity
from pipeline.reporting.flags_text import FLAGS_FORMAT
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Part, ProblemBody, RealmName, version


class FlagBody(Part):
    """Something that wants a look; nothing was deleted, hidden or bought because of it."""

    code: str = Field(
        description="Of the check; never reused.", pattern="^C[0-9]{3}$", examples=["C015"]
    )
    check: str = Field(description="Its name, as manifests call it.", examples=["face-drift"])
    severity: Severity = Field(description="`fail` is not what was asked for, `warn` wants a look.")
    measured: float = Field(description="The number that was measured.", examples=[0.71])
    limit: float = Field(description="The limit that it passed.", examples=[0.6])
    detail: str = Field(description="In words, where the number does not say it; may be empty.")


class GapBody(Part):
    """A check without an answer; not a pass."""

    check: str = Field(description="Its name.", examples=["nsfw"])
    why: str = Field(
        description="There is no answer.", examples=["the extra `nsfw` is not installed"]
    )


class PictureBody(Part):
    """One delivered picture; each check is in exactly one of the three lists."""

    address: str = Field(description="Of its cell.", examples=["anna/front/snow/master/t1"])
    key: str = Field(description="Cell key.", examples=["c1-98bf70ec"])
    picture: str = Field(description="SHA-256 of its bytes, hex.", pattern="^[0-9a-f]{64}$")
    flags: list[FlagBody] = Field(description="Worst first.")
    passed: list[str] = Field(description="Checks that found nothing.", examples=[["blank"]])
    not_run: list[GapBody] = Field(description="Checks without an answer.")


class CampaignBody(Part):
    """One campaign."""

    campaign: str = Field(description="Its name.", examples=["winter-lookbook"])
    worst: list[str] = Field(
        description="Addresses of the flagged pictures, the worst first.",
        examples=[["anna/p2/snow/master/t1"]],
    )
    pictures: list[PictureBody] = Field(description="Delivered pictures, in manifest order.")
    problems: list[ProblemBody] = Field(
        description="What the places that finished files go to will not take; only of files that"
        " are there."
    )


class FlagsBody(Part):
    """What the checks say."""

    flags: int = version(FLAGS_FORMAT, "flags")
    realm: RealmName
    campaigns: list[CampaignBody] = Field(description="In the order in which they were named.")


DOCUMENT = Document(
    name="flags",
    title="Flags",
    description="What the checks say about every delivered picture: `campaign status --flags"
    " --json`. A flag is for people; the exit code does not depend on it.",
    form=FlagsBody,
    version=FLAGS_FORMAT,
)
