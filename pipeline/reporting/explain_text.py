"""An explanation of one cell for people; readable without colour, nothing cut that could be copied.

Words that went are between `[-` and `-]`, words that came between `{+` and `+}`, as git shows them.
"""

import json
import re
from collections.abc import Iterator, Sequence

from pipeline.domain.explanation import Changed, ChangedInput, Explanation, Partner, Word
from pipeline.domain.fingerprint import Json, Sha256
from pipeline.domain.money import format_usd
from pipeline.domain.plan import Reason
from pipeline.reporting.words import REASON_WORDS, count

_AROUND = 6
"""Unchanged words that are shown on either side of a change."""
_SHORT = 12
"""Characters of a digest that tell it from others."""
_LABEL = 11
_TOLD = frozenset({Reason.FAILED_BEFORE, Reason.UNDER_DELIVERED, Reason.MODERATED, Reason.GAVE_UP})
"""Reasons whose detail is what the provider said."""
_NAMED = frozenset({Reason.DUPLICATE_OF, Reason.UNKNOWN_CHARGE, Reason.UNASSIGNED,
                    Reason.UNDER_WAY, Reason.CLAIMED_ELSEWHERE, Reason.RESULT_LOST})  # fmt: skip
"""Reasons whose detail is an address or an attempt."""


def explain_text(of: Explanation, *, file: str, manifest: str) -> str:
    """Lay an explanation out for a terminal.

    Args:
        of: the explanation.
        file: where the picture lies that serves the cell, or a word on where it is; empty where
            there is none.
        manifest: the campaign's file, for the pin.
    """
    lines = [f"{of.campaign}  {of.realm}  {of.cell.address}", ""]
    lines += _state(of)
    lines += _money(of)
    if of.partner is not None:
        lines += ["", f"{_partner_words(of, of.partner)}:"]
        lines += _purchase(of.partner, file)
        lines += _difference(of)
    elif of.decision.output is None:
        lines += ["", "Nothing like it was ever asked for here."]
    if of.pin and of.partner is not None and of.partner.output is not None:
        lines += ["", f"To keep that picture for this cell, add to {manifest}:"]
        lines += ["", "pins:", f"  {pin_line(of)}"]
    return "\n".join(lines) + "\n"


def pin_line(of: Explanation) -> str:
    """The entry under `pins` that would keep the partner's picture; empty where there is none."""
    partner = of.partner
    if not of.pin or partner is None or partner.output is None:
        return ""
    return f"{of.cell.address}: {{key: {partner.asked.key}, picture: {partner.output.sha256}}}"


def _state(of: Explanation) -> Iterator[str]:
    decision = of.decision
    words = REASON_WORDS[decision.reason]
    if decision.detail and decision.reason in _TOLD | _NAMED:
        words += f": {decision.detail}"
    yield _row(decision.action.value, words)
    yield _row("cell key", of.key)
    if of.key != of.cell.key:
        yield _row("pinned to", of.cell.key)


def _money(of: Explanation) -> Iterator[str]:
    if of.price is None or of.step is None:
        return
    number = len(of.step.cells)
    price = format_usd(of.price)
    if number > 1:
        whole = format_usd(of.step.quote.amount)
        price += f", its share of one request for {count(number, 'picture')} at {whole}"
    yield _row("price", price)


def _partner_words(of: Explanation, partner: Partner) -> str:
    day = partner.at[:10]
    if partner.how == "serves":
        own = partner.campaign in {of.campaign, ""} and partner.asked.address == str(
            of.cell.address
        )
        if own:
            return "The purchase that serves it"
        whose = f" of campaign `{partner.campaign}`" if partner.campaign else ""
        return f"The purchase that serves it, then called `{partner.asked.address}`{whose}"
    came = "delivered" if partner.output is not None else "asked for and not delivered"
    if partner.how == "address":
        return f"Compared with what was last {came} at this address, on {day}"
    whose = f" of campaign `{partner.campaign}`" if partner.campaign != of.campaign else ""
    return f"Compared with the most similar one, `{partner.asked.address}`{whose}, {came} on {day}"


def _purchase(partner: Partner, file: str) -> Iterator[str]:
    yield _row("attempt", f"{partner.attempt}, {partner.at}")
    if partner.prediction:
        yield _row("prediction", partner.prediction)
    if partner.charged is None:
        yield _row("paid", "by a campaign that is not in this tree; only a `use` line tells of it")
    else:
        basis = "by the bill" if partner.is_confirmed else "as quoted; the bill was not seen yet"
        yield _row("paid", f"{format_usd(partner.charged)}, {basis}")
    if partner.output is not None:
        size = f"{partner.output.width}x{partner.output.height}"
        yield _row("picture", f"{partner.output.sha256}  {size}")
    if file and partner.how == "serves":
        yield _row("file", file)


def _difference(of: Explanation) -> Iterator[str]:
    if of.words:
        yield _row("prompt", _diff(of.words))
    for change in of.changes:
        yield _row(change.path, _change(change))
    for picture in of.inputs:
        yield from _input(picture)
    is_same = not (of.words or of.changes or of.inputs)
    if is_same and of.partner is not None and of.partner.how != "serves":
        yield _row("difference", "none: it asks for exactly the same")


def _diff(words: Sequence[Word]) -> str:
    """The prompt on one line, with unchanged stretches cut to what stands around changes."""
    parts: list[str] = []
    for number, word in enumerate(words):
        text = _visible(word.text)
        if word.fate == "removed":
            parts.append(_marked(text, "[-", "-]"))
        elif word.fate == "added":
            parts.append(_marked(text, "{+", "+}"))
        else:
            parts.append(_cut(text, is_first=number == 0, is_last=number == len(words) - 1))
    return "".join(parts).strip()


def _marked(text: str, before: str, after: str) -> str:
    """Marks around words; one space before them stays outside, so that the line can be read."""
    if text.startswith(" ") and text.strip():
        return f" {before}{text[1:]}{after}"
    return f"{before}{text}{after}"


def _cut(text: str, *, is_first: bool, is_last: bool) -> str:
    pieces = re.findall(r"\s*\S+|\s+$", text)
    keep_before = 0 if is_first else _AROUND
    keep_after = 0 if is_last else _AROUND
    if len(pieces) <= keep_before + keep_after + 1:
        return text
    before = "".join(pieces[:keep_before])
    after = "".join(pieces[len(pieces) - keep_after :])
    return f"{before} …{after}"


def _visible(text: str) -> str:
    return text.replace("\n", "\\n").replace("\t", "\\t")


def _change(change: Changed) -> str:
    return f"{_value(change.before)} -> {_value(change.after)}"


def _value(value: Json) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _input(picture: ChangedInput) -> Iterator[str]:
    before = _named(picture.before, picture.before_name)
    yield _row(picture.role, f"{before} -> {_named(picture.after, picture.after_name)}")


def _named(digest: Sha256 | None, name: str) -> str:
    if digest is None:
        return "nothing"
    return f"{name or 'a file that is not here'} ({digest[:_SHORT]})"


def _row(label: str, value: str) -> str:
    return f"  {label.ljust(_LABEL)} {value}"
