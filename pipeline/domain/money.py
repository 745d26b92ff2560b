"""Money as whole micro-dollars: exact, comparable, never a float."""

import re
from decimal import Decimal
from typing import NewType

MicroUsd = NewType("MicroUsd", int)
"""Millionths of a US dollar. Negative only for refunds and corrections."""

ZERO = MicroUsd(0)
_PER_USD = 1_000_000
_MOST_DOLLARS = 10**9
_AMOUNT = re.compile(r"^(?:\$\s*)?(?P<number>\d{1,60}(?:\.\d{1,6})?)(?:\s*USD)?$")


class NotMoneyError(ValueError):
    """A text that does not state an amount of US dollars; the message says which part is wrong."""


def parse_usd(text: str) -> MicroUsd:
    """Read an amount as people write it: `12`, `12.00`, `12.00 USD`, `$12.00`.

    Returns:
        The exact amount, zero or more.

    Raises:
        NotMoneyError: another currency, a sign, more than six decimals, or no number at all.
    """
    found = _AMOUNT.match(text.strip())
    if found is None:
        raise NotMoneyError(f"`{text}` is not an amount of US dollars such as `12.00 USD`")
    amount = Decimal(found["number"])
    if amount > _MOST_DOLLARS:
        raise NotMoneyError(f"`{text}` is more than {_MOST_DOLLARS:,} USD")
    return MicroUsd(int(amount * _PER_USD))


def format_usd(amount: MicroUsd) -> str:
    """Write an amount for people: `$0.04`, `$0.0275`, `-$1.00`; never rounded."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), _PER_USD)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}${whole:,}.{decimals}"


def split_evenly(amount: MicroUsd, shares: int) -> list[MicroUsd]:
    """Share an amount over cells so that the shares add up; the remainder goes to the first ones.

    Args:
        amount: zero or more.
        shares: 1 or more, in cell order.
    """
    each, left_over = divmod(amount, shares)
    return [MicroUsd(each + (1 if index < left_over else 0)) for index in range(shares)]
