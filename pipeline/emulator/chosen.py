"""Which submits or predictions a fault strikes: by number, and always the same ones."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

Value = TypeVar("Value")

_DRAWS = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice among the numbers from 1; all that is said must hold, and nothing said means all.

    Attributes:
        numbers: only these; None for any.
        first: only from here on.
        last: only up to here, included; None for no end.
        every: only multiples of it.
        share: only so many of all, 0 to 1, drawn by lot. A number's lot depends on nothing but
            `lot` and the number itself, so the same file means the same trouble.
        lot: what the lots are drawn from; `Faults` sets it from its seed and the switch's name.
    """

    numbers: frozenset[int] | None = None
    first: int = 1
    last: int | None = None
    every: int = 1
    share: float = 1.0
    lot: str = ""

    def has(self, number: int) -> bool:
        """Whether a number is chosen; one below 1 never is."""
        return (
            number >= max(1, self.first)
            and (self.last is None or number <= self.last)
            and (self.numbers is None or number in self.numbers)
            and number % self.every == 0
            and (self.share >= 1 or self._draw(number) < self.share * _DRAWS)
        )

    @property
    def is_nobody(self) -> bool:
        """Whether it is plain to see that nothing is chosen."""
        ends = self.last is not None and self.last < max(1, self.first)
        return ends or self.share <= 0 or (self.numbers is not None and not self.numbers)

    def _draw(self, number: int) -> int:
        digest = hashlib.sha256(f"{self.lot}/{number}".encode()).digest()
        return int.from_bytes(digest[:8])

    def __str__(self) -> str:
        """The choice in a few words: `3 and 9`, `5 to 9`, `multiples of 10`, `a share of 0.1`."""
        said = []
        if self.numbers is not None:
            said.append(", ".join(map(str, sorted(self.numbers))) or "none")
        if self.last is not None:
            said.append(f"{self.first} to {self.last}")
        elif self.first > 1:
            said.append(f"{self.first} and all after it")
        if self.every > 1:
            said.append(f"multiples of {self.every}")
        if self.share < 1:
            said.append(f"a share of {self.share:g}")
        return ", ".join(said) or "all"


ALL = Chosen()
NOBODY = Chosen(numbers=frozenset())


def chosen(value: Chosen | Iterable[int]) -> Chosen:
    """A choice from a set or list of numbers; one that is a choice already stays as it is."""
    return value if isinstance(value, Chosen) else Chosen(numbers=frozenset(value))


@dataclass(frozen=True, slots=True)
class Cases(Generic[Value]):
    """What to do with which number: a table for single ones, then rules; the first match counts.

    Attributes:
        table: by number.
        rules: in order.
    """

    table: Mapping[int, Value] = field(default_factory=dict)
    rules: tuple[tuple[Chosen, Value], ...] = ()

    def of(self, number: int) -> Value | None:
        """What is to be done with a number; None for nothing."""
        if number in self.table:
            return self.table[number]
        return next((value for choice, value in self.rules if choice.has(number)), None)

    @property
    def is_nobody(self) -> bool:
        """Whether it is plain to see that nothing is to be done."""
        return not self.table and all(choice.is_nobody for choice, _ in self.rules)

    def drawn_from(self, lot: str) -> "Cases[Value]":
        """The same with lots drawn from here, each rule's on their own."""
        rules = tuple(
            (replace(choice, lot=f"{lot}/{index}"), value)
            for index, (choice, value) in enumerate(self.rules)
        )
        return Cases(self.table, rules)

    def __str__(self) -> str:
        """The numbers in a few words."""
        listed = [", ".join(map(str, sorted(self.table)))] if self.table else []
        return "; ".join([*listed, *(str(choice) for choice, _ in self.rules)]) or "none"


def cases(value: Cases[Value] | Mapping[int, Value]) -> Cases[Value]:
    """Cases from a mapping of numbers; what is cases already stays as it is."""
    return value if isinstance(value, Cases) else Cases(dict(value))
