import json

from pipeline.reporting.sheet import view
from pipeline.reporting.sheet.embedded import embed
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
    return json.loads(embed(facts, blocks)), [tile for block in blocks for tile in block.tiles]


def test_columns_give_every_cell_its_own_facts():
    facts = samples.every_state()
    body, _ = embedded(facts)
    for index, cell in enumerate(facts.cells):
        address = [at(column, index) for column in body["address"].values()]
        assert "/".join(part for part in address if part) == str(cell.address)
        told = {label: at(column, index) for label, column, _ in body["story"]}
        assert told["Cell key"] == cell.key
        assert told["Prediction"] == cell.prediction
        assert told["Picture, SHA-256"] == (cell.picture or "")
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
