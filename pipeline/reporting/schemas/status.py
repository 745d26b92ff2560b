"""What `campaign status --json` prints."""

from pydantic import Field

from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Amount, Money, Number, Part, RealmName, version

STATUS_FORMAT = 1


class MoneyLine(Part):
    """Pictures and money of one scope; the money columns do not overlap."""

    pictures: Number | None = Field(
        description="Wanted pictures that are bought; null where the scope wants none of its own."
    )
    wanted: Number | None = Field(
        description="All wanted pictures; null as well where a manifest cannot be read."
    )
    cost: Money | None = Field(
        description="Of what is left to buy, in micro-dollars; null as above."
    )
    charged: Amount = Field(description="Taken and not to come back, in micro-dollars.")
    reserved: Money = Field(description="Held by requests under way.")
    in_doubt: Money = Field(description="Held for what was sent without an answer.")
    refund_pending: Amount = Field(description="Taken for failures; the bill shows no refund yet.")
    images: Number = Field(description="Pictures that were asked for.")
    cap: Money | None = Field(description="The most that may be spent; null without one.")
    left: Amount | None = Field(description="Of the cap; negative when it is passed.")


class CampaignLine(MoneyLine):
    """One campaign."""

    campaign: str = Field(description="Its name.", examples=["winter-lookbook"])


class OwnerLine(MoneyLine):
    """All campaigns of one owner."""

    owner: str = Field(description="As the manifests say.", examples=["brand-team"])


class TagLine(MoneyLine):
    """All campaigns with one tag."""

    tag: str = Field(description="As the manifests say.", examples=["apparel"])


class MonthLine(MoneyLine):
    """One UTC month."""

    month: str = Field(description="Which.", pattern="^[0-9]{4}-[0-9]{2}$", examples=["2026-11"])


class WorkspaceLine(MoneyLine):
    """All of it."""

    workspace: str = Field(description="Always empty.")


class StatusBody(Part):
    """Pictures and money."""

    status: int = version(STATUS_FORMAT, "status")
    realm: RealmName
    campaigns: list[CampaignLine] = Field(description="By campaign.")
    owners: list[OwnerLine] = Field(description="By owner.")
    tags: list[TagLine] = Field(description="By tag; a campaign may count at several.")
    months: list[MonthLine] = Field(description="By UTC month.")
    workspace: WorkspaceLine = Field(description="Together.")


DOCUMENT = Document(
    name="status",
    title="Status",
    description="Pictures and money by campaign, owner, tag, month and workspace: `campaign status"
    " --json`. With `left`, the money columns add up to the cap. Money is in micro-dollars"
    " (millionths of a US dollar), whole numbers.",
    form=StatusBody,
    version=STATUS_FORMAT,
)
