"""What a delivered file says about itself: that AI made it, with what, and for which campaign.

The types of source are terms of the IPTC's vocabulary, see
http://cv.iptc.org/newscodes/digitalsourcetype. Which one is true of a picture is decided here:

- what a model edited is `compositeWithTrainedAlgorithmicMedia`, what it made from words alone is
  `trainedAlgorithmicMedia`;
- drafts come from the embedded engine, whose networks find subjects and invent nothing: what it
  paints are formulas. A draft of an edit is a photograph among such parts, `compositeSynthetic`; a
  draft from words alone is `algorithmicMedia`. Neither claims a model that was never asked.
"""

from dataclasses import dataclass
from typing import Final, Literal

from pipeline.domain.fingerprint import Json
from pipeline.domain.identity import Recipe

SourceType = Literal[
    "compositeWithTrainedAlgorithmicMedia",
    "trainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicMedia",
]
VOCABULARY: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""What stands before a term where a file names it."""
LABEL_FORM: Final = 1
"""Raised whenever the same label would be written in other words, so that files are made again."""
DRAFT_WORDS: Final = (
    "DRAFT. Made by the embedded draft engine of campaign-pipeline to try out a campaign; not a"
    " picture of a paid model, and not for publication."
)
MOST_PROMPT: Final = 10_000
"""Most characters of a prompt that a file carries; JPEG has room for 64 kB in all."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a file is to say about itself.

    Attributes:
        source_type: term of the vocabulary.
        campaign: its name.
        model: the provider's model id; empty where nobody knows it, and for drafts.
        provider: who sells it, as on the card; empty with `model`.
        is_draft: whether the embedded engine made it.
        prompt: what the model was asked for, of one picture; None where it is not to be told.
        signed_by: SHA-256 of the certificate that signs the file; empty where nobody signs it.
    """

    source_type: SourceType
    campaign: str
    model: str = ""
    provider: str = ""
    is_draft: bool = False
    prompt: str | None = None
    signed_by: str = ""

    @property
    def source_uri(self) -> str:
        """The type of source as files name it."""
        return VOCABULARY + self.source_type

    @property
    def system(self) -> str:
        """The AI system in words; empty where none was used or nobody knows which."""
        return f"{self.model} ({self.provider})" if self.model else ""

    def components(self) -> dict[str, Json]:
        """The label as part of a render key."""
        signed: dict[str, Json] = {"signed_by": self.signed_by} if self.signed_by else {}
        return {
            **signed,
            "campaign": self.campaign,
            "form": LABEL_FORM,
            "is_draft": self.is_draft,
            "model": self.model,
            "prompt": self.prompt,
            "provider": self.provider,
            "source_type": self.source_type,
        }


def label_of(
    recipe: Recipe | None, *, campaign: str, is_edit: bool, is_draft: bool, tells_prompt: bool
) -> Label:
    """What files of one picture say.

    Args:
        recipe: what the picture was made by; None where its receipt is not here, as of a pinned
            picture of another workspace. The stricter type of source is claimed then as well.
        campaign: its name.
        is_edit: whether it was made from a source picture.
        is_draft: whether the embedded engine made it.
        tells_prompt: whether the author wants the prompt told.
    """
    prompt = recipe.prompt[:MOST_PROMPT] if recipe is not None and tells_prompt else None
    if is_draft:
        drawn: SourceType = "compositeSynthetic" if is_edit else "algorithmicMedia"
        return Label(drawn, campaign, is_draft=True, prompt=prompt)
    made: SourceType = (
        "compositeWithTrainedAlgorithmicMedia" if is_edit else "trainedAlgorithmicMedia"
    )
    if recipe is None:
        return Label(made, campaign)
    return Label(made, campaign, recipe.model, recipe.provider, prompt=prompt)
