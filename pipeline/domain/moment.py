"""How every stored format and the vendor's lists write a moment."""

from datetime import UTC, datetime


def moment(when: datetime) -> str:
    """A moment in UTC, ISO, whole seconds, `Z`; sorts as time does.

    Args:
        when: aware of its zone.
    """
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
