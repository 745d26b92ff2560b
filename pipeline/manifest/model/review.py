"""Who and what judges: reviewers, and the rules of `campaign check`."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from pipeline.domain import lint
from pipeline.domain.lint import LintLevel
from pipeline.manifest.model.parts import STRICT
from pipeline.manifest.values import LintWord, Reviewers


def _rule(code: str) -> Any:
    return Field(description=f"Looks for {lint.LINT_RULES[code]}.")


class ReviewEntry(BaseModel):
    """What it takes to approve a picture."""

    model_config = STRICT

    need: Annotated[
        Reviewers,
        Field(
            description="How many reviewers have to approve a picture. One reject or reroll"
            " outweighs all approvals.",
            examples=[2],
        ),
    ] = 1


class LintEntry(BaseModel):
    """How loudly each rule of `campaign check` speaks; `off` silences it, `error` makes it fail."""

    model_config = STRICT

    L001: Annotated[LintWord | None, _rule(lint.REFERENCE)] = None
    L002: Annotated[LintWord | None, _rule(lint.NO_REFERENCE)] = None
    L003: Annotated[LintWord | None, _rule(lint.FRAMING)] = None
    L004: Annotated[LintWord | None, _rule(lint.LIGHT)] = None
    L005: Annotated[LintWord | None, _rule(lint.ONE_PICTURE)] = None
    L006: Annotated[LintWord | None, _rule(lint.SAME_REQUEST)] = None
    L007: Annotated[LintWord | None, _rule(lint.GAP)] = None
    L008: Annotated[LintWord | None, _rule(lint.LONG_PROMPT)] = None
    L009: Annotated[LintWord | None, _rule(lint.CUT_AWAY)] = None
    L010: Annotated[LintWord | None, _rule(lint.NEEDLESS_NATIVE)] = None
    L011: Annotated[LintWord | None, _rule(lint.SEQUENCE_OF_ONE)] = None
    L012: Annotated[LintWord | None, _rule(lint.LOOK_ALIKE)] = None
    L013: Annotated[LintWord | None, _rule(lint.KEEPS_NOTHING)] = None
    L014: Annotated[LintWord | None, _rule(lint.SMALL_SOURCE)] = None
    L015: Annotated[LintWord | None, _rule(lint.HIDDEN_SPACE)] = None
    L016: Annotated[LintWord | None, _rule(lint.DAMAGED)] = None
    L017: Annotated[LintWord | None, _rule(lint.FOREIGN_FORMAT)] = None
    L018: Annotated[LintWord | None, _rule(lint.OTHER_SHAPE)] = None
    L019: Annotated[LintWord | None, _rule(lint.HEAVY_CEILING)] = None
    L020: Annotated[LintWord | None, _rule(lint.NOT_ON_WHITE)] = None
    L021: Annotated[LintWord | None, _rule(lint.BORDER)] = None
    L022: Annotated[LintWord | None, _rule(lint.SMALL_PRODUCT)] = None
    L023: Annotated[LintWord | None, _rule(lint.HEAVY_FILE)] = None

    @property
    def levels(self) -> dict[str, LintLevel]:
        """The rules that are switched, by code."""
        return self.model_dump(exclude_none=True)
