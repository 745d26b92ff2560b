"""Verdicts on their way out of the page and into git, and what the browser keeps of them."""

import json
from dataclasses import replace

import pytest

from pipeline.adapters.review_files import read_import
from pipeline.domain.verdicts import Word
from tests.unit.sheet import samples

pytestmark = pytest.mark.slow
DASH = "\N{EN DASH}"
TOKEN = "t0k3n"  # noqa: S105 (of no server)


def decide(sheet):
    """Approve the first, reject the second with a reason, reroll the third with a note."""
    sheet.start()
    sheet.press("p", "x", "4", "r", "Enter")
    sheet.start(2)
    sheet.press("n")
    sheet.page.keyboard.type('less "snow" </script> ☃')
    sheet.press("Escape")


def imported(tmp_path, text):
    """As `campaign review --import` reads it."""
    file = tmp_path / "verdicts.jsonl"
    file.write_text(text, encoding="utf-8")
    return read_import(file, "verdicts.jsonl", reviewer="whoever")


def check(brought, *, reviewer):
    facts = samples.reviewed()
    assert brought.campaign == "winter-lookbook"
    verdicts = [line.verdict for line in brought.lines]
    assert [(v.word, v.note) for v in verdicts] == [
        (Word.APPROVE, ""),
        (Word.REJECT, "hands or body wrong"),
        (Word.REROLL, 'less "snow" </script> ☃'),
    ]
    for verdict, cell in zip(verdicts, facts.cells, strict=False):
        assert verdict.about == (cell.key, cell.picture)
        assert verdict.address == str(cell.address)
        assert verdict.reviewer == reviewer
        assert verdict.take is None


def fresh():
    """The four cells, nothing decided."""
    facts = samples.reviewed()
    group = facts.groups[0]
    cells = tuple(replace(cell, verdict=None, votes=(), stale=()) for cell in group.cells)
    return replace(facts, groups=(replace(group, cells=cells),))


def test_out_by_download(open_sheet, tmp_path):
    sheet = open_sheet(fresh())
    decide(sheet)
    page = sheet.page
    page.click("#save")
    assert "3 of yours, with new rerolls for $0.04" in page.locator("#tally").inner_text()
    page.fill("#me", "Anna  Åsa")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    name = saved.value.suggested_filename
    assert name.startswith("verdicts-winter-lookbook-")
    assert name in page.locator("#out").inner_text()
    text = saved.value.path().read_text("utf-8")
    check(imported(tmp_path, text), reviewer="Anna Åsa")
    sheet.close()


def test_out_by_the_clipboard(open_sheet, tmp_path):
    sheet = open_sheet(fresh(), permissions=["clipboard-read", "clipboard-write"])
    decide(sheet)
    sheet.page.click("#save")
    sheet.page.get_by_role("button", name="Copy").click()
    sheet.page.get_by_text("Copied: paste it").wait_for()
    text = sheet.page.evaluate("navigator.clipboard.readText()")
    check(imported(tmp_path, text), reviewer="whoever")
    sheet.close()


def test_the_clipboard_takes_no_more_than_60_kb(open_sheet):
    sheet = open_sheet(samples.many(300), with_pictures=False)
    sheet.page.on("dialog", lambda dialog: dialog.accept())
    sheet.page.evaluate(
        "() => { navigator.clipboard.writeText = () => { window.copied = true; }; }"
    )
    sheet.start()
    sheet.press("Control+a", "Shift+P")
    sheet.page.click("#save")
    sheet.page.get_by_role("button", name="Copy").click()
    assert "more than 60 kB" in sheet.page.locator("#tally").inner_text()
    assert sheet.page.evaluate("window.copied") is None
    sheet.close()


LINKED = """
window.showSaveFilePicker = async ({ suggestedName }) => {
  const root = await navigator.storage.getDirectory();
  return root.getFileHandle(suggestedName, { create: true });
};
window.linked = async () => {
  const root = await navigator.storage.getDirectory();
  for await (const [name, handle] of root) {
    if (!name.endsWith(".jsonl")) continue;
    return handle.getFile().then((file) => file.text()).catch(() => "");
  }
};
"""


def test_out_by_a_linked_file_that_follows_each_change(open_sheet, tmp_path):
    """A native picker cannot be driven, so the handle is one of the private file system."""
    sheet = open_sheet(fresh(), token=TOKEN, script=LINKED)
    page = sheet.page
    page.click("#save")
    page.fill("#me", "Bob")
    page.get_by_role("button", name="Link a file").click()
    page.get_by_text("saving to verdicts-winter-lookbook").wait_for()
    decide(sheet)  # only now: what was sent to the server before would be in its file as well
    sheet.until("window.linked().then((text) => text.includes('\N{SNOWMAN}'))")
    assert sheet.posted == []
    check(imported(tmp_path, page.evaluate("window.linked()")), reviewer="Bob")
    sheet.start()
    sheet.press("u")
    sheet.until("window.linked().then((text) => text !== '' && !text.includes('approve'))")
    assert len(imported(tmp_path, page.evaluate("window.linked()")).lines) == 2
    sheet.close()


