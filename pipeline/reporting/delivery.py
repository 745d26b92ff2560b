"""Deliveries: what is handed over, and the table that says what is what."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.domain.fingerprint import Sha256
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.screen import visible
from pipeline.domain.verdicts import Word
from pipeline.reporting.spreadsheet import neutral, table
from pipeline.reporting.words import count

Gate = Literal["approved", "all"]
COLUMNS = (
    "file",
    "campaign",
    "realm",
    "address",
    "size",
    "width",
    "height",
    "bytes",
    "sha256",
    "picture_sha256",
    "verdict",
    "reviewers",
    "charge_usd",
    "charge_is",
    "digital_source_type",
    "delivered_as",
)
"""Of the table; a reader goes by names, and later versions may add some at the end."""
UNDECIDED = "undecided"
_MEGA = 1_000_000
_MOST_SHOWN = 10


class Part(NamedTuple):
    """One file of a delivery.

    Attributes:
        file: where it goes, below the campaign's folder.
        campaign: name.
        realm: whose picture.
        address: of its cell.
        size: name of the delivery format, or `master`.
        width: px.
        height: px.
        bytes: length of the file.
        picture: digest of the master that it is derived from.
        verdict: what all reviewers together say; None while it is undecided.
        reviewers: whose verdicts count, by name.
        charge: what the picture cost; files of one picture share it.
        charge_is: `confirmed` or `quoted`; empty where nothing was paid.
        source_type: URI of the kind of its source.
    """

    file: str
    campaign: str
    realm: str
    address: str
    size: str
    width: int
    height: int
    bytes: int
    picture: Sha256
    verdict: Word | None
    reviewers: tuple[str, ...]
    charge: MicroUsd | None
    charge_is: str
    source_type: str


def row(part: Part, *, sha256: str, gate: Gate) -> dict[str, str]:
    """A line of the table, by column."""
    values = (
        part.file,
        part.campaign,
        part.realm,
        part.address,
        part.size,
        str(part.width),
        str(part.height),
        str(part.bytes),
        sha256,
        part.picture,
        UNDECIDED if part.verdict is None else part.verdict.value,
        "; ".join(part.reviewers),
        "" if part.charge is None else format_usd(part.charge).replace("$", "").replace(",", ""),
        part.charge_is,
        part.source_type,
        gate,
    )
    return {name: neutral(value) for name, value in zip(COLUMNS, values, strict=True)}


def write_table(rows: Mapping[str, Mapping[str, str]]) -> str:
    """The table as CSV, by file name; cells are neutral already.

    Args:
        rows: by file.
    """
    lines = [[rows[file][name] for name in COLUMNS] for file in sorted(rows)]
    return table(COLUMNS, lines)


class NotATableError(ValueError):
    """A file that is no table of a delivery."""


def read_table(text: str) -> dict[str, dict[str, str]]:
    """Rows of a table that an earlier delivery wrote, by file.

    Raises:
        NotATableError: it is something else.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise NotATableError(str(error)) from error
    if not lines or any(set(line) != set(COLUMNS) or None in line.values() for line in lines):
        raise NotATableError("it has other columns")
    return {line["file"]: line for line in lines}


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Pictures of one campaign that are not approved.

    Attributes:
        rejected: reviewers do not want them.
        reroll: reviewers want another take.
        undecided: not enough reviewers have spoken.
    """

    rejected: int = 0
    reroll: int = 0
    undecided: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.rejected + self.reroll + self.undecided

    @property
    def words(self) -> str:
        """Such as `2 rejected, 3 undecided`."""
        parts = (
            (self.rejected, "rejected"),
            (self.reroll, "to be taken again"),
            (self.undecided, "undecided"),
        )
        return ", ".join(f"{number:,} {word}" for number, word in parts if number)


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one campaign's delivery.

    Attributes:
        campaign: name.
        realm: whose pictures.
        gate: which pictures were meant.
        folder: where its files lie, for messages.
        pictures: that were delivered, by now or before.
        new: files that were copied.
        bytes: of these.
        same: files that were there already.
        held: pictures that are not approved.
        lacking: pictures that should have been delivered and are not here or could not be made.
        outdated: files of earlier deliveries of these sizes that would not be delivered now.
    """

    campaign: str
    realm: str
    gate: Gate
    folder: str
    pictures: int
    new: int
    bytes: int
    same: int
    held: HeldBack
    lacking: int
    outdated: tuple[str, ...] = ()


def handed_text(handed: Sequence[Handed]) -> str:
    """What was delivered, for people."""
    return "".join(f"{line}\n" for one in handed for line in _lines(one))


def _lines(one: Handed) -> list[str]:
    draft = "" if one.realm == "real" else f", {visible(one.realm)}"
    files = f"{count(one.new, 'file')}, {one.bytes / _MEGA:.1f} MB"
    there = f"; {count(one.same, 'file')} more there already" if one.same else ""
    pictures = count(one.pictures, "picture")
    lines = [f"delivered  {one.campaign}{draft}: {pictures} as {files}{there}"]
    if one.held.total and one.gate == "approved":
        lines.append(f"held back  {count(one.held.total, 'picture')}: {one.held.words}")
    if one.held.total and one.gate == "all":
        lines.append(
            f"unapproved {count(one.held.total, 'picture')} among them: {one.held.words};"
            " `all` was said, and the table records it"
        )
    if one.lacking:
        lines.append(
            f"lacking    {count(one.lacking, 'picture')} not on this machine or not made:"
            f" `campaign report {one.campaign}` says which"
        )
    if one.outdated:
        lines.append(
            f"outdated   {count(len(one.outdated), 'file')} of earlier deliveries would not be"
            " delivered now; nothing removes them:"
        )
        lines += [f"  {one.folder}/{name}" for name in one.outdated[:_MOST_SHOWN]]
        if len(one.outdated) > _MOST_SHOWN:
            lines.append(f"  and {len(one.outdated) - _MOST_SHOWN:,} more")
    if one.pictures:
        lines.append(f"listed     {one.folder}/delivery.csv")
    return lines
