"""What `campaign provenance show --json` and `campaign report --disclosure --json` print."""

from typing import Literal

from pydantic import Field

from pipeline.domain.marks import Seal
from pipeline.reporting.disclosure import DISCLOSURE_FORMAT
from pipeline.reporting.provenance_text import PROVENANCE_FORMAT
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Part, RealmName, version


class MarkBody(Part):
    """One thing that a file says."""

    in_: str = Field(
        alias="in", description="Which part of the file says it.", examples=["XMP", "EXIF"]
    )
    name: str = Field(description="Of the property.", examples=["credit"])
    value: str = Field(
        description="Its text, on one line and shortened where it is long.",
        examples=["Made with Google AI"],
    )


class CredentialsBody(Part):
    """Content credentials (C2PA) of a file; texts are claims of whoever signed."""

    state: Seal = Field(
        description="Whether they hold. `not-validated`: found, and the extra `provenance` is not"
        " installed. `trusted`: by a root that you named. `development`: signed with this"
        " workspace's own certificate. `unknown-signer`: unchanged, nobody vouches for the signer."
        " `expired`: unchanged, its certificate has expired, and no time stamp says when it was"
        " signed."
    )
    signer: str = Field(description="As the certificate calls it; may be empty.")
    generator: str = Field(description="The program that made the claim; may be empty.")
    title: str = Field(description="Of the file when it was signed; may be empty.")
    actions: list[str] = Field(
        description="What is claimed to have been done.",
        examples=[["opened", "edited (compositeWithTrainedAlgorithmicMedia)", "resized"]],
    )
    source_types: list[str] = Field(
        description="Digital source types in all claims, the IPTC's by their short names."
    )
    parents: list[str] = Field(description="Titles of what it was made from.")
    claims: int = Field(description="Manifests in the file, those of its parents included.")
    failures: list[str] = Field(
        description="What validation found wrong.",
        examples=[["assertion.dataHash.mismatch: asset hash error"]],
    )


class MarksBody(Part):
    """All that one file says about its origin."""

    format: str = Field(
        description="By its bytes; empty where it is no known picture.", examples=["jpeg"]
    )
    source_types: list[str] = Field(
        description="IPTC digital source types in its XMP, by their short names.",
        examples=[["trainedAlgorithmicMedia"]],
    )
    marks: list[MarkBody] = Field(description="Everything else worth reading.")
    c2pa: CredentialsBody = Field(description="Content credentials.")
    says_ai: bool = Field(
        description="Whether a program that reads the file learns that AI, or a program, made or"
        " changed it."
    )
    trouble: str = Field(description="Why something could not be read; may be empty.")


class FileBody(MarksBody):
    """One file."""

    file: str = Field(description="As it was named.", examples=["picture.jpg"])


class ProvenanceBody(Part):
    """What files say."""

    provenance: int = version(PROVENANCE_FORMAT, "what files say about their origin")
    files: list[FileBody] = Field(description="In the order in which they were named.")


class DeliveredBody(Part):
    """A delivered file."""

    file: str = Field(description="Below the campaign's outputs.", examples=["feed/anna.jpg"])
    sha256: str = Field(
        description="Of the file as it is, signature included, hex.", pattern="^[0-9a-f]{64}$"
    )
    cell: str = Field(description="Address of its cell.", examples=["anna/front/snow/master/t1"])
    model: str = Field(description="That made it; empty for drafts.")
    lacking: str = Field(description="What it should say and does not; mostly empty.")
    marks: MarksBody = Field(description="What the file itself says.")
    master: MarksBody = Field(description="What its master says, as it was delivered.")
    note: str = Field(description="How to take all this.", examples=["not legal advice"])


class RuleBody(Part):
    """What a law or a platform asks; a row of a data file with sources."""

    id: str = Field(description="Never reused.", examples=["eu-ai-act-50-4"])
    kind: Literal["law", "platform"] = Field(description="Who asks.")
    title: str = Field(description="For people.")
    destinations: list[str] = Field(description="Beginnings of destinations' names; empty for all.")
    where: str = Field(description="Countries or places.", examples=["European Union"])
    since: str = Field(description="Since when; may be empty.", examples=["2026-08-02"])
    whom: str = Field(description="It binds.")
    declare: str = Field(description="What is to be done, and under which conditions.")
    reads: str = Field(description="Marks or declarations that it is about.")
    trust: Literal["text", "agreed", "disputed"] = Field(
        description="`text`: the rule or the platform's documentation was read; `agreed`: reports"
        " agree; `disputed`: they do not."
    )
    as_of: str = Field(description="Day on which it was read.", examples=["2026-11-22"])
    sources: list[str] = Field(description="Where.")


class DeclarationBody(Part):
    """What is to be declared at one destination."""

    campaign: str = Field(description="Its name.", examples=["winter-lookbook"])
    destination: str = Field(
        description="`anywhere` for sizes that name none.", examples=["instagram-story"]
    )
    title: str = Field(description="Of the destination.")
    day: str = Field(description="Of the newest receipt.", examples=["2026-11-22"])
    table: str = Field(description="Path of the CSV file that was written.")
    files: list[DeliveredBody] = Field(description="That go there.")
    rules: list[RuleBody] = Field(description="That may apply, those of platforms first.")


class DisclosureBody(Part):
    """What is to be declared where."""

    disclosure: int = version(DISCLOSURE_FORMAT, "disclosure")
    note: Literal["not legal advice"] = Field(description="What this is not.")
    realm: RealmName
    declarations: list[DeclarationBody] = Field(description="By campaign and destination.")


PROVENANCE = Document(
    name="provenance",
    title="Provenance",
    description="What files say about their own origin: `campaign provenance show --json`. Nothing"
    " in it is proved but what `state` says of the credentials.",
    form=ProvenanceBody,
    version=PROVENANCE_FORMAT,
)
DISCLOSURE = Document(
    name="disclosure",
    title="Disclosure",
    description="Which files carry which mark, and what is to be declared where: `campaign report"
    " --disclosure --json`. Not legal advice.",
    form=DisclosureBody,
    version=DISCLOSURE_FORMAT,
)
