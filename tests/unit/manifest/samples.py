"""Cards, listings and manifests to try the manifest room with; the cards are modelled on real ones,
and belong to the tests so that no new card changes a golden screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.domain.campaign import Campaign, PixelSize, Workspace
from pipeline.domain.card import Card, InputRule, NamedSize, OutputRule, PriceRule, SizeRule
from pipeline.domain.diagnostics import Problem, in_file_order
from pipeline.domain.fingerprint import Sha256, digest
from pipeline.domain.money import MicroUsd
from pipeline.domain.picture import PictureFacts
from pipeline.manifest.files import Listing
from pipeline.manifest.inherit import Parents
from pipeline.manifest.load import Read, Wanted, build, pictures_wanted, read, read_workspace

SEQUENTIAL = Card(
    model="bytedance/seedream-v4.5/edit-sequential",
    title="Seedream 4.5 Edit Sequential",
    provider="wavespeed",
    operation="edit",
    takes_reference=True,
    schema={
        "type": "object",
        "properties": {
            "prompt": {"type": "string", "minLength": 1},
            "images": {"type": "array", "items": {"type": "string"}},
            "size": {"type": "string"},
            "max_images": {"type": "integer", "minimum": 1, "maximum": 15},
            "enable_sync_mode": {"type": "boolean"},
        },
    },
    defaults={},
    inputs=InputRule(
        field="images",
        many=True,
        least=1,
        most=10,
        max_bytes=10_000_000,
        max_pixels=36_000_000,
        min_side=15,
        max_ratio=16,
        formats=("jpeg", "png", "webp"),
    ),
    outputs=OutputRule(most=15, count_field="max_images", inputs_plus_outputs=15),
    size=SizeRule(
        form="pixels", field="size", min_pixels=3_686_400, max_pixels=16_777_216, max_ratio=16
    ),
    price=PriceRule(
        kind="exact",
        unit=MicroUsd(40_000),
        by_field=None,
        by_value={},
        extra_input=MicroUsd(0),
        as_of="2026-11-01",
        source="a test",
    ),
)
ONE_OUTPUT = replace(SEQUENTIAL.outputs, most=1, count_field=None, inputs_plus_outputs=None)
EDIT = replace(SEQUENTIAL, model="bytedance/seedream-v4.5/edit", outputs=ONE_OUTPUT)
TEXT = replace(
    EDIT,
    model="bytedance/seedream-v4.5",
    operation="text",
    takes_reference=False,
    inputs=replace(EDIT.inputs, least=0, most=0),
)
QWEN = replace(
    EDIT,
    model="wavespeed-ai/qwen-image/edit",
    takes_reference=False,
    schema={
        "type": "object",
        "properties": {
            "prompt": {"type": "string"},
            "image": {"type": "string"},
            "size": {"type": "string"},
            "seed": {"type": "integer", "minimum": -1, "maximum": 2147483647},
            "strength": {"type": "number", "minimum": 0, "maximum": 1.5},
            "negative_prompt": {"type": "string", "maxLength": 20},
            "watermark": {"type": "boolean"},
            "output_format": {"type": "string", "enum": ["jpeg", "png", "webp"]},
            "loras": {
                "type": "array",
                "maxItems": 2,
                "items": {
                    "type": "object",
                    "properties": {"path": {"type": "string"}, "scale": {"type": "number"}},
                    "required": ["path"],
                },
            },
        },
    },
    inputs=replace(EDIT.inputs, field="image", many=False, most=1),
    size=replace(
        EDIT.size,
        min_pixels=65_536,
        max_pixels=2_359_296,
        min_side=256,
        max_side=1536,
        max_ratio=4,
    ),
    price=replace(EDIT.price, unit=MicroUsd(20_000)),
)
NANO = replace(
    EDIT,
    model="google/nano-banana-pro/edit",
    size=SizeRule(
        form="resolution",
        field="resolution",
        aspect_field="aspect_ratio",
        named=tuple(
            NamedSize(resolution, aspect, PixelSize(width * times, height * times))
            for resolution, times in (("1k", 1), ("2k", 2), ("4k", 4))
            for aspect, width, height in (
                ("1:1", 1024, 1024),
                ("4:5", 928, 1152),
                ("9:16", 768, 1376),
                ("16:9", 1376, 768),
                ("21:9", 1584, 672),
            )
        ),
    ),
    price=replace(
        EDIT.price,
        kind="floor",
        unit=None,
        by_field="resolution",
        by_value={"1k": MicroUsd(140_000), "2k": MicroUsd(140_000), "4k": MicroUsd(240_000)},
    ),
)
SOLO = replace(EDIT, model="example/solo/edit", inputs=replace(EDIT.inputs, most=1))
"""Takes a reference, but only one picture at a time: no real model is so inconsistent."""

CARDS: Mapping[str, Card] = {
    card.model: card for card in (TEXT, EDIT, SEQUENTIAL, SOLO, NANO, QWEN)
}

FILES = (
    "images/anna/back.jpg",
    "images/anna/front.jpg",
    "images/bag/side.jpg",
    "images/bag/top.jpg",
    "notes.txt",
)

MANIFEST = """\
version: 1
campaign: spring
title: Spring 2026
owner: brand-team
tags: [apparel, hero]
model: bytedance/seedream-v4.5/edit-sequential
images:
  anna:
    files: [images/anna/*.jpg]
    reference: images/anna/front.jpg
    subject: the woman
    focus: {front: [0.5, 0.35]}
  bag: images/bag/*.jpg
prompt: |
  Put {set.subject} in {variant.place}, {variant.light}. Keep face, pose and label unchanged.
variants:
  snow:   {place: a snowy street, light: cold morning light}
  studio: {place: a grey studio, light: soft studio lighting}
takes: 1
master: 4096x4096
sizes:
  feed:  1080x1350
  story: {size: 1080x1920, native: 2304x4096}
  shop:  {size: 2000x2000, fit: contain, background: "#ffffff", format: webp, max_bytes: 500kB}
matrix:
  exclude: [{set: bag, variant: snow, why: no bag outdoors}]
  extend:  [{where: {variant: snow}, with: {light: blue hour}}]
  add:     [{set: anna, variant: studio, take: 2}]
budget: {cap: 12.00 USD, warn_at: 80%, max_images: 200, max_per_job: 0.60 USD}
"""


def facts_of(path: str, **others) -> PictureFacts:
    """A harmless JPEG whose digest follows from its path."""
    known = {"size": 1_000_000, "width": 2000, "height": 3000, "format": "jpeg"} | others
    return PictureFacts(sha256=Sha256(digest(path)), **known)


@dataclass
class Loaded:
    """All that the three steps gave."""

    read: Read
    wanted: Wanted
    campaign: Campaign | None
    problems: list[Problem]
    codes: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = [problem.code for problem in self.problems]


def load(
    text: str,
    *,
    files=FILES,
    escaping=(),
    facts=None,
    folder="spring",
    workspace=Workspace(),  # noqa: B008 - frozen
    strict=False,
    others=None,
) -> Loaded:
    """Take a manifest through all three steps; `others` are files of `campaigns/` to extend."""
    parents = Parents(
        path=f"{folder}/campaign.yaml",
        text_of={f"{folder}/campaign.yaml": text, **(others or {})}.get,
        shown=lambda below: f"campaigns/{below}",
    )
    file = f"campaigns/{folder}/campaign.yaml"
    step = read(text, file=file, parents=parents, strict=strict)
    wanted = pictures_wanted(step, Listing(tuple(files), frozenset(escaping)))
    known = {path: facts_of(path) for path in wanted.paths} | (facts or {})
    campaign, problems = build(
        step,
        wanted,
        facts=known,
        card_of=CARDS.get,
        models=tuple(CARDS),
        folder=folder,
        workspace=workspace,
    )
    assert problems == in_file_order(problems)
    return Loaded(step, wanted, campaign, problems)


def load_workspace(text: str, *, strict=False) -> tuple[Workspace | None, list[Problem]]:
    return read_workspace(
        text,
        file="campaigns/workspace.yaml",
        card_of=CARDS.get,
        models=tuple(CARDS),
        strict=strict,
    )
