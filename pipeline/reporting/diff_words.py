"""Words of a budget review that the terminal and the comment share."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.difference import Amounts, CapUse, Diff, Discard, Row, Setting
from pipeline.domain.money import ZERO, MicroUsd, format_usd
from pipeline.domain.plan import Reason
from pipeline.domain.review_budget import Judgement, Rule, Unit
from pipeline.reporting.words import count

_WHY: Mapping[Reason, str] = {
    Reason.PROMPT_CHANGED: "its prompt changed",
    Reason.REFERENCE_CHANGED: "its reference picture changed",
    Reason.INPUT_CHANGED: "source pictures changed",
    Reason.MODEL_CHANGED: "its model changed",
    Reason.PARAM_CHANGED: "its parameters changed",
    Reason.SIZE_CHANGED: "its native size changed",
}
_NOTES = {"added": "new", "removed": "removed"}


def signed(amount: MicroUsd) -> str:
    """A change of money: `+$0.48`, `-$0.20`, `$0.00`."""
    return f"+{format_usd(amount)}" if amount > 0 else format_usd(amount)


def verdict(diff: Diff) -> str:
    """What merging does, in one or two sentences."""
    after = diff.after
    if after.to_buy:
        against = f"{signed(diff.change)} against base" if diff.change else "as much as base would"
        buys = f"buys {count(after.to_buy, 'picture')} for {format_usd(after.remaining)} now"
        said = f"Merging this {buys} ({against})"
    else:
        said = "Merging this buys nothing"
        if diff.change:
            said += f" ({signed(diff.change)} against base)"
    if diff.orphans:
        paid = count(diff.orphans, "paid picture")
        said += f" and discards {paid} worth {format_usd(diff.orphaned)}"
    if after.unpriced:
        which = count(after.unpriced, "picture has", "pictures have")
        said += f". {which} no known price and {'is' if after.unpriced == 1 else 'are'} in no sum"
    return f"{said}."


def outcome(diff: Diff) -> str:
    """Whether the rules are met, and which are not."""
    failed = [str(one.rule) for one in diff.failed]
    warned = [str(one.rule) for one in diff.rules if not one.passed and not one.fails]
    parts = [f"Failed: {', '.join(failed)}." if failed else "All rules that can fail it passed."]
    if warned:
        parts.append(f"Not met, but only a warning: {', '.join(warned)}.")
    return " ".join(parts)


def discard_words(discard: Discard) -> str:
    """Why paid pictures are discarded, and what takes their place; without the campaign."""
    paid = f"{count(discard.pictures, 'paid picture')} ({format_usd(discard.orphaned)})"
    verb = "is" if discard.pictures == 1 else "are"
    if discard.reason not in _WHY:
        return f"{paid} {verb} no longer wanted"
    said = f"{_WHY[discard.reason]}, so {paid} {verb} discarded"
    if discard.anew:
        again = "is" if discard.anew == 1 else "are"
        said += f" and {discard.anew:,} {again} bought anew for {format_usd(discard.cost)}"
    return said


def row_note(row: Row) -> str:
    """What became of a campaign, where it is worth a word."""
    return f"was {row.was}" if row.status == "renamed" else _NOTES.get(row.status, "")


def row_cells(row: Row) -> tuple[str, ...]:
    """Numbers of a campaign under `COLUMNS`, but for its name and its cap."""
    return (
        _from_to(row.before.pictures, row.after.pictures, row.status),
        *_money(row.after, row.change, row.orphaned),
    )


def total_cells(diff: Diff) -> tuple[str, ...]:
    """The same of all campaigns together."""
    before, after = diff.before, diff.after
    return (
        _from_to(before.pictures, after.pictures, "changed"),
        *_money(after, diff.change, diff.orphaned),
    )


COLUMNS = ("pictures", "gross", "bought", "to buy now", "change", "orphaned")
"""Heads of the numbers of a campaign."""


LOST = (
    "What they paid for would be bought again wherever only head is known: bring their files back."
)
"""What a missing receipt means, and what to do."""


def lost_words(diff: Diff) -> str:
    """How many receipts are missing."""
    verb = "is" if len(diff.lost) == 1 else "are"
    return f"{count(len(diff.lost), 'receipt')} of base {verb} missing."


def _money(after: Amounts, change: MicroUsd, orphaned: MicroUsd) -> tuple[str, ...]:
    return (
        format_usd(after.gross),
        format_usd(after.satisfied),
        format_usd(after.remaining),
        signed(change),
        format_usd(orphaned),
    )


def _from_to(before: int, after: int, status: str) -> str:
    if before == after or status == "added":
        return f"{after:,}"
    return f"{before:,} → {after:,}"


def cap_words(cap: CapUse | None) -> str:
    """What would be spent of a cap once all is bought."""
    if cap is None:
        return "no cap"
    parts = []
    if cap.money is not None:
        used = MicroUsd((cap.spent or ZERO) + cap.cost)
        parts.append(f"{format_usd(used)} of {format_usd(cap.money)}")
    if cap.images is not None:
        used_images = (cap.spent_images or 0) + cap.cost_images
        parts.append(f"{used_images:,} of {count(cap.images, 'picture')}")
    said = ", ".join(parts)
    return f"{said}: over" if cap.is_over else said


def shared_caps(diff: Diff) -> Iterator[tuple[str, str]]:
    """Caps over all campaigns, with what would be spent of them."""
    for cap in diff.caps:
        if cap.scope == "month":
            yield "month, by this alone", cap_words(cap)
        elif cap.scope == "workspace":
            yield "workspace", cap_words(cap)


def shown_rows(diff: Diff) -> tuple[list[Row], list[Row]]:
    """Campaigns that the change touches, those with most money first; and the rest."""
    touched = [row for row in diff.rows if row.status != "unchanged" or row.orphans]
    rest = [row for row in diff.rows if row.status == "unchanged" and not row.orphans]
    return sorted(touched, key=lambda row: (-abs(row.change) - row.orphaned, row.name)), rest


def untouched_words(rows: Sequence[Row]) -> str:
    """Campaigns that the change leaves alone."""
    cost = MicroUsd(sum(row.after.remaining for row in rows))
    left = f", {format_usd(cost)} of theirs to buy" if cost else ", nothing of theirs to buy"
    return f"{count(len(rows), 'campaign')} unchanged{left}"


def setting_value(value: int | str | None, *, is_money: bool) -> str:
    """A declared value; a dash where there is none."""
    if value is None:
        return "-"
    return format_usd(MicroUsd(value)) if is_money and isinstance(value, int) else str(value)


def setting_values(setting: Setting) -> tuple[str, str]:
    """Before and after."""
    return (
        setting_value(setting.before, is_money=setting.is_money),
        setting_value(setting.after, is_money=setting.is_money),
    )


def measure(value: int | tuple[str, ...] | None, unit: Unit) -> str:
    """What was measured, or a limit."""
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if unit == "usd":
        return format_usd(MicroUsd(value))
    return f"{value:,}%" if unit == "per_cent" else f"{value:,}"


def rule_result(judged: Judgement) -> str:
    """`passed`, `failed` or `warning`."""
    if judged.passed:
        return "passed"
    return "failed" if judged.fails else "warning"


def rule_finding(judged: Judgement, diff: Diff) -> str:
    """What a rule that counts things found, in words; empty for the others."""
    match judged.rule:
        case Rule.LOST_RECEIPTS:
            return lost_words(diff) if diff.lost else "no receipt is missing."
        case Rule.CAPS:
            return _over(diff)
        case Rule.PRICES:
            if not diff.after.unpriced:
                return "every price is known."
            which = count(diff.after.unpriced, "picture has", "pictures have")
            return f"{which} no known price."
    return ""


def _over(diff: Diff) -> str:
    """Caps that buying would pass, and pictures that no request can buy."""
    caps, refused = sum(cap.is_over for cap in diff.caps), diff.after.refused
    said = []
    if caps or not refused:
        said.append(f"{count(caps, 'cap') if caps else 'no cap'} would be passed")
    if refused:
        said.append(_too_dear(refused))
    return f"{', and '.join(said)}."


def _too_dear(pictures: int) -> str:
    return f"{count(pictures, 'picture costs', 'pictures cost')} more than `max_per_job`"


def notes(diff: Diff) -> Iterator[str]:
    """What else is to be known, each a sentence."""
    after = diff.after
    if any(one.loosens and one.what.startswith("rule ") for one in diff.settings):
        yield "This change relaxes a rule; it is judged by base's, which is the stricter one."
    if diff.has_moved:
        yield (
            "Base has commits that head has not; what they changed is shown here as taken back."
            " `BASE...HEAD` compares with the commit where head branched off."
        )
    if diff.behind:
        yield (
            f"{count(diff.behind, 'receipt')} of base came after head branched off; merging keeps"
            f" {'it' if diff.behind == 1 else 'them'}."
        )
    if after.again:
        yield (
            f"{after.again:,} of the pictures to buy were paid for before and never came, or are"
            " lost; a run asks about them by themselves."
        )
    if after.blocked:
        yield (
            f"{count(after.blocked, 'picture waits', 'pictures wait')} for something else than"
            " money: `campaign plan` says for what."
        )
    if after.refused:
        yield f"{_too_dear(after.refused)}."
    if after.shared:
        yield (
            f"{count(after.shared, 'picture is', 'pictures are')} wanted by several campaigns and"
            " counted at one of them."
        )
    if diff.pointers:
        yield (
            f"{count(diff.pointers, 'picture is', 'pictures are')} known by a Git LFS pointer"
            " alone: digest and length are true, format and size in pixels were not looked at."
        )
