"""Digests of values and bytes: one canonical form, so that equal things have equal names."""

import hashlib
import json
from collections.abc import Mapping
from typing import NewType

JsonScalar = str | int | bool | None
Json = JsonScalar | list["Json"] | dict[str, "Json"]
Components = Mapping[str, Json]

CellKey = NewType("CellKey", str)
"""`c1-` and 64 hex digits: what was wanted of one picture."""
JobKey = NewType("JobKey", str)
"""`j1-` and 64 hex digits: one exact request as the model sees it."""
Sha256 = NewType("Sha256", str)
"""64 hex digits: the digest of a file's bytes."""


class NotCanonicalError(TypeError):
    """A value that has no canonical form, such as a float: 1 and 1.0 would be two keys."""


def canonical(value: Json | Components) -> str:
    """Write a value as canonical JSON: sorted keys, no spaces, no floats, UTF-8 text as it is.

    Text is taken as given: whoever reads text in (the manifest) brings it to Unicode NFC once, so
    that what is hashed is what is sent.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise NotCanonicalError(f"{value!r} is a float; keys are made from text and whole numbers")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
