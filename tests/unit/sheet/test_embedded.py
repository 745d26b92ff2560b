import json
from dataclasses import replace

from pipeline.domain.campaign import PixelSize
from pipeline.domain.money import MicroUsd
from pipeline.reporting.sheet import view
from pipeline.reporting.sheet.embedded import embed, marker_size
from pipeline.reporting.sheet.facts import CellState, SizeFacts
from pipeline.reporting.sheet.links import href
from tests.unit.sheet import samples


def at(column, index):
    """As the page's script reads a column."""
    of = column["of"]
    if "at" in column:
        return of[column["at"][index]]
    return of[index] if len(of) > 1 else of[0]


def embedded(facts):
    blocks = view.blocks(facts)
    body = json.loads(embed(facts, blocks, digest="0123abcd" * 8))
    return body, [tile for block in blocks for tile in block.tiles]


def test_columns_give_every_cell_its_own_facts():
    facts = samples.every_state()
    body, _ = embedded(facts)
    for index, cell in enumerate(facts.cells):
        address = [at(column, index) for column in body["address"].values()]
        assert "/".join(part for part in address if part) == str(cell.address)
        told = {label: at(column, index) for label, column, _ in body["story"]}
        assert at(body["key"], index) == cell.key
        assert told["Prediction"] == cell.prediction
        shown = cell.picture if cell.state is CellState.DELIVERED else None
        is_named = shown is not None and cell.thumb == f"thumbs/{shown[:2]}/{shown}.webp"
        assert at(body["shown"], index) == (1 if is_named else shown or "")
        assert told["Picture, SHA-256"] == ("" if shown else cell.picture or "")
        assert at(body["charge"], index) == (cell.charge or 0)
        prompt = body["prompts"][at(body["prompt"], index)]
        assert "".join(text for text, _ in prompt) == facts.prompts[cell.prompt].text


def test_every_address_is_the_one_people_know():
    facts = samples.draft_without_pictures()
    body, _ = embedded(facts)
    address = [at(column, 3) for column in body["address"].values()]
    assert "/".join(part for part in address if part) == "studio/master/t2"


def test_links_of_derived_files_come_from_the_link_of_the_cell():
    facts = samples.every_state()
    body, tiles = embedded(facts)
    kinds = body["renditions"]["kinds"]
    assert [kind[0] for kind in kinds] == ["feed", "shop"]
    for cell, tile, rows in zip(facts.cells, tiles, body["renditions"]["cells"], strict=True):
        made = [tile.link[: len(tile.link) - kinds[kind][3]] + kinds[kind][4] for kind, *_ in rows]
        assert made == [href(each.link) for each in cell.renditions]


def test_blocks_cover_the_cells_in_order():
    facts = samples.many(250, with_pictures=False)
    body, tiles = embedded(facts)
    assert [block["cells"] for block in body["blocks"]] == [120, 120, 10]
    assert len(tiles) == 250


def test_an_empty_sheet_has_empty_columns():
    body, tiles = embedded(samples.many(0))
    assert tiles == []
    assert body["renditions"]["cells"] == []


def test_what_few_cells_have_is_told_by_number():
    body, _ = embedded(samples.reviewed())
    assert body["votes"] == {
        "0": [["Anna", "approve", "2026-11-20T10:00:00Z"]],
        "1": [["Anna", "reject", "2026-11-20T10:01:00Z"]],
    }
    assert body["stale"] == {"2": [["Bob", "approve", "2026-11-18T09:00:00Z"]]}
    assert body["flags"] == {"1": [["nothing-changed", 340], ["blur", 120]]}


def test_prices_and_room_are_whole_micro_dollars():
    body, _ = embedded(samples.reviewed())
    assert [at(body["reroll"], index) for index in range(4)] == [40_000, 40_000, 40_000, -1]
    assert body["money"]["room"] == 100_000 - 40_000
    unlimited = replace(samples.reviewed(), money=samples.money(room=None, to_buy=MicroUsd(9)))
    assert embedded(unlimited)[0]["money"]["room"] is None


def test_safe_areas_are_told_per_mille():
    story = SizeFacts(
        "story", PixelSize(1080, 1920), "cover", "jpeg", safe=(0.06, 0.14, 0.06, 0.35)
    )
    facts = replace(samples.every_state(), campaign=samples.campaign(sizes=(story,)))
    assert embedded(facts)[0]["sizes"] == [
        ["story", 1080, 1920, "cover", "master", [60, 140, 60, 350]]
    ]


def test_the_marker_tells_sheets_apart_and_is_a_possible_picture():
    sizes = {marker_size(samples.sha(str(number))) for number in range(1_000)}
    assert len(sizes) == 1_000
    assert all(1 <= side <= 16_000 for size in sizes for side in size)
