"""Words for people: one place for how reasons, actions and counts are said."""

from collections.abc import Mapping

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.plan import Reason

REASON_WORDS: Mapping[Reason, str] = {
    Reason.SATISFIED: "bought already",
    Reason.PINNED: "an old picture is pinned",
    Reason.NEW_CELL: "new",
    Reason.PROMPT_CHANGED: "its prompt changed",
    Reason.PARAM_CHANGED: "a parameter changed",
    Reason.INPUT_CHANGED: "its source picture changed",
    Reason.REFERENCE_CHANGED: "the reference picture changed",
    Reason.MODEL_CHANGED: "the model changed",
    Reason.SIZE_CHANGED: "its native size changed",
    Reason.TAKE_CHANGED: "another take",
    Reason.ENGINE_CHANGED: "the draft engine changed",
    Reason.FAILED_BEFORE: "it failed before",
    Reason.UNDER_DELIVERED: "paid, but not delivered",
    Reason.RESULT_ABSENT: "bought, but its file is not on this machine",
    Reason.RESULT_LOST: "paid, and its picture declared lost",
    Reason.UNDER_WAY: "bought, and on its way",
    Reason.CLAIMED_ELSEWHERE: "another run is buying it",
    Reason.BOUGHT_ELSEWHERE: "bought by another campaign",
    Reason.DUPLICATE_OF: "the same request as another cell",
    Reason.UNASSIGNED: "fewer came than were paid for; say which is whose: `campaign review`",
    Reason.UNKNOWN_CHARGE: "sent without an answer, perhaps charged; see `campaign reconcile`",
    Reason.MODERATED: "the provider refused it; change it, or try again with --retry-failed",
    Reason.GAVE_UP: "paid twice and not delivered; try again with --retry-failed",
    Reason.UNPRICED: "its price is not known",
    Reason.NOT_SELECTED: "not selected: neither bought nor changed",
    Reason.NO_LONGER_WANTED: "no longer wanted",
}


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 picture`, `2 pictures`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def brief(text: str, most: int = 200) -> str:
    """A text that may have been written elsewhere, cut to at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def of_cap(spent: MicroUsd, cap: MicroUsd | None) -> str:
    """Money against a cap: `$1.20 of $12.00`."""
    return format_usd(spent) if cap is None else f"{format_usd(spent)} of {format_usd(cap)}"
