"""Single values of a faults file: numbers, shares, times, statuses, and how each is read."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pipeline import catalog
from pipeline.manifest import codes
from pipeline.manifest.values import Leaf, refusal, whole, wrong_kind
from pipeline.manifest.wording import did_you_mean, quoted

MOST = 10**9
"""Largest number of anything; `looks` and `downloads` of so many are all of them."""
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_GONE = (404, 410)


def _decimal(value: Any, expected: str) -> float:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _DECIMAL.fullmatch(text):
        raise wrong_kind(expected)
    return float(Decimal(text))


def _share(value: Any) -> float:
    expected = "a share from 0 to 1 such as `0.1`"
    share = _decimal(value, expected)
    if share > 1:
        raise refusal(
            codes.RANGE,
            what=f"{quoted(value)} is out of range",
            why="`share` is the part of all that is drawn by lot, 1 being all of them",
            fix="write it like `0.1`, which is one in ten",
        )
    return share


def _retry_after(value: Any) -> int | None:
    if value == "none":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong_kind("a whole number of seconds, or `none`")
    return value


def _gone(value: Any) -> int:
    if isinstance(value, bool) or value not in _GONE:
        raise wrong_kind("404 or 410")
    return int(value)


def _media_type(value: Any) -> str:
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise wrong_kind("a media type such as `text/html`")
    return value


def _model(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_kind("the id of a model")
    if value not in catalog.models():
        raise refusal(
            codes.UNKNOWN_MODEL,
            what=f"there is no model {quoted(value)}",
            why="the embedded provider sells only models that have a card",
            fix=did_you_mean(value, catalog.models(), kind="models", otherwise="leave `model` out"),
        )
    return value


_DECIMAL_SCHEMA = {"type": ["number", "string"], "minimum": 0}
Number = Annotated[int, whole(1, MOST, of="submits and predictions count from 1")]
Share = Annotated[float, Leaf(_share, _DECIMAL_SCHEMA)]
Seconds = Annotated[
    float,
    Leaf(lambda value: _decimal(value, "a number of seconds such as `1.5`"), _DECIMAL_SCHEMA),
]
Status = Annotated[int, whole(400, 599, of="HTTP statuses of errors")]
ServerStatus = Annotated[int, whole(500, 599, of="HTTP statuses of server errors")]
PerCentOf = Annotated[int, whole(0, 100_000, of="per cent of the usual amount")]
Code = Annotated[int, whole(1, 9999, of="codes of failed predictions")]
Count = Annotated[int, whole(1, MOST, of="how many")]
RetryAfter = Annotated[int | None, Leaf(_retry_after, {"type": ["integer", "string"]})]
GoneStatus = Annotated[int, Leaf(_gone, {"enum": [404, 410]})]
MediaType = Annotated[str, Leaf(_media_type, {"type": "string"})]
ModelId = Annotated[str, Leaf(_model, {"type": "string"})]
