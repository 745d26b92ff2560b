"""What the index knows of a campaign: read from the `sheet.json` beside its contact sheet.

So the index shows what the sheets show and never disagrees with them; a campaign that has changed
since shows it once its own sheet does.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.domain.money import MicroUsd
from pipeline.domain.verdicts import Word
from pipeline.reporting.sheet.document import SHEET_FORMAT
from pipeline.reporting.sheet.facts import CellState


class NotASheetError(ValueError):
    """A document that is no contact sheet of this program's format; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact sheet.

    Attributes:
        name: of the campaign.
        title: of it.
        model: its model's name for people.
        realm: whose money and pictures.
        is_draft: whether the embedded engine made the pictures.
        folder: of the sheet, below the outputs, `/` between parts, as on disk.
        cover: path of a preview below that folder; empty without any.
        states: wanted cells, by state.
        verdicts: delivered pictures by what reviewers say; undecided ones are left out.
        cap: None for none.
        charged: taken for certain.
        reserved: held for attempts under way.
        in_doubt: held for attempts that may have been charged.
        left: of the cap; None without one.
        real_cost: drafts only: what a real run would cost; None where nobody knows.
        newest: UTC date of the newest delivery; empty without any.
    """

    name: str
    title: str
    model: str
    realm: str
    is_draft: bool
    folder: str
    cover: str
    states: Mapping[CellState, int]
    verdicts: Mapping[Word, int]
    cap: MicroUsd | None
    charged: MicroUsd
    reserved: MicroUsd
    in_doubt: MicroUsd
    left: MicroUsd | None
    real_cost: MicroUsd | None
    newest: str

    @property
    def wanted(self) -> int:
        """Cells that the campaign wants."""
        return sum(self.states.values())

    @property
    def delivered(self) -> int:
        """Of them, those whose picture is here."""
        return self.states.get(CellState.DELIVERED, 0)


def read_entry(document: Any, *, folder: str) -> Entry:
    """Read what a sheet says of itself.

    Args:
        document: parsed `sheet.json`.
        folder: where it lies, below the outputs.

    Raises:
        NotASheetError: it is of another format, or damaged.
    """
    if not isinstance(document, dict) or document.get("sheet") != SHEET_FORMAT:
        raise NotASheetError("it is of another format")
    try:
        return _read(document, folder)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NotASheetError("it is damaged") from error


def _read(document: Mapping[str, Any], folder: str) -> Entry:
    campaign, money, cells = document["campaign"], document["money"], document["cells"]
    wanted = [cell for cell in cells if cell["state"] != CellState.ORPHAN]
    here = [cell for cell in wanted if cell["state"] == CellState.DELIVERED]
    approved = [cell for cell in here if cell.get("verdict") == Word.APPROVE]
    covers = (_text(cell, "thumb") for cell in (*approved, *here) if "thumb" in cell)
    return Entry(
        name=_text(campaign, "name"),
        title=_text(campaign, "title"),
        model=_text(campaign, "model_title"),
        realm=_text(campaign, "realm"),
        is_draft=bool(campaign["draft"]),
        folder=folder,
        cover=next(covers, ""),
        states=Counter(CellState(cell["state"]) for cell in wanted),
        verdicts=Counter(Word(cell["verdict"]) for cell in here if cell.get("verdict")),
        cap=_maybe(money, "cap"),
        charged=_amount(money["charged"]),
        reserved=_amount(money["reserved"]),
        in_doubt=_amount(money["in_doubt"]),
        left=_maybe(money, "left"),
        real_cost=_maybe(money, "real_cost"),
        newest=max((_text(cell, "day") for cell in cells if "day" in cell), default=""),
    )


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _maybe(body: Mapping[str, Any], key: str) -> MicroUsd | None:
    return None if body.get(key) is None else _amount(body[key])


def _amount(value: Any) -> MicroUsd:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("an amount is no whole number")
    return MicroUsd(value)
