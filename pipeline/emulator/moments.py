"""Moments as whole microseconds since 1970 (UTC), and the forms the vendor writes and reads."""

import re
from datetime import UTC, datetime, timedelta

RETENTION = timedelta(days=7)
"""How long predictions, outputs and uploads can be reached."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
    moment = _EPOCH + timedelta(microseconds=moment_us)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z"


def read_moment(value: object) -> object:
    """Read what clients send for a moment: ISO 8601, or milliseconds as a text or a number.

    Returns:
        Microseconds since 1970, which fit in 64 bits; None stays None.

    Raises:
        ValueError: none of these forms.
    """
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("not a moment")  # noqa: TRY004 - pydantic turns only ValueError into a 400
    if _MILLISECONDS.fullmatch(text):
        return int(text) * 1000
    moment = datetime.fromisoformat(text)
    return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
