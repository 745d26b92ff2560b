"""Rows of the embedded provider's SQLite file as the values of `records`."""

import sqlite3
from dataclasses import fields
from typing import Any

import orjson

from pipeline.emulator.records import Prediction, Upload


def prediction_of(row: sqlite3.Row) -> Prediction:
    """A prediction; the row has all columns of its table."""
    return Prediction(
        number=row["number"],
        own=row["own"],
        id=row["id"],
        model=row["model"],
        status=row["status"],
        created_us=row["created_us"],
        inputs=orjson.loads(row["inputs"]),
        sources=_list(row["sources"]),
        dropped=row["dropped"],
        outputs=row["outputs"],
        code=row["code"],
        error=row["error"],
        engine=row["engine"],
        notes=_list(row["notes"]),
        inference_ms=row["inference_ms"],
        organisation=row["organisation"],
        access_key=row["access_key"],
        flagged=_list(row["flagged"]),
        webhook=row["webhook"],
        calls=row["calls"],
    )


def upload_of(row: sqlite3.Row) -> Upload:
    """An upload; the row has all columns of its table."""
    names = (field.name for field in fields(Upload) if field.name != "received")
    return Upload(**{name: row[name] for name in names}, received=bool(row["received"]))


def _list(text: str) -> tuple[Any, ...]:
    return () if text == "[]" else tuple(orjson.loads(text))