# The page sends what is new a moment after it was said; here it sends when it is told to.
PATIENT = """
const patient = window.setTimeout;
window.setTimeout = (deed, wait, ...rest) =>
  patient(deed, wait === 1500 ? 3_600_000 : wait, ...rest);
"""


def sent(sheet):
    """Have the page send what is new, and wait until it knows that it is saved: the batch."""
    sheet.page.evaluate(
        """() => {
          document.getElementById("saving").textContent = "";
          dispatchEvent(new Event("pagehide"));
        }"""
    )
    sheet.page.get_by_text("saving to reviews/anna/20261122-v-1.jsonl").wait_for()
    return sheet.posted[-1]


def test_out_by_the_server_that_hands_out_the_page(open_sheet, tmp_path):
    sheet = open_sheet(fresh(), token=TOKEN, script=PATIENT)
    decide(sheet)
    assert sheet.posted == []
    headers, text = sent(sheet)
    assert headers["x-campaign-token"] == TOKEN
    check(imported(tmp_path, text), reviewer="Anna")

    sheet.press("Control+z", "Control+z")  # the note that came last, and the reroll before it
    sheet.start()
    sheet.press("u")
    assert sheet.badges() == ["✕ rejected"]
    first, _, noted = (line.verdict for line in imported(tmp_path, text).lines)
    cleared, undone = verdicts_of(sent(sheet), tmp_path)
    assert (cleared.word, cleared.cell) == (Word.CLEAR, first.cell)
    assert (undone.word, undone.cell) == (Word.CLEAR, noted.cell)
    assert cleared.at > first.at  # newer, however fast the reviewer is
    assert undone.at > noted.at

    sheet.press("Control+z")
    assert sheet.badges() == ["✓ approved", "✕ rejected"]
    (again,) = verdicts_of(sent(sheet), tmp_path)
    assert (again.word, again.cell) == (Word.APPROVE, first.cell)
    assert again.at > cleared.at
    sheet.close()


def verdicts_of(batch, tmp_path):
    _, text = batch
    return [line.verdict for line in imported(tmp_path, text).lines]


def test_what_is_in_git_is_cleared_by_whoever_said_it(open_sheet, tmp_path):
    sheet = open_sheet(samples.reviewed())
    page = sheet.page
    sheet.start()
    sheet.press("u")
    assert "Say who you are" in page.locator("#said").inner_text()
    assert sheet.badges() == ["✓ approved", "✕ rejected", "was approved"]
    page.click("#save")
    page.fill("#me", "anna")
    page.keyboard.press("Escape")
    page.select_option("#by-verdict", "approve")
    assert sheet.shown() == 1
    page.select_option("#by-verdict", "")
    sheet.start()
    sheet.press("u")
    assert sheet.badges() == ["✕ rejected", "was approved"]
    assert page.locator("#m-approved").inner_text() == "0"
    sheet.press("u")
    assert page.locator("#said").inner_text() == "There is nothing of yours to clear."
    page.click("#save")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    text = saved.value.path().read_text("utf-8")
    assert text.startswith('{"verdicts":2,')
    (line,) = imported(tmp_path, text).lines
    assert (line.verdict.word, line.verdict.reviewer) == (Word.CLEAR, "anna")
    assert line.verdict.at > samples.reviewed().cells[0].votes[0].at

    # Once git knows, the browser forgets: there is nothing left to save.
    group = samples.reviewed().groups[0]
    known = (replace(group.cells[0], verdict=None, votes=()), *group.cells[1:])
    newer = replace(samples.reviewed(), groups=(replace(group, cells=known),))
    again = open_sheet(newer, context=page.context)
    again.until("document.querySelectorAll('[data-b]').length === 2")
    assert again.page.locator("#save").inner_text() == "Save verdicts"
    again.close()


def test_what_the_server_refuses_is_said_and_kept(open_sheet):
    sheet = open_sheet(fresh(), token=TOKEN, answer={"error": "another campaign"})
    sheet.start()
    sheet.press("p")
    sheet.page.get_by_text("not saved: another campaign").wait_for()
    assert sheet.badges() == ["✓ approved"]


def test_verdicts_outlive_the_page(open_sheet):
    first = open_sheet(fresh())
    decide(first)
    first.start()
    first.press("3")
    context = first.page.context
    again = open_sheet(fresh(), context=context)
    again.page.locator("[data-b]").first.wait_for()
    assert again.badges() == ["✓ approved ★★★", "✕ rejected", "↻ reroll"]
    assert again.page.locator("#m-rerolls").inner_text() == "1 for $0.04, $0.02 left after"
    again.close()


def test_without_a_database_they_are_kept_all_the_same(open_sheet):
    no_database = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
    first = open_sheet(fresh(), script=no_database)
    first.start()
    first.press("p")
    again = open_sheet(fresh(), context=first.page.context)
    again.page.locator("[data-b]").first.wait_for()
    assert again.badges() == ["✓ approved"]
    again.close()


