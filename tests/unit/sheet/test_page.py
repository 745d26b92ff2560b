import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.campaign import PixelSize
from pipeline.domain.fingerprint import digest
from pipeline.reporting.sheet.facts import Before
from pipeline.reporting.sheet.links import UnsafePathError, href
from pipeline.reporting.sheet.page import FactsError, latest_marker, render_sheet, served
from tests.unit.sheet import samples
from tests.unit.sheet.markup import read

TOKEN = "abc-123_X"  # noqa: S105 (of no server)
GOLDEN = Path(__file__).parents[2] / "golden" / "sheets"
CASES = {
    "every-state": samples.every_state,
    "draft": samples.draft_without_pictures,
    "reviewed": samples.reviewed,
}


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
    assert hidden == ["news", "acts", "bar", "nothing", "tools", "ask", "story", "link"]


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
        f"script-src {' '.join(map(source, page.scripts))}; "
        f"style-src {source(page.raw['style', None])}; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert policies == [wanted]


def test_script_and_style_fit_the_budget_and_reach_for_nothing():
    page = read(render_sheet(samples.every_state()).html)
    code = page.raw["script", None] + page.raw["style", None]
    assert len(gzip.compress(code.encode())) <= 20_000
    assert len(code.encode()) <= 56_000
    for outside in ("http", "//cdn", "url(", "@import", "innerHTML", "eval(", "document.write"):
        assert outside not in code
    assert code.count("fetch(") == code.count('fetch("verdicts"') == 1


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
    # With script what is in a `noscript` is text; it becomes a picture when it comes near.
    asleep = sum(tag == "noscript" for tag, _ in page.elements)
    assert 10_900 < asleep < 11_000
    assert len(page.elements) - asleep <= 50_000
    assert sum(tag == "img" for tag, _ in page.elements) == 11_000
    assert all(found["loading"] == "lazy" for tag, found in page.elements if tag == "img")


def test_verdicts_and_flags_are_read_without_script():
    page = read(render_sheet(samples.reviewed()).html)
    badges = [found["data-b"] for _, found in page.elements if "data-b" in found]
    assert badges == ["✓ approved", "✕ rejected", "was approved"]
    flags = [found["aria-label"] for tag, found in page.elements if tag == "i"]
    assert flags == ["flagged: nothing-changed: the source itself, not edited; blur: soft"]
    assert "Approved 1 Per approved $0.40 On rejected $0.04" in page.text
    assert "2 of 3 decided" in page.text


def test_a_page_that_stands_alone_shows_what_it_was_given_and_links_to_no_file():
    facts = samples.reviewed()
    first = facts.cells[0]
    page = read(render_sheet(facts, pictures={first.thumb: "data:image/webp;base64,AAAA"}).html)
    pictures = [found["src"] for tag, found in page.elements if tag == "img"]
    assert pictures == ["data:image/webp;base64,AAAA"]
    assert all(link.startswith(("#", "data:")) for link in page.links)
    assert "masters" not in page.raw["script", "application/json"]


def test_a_page_that_stands_alone_holds_the_same_facts():
    facts = samples.reviewed()
    assert render_sheet(facts, pictures={}).digest == render_sheet(facts).digest


def test_a_tile_of_a_difference_says_what_happened_and_shows_what_was():
    facts = samples.reviewed()
    group = facts.groups[0]
    was, same = (Before(samples.sha(name), f"thumbs/{name}.webp") for name in ("was", "same"))
    cells = (
        replace(group.cells[0], change="new"),
        replace(group.cells[1], change="changed", before=was),
        replace(group.cells[2], change="stale", before=same, thumb=same.thumb),
    )
    facts = replace(facts, kind="difference", title="x", groups=(replace(group, cells=cells),))
    html = render_sheet(facts).html
    tiles = re.findall(r"<li.*?</li>", html)
    assert [re.search(r'<b class="change (\w+)">(.*?)</b>', tile).groups() for tile in tiles] == [
        ("new", "New"),
        ("changed", "Changed"),
        ("stale", "Newly stale"),
    ]
    shown = [re.findall(r'src="([^"]*)" alt="([^"]*)"', tile) for tile in tiles]
    assert [[alt for _, alt in each] for each in shown] == [[""], ["before", "now"], [""]]
    assert shown[1] == [("thumbs/was.webp", "before"), (group.cells[1].thumb, "now")]
    assert '<option value="change">' in html
    assert '<option value="change">' not in render_sheet(samples.reviewed()).html


def test_a_difference_says_what_it_compares():
    facts = samples.reviewed()
    group = facts.groups[0]
    cells = tuple(
        replace(cell, change=change)
        for cell, change in zip(group.cells, ("new", "changed"), strict=False)
    )
    differing = replace(
        facts,
        kind="difference",
        title="Difference between main and the working tree",
        groups=(replace(group, cells=cells),),
    )
    sheet = render_sheet(differing)
    page = read(sheet.html)
    assert "Difference between main and the working tree · winter-lookbook" in page.text
    assert "Change all New (1) Changed (1)" in page.text
    assert "Cap $12.00" not in page.text
    assert json.loads(sheet.json)["cells"][0]["change"] == "new"
    empty = read(render_sheet(replace(differing, groups=())).html)
    assert "Nothing differs." in empty.text


def test_a_served_page_may_speak_to_its_server_and_nobody_else():
    html = render_sheet(samples.every_state()).html
    out = served(html, token=TOKEN, reviewer='Anna "the <b>"')
    page = read(out)
    policies = [found["content"] for _, found in page.elements if "http-equiv" in found]
    assert policies[0].startswith("default-src 'none'; connect-src 'self'; img-src")
    assert "connect-src" not in html
    (meta,) = [found for _, found in page.elements if found.get("name") == "campaign-review"]
    assert meta["content"] == TOKEN
    assert meta["data-reviewer"] == 'Anna "the <b>"'


@pytest.mark.parametrize("token", ["", 'x"', "a b", "<"])
def test_a_token_that_markup_could_trip_over_is_refused(token):
    with pytest.raises(ValueError, match="a token"):
        served(render_sheet(samples.every_state()).html, token=token)


def test_only_a_contact_sheet_is_served():
    with pytest.raises(ValueError, match="no contact sheet"):
        served("<title>x</title>", token=TOKEN)


def test_the_marker_says_which_sheet_is_the_newest():
    one = render_sheet(samples.every_state())
    other = render_sheet(samples.reviewed())
    assert latest_marker(one) != latest_marker(other)
    width, height = json.loads(read(one.html).raw["script", "application/json"])["marker"]
    assert f'width="{width}" height="{height}"' in latest_marker(one)
