from dataclasses import replace

from pipeline.domain.campaign import PixelSize
from pipeline.domain.money import MicroUsd
from pipeline.domain.plan import Address
from pipeline.reporting.sheet import view
from pipeline.reporting.sheet.facts import CellState, Group, SizeFacts
from pipeline.reporting.sheet.page import render_sheet
from pipeline.reporting.sheet.words import pixels
from tests.unit.sheet import samples


def labels(*addresses):
    facts = samples.every_state()
    group = Group("anna", "front", None, tuple(samples.cell(each) for each in addresses))
    (block,) = view.blocks(replace(facts, groups=(group,)))
    return [tile.label for tile in block.tiles]


def test_a_label_names_only_what_differs():
    only = Address("anna", "front", "base", "master", 1)
    snow = only._replace(variant="snow")
    assert labels(only) == ["edit"]
    assert labels(only, only._replace(take=2)) == ["take 1", "take 2"]
    assert labels(snow) == ["snow"]
    assert labels(snow, snow._replace(size="story", take=2)) == [
        "snow · master · take 1",
        "snow · story · take 2",
    ]


def test_large_groups_are_cut_into_blocks_that_say_so():
    blocks = view.blocks(samples.many(250, with_pictures=False))
    assert [block.name for block in blocks] == [
        "Pictures, 1 to 120",
        "Pictures, 121 to 240",
        "Pictures, 241 to 250",
    ]


def test_a_reference_that_is_not_wanted_itself_still_has_its_place():
    group = Group("anna", "front", samples.original("front", is_reference=True), ())
    (block,) = view.blocks(replace(samples.every_state(), groups=(group,)))
    assert block.note == "reference only, not edited itself"
    assert block.original_words == f"Original and reference · {pixels(PixelSize(1400, 1400))}"
    assert block.tiles == ()


def test_an_orphan_counts_neither_as_wanted_nor_as_delivered():
    facts = samples.every_state()
    assert view.counts(facts)[0] == ("2 of 8", "delivered")
    assert ("1", "no longer wanted") in view.counts(facts)
    front, side = view.blocks(facts)
    assert (front.note, side.note) == ("2 of 4 delivered", "0 of 4 delivered")


def test_a_tile_without_a_picture_leads_to_its_prompt():
    front, _ = view.blocks(samples.every_state())
    failed = front.tiles[3]
    assert failed.link == "#p1"
    assert (failed.state, failed.reason) == (
        "Failed",
        "1101: content moderation refused the prompt",
    )


def test_a_tile_shows_the_beginning_of_a_long_reason_and_the_side_panel_all_of_it():
    reason = "it failed before: " + "moderated for its words, " * 60
    cell = samples.undelivered(
        Address("anna", "front", "snow", "master", 1), CellState.FAILED, reason
    )
    group = Group("anna", "front", None, (cell,))
    facts = replace(samples.every_state(), groups=(group,))
    (block,) = view.blocks(facts)
    (tile,) = block.tiles
    assert len(tile.reason) <= 160
    assert tile.reason.startswith("it failed before: moderated")
    assert reason.strip() in render_sheet(facts).html


def test_a_draft_that_failed_is_no_picture_that_was_drafted():
    facts = samples.every_state()
    facts = replace(facts, campaign=replace(facts.campaign, realm="draft"))
    found = {line.label: line.amount for line in view.money(facts)}
    assert found["Pictures drafted"] == "2"


def test_a_delivered_picture_without_a_preview_says_so():
    cell = samples.cell(Address("anna", "front", "snow", "master", 1), thumb=None)
    (block,) = view.blocks(
        replace(samples.every_state(), groups=(Group("anna", "front", None, (cell,)),))
    )
    (tile,) = block.tiles
    assert (tile.state, tile.reason, tile.link) == ("Delivered", "no preview", cell.link)


def test_money_over_the_cap_turns_into_words():
    facts = replace(samples.every_state(), money=samples.money(left=MicroUsd(-440_000), images=203))
    notes = {line.label: line.note for line in view.money(facts)}
    assert notes["Left"] == "over the cap by $0.44"
    assert notes["Pictures bought"] == "over the cap by 3"
    assert notes["In doubt"] == "may be charged"


def test_a_campaign_without_a_cap_has_nothing_left_to_show():
    facts = replace(samples.every_state(), money=samples.money(cap=None, left=None))
    lines = {line.label: line.amount for line in view.money(facts)}
    assert lines["Cap"] == "none"
    assert "Left" not in lines


def test_choices_count_what_they_would_show():
    choices = view.choices(samples.every_state())
    assert [(each.value, each.cells) for each in choices["variant"]] == [
        ("snow", 4),
        ("studio", 4),
        ("dusk", 1),
    ]
    assert choices["state"][0] == ("delivered", "Delivered", 2)
    assert {each.value for each in choices["state"]} == {state.value for state in CellState}


def test_a_prompt_that_two_variants_share_stands_once():
    facts = samples.every_state()
    cells = tuple(replace(cell, prompt=0) for cell in facts.groups[0].cells)
    snow, studio, dusk = view.variants(
        replace(facts, groups=(replace(facts.groups[0], cells=cells),))
    )
    assert [entry.is_first for each in (snow, studio, dusk) for entry in each.prompts] == [
        True,
        False,
        False,
    ]
    assert (studio.prompts[0].used, studio.prompts[0].sets) == ("2 pictures", "anna")
    assert (snow.delivered, snow.bought, snow.charged) == ("1 of 2", 2, "$0.08")


def test_a_variant_that_only_an_orphan_knows_is_listed_with_nothing_charged():
    facts = samples.every_state()
    dusk = view.variants(replace(facts, variants=facts.variants[:2]))[2]
    assert (dusk.name, dusk.charged, dusk.delivered) == ("dusk", "$0.00", "0 of 0")


def test_sizes_say_what_they_are_made_from():
    story = SizeFacts("story", PixelSize(1080, 1920), "cover", "jpeg", PixelSize(2304, 4096))
    facts = replace(samples.every_state(), campaign=samples.campaign(sizes=(story,)))
    assert view.sizes(facts)[1] == (
        "story",
        f"{pixels(story.size)}, cover, jpeg, from a paid picture of {pixels(story.native)}",
    )


def test_the_newest_delivery_dates_the_sheet():
    facts = samples.every_state()
    assert view.newest_day(facts) == "2026-11-20"
    assert view.newest_day(replace(facts, groups=())) == ""


def test_the_command_can_be_pasted():
    facts = samples.draft_without_pictures()
    assert view.command(facts) == "campaign run posters --draft"
    odd = replace(facts, campaign=samples.campaign(name="a; rm b"))
    assert view.command(odd) == "campaign run 'a; rm b'"