def changed(facts, number, **changes):
    group = facts.groups[0]
    cells = list(group.cells)
    cells[number] = replace(cells[number], **changes)
    return replace(facts, groups=(replace(group, cells=tuple(cells)),))


def test_a_verdict_about_a_changed_picture_is_shown_and_never_applied(open_sheet):
    first = open_sheet(fresh())
    decide(first)
    newer = changed(fresh(), 0, picture=samples.sha("another picture"))
    again = open_sheet(newer, context=first.page.context)
    page = again.page
    page.locator("[data-b]").first.wait_for()
    assert again.badges() == ["was approved", "✕ rejected", "↻ reroll"]
    assert page.locator("#m-approved").inner_text() == "0"
    assert "2 verdicts of an earlier sheet" in page.locator("#said").inner_text()
    page.select_option("#by-verdict", "stale")
    assert again.shown() == 1
    page.click("#save")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert "approve" not in saved.value.path().read_text("utf-8")
    again.close()


def test_a_sheet_of_another_realm_knows_nothing_of_them(open_sheet):
    first = open_sheet(fresh())
    decide(first)
    other = replace(fresh(), campaign=samples.campaign(realm="draft"))
    again = open_sheet(other, context=first.page.context)
    again.page.wait_for_timeout(100)
    assert again.badges() == []


def test_verdicts_of_git_are_shown_and_outweigh(open_sheet):
    sheet = open_sheet(samples.reviewed())
    page = sheet.page
    assert sheet.badges() == ["✓ approved", "✕ rejected", "was approved"]
    sheet.start(1)
    sheet.press("p")  # somebody else's reject stays
    assert sheet.badges()[1] == "✕ rejected"
    page.click("#save")
    page.fill("#me", "anna")  # her own does not
    page.locator("#me").press("Tab")
    assert sheet.badges()[1] == "✓ approved"
    assert page.locator("#m-approved").inner_text() == "2"
    assert page.locator("#m-wasted").inner_text() == "$0.00"
    sheet.close()


def test_two_reviewers_are_needed_where_the_manifest_says_so(open_sheet):
    two = replace(fresh(), campaign=samples.campaign(need=2))
    sheet = open_sheet(two)
    sheet.start()
    sheet.press("p")
    assert sheet.badges() == ["one of 2"]
    assert sheet.page.locator("#decided").inner_text() == "0 of 3"
    sheet.close()


def test_what_reached_git_is_nobodys_to_save_any_more(open_sheet):
    first = open_sheet(fresh())
    first.start()
    first.press("p")
    first.page.click("#save")
    with first.page.expect_download() as saved:
        first.page.get_by_role("button", name="Download").click()
    line = json.loads(saved.value.path().read_text("utf-8").splitlines()[1])
    vote = samples.Vote("Anna", Word.APPROVE, line["at"])
    in_git = changed(fresh(), 0, verdict=Word.APPROVE, votes=(vote,))
    again = open_sheet(in_git, context=first.page.context)
    again.page.wait_for_timeout(100)
    assert again.badges() == ["✓ approved"]
    assert again.page.locator("#save").inner_text() == "Save verdicts"
    again.close()


def test_totals_move_with_each_verdict(open_sheet):
    sheet = open_sheet(fresh())
    page = sheet.page

    def totals():
        names = ("approved", "each", "wasted")
        return [page.locator(f"#m-{name}").inner_text() for name in names]

    sheet.start()
    sheet.press("p", "x", "Enter")
    assert totals() == ["1", "$0.40", "$0.04"]
    assert page.locator("#decided").inner_text() == "2 of 3"
    page.locator("summary").click()
    rows = page.locator(".variants tbody tr")
    assert rows.nth(0).inner_text().split("\t")[-3:] == ["1", "$0.08", "$0.00"]
    assert rows.nth(1).inner_text().split("\t")[-3:] == ["0", DASH, "$0.04"]
    assert "approved (1)" in page.locator("#by-verdict").inner_text()
    sheet.start()
    sheet.press("Control+z", "Control+z")
    assert totals() == ["0", DASH, "$0.00"]
    sheet.close()


def test_a_change_of_mind_is_never_a_tie(open_sheet, tmp_path):
    """Moments are whole seconds, and a reviewer is faster."""
    sheet = open_sheet(fresh())
    sheet.page.clock.set_fixed_time("2026-11-22T10:00:00Z")
    sheet.start()
    sheet.press("p")
    sheet.start()
    sheet.press("x", "Enter")
    sheet.page.click("#save")
    with sheet.page.expect_download() as saved:
        sheet.page.get_by_role("button", name="Download").click()
    (line,) = imported(tmp_path, saved.value.path().read_text("utf-8")).lines
    assert (line.verdict.word, line.verdict.at) == (Word.REJECT, "2026-11-22T10:00:01Z")
    sheet.close()
