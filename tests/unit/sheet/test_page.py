import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import digest
from pipeline.reporting.sheet.links import UnsafePathError, href
from pipeline.reporting.sheet.page import FactsError, render_sheet
from tests.unit.sheet import samples
from tests.unit.sheet.markup import read

GOLDEN = Path(__file__).parents[2] / "golden" / "sheets"
CASES = {"every-state": samples.every_state, "draft": samples.draft_without_pictures}


@pytest.mark.parametrize("case", CASES)
def test_the_page_and_its_document_are_golden(case, golden):
    sheet = render_sheet(CASES[case]())
    golden(GOLDEN / case / "index.html", sheet.html)
    golden(GOLDEN / case / "sheet.json", sheet.json)


def test_the_same_facts_give_the_same_bytes():
    assert render_sheet(samples.every_state()) == render_sheet(samples.every_state())


def test_the_digest_is_that_of_the_document_and_the_page_shows_its_beginning():
    sheet = render_sheet(samples.every_state())
    assert sheet.digest == digest(sheet.json)
    assert sheet.digest[:12] in read(sheet.html).text


def paths_of(facts):
    for group in facts.groups:
        if group.original:
            yield from (group.original.thumb, group.original.link)
        for cell in group.cells:
            yield from (cell.thumb, cell.link)
            yield from (each.link for each in cell.renditions)


@pytest.mark.parametrize("case", CASES)
def test_every_link_resolves(case):
    facts = CASES[case]()
    page = read(render_sheet(facts).html)
    known = {href(path) for path in paths_of(facts) if path} | {"sheet.json", "data:,"}
    known |= {f"#{name}" for name in page.ids}
    assert set(page.links) <= known
    assert len(page.ids) == len(set(page.ids))


def test_without_script_the_page_is_complete():
    facts = samples.every_state()
    page = read(render_sheet(facts).html)
    for cell in facts.cells:
        assert f"{cell.address.variant} · take {cell.address.take}" in page.text
        assert cell.reason in page.text or cell.thumb
        assert cell.link is None or href(cell.link) in page.links
    for prompt in facts.prompts:
        assert prompt.text in re.sub(r"\s+([.,])", r"\1", page.text)
    assert "2 of 8 delivered" in page.text
    assert "$0.40" in page.text
    hidden = [found["id"] for _, found in page.elements if "hidden" in found]
    assert hidden == ["bar", "nothing", "help"]


def test_a_draft_says_so_wherever_one_may_look():
    page = read(render_sheet(samples.draft_without_pictures()).html)
    assert "Draft: made by the embedded engine, not by Seedream 4.5 Edit Sequential ." in page.text
    assert page.text.startswith("Draft: Posters")
    assert "campaign run posters --draft" in page.text
    assert "Real run would cost $0.16" in page.text
    assert "Would leave -$0.06 over the cap by $0.06" in page.text


def test_a_real_sheet_does_not_speak_of_drafts():
    assert "raft" not in read(render_sheet(samples.every_state()).html).text


def test_the_policy_names_exactly_the_scripts_and_styles_of_the_page():
    page = read(render_sheet(samples.every_state()).html)
    policies = [
        found["content"]
        for tag, found in page.elements
        if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy"
    ]

    def source(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    wanted = (
        "default-src 'none'; img-src 'self' data: blob:; "
        f"script-src {source(page.raw['script', None])}; "
        f"style-src {source(page.raw['style', None])}; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert policies == [wanted]


def test_script_and_style_fit_the_budget_and_reach_for_nothing():
    page = read(render_sheet(samples.every_state()).html)
    code = page.raw["script", None] + page.raw["style", None]
    assert len(code.encode()) <= 20_000
    for outside in ("http", "//cdn", "url(", "@import", "fetch(", "innerHTML", "eval("):
        assert outside not in code


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_text_stays_text(text):
    """Whatever users write, the page has the elements and attributes of a harmless one."""

    def shape(page):
        return [
            (tag, sorted(name for name in found if name != "title")) for tag, found in page.elements
        ]

    page = read(render_sheet(samples.hostile(text)).html)
    harmless = read(render_sheet(samples.hostile("words")).html)
    assert shape(page) == shape(harmless)
    assert page.raw["script", None] == harmless.raw["script", None]
    assert page.raw["style", None] == harmless.raw["style", None]
    assert not any(
        name == "style" or name.startswith("on") for _, found in page.elements for name in found
    )
    assert not set(page.raw["script", "application/json"]) & set("<>&\u2028\u2029")
    json.loads(page.raw["script", "application/json"])


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_the_page_shows_no_invisible_character(text):
    html = render_sheet(samples.hostile(text)).html
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", html)


def test_user_text_stands_alone_in_its_direction():
    """A right-to-left name must not reorder the words around it."""
    html = render_sheet(samples.hostile("شتاء")).html
    body = html[html.index("<body") : html.index('<script type="application/json"')]
    outside = re.sub(r"<(bdi|code|option)\b[^>]*>.*?</\1>", "", body, flags=re.DOTALL)
    assert re.findall(r">[^<]*شتاء[^<]*<", outside) == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../../x", "a/../b", "a\\b", "", "a//b", "a\nb"])
def test_a_path_out_of_the_folder_is_refused(path):
    facts = samples.every_state()
    group = facts.groups[0]
    cell = replace(group.cells[0], renditions=(samples.Rendition("feed", path, 1, 1, 1),))
    bad = replace(facts, groups=(replace(group, cells=(cell,)),))
    with pytest.raises(UnsafePathError):
        render_sheet(bad)


@pytest.mark.parametrize("change", [{"prompt": 9}, {"prompt": -1}, {"params": 1}])
def test_a_cell_that_names_no_entry_of_a_table_is_refused(change):
    facts = samples.every_state()
    group = facts.groups[0]
    cell = replace(group.cells[0], **change)
    with pytest.raises(FactsError, match="anna/front/snow/master/t1"):
        render_sheet(replace(facts, groups=(replace(group, cells=(cell,)),)))


def test_a_campaign_without_pictures_says_so():
    page = read(render_sheet(replace(samples.every_state(), groups=())).html)
    assert "This campaign wants no pictures yet." in page.text
    assert "0 of 0 delivered" in page.text


@pytest.mark.parametrize(
    ("master", "shape"),
    [((4096, 2304), "4096/2304"), ((8000, 500), "16/9"), ((500, 8000), "9/16")],
)
def test_tiles_have_the_shape_of_the_masters_within_reason(master, shape):
    facts = replace(samples.every_state(), campaign=samples.campaign(master=PixelSize(*master)))
    assert f"--shape:{shape}}}" in render_sheet(facts).html


@pytest.mark.slow
def test_ten_thousand_cells_stay_light():
    sheet = render_sheet(samples.many(10_000))
    page = read(sheet.html)
    assert len(sheet.html.encode()) <= 5_000_000
    assert len(page.elements) <= 50_000
    assert sum(tag == "img" for tag, _ in page.elements) == 11_000
    assert all(found["loading"] == "lazy" for tag, found in page.elements if tag == "img")
