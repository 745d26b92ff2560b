import json
from dataclasses import replace

import pytest

from pipeline.reporting.sheet.document import write_document
from tests.unit.sheet import samples


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, int | float):
        yield value


def test_the_version_comes_first_and_money_is_whole():
    text = write_document(samples.every_state())
    assert text.startswith('{"sheet":1,\n')
    body = json.loads(text)
    assert body["money"]["cap"] == 12_000_000
    assert body["cells"][0]["charge"] == 40_000
    assert not any(isinstance(number, float) for number in numbers(body))


def test_each_cell_has_a_line_of_its_own():
    facts = samples.every_state()
    lines = write_document(facts).splitlines()
    changed = replace(facts.groups[0].cells[0], others=3)
    group = replace(facts.groups[0], cells=(changed, *facts.groups[0].cells[1:]))
    others = write_document(replace(facts, groups=(group, *facts.groups[1:]))).splitlines()
    assert sum(a != b for a, b in zip(lines, others, strict=True)) == 1


def test_it_says_everything_about_a_cell_and_leaves_out_what_is_absent():
    body = json.loads(write_document(samples.every_state()))
    by_address = {cell["address"]: cell for cell in body["cells"]}
    cell = by_address["anna/front/studio/master/t1"]
    assert body["groups"][cell["group"]]["picture"] == "front"
    assert body["prompts"][cell["prompt"]]["text"].startswith("Put the woman in a grey studio")
    assert body["params"][cell["params"]] == {"size": "4096*4096", "max_images": "3"}
    assert cell["charge_is"] == "quoted"
    assert cell["others"] == 2
    assert [each["size"] for each in cell["renditions"]] == ["feed", "shop"]
    wanted = by_address["anna/front/snow/master/t2"]
    assert wanted["quote"] == 40_000
    assert "sha256" not in wanted
    assert by_address["anna/front/studio/master/t2"]["charge"] == 0


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_text_is_kept_to_the_letter(text):
    document = write_document(samples.hostile(text))
    assert document.encode()
    body = json.loads(document)
    assert body["campaign"]["title"] == text
    assert body["cells"][1]["reason"] == text
