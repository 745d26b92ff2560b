"""Campaigns in memory, over pictures that are made on the spot."""

import functools
import hashlib
from dataclasses import replace
from pathlib import Path

from pipeline import catalog
from pipeline.commands.session import Subject
from pipeline.domain.campaign import (
    Budget,
    Campaign,
    ImageSet,
    Matrix,
    Picture,
    PixelSize,
    Variant,
    Workspace,
)
from pipeline.domain.fingerprint import Sha256
from pipeline.domain.money import parse_usd
from pipeline.domain.picture import PictureFacts
from tests.emulator.plain_engine import jpeg

SEQUENTIAL = "bytedance/seedream-v4.5/edit-sequential"
SINGLE = "bytedance/seedream-v4.5/edit"
SMALLEST = PixelSize(2560, 1440)


@functools.cache
def picture_bytes(number: int) -> bytes:
    return jpeg(32 + number % 7, 24, (number % 256, number // 256 % 256, 99))


def picture(number: int) -> Picture:
    content = picture_bytes(number)
    facts = PictureFacts(
        Sha256(hashlib.sha256(content).hexdigest()),
        len(content),
        32 + number % 7,
        24,
        "jpeg",
    )
    return Picture(f"p{number:03}", f"images/p{number:03}.jpg", facts)


def image_set(name: str, numbers, *, reference: int | None = None) -> ImageSet:
    return ImageSet(
        id=name,
        pictures=tuple(picture(n) for n in numbers),
        reference=None if reference is None else picture(reference),
        values={"subject": f"the {name}"},
    )


def campaign(*, pictures=range(1, 4), variants=("snow",), cap="100.00", **changes) -> Campaign:
    """A campaign of one set; `changes` replace any of its fields."""
    plain = Campaign(
        name="winter",
        title="Winter",
        owner="",
        tags=(),
        file="campaigns/winter/campaign.yaml",
        manifest="0" * 64,
        model=SEQUENTIAL,
        sets=(image_set("anna", pictures),),
        prompt="Put {set.subject} in {variant.place}.",
        variants=tuple(Variant(v, {"place": f"a place called {v}"}, {}) for v in variants),
        takes=1,
        master=SMALLEST,
        sizes=(),
        matrix=Matrix(),
        budget=Budget(cap=None if cap is None else parse_usd(cap)),
        params={},
        sequence="pictures",
        assume_max=None,
    )
    return replace(plain, **changes)


def subject(of: Campaign, workspace: Workspace | None = None) -> Subject:
    return Subject(of, catalog.card(of.model), workspace or Workspace())


def lay_out(of: Campaign, root: Path) -> None:
    """Write the pictures of a campaign where its manifest says they are."""
    folder = root / "campaigns" / of.name
    for images in of.sets:
        for shown in (*images.pictures, *filter(None, [images.reference])):
            path = folder / shown.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture_bytes(int(shown.id[1:])))
    (folder / "campaign.yaml").write_text("version: 1\n")
