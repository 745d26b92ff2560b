"""Why a cell is as it is, as a value: what it asks for against what was asked for before."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.domain.fingerprint import CellKey, Json, Sha256
from pipeline.domain.identity import InputRole, Recipe
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Cell, Decision, Step
from pipeline.domain.receipts import AskedCell, Output

How = Literal["serves", "address", "alike"]
WordFate = Literal["kept", "removed", "added"]


class Partner(NamedTuple):
    """What a cell is compared with.

    Attributes:
        how: `serves` (it is the purchase that serves the cell), `address` (the last one at the
            cell's address) or `alike` (the one that is most like it).
        campaign: in whose lock it stands; empty where only the ledger tells of it.
        asked: the cell as it was asked for.
        recipe: what it asked for.
        attempt: that bought it.
        at: when its receipt was written, UTC, ISO.
        charged: its share of what the attempt cost; None where only a `use` line is known.
        is_confirmed: whether the provider's bill says so.
        prediction: the provider's id, empty where it is not known.
        output: what it delivered to that cell; None where it did not.
    """

    how: How
    campaign: str
    asked: AskedCell
    recipe: Recipe
    attempt: str
    at: str
    charged: MicroUsd | None
    is_confirmed: bool
    prediction: str
    output: Output | None


class Word(NamedTuple):
    """A stretch of words of a prompt, with the space before them."""

    fate: WordFate
    text: str


class Changed(NamedTuple):
    """A value that differs; None for one that is not there.

    Attributes:
        path: `model`, `size`, `take`, `engine`, or a parameter such as `loras[0].scale`.
    """

    path: str
    before: Json
    after: Json


class ChangedInput(NamedTuple):
    """A picture that differs.

    Attributes:
        role: `reference` or `source`.
        before: digest of what was sent; None for nothing.
        after: digest of what would be sent; None for nothing.
        before_name: file of the campaign that has that digest; empty where none has.
        after_name: as `before_name`.
    """

    role: InputRole
    before: Sha256 | None
    after: Sha256 | None
    before_name: str
    after_name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that there is to say of one cell.

    Attributes:
        campaign: its name.
        realm: whose pictures.
        cell: explained.
        key: what its manifest asks for; another key than the cell's where that is pinned.
        decision: what becomes of it.
        price: its share of the request that buys it; None where it is not bought.
        step: that request.
        partner: what it is compared with; None where nothing was ever asked for.
        words: the prompt, word by word; empty where it is the same.
        changes: everything else that differs, but for pictures.
        inputs: pictures that differ.
        pin: whether the partner's picture could be kept by a pin.
    """

    campaign: str
    realm: str
    cell: Cell
    key: CellKey
    decision: Decision
    price: MicroUsd | None
    step: Step | None
    partner: Partner | None
    words: tuple[Word, ...]
    changes: tuple[Changed, ...]
    inputs: tuple[ChangedInput, ...]
    pin: bool
