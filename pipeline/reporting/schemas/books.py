"""What `campaign reconcile --json` and `campaign store … --json` print."""

from typing import Literal

from pydantic import Field

from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import (
    Amount,
    CampaignName,
    Digest,
    Key,
    Money,
    Number,
    Part,
    Place,
    RealmName,
    constant,
    left_out,
    version,
)

RECONCILE_FORMAT = 1
STORE_FORMAT = 1
_STORE = "what the store tells"


class OverrunBody(Part):
    """An attempt that cost more than was held for it."""

    attempt: str = Field(description="Which.", examples=["a-5b1f0c2d9e7a"])
    hold: Money = Field(description="What was held, in micro-dollars.")
    charged: Money = Field(description="What was taken.")


class DoubtfulBody(Part):
    """An attempt of which nobody knows."""

    attempt: str = Field(description="Which.", examples=["a-5b1f0c2d9e7a"])
    campaign: CampaignName
    cells: list[Place] = Field(description="What it asked for.")
    hold: Money = Field(description="Money reserved for it, in micro-dollars.")
    why: str = Field(description="What proof is missing.")


class UnexplainedBody(Part):
    """A prediction or a charge without an owner."""

    code: str = Field(description="Code of the problem.", examples=["R040"])
    what: str = Field(description="What was found.")
    money: str = Field(description="What it cost, in words.")


class ReconcileBody(Part):
    """What the provider's history and bill told."""

    reconcile: int = version(RECONCILE_FORMAT, "reconciliations")
    recovered: Number = Field(description="Attempts that were taken up and ended.")
    released: Number = Field(description="Attempts that surely never arrived.")
    adopted: list[str] = Field(description="Predictions that stood in no book.")
    rows: Number = Field(description="New rows of the bill.")
    changed: Amount = Field(
        description="By how much they changed what the books say was taken, in micro-dollars."
    )
    charged: Amount = Field(description="What the books say was taken now.")
    under_way_elsewhere: Number = Field(
        description="Attempts of runs that are alive, which look after them."
    )
    overruns: list[OverrunBody] = Field(description="What cost more than was held.")
    in_doubt: list[DoubtfulBody] = Field(description="What is still in doubt.")
    unexplained: list[UnexplainedBody] = Field(description="What has no owner.")


class LackingBody(Part):
    """A picture that could not be had or passed on."""

    sha256: Digest = Field(description="Digest of its bytes.")
    address: str = left_out("Whose it is.", examples=["anna/p1/snow/master/t1"])
    why: str = Field(description="What is the matter, and where it might be.")


class CopiedBody(Part):
    """What `store push` or `store pull` did."""

    store: int = version(STORE_FORMAT, _STORE)
    what: Literal["push", "pull"] = Field(description="Which way.")
    realm: RealmName
    folder: str = Field(description="The other side.")
    copied: list[Digest] = Field(description="What was copied, in order.")
    bytes: Number = Field(description="How many bytes that is.")
    before: Number = Field(description="Pictures that were there already.")
    lacking: list[LackingBody] = Field(description="What was not copied.")


class AsideBody(Part):
    """A damaged file that was moved away, not deleted."""

    sha256: Digest = Field(description="What it should have been.")
    path: str = Field(description="Where it lies now.")


class MendedBody(Part):
    """A picture whose damaged bytes were replaced."""

    sha256: Digest = Field(description="Which.")
    source: str = Field(alias="from", description="Where whole bytes came from.")


class SideBody(Part):
    """A folder that was checked."""

    folder: str = Field(description="Which.")
    checked: Number = Field(description="Pictures that were read.")
    bytes: Number = Field(description="How many bytes they have.")
    set_aside: list[AsideBody] = Field(description="Damaged files.")
    unread: list[LackingBody] = Field(description="Files that could not be read.")
    mended: list[MendedBody] = Field(description="What was replaced.")
    unfinished: Number = Field(description="Left-overs of copies that were cut short.")


class VerifiedBody(Part):
    """What `store verify` found and mended."""

    store: int = version(STORE_FORMAT, _STORE)
    what: Literal["verify"] = constant("verify", "Which command this is of.")
    realm: RealmName
    sides: list[SideBody] = Field(description="The store here, then the folder if one was given.")
    damaged: list[LackingBody] = Field(
        description="Pictures whose damaged bytes could not be replaced."
    )
    absent: Number = Field(description="Other pictures that receipts name and that are not here.")


class LostCell(Part):
    """A cell that was declared lost."""

    address: Place = Field(description="Where it stands.")
    key: Key = Field(description="Its cell key.")


class LostPicture(Part):
    """A delivery that was given up."""

    attempt: str = Field(description="That delivered it.", examples=["a-5b1f0c2d9e7a"])
    key: Key = Field(description="The cell that it served.")
    sha256: Digest = Field(description="Digest of the picture.")


class DeclaredBody(Part):
    """What `store lost` wrote down."""

    store: int = version(STORE_FORMAT, _STORE)
    what: Literal["lost"] = constant("lost", "Which command this is of.")
    realm: RealmName
    campaign: CampaignName
    cells: list[LostCell] = Field(description="What was declared lost.")
    lost: list[LostPicture] = Field(description="The receipts that were written.")
    shared_with: list[str] = Field(description="Other campaigns that these pictures served.")
    requests: Number = Field(description="Requests that would buy them again.")
    images: Number = Field(description="Pictures that would be bought again.")
    cost: Money = Field(description="What that would cost, in micro-dollars.")


RECONCILE = Document(
    name="reconcile",
    title="Reconciliation",
    description="What the provider's history and bill told, and what is still in doubt: `campaign"
    " reconcile --json`. Exit code 6 says that something is. Money is in micro-dollars, whole"
    " numbers.",
    form=ReconcileBody,
    version=RECONCILE_FORMAT,
)

STORE = Document(
    name="store",
    title="Store",
    description="What a command about paid pictures did: `campaign store push | pull | verify |"
    " lost --json`, by `what`.",
    form=CopiedBody | VerifiedBody | DeclaredBody,
    version=STORE_FORMAT,
)
