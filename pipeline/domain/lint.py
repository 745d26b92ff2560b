"""Rules of craft and thrift: what each looks for, and how an author switches it.

None of them stands in the way of a purchase. The rules themselves are in `planning.lint`; their
codes are here because the manifest names them.
"""

from collections.abc import Mapping
from typing import Final, Literal

LintLevel = Literal["off", "advice", "warning", "error"]
"""How a rule is reported; `off` not at all, `error` makes `campaign check` fail."""

REFERENCE: Final = "L001"
NO_REFERENCE: Final = "L002"
FRAMING: Final = "L003"
LIGHT: Final = "L004"
ONE_PICTURE: Final = "L005"
SAME_REQUEST: Final = "L006"
GAP: Final = "L007"
LONG_PROMPT: Final = "L008"
CUT_AWAY: Final = "L009"
NEEDLESS_NATIVE: Final = "L010"
SEQUENCE_OF_ONE: Final = "L011"
LOOK_ALIKE: Final = "L012"
KEEPS_NOTHING: Final = "L013"
SMALL_SOURCE: Final = "L014"
HIDDEN_SPACE: Final = "L015"
DAMAGED: Final = "L016"
FOREIGN_FORMAT: Final = "L017"
OTHER_SHAPE: Final = "L018"
HEAVY_CEILING: Final = "L019"
NOT_ON_WHITE: Final = "L020"
BORDER: Final = "L021"
SMALL_PRODUCT: Final = "L022"
HEAVY_FILE: Final = "L023"

LINT_RULES: Final[Mapping[str, str]] = {
    REFERENCE: "a reference that is not the best picture of its set",
    NO_REFERENCE: "a set that needs several requests and has no reference",
    FRAMING: "pictures of one set that are framed very differently",
    LIGHT: "pictures of one set in very different light",
    ONE_PICTURE: "a shared prompt that speaks of one of the pictures",
    SAME_REQUEST: "cells that ask for the same picture",
    GAP: "a value that does not fit into the prompt around it",
    LONG_PROMPT: "a prompt longer than the model's maker advises",
    CUT_AWAY: "a size that cuts most of its picture away",
    NEEDLESS_NATIVE: "a paid size that could be cut from another one",
    SEQUENCE_OF_ONE: "a sequential model for one picture a request",
    LOOK_ALIKE: "prompts that differ only in spaces, capitals or marks",
    KEEPS_NOTHING: "an edit that does not say what stays as it is",
    SMALL_SOURCE: "a source picture too small to show details",
    HIDDEN_SPACE: "a space in the prompt that nobody sees",
    DAMAGED: "a source picture whose pixels are damaged",
    FOREIGN_FORMAT: "a size in a format that its destination does not take",
    OTHER_SHAPE: "a size that is not what its destination asks for",
    HEAVY_CEILING: "a banner that may have more bytes than advertising networks take",
    NOT_ON_WHITE: "a product for a white page that is cut, or padded with a colour",
    BORDER: "a finished file for a white page that does not end in white",
    SMALL_PRODUCT: "a finished file in which the product is small",
    HEAVY_FILE: "a finished file with more bytes than it may have",
}
"""What each rule looks for, one line a code; none is ever reused."""
