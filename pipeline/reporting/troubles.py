"""Attempts that did not end well, in as few lines as say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.domain.money import MicroUsd, format_usd
from pipeline.reporting.words import brief, count

_FEW: Final = 3
"""So many attempts that ended alike are told one by one."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An attempt that did not end well.

    Attributes:
        cells: addresses that it asked for, one or more.
        words: what went wrong, perhaps in the provider's words.
        fate: what became of its money, with `{money}` where the amount stands.
        money: taken, or possibly taken.
    """

    cells: tuple[str, ...]
    words: str
    fate: str
    money: MicroUsd


def trouble_lines(troubles: Iterable[Trouble]) -> list[str]:
    """A line for each attempt; where many ended alike, one line with their money added up.

    What went wrong is cut where it is very long: receipts and the contact sheet have all of it.
    """
    alike: dict[tuple[str, str], list[Trouble]] = {}
    for one in troubles:
        alike.setdefault((one.words, one.fate), []).append(one)
    lines: list[str] = []
    for group in alike.values():
        lines += map(_line, group) if len(group) <= _FEW else [_together(group)]
    return lines


def _line(one: Trouble) -> str:
    return f"{_where(one)}: {brief(one.words)} ({_fate(one, one.money)})"


def _together(group: list[Trouble]) -> str:
    first = group[0]
    pictures = count(sum(len(one.cells) for one in group), "picture")
    fate = _fate(first, MicroUsd(sum(one.money for one in group)))
    requests = count(len(group), "request")
    head = f"{pictures} in {requests}, such as {first.cells[0]}"
    return f"{head}: {brief(first.words)} ({fate})"


def _where(one: Trouble) -> str:
    more = len(one.cells) - 1
    return f"{one.cells[0]} and {more} more" if more else one.cells[0]


def _fate(one: Trouble, money: MicroUsd) -> str:
    return one.fate.replace("{money}", format_usd(money))
