"""Files that could not be made, in as few lines as say it."""

from collections.abc import Iterable
from typing import Final

from pipeline.reporting.words import count

_FEW: Final = 3
"""So many files of one reason are named one by one."""


def not_made_lines(failed: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each file; where many fail for one reason, as when nothing can be signed, one.

    Args:
        failed: names of files and why they could not be made, in order.
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in failed:
        by_reason.setdefault(reason, []).append(name)
    lines: list[str] = []
    for reason, names in by_reason.items():
        if len(names) <= _FEW:
            lines += [f"{name}: {reason}" for name in names]
        else:
            lines.append(f"{count(len(names), 'file')}, such as {names[0]}: {reason}")
    return lines
