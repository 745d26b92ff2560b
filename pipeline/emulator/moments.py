"""Moments as whole microseconds since 1970 (UTC), and the forms the vendor writes and reads."""

import re
from datetime import UTC, datetime, timedelta

RETENTION = timedelta(days=7)
"""How long predictions, outputs and uploads can be reached."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UTC = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECONDS = re.compile(r"[0-9]{9,15}")


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def in_micros(seconds: float) -> int:
    """A span in whole microseconds."""
    return round(seconds * 1_000_000)


def iso(moment_us: int) -> str:
    """Write a moment as the vendor does: ISO 8601 with nanoseconds and a `Z`."""
    moment = _EPOCH_UTC + timedelta(microseconds=moment_us)
    return f"{moment.isoformat(timespec='microseconds')}000Z"


def month(year_month: str) -> tuple[int, int]:
    """First and last microsecond of a month (UTC) that is written as `2026-11`."""
    year, number = map(int, year_month.split("-"))
    first = datetime(year, number, 1, tzinfo=UTC)
    following = first.replace(day=28) + timedelta(days=4)
    return micros(first), micros(following.replace(day=1)) - 1


def read_moment(value: object) -> object:
    """Read what clients send for a moment: ISO 8601, or milliseconds as a text or a number.

    Returns:
        Microseconds since 1970, which fit in 64 bits; None stays None.

    Raises:
        ValueError: none of these forms.
    """
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("not a moment")  # noqa: TRY004 - pydantic turns only ValueError into a 400
    if _MILLISECONDS.fullmatch(text):
        return int(text) * 1000
    moment = datetime.fromisoformat(text)
    return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
