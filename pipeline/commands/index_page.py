"""`outputs/index.html`: the page over all campaigns, from the sheets that lie there."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from pipeline.adapters.durable_files import temporary_beside
from pipeline.adapters.places import Places
from pipeline.commands.outputs import DOCUMENT, PAGE
from pipeline.reporting.index.entries import Entry, NotASheetError, read_entry
from pipeline.reporting.index.page import render_index


def refresh_index(places: Places) -> Path:
    """Write the page over all campaigns, unless it says all this already.

    Raises:
        OSError: it is as it was.
    """
    outputs = places.root / "outputs"
    entries: list[Entry] = []
    unread: list[str] = []
    for document in _documents(places, outputs):
        folder = document.parent.relative_to(outputs).as_posix()
        try:
            entries.append(read_entry(orjson.loads(document.read_bytes()), folder=folder))
        except (NotASheetError, OSError, ValueError):
            unread.append(folder)
    shown = {one.folder.partition("/")[0] for one in entries} | {
        folder.partition("/")[0] for folder in unread
    }
    without = [name for name in places.names() if name not in shown]
    text = render_index(entries, without=without, unread=unread)
    target = outputs / PAGE
    if not _says(target, text):
        outputs.mkdir(parents=True, exist_ok=True)
        with temporary_beside(target) as temporary:
            temporary.write_text(text, "utf-8")
            temporary.replace(target)
    return target


def _documents(places: Places, outputs: Path) -> Iterator[Path]:
    """All sheets: of each campaign of the workspace, real first, then its other realms."""
    for name in places.names():
        folder = outputs / name
        below = sorted(folder.glob(f"*/{DOCUMENT}"))
        for document in (folder / DOCUMENT, *below):
            if document.is_file() and (document.parent / PAGE).is_file():
                yield document


def _says(target: Path, text: str) -> bool:
    try:
        return target.read_text("utf-8") == text
    except (OSError, ValueError):
        return False
