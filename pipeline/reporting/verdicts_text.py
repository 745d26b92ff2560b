"""Verdicts for people and programs: what was written, and what is decided."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.diagnostics import Problem, as_json
from pipeline.domain.fingerprint import CellKey, Sha256
from pipeline.domain.money import MicroUsd, format_usd
from pipeline.domain.screen import visible
from pipeline.domain.verdicts import About, Ruling, Verdict, Word, body
from pipeline.reporting.words import count

REVIEW_FORMAT = 1
_MOST_SHOWN = 10
_DONE: Mapping[Word, str] = {
    Word.APPROVE: "approved",
    Word.REJECT: "rejected",
    Word.REROLL: "reroll",
}
_WRITTEN: Mapping[Word, str] = {**_DONE, Word.CLEAR: "cleared"}
OPEN = "open"
NO_PICTURE = "no picture"


@dataclass(frozen=True, slots=True)
class Written:
    """Verdicts that were written, and what they come to.

    Attributes:
        campaign: name.
        realm: whose pictures.
        file: where they were written; empty if all were known already.
        verdicts: those that are new, by address.
        known: how many were known already.
        stale: of the new ones, those about pictures that are not current.
        bare: addresses of cells that were meant and have no picture.
        awaited: of these, takes of a shot that has a picture in another take.
        takes: addresses that are wanted by rerolls from now on.
        cost: what these add to the next run.
        left: of the tightest cap, before that run; None without one.
        cap: its scope and what it is; None as above.
        problems: to know.
    """

    campaign: str
    realm: str
    file: str
    verdicts: tuple[Verdict, ...]
    known: int
    stale: tuple[Verdict, ...]
    bare: tuple[str, ...]
    takes: tuple[str, ...]
    cost: MicroUsd
    left: MicroUsd | None
    cap: tuple[str, MicroUsd] | None
    problems: tuple[Problem, ...]
    awaited: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For people."""
        return written_text(self)

    @property
    def exit_code(self) -> int:
        """Always 0: what is no good is an error, and nothing of it is written."""
        return 0

    def document(self) -> Mapping[str, object]:
        """For machines; money in micro-dollars."""
        return {
            "review": REVIEW_FORMAT,
            "what": "verdicts",
            "campaign": self.campaign,
            "realm": self.realm,
            "file": self.file or None,
            "verdicts": [body(verdict) for verdict in self.verdicts],
            "known": self.known,
            "stale": [body(verdict) for verdict in self.stale],
            "without_picture": list(self.bare),
            "takes": list(self.takes),
            "cost": self.cost,
            "left": self.left,
            "problems": [as_json(problem) for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What is decided about the pictures of a campaign.

    Attributes:
        campaign: name.
        realm: whose pictures.
        cells: address, key, current picture and ruling of each wanted cell, in plan order; no
            ruling where nothing was said about that picture.
        stale: what was said about pictures that are not current.
        problems: to know.
    """

    campaign: str
    realm: str
    cells: tuple[tuple[str, CellKey, Sha256 | None, Ruling | None], ...]
    stale: tuple[tuple[About, Ruling], ...]
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """For people."""
        return standing_text(self)

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def document(self) -> Mapping[str, object]:
        """For machines."""
        return {
            "review": REVIEW_FORMAT,
            "what": "standing",
            "campaign": self.campaign,
            "realm": self.realm,
            "counts": dict(sorted(_counts(self).items())),
            "cells": [
                {
                    "address": address,
                    "key": key,
                    "sha256": picture,
                    "verdict": None if ruling is None else ruling.word,
                    "missing": 0 if ruling is None else ruling.missing,
                    "votes": [] if ruling is None else [body(v) for v in ruling.votes],
                }
                for address, key, picture, ruling in self.cells
            ],
            "stale": [body(v) for _, ruling in self.stale for v in ruling.votes],
            "problems": [as_json(problem) for problem in self.problems],
        }


def written_text(written: Written) -> str:
    """What was written, for people."""
    lines = [
        f"{_WRITTEN[word]:<9} {count(number, 'picture')}"
        for word in Word
        if (number := sum(verdict.word is word for verdict in written.verdicts))
    ]
    if written.known:
        lines.append(f"{'known':<9} {count(written.known, 'verdict')} already, left alone")
    if written.stale:
        lines.append(
            f"{'stale':<9} {count(len(written.stale), 'verdict')} about a picture that is not the"
            " current one: kept and shown, never applied"
        )
        lines += _listed([f"{visible(v.address)}, by {v.reviewer}" for v in written.stale])
    bare = [address for address in written.bare if address not in set(written.awaited)]
    if bare:
        lines.append(f"{'left out':<9} {count(len(bare), 'cell')} without a picture")
        lines += _listed(bare)
    if written.awaited:
        awaited = count(len(written.awaited), "take")
        lines.append(f"{'left out':<9} {awaited} asked for already and not bought yet")
    lines += _rerolled(written)
    if written.file:
        shared = "; commit it, that counts it for everybody" if written.realm == "real" else ""
        lines.append(f"{'written':<9} {written.file}{shared}")
    return "\n".join(lines or ["Nothing new: all of it was known already."]) + "\n"


def _rerolled(written: Written) -> Iterator[str]:
    rerolls = [verdict for verdict in written.verdicts if verdict.word is Word.REROLL]
    if not rerolls:
        return
    if not written.takes:
        yield f"{'takes':<9} no new one: all of them are wanted or bought already"
        return
    cost = f"{format_usd(written.cost)} with the next run; nothing is bought now"
    yield f"{'takes':<9} {count(len(written.takes), 'take')} more wanted, {cost}"
    yield from _listed(written.takes)
    if written.left is not None and written.cap is not None:
        scope, cap = written.cap
        whose = f"of the {scope}'s {format_usd(cap)}, before they are bought"
        yield f"{'left':<9} {format_usd(written.left)} {whose}"


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_MOST_SHOWN])
    if len(lines) > _MOST_SHOWN:
        yield f"  and {len(lines) - _MOST_SHOWN:,} more"


def standing_text(standing: Standing) -> str:
    """What is decided, for people: a line for each cell, then what is stale, then the sums."""
    width = max((len(address) for address, *_ in standing.cells), default=0)
    lines = [
        f"{_word(picture, ruling):<10}  {address:<{width}}  {_voices(ruling)}".rstrip()
        for address, _, picture, ruling in standing.cells
    ]
    if standing.stale:
        lines += ["", "Stale, about pictures that are not the current ones; never applied:"]
        lines += [
            f"{'was ' + vote.word:<10}  {visible(vote.address)}  {_voice(vote)}".rstrip()
            for _, ruling in standing.stale
            for vote in ruling.votes
        ]
    counts = _counts(standing)
    sums = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
    return "\n".join([*lines, "", sums or "No cell is wanted."]) + "\n"


def _counts(standing: Standing) -> Mapping[str, int]:
    words = [*_DONE.values(), OPEN, NO_PICTURE]
    found = Counter(_word(picture, ruling) for _, _, picture, ruling in standing.cells)
    stale = sum(len(ruling.votes) for _, ruling in standing.stale)
    return {**{word: found[word] for word in words}, "stale": stale}


def _word(picture: Sha256 | None, ruling: Ruling | None) -> str:
    if picture is None:
        return NO_PICTURE
    return OPEN if ruling is None or ruling.word is None else _DONE[ruling.word]


def _voices(ruling: Ruling | None) -> str:
    if ruling is None:
        return ""
    said = "; ".join(map(_voice, ruling.votes))
    more = f" ({count(ruling.missing, 'approval')} missing)" if ruling.missing else ""
    return said + more


def _voice(vote: Verdict) -> str:
    take = f" as t{vote.take}" if vote.take is not None else ""
    note = f" “{visible(' '.join(vote.note.split()))}”" if vote.note else ""
    return f"{vote.reviewer} {vote.at[:10]}: {vote.word}{take}{note}"
