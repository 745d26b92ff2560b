"""Where values come from, as a table for people and a document for machines."""

from collections.abc import Mapping, Sequence

from pipeline.domain.fingerprint import Json
from pipeline.domain.origin import Origin
from pipeline.domain.screen import visible
from pipeline.reporting.tables import table

ORIGIN_FORMAT = 1
_MOST = 60
_GAP = "  "


def origin_text(blocks: Sequence[tuple[str, Sequence[Origin]]]) -> str:
    """One table, a block for each file that was asked about; the place is what an editor opens.

    Args:
        blocks: a title and values in the order to show.
    """
    rows = [
        (f"{_GAP}{one.path}", _cut(_in_words(one.value)), _place(one))
        for _, values in blocks
        for one in values
    ]
    told = iter(table(rows) if rows else ())
    lines: list[str] = []
    for title, values in blocks:
        lines += ["", title] if lines else [title]
        lines += [next(told) for _ in values]
    return "\n".join(lines) + "\n"


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def origin_document(blocks: Sequence[tuple[str, Sequence[Origin]]]) -> Mapping[str, object]:
    """For machines; every value whole."""
    return {
        "origins": ORIGIN_FORMAT,
        "files": [
            {"name": name, "values": [_as_json(one) for one in values]} for name, values in blocks
        ],
    }


def _as_json(one: Origin) -> Mapping[str, object]:
    body: dict[str, object] = {"path": one.path, "value": one.value, "written": one.written}
    if one.at is not None:
        body |= {"file": one.at.file, "line": one.at.line, "column": one.at.column}
    return body


def _place(one: Origin) -> str:
    return "default" if one.at is None else visible(f"{one.at.file}:{one.at.line}")


def _in_words(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(map(_in_words, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_in_words(item)}' for key, item in value.items())}}}"
        case _:
            return visible(" ".join(str(value).split()))
