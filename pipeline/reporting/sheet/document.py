"""`sheet.json`: the facts of a sheet for machines.

Format 1: one JSON object, `sheet` first; money in whole micro-dollars; absent parts left out; one
cell a line, so that two sheets can be compared with a plain diff. Paths are as on disk, relative to
the page's folder.
"""

import json
from collections.abc import Iterable, Mapping

import orjson

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import Json
from pipeline.reporting.sheet.facts import (
    Before,
    CampaignFacts,
    Cell,
    Group,
    MoneyFacts,
    Original,
    Prompt,
    Rendition,
    SheetFacts,
    SizeFacts,
    Vote,
)

SHEET_FORMAT = 1

_encode_anything = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _encode(value: Json) -> str:
    """Compact JSON; what orjson refuses, halves of surrogate pairs, passes as it is."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return _encode_anything(value)


def write_document(facts: SheetFacts) -> str:
    """All facts as the text of `sheet.json`, ending in a newline.

    Text is written as it is but for halves of surrogate pairs, which no file can hold: they become
    escapes.
    """
    parts = {
        "sheet": _encode(SHEET_FORMAT),
        **({"title": _encode(facts.title)} if facts.title else {}),
        "kind": _encode(facts.kind),
        "campaign": _encode(_campaign(facts.campaign)),
        "money": _encode(_money(facts.money)),
        "variants": _lines(
            {"id": variant.id, "charged": variant.charged, "bought": variant.bought}
            for variant in facts.variants
        ),
        "prompts": _lines(_prompt(prompt) for prompt in facts.prompts),
        "params": _lines(dict(params) for params in facts.params),
        "groups": _lines(_group(group) for group in facts.groups),
        "cells": _cell_lines(facts.groups),
        "versions": _encode(dict(facts.versions)),
    }
    text = "{" + ",\n".join(f'"{name}":{part}' for name, part in parts.items()) + "}\n"
    return text.encode("utf-8", "backslashreplace").decode()


def _lines(items: Iterable[Json]) -> str:
    return "[" + ",".join("\n" + _encode(item) for item in items) + "]"


def _cell_lines(groups: Iterable[Group]) -> str:
    """As `_lines`, and faster: a group is encoded at once and parted where a cell begins.

    A quotation mark inside text is escaped, so nothing else can look like a beginning.
    """
    parts = (
        "\n" + _encode([_cell(index, cell) for cell in group.cells])[1:-1]
        for index, group in enumerate(groups)
        if group.cells
    )
    return "[" + ",".join(parts).replace('},{"address":', '},\n{"address":') + "]"


def _present(body: Mapping[str, Json]) -> dict[str, Json]:
    """What there is something to say of; zero and false say something."""
    return {name: value for name, value in body.items() if value or value == 0}


def _pair(size: PixelSize) -> list[Json]:
    return [size.width, size.height]


def _campaign(campaign: CampaignFacts) -> Json:
    return {
        "name": campaign.name,
        "title": campaign.title,
        "owner": campaign.owner,
        "tags": list(campaign.tags),
        "model": campaign.model,
        "model_title": campaign.model_title,
        "realm": campaign.realm,
        "draft": campaign.is_draft,
        "template": campaign.template,
        "master": _pair(campaign.master),
        "sizes": [_size(size) for size in campaign.sizes],
        "sets": [{"id": each.id, "reference": each.reference} for each in campaign.sets],
        "need": campaign.need,
    }


def _size(size: SizeFacts) -> Json:
    body: dict[str, Json] = {
        "name": size.name,
        "size": _pair(size.size),
        "fit": size.fit,
        "format": size.format,
        "native": None if size.native is None else _pair(size.native),
        "of": size.of,
    }
    # Per mille, so that no number of the document is a fraction.
    if size.safe is not None:
        body["safe"] = [round(side * 1000) for side in size.safe]
    return body


def _money(money: MoneyFacts) -> Json:
    return _present(
        {
            "cap": money.cap,
            "charged": money.charged,
            "reserved": money.reserved,
            "in_doubt": money.in_doubt,
            "left": money.left,
            "images": money.images,
            "image_cap": money.image_cap,
            "real_cost": money.real_cost,
            "real_left": money.real_left,
            "to_buy": money.to_buy or None,
            "room": money.room,
            "room_of": money.room_of,
        }
    )


def _prompt(prompt: Prompt) -> Json:
    return {
        "text": prompt.text,
        "parts": [{"text": part.text, "origin": part.origin} for part in prompt.parts],
    }


def _group(group: Group) -> Json:
    original = None if group.original is None else _original(group.original)
    return _present({"set": group.set, "picture": group.picture, "original": original})


def _original(original: Original) -> Json:
    return _present(
        {
            "pixels": _pair(original.pixels),
            "thumb": original.thumb,
            "link": original.link,
            "reference": original.is_reference,
            "focus": None if original.focus is None else list(original.focus),
        }
    )


def _cell(group: int, cell: Cell) -> Json:
    where = cell.address
    body: dict[str, Json] = {
        "address": str(where),
        "group": group,
        "variant": where.variant,
        "size": where.size,
        "take": where.take,
        "key": cell.key,
        "state": cell.state.value,
        "prompt": cell.prompt,
        "params": cell.params,
    }
    optional: dict[str, Json] = {
        "reason": cell.reason,
        "sha256": cell.picture,
        "thumb": cell.thumb,
        "link": cell.link,
        "pixels": None if cell.pixels is None else _pair(cell.pixels),
        "charge": cell.charge,
        "charge_is": None if cell.charge is None else cell.basis.value,
        "quote": cell.quote,
        "prediction": cell.prediction,
        "attempt": cell.attempt,
        "day": cell.day,
        "notes": list(cell.notes),
        "others": cell.others or None,
        "how": cell.how,
        "renditions": [_rendition(each) for each in cell.renditions],
        "confidence": cell.confidence,
        "verdict": cell.verdict,
        "votes": [_vote(vote) for vote in cell.votes],
        "stale": [_vote(vote) for vote in cell.stale],
        "checked": cell.is_checked or None,
        "flags": [
            {"name": flag.name, "severity": flag.severity, "words": flag.words}
            for flag in cell.flags
        ],
        "reroll": cell.reroll,
        "provenance": cell.provenance,
        "change": cell.change,
        "before": None if cell.before is None else _before(cell.before),
    }
    return body | _present(optional)


def _vote(vote: Vote) -> Json:
    return _present(
        {"verdict": vote.word, "reviewer": vote.reviewer, "at": vote.at, "note": vote.note}
    )


def _before(before: Before) -> Json:
    return _present({"sha256": before.picture, "thumb": before.thumb, "link": before.link})


def _rendition(rendition: Rendition) -> Json:
    body: dict[str, Json] = {
        "size": rendition.size,
        "link": rendition.link,
        "pixels": [rendition.width, rendition.height],
        "bytes": rendition.bytes,
    }
    if rendition.thumb is not None:
        body["thumb"] = rendition.thumb
    if rendition.flags:
        body["flags"] = list(rendition.flags)
    return body
