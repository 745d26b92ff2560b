"""A shop whose pictures are here: bought by receipts that nobody paid for, bytes in the store."""

import io
import json
from pathlib import Path

from PIL import Image, ImageDraw

from pipeline.adapters.places import REAL, find_places
from pipeline.adapters.store import Store
from tests.functional.workspace import Workspace, lines_of
from tests.support.review import purchase

SIZE = (320, 180)


def picture(number: int) -> bytes:
    """A small JPEG that no other number gives."""
    image = Image.new("RGB", SIZE, (40 + number * 53 % 180, 60 + number * 97 % 160, 120))
    ImageDraw.Draw(image).ellipse((60 + number * 7 % 90, 30, 200, 150), fill=(230, 220, 200))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return file.getvalue()


def stock(workspace: Workspace, name: str) -> list[str]:
    """Put bytes into the store for each picture that receipts of a campaign tell of.

    The store goes by names, and so a picture need not have the digest that its name says; returns
    these digests.
    """
    places = find_places(workspace.root)
    store = Store(places.of_realm(REAL) / "store")
    found = [
        output["sha256"]
        for line in lines_of(workspace.lock(name))
        for output in line.get("outputs", ())
    ]
    for number, digest in enumerate(found):
        file = Path(store.name_of(digest))
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(picture(number + len(found) * len(name)))
    return found


def buy(workspace: Workspace, name: str, *, run: str = "r-1") -> None:
    """Buy what a campaign wants, and stock it."""
    purchase(workspace, name, run=run)
    stock(workspace, name)


def facts_of(workspace: Workspace, name: str) -> dict:
    """The sheet's own document."""
    return json.loads((workspace.outputs(name) / "sheet.json").read_text("utf-8"))
