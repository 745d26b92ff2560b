"""What `campaign destinations --json` prints."""

from pydantic import Field

from pipeline.domain.destinations import Trust
from pipeline.domain.rendition import Fit, RenditionFormat
from pipeline.reporting.schemas.generate import Document
from pipeline.reporting.schemas.parts import Number, Part, Problems, version

DESTINATIONS_FORMAT = 1


class SafeBody(Part):
    """What stays free at each edge, since the place covers it; per mille of the side."""

    top: Number = Field(description="Of the height.", examples=[140])
    right: Number = Field(description="Of the width.", examples=[0])
    bottom: Number = Field(description="Of the height.", examples=[200])
    left: Number = Field(description="Of the width.", examples=[0])


class DestinationBody(Part):
    """A place that pictures go to."""

    name: str = Field(description="As manifests call it.", examples=["instagram-story"])
    title: str = Field(description="As people call it.", examples=["Instagram story"])
    width: Number = Field(description="Of the file, px.", examples=[1080])
    height: Number = Field(description="Of the file, px.", examples=[1920])
    is_fixed: bool = Field(description="Whether it takes no other size.")
    least: Number = Field(description="Fewest px of the longer side; 0 where it does not say.")
    fit: Fit = Field(description="How pictures are brought into the size.")
    format: RenditionFormat = Field(description="Of the file.")
    accepts: list[RenditionFormat] = Field(
        description="Formats made here that it takes; empty where all will do."
    )
    background: str = Field(description="What `contain` pads with.", examples=["#ffffff"])
    quality: Number | None = Field(description="Encoder quality; null for the format's own.")
    max_bytes: Number | None = Field(description="Most bytes; null where it does not say.")
    safe: SafeBody | None = Field(description="What stays free; null where it covers nothing.")
    white_border: bool = Field(description="Whether pictures have to end in pure white.")
    fill: Number = Field(
        description="Per cent of the longer side that the product has to fill; 0 where any will do."
    )
    note: str = Field(description="More for people; may be empty.")
    trust: Trust = Field(description="How far to believe it; `own` is said by the workspace.")
    sources: list[str] = Field(description="Where it was read.")
    as_of: str = Field(
        description="Day on which it was read; empty for a workspace's own.",
        examples=["2026-11-22"],
    )


class DestinationsBody(Part):
    """Destinations."""

    destinations: int = version(DESTINATIONS_FORMAT, "lists of destinations")
    destination: list[DestinationBody] = Field(description="In the order of the data file.")
    problems: Problems = Field(description="With the workspace file.")


DOCUMENT = Document(
    name="destinations",
    title="Destinations",
    description="Places that pictures go to, what each asks of a file and what it covers of it:"
    " `campaign destinations --json`.",
    form=DestinationsBody,
    version=DESTINATIONS_FORMAT,
)
