"""The key map in grid and compare alike, as a table."""

import pytest

from pipeline.reporting.sheet.keys import KEYS
from tests.unit.sheet import samples

pytestmark = pytest.mark.slow

# What the page looks like to a reviewer, in one go.
LOOK = """() => new Promise((done) => setTimeout(done)).then(() => ({
  focus: document.activeElement.closest("main li > a")
    ?.querySelector("bdi:last-of-type").textContent.trim() ?? document.activeElement.id,
  badges: [...document.querySelectorAll("main li > a")].map((a) => a.dataset.b ?? ""),
  open: document.querySelector("#view[open] #address")?.textContent ?? "",
  story: !document.getElementById("story").hidden,
  mode: document.getElementById("mode").value,
  over: document.getElementById("over").value,
  zoom: document.getElementById("zoom").textContent,
  left: document.querySelector(".plate")?.style.translate,
  ask: !document.getElementById("ask").hidden,
  note: document.getElementById("note").value,
  auto: document.getElementById("auto").checked,
  help: document.getElementById("help").open,
  said: document.getElementById("said").textContent,
  rerolls: document.getElementById("m-rerolls").textContent,
}))"""

FIT = "17 %"
SNOW, STUDIO = "anna/look-1/snow/master/t1", "anna/look-1/studio/master/t1"


def sheet_of_six():
    """Three source pictures, two variants each, all delivered and undecided."""
    facts = samples.reviewed()
    groups = tuple(
        samples.Group(
            "anna",
            f"look-{number}",
            samples.original(f"look-{number}"),
            tuple(
                samples.cell(
                    samples.Address("anna", f"look-{number}", variant, "master", 1),
                    reroll=samples.PRICE,
                )
                for variant in ("snow", "studio")
            ),
        )
        for number in (1, 2, 3)
    )
    return samples.replace(facts, groups=groups)


@pytest.fixture(scope="module")
def facts():
    return sheet_of_six()


# keys, then what the page has to look like; badges are those of the six tiles
APPROVED, REJECTED, REROLL = "✓ approved", "✕ rejected", "↻ reroll"
GRID = {
    "right": (["ArrowRight"], {"focus": "studio"}),
    "left at the end stays": (["ArrowLeft"], {"focus": "snow"}),
    "down to the same variant": (["ArrowRight", "ArrowDown", "p"], {"badges": {3: APPROVED}}),
    "up": (["ArrowDown", "ArrowDown", "ArrowUp", "p"], {"badges": {2: APPROVED}}),
    "end": (["End", "p"], {"badges": {1: APPROVED}}),
    "home": (["End", "Home", "p"], {"badges": {0: APPROVED}}),
    "page down": (["PageDown", "p"], {"badges": {4: APPROVED}}),
    "page up": (["PageDown", "PageUp", "p"], {"badges": {0: APPROVED}}),
    "enter": (["Enter"], {"open": SNOW}),
    "space": (["Space"], {"open": SNOW}),
    "approve goes on": (["p"], {"badges": {0: APPROVED}, "focus": "studio"}),
    "approve, other letter": (["a"], {"badges": {0: APPROVED}}),
    "capital without selection": (["Shift+P"], {"badges": {}, "said": "Nothing is selected."}),
    "reject asks why": (["x"], {"badges": {0: REJECTED}, "ask": True, "focus": "snow"}),
    "reject with a reason": (
        ["x", "3", "ArrowLeft", "i"],
        {"badges": {0: REJECTED}, "note": "label or text wrong", "ask": False},
    ),
    "reject without": (["x", "Enter"], {"badges": {0: REJECTED}, "focus": "studio", "ask": False}),
    "reject, then on": (["x", "ArrowRight"], {"ask": False, "focus": "studio"}),
    "reroll shows its price": (
        ["r", "Enter"],
        {"badges": {0: REROLL}, "rerolls": "1 for $0.04, $0.02 left after"},
    ),
    "reroll over the cap": (
        ["r", "Enter", "r", "Enter"],
        {"rerolls": "2 for $0.08, over the month cap by $0.02"},
    ),
    "clear": (["p", "ArrowLeft", "u"], {"badges": {}}),
    "clear nothing": (["u"], {"said": "There is nothing of yours to clear."}),
    "clear the whole selection": (
        ["Shift+ArrowRight", "Shift+P", "Shift+U", "Escape"],
        {"badges": {}},
    ),
    "stars": (["4"], {"badges": {0: "★★★★"}, "focus": "snow"}),
    "no stars": (["4", "0"], {"badges": {}}),
    "note": (["n"], {"focus": "note", "story": True}),
    "repeat": (["x", "5", "."], {"badges": {0: REJECTED, 1: REJECTED}}),
    "select": (["s"], {"badges": {0: "☑"}, "said": "1 selected"}),
    "deselect": (["s", "s"], {"badges": {}}),
    "extend": (["Shift+ArrowRight"], {"badges": {0: "☑", 1: "☑"}, "focus": "studio"}),
    "all": (["Control+a"], {"said": "6 selected"}),
    "whole selection": (
        ["Shift+ArrowRight", "Shift+P"],
        {"badges": {0: f"☑ {APPROVED}", 1: f"☑ {APPROVED}"}},
    ),
    "whole selection with a reason": (
        ["Shift+ArrowRight", "Shift+X", "1", "i"],
        {"badges": {0: f"☑ {REJECTED}", 1: f"☑ {REJECTED}"}, "note": "product changed"},
    ),
    "whole selection again": (
        ["Control+a", "Shift+R", "Enter"],
        {"badges": dict.fromkeys(range(6), f"☑ {REROLL}")},
    ),
    "undo": (["p", "Control+z"], {"badges": {}}),
    "undo of many is one": (["Control+a", "Shift+P", "Escape", "Control+z"], {"badges": {}}),
    "redo": (["p", "Control+z", "Control+Shift+z"], {"badges": {0: APPROVED}}),
    "compare needs two": (["c"], {"open": "", "said": "Select 2 to 4 pictures to compare."}),
    "compare the selected": (["Shift+ArrowRight", "c"], {"open": "2 pictures"}),
    "story": (["i"], {"story": True}),
    "story again": (["i", "i"], {"story": False}),
    "find": (["/"], {"focus": "find"}),
    "advance off": (["g", "p"], {"auto": False, "focus": "snow", "badges": {0: APPROVED}}),
    "help": (["?"], {"help": True}),
    "escape clears the selection": (["s", "Escape"], {"badges": {}}),
}
COMPARE = {
    "right": (["ArrowRight"], {"open": STUDIO}),
    "left": (["ArrowRight", "ArrowLeft"], {"open": SNOW}),
    "down": (["ArrowDown"], {"open": SNOW.replace("1/", "2/", 1)}),
    "approve goes on": (["p"], {"open": STUDIO, "badges": {0: APPROVED}}),
    "reject": (["x", "2"], {"open": STUDIO, "badges": {0: REJECTED}}),
    "reroll": (["r", "Enter"], {"open": STUDIO, "badges": {0: REROLL}}),
    "undo": (["p", "Control+z"], {"badges": {}}),
    "stars": (["2"], {"badges": {0: "★★"}}),
    "story": (["i"], {"story": True}),
    "note": (["n"], {"focus": "note"}),
    "mode": (["m"], {"mode": "side"}),
    "mode, all round": (["m"] * 5, {"mode": "swipe"}),
    "overlay": (["o"], {"over": "0"}),
    "overlay, thirds": (["o", "o", "o"], {"over": "thirds"}),
    "one to one": (["z"], {"zoom": "100 %"}),
    "and back": (["z", "z"], {"zoom": FIT}),
    "nearer": (["+"], {"zoom": "21 %"}),
    "farther": (["+", "-"], {"zoom": FIT}),
    "the view stays": (["z", "ArrowRight"], {"zoom": "100 %", "open": STUDIO}),
    "help": (["?"], {"help": True}),
    "escape": (["Escape"], {"open": "", "focus": "snow"}),
    "escape where it stands": (["ArrowRight", "Escape"], {"open": "", "focus": "studio"}),
}


def hold(look, wanted):
    for name, value in wanted.items():
        if name == "badges":
            assert {n: badge for n, badge in enumerate(look["badges"]) if badge} == value
        else:
            assert look[name] == value, name


def walk(open_sheet, facts, rows, *, first):
    """One page for all rows, as good as fresh before each of them."""
    sheet = open_sheet(facts)
    page = sheet.page
    page.on("dialog", lambda dialog: dialog.accept())
    for name, (keys, wanted) in rows.items():
        sheet.start()
        sheet.press(*first, *keys)
        try:
            hold(page.evaluate(LOOK), wanted)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None
        if page.evaluate(LOOK)["zoom"] not in ("", FIT):
            sheet.press("Escape", "Enter", "z")
        page.evaluate(FORGET)
    sheet.close()


# Through the page's own doors, but for what it said last.
FORGET = """async () => {
  // The page hears later that a dialog was closed, on a busy machine after the next key.
  for (const each of document.querySelectorAll("dialog[open]")) {
    const heard = new Promise((done) => each.addEventListener("close", done, { once: true }));
    each.close();
    await heard;
  }
  document.activeElement.blur();
  for (let n = 0; n < 3; n++) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  }
  document.querySelector("[data-do=forget]").click();
  document.getElementById("auto").checked = true;
  for (const name of ["mode", "over"]) {
    document.getElementById(name).selectedIndex = 0;
    document.getElementById(name).dispatchEvent(new Event("change"));
  }
  document.getElementById("said").textContent = "";
}"""


def test_the_grid_obeys_its_keys(open_sheet, facts):
    walk(open_sheet, facts, GRID, first=[])


def test_compare_obeys_the_same_keys(open_sheet, facts):
    walk(open_sheet, facts, COMPARE, first=["Enter"])


def test_there_may_be_nothing_to_undo(open_sheet, facts):
    sheet = open_sheet(facts)
    sheet.start()
    sheet.press("Control+z")
    assert sheet.page.evaluate(LOOK)["said"] == "Nothing to undo."


def test_single_keys_can_be_switched_off(open_sheet, facts):
    """WCAG 2.1.4: arrows, Enter and Ctrl stay, letters and digits mean nothing."""
    sheet = open_sheet(facts)
    sheet.page.uncheck("#keys")
    sheet.start()
    sheet.press("p", "x", "r", "4", "s", "i", "?", "/")
    look = sheet.page.evaluate(LOOK)
    hold(look, {"badges": {}, "story": False, "help": False, "focus": "snow"})
    sheet.press("ArrowRight", "Control+a", "Enter")
    assert sheet.page.evaluate(LOOK)["open"] == STUDIO
    sheet.close()


def test_letters_are_letters_where_one_types(open_sheet, facts):
    sheet = open_sheet(facts)
    sheet.press("/")
    sheet.page.keyboard.type("xpr")
    assert sheet.page.input_value("#find") == "xpr"
    assert sheet.badges() == []
    sheet.press("Escape")
    sheet.start()
    sheet.press("n")
    sheet.page.keyboard.type("px 3")
    assert sheet.page.input_value("#note") == "px 3"
    sheet.press("Escape")
    assert sheet.badges() == ["✎"]
    sheet.close()


def test_holding_a_key_shows_the_original(open_sheet, facts):
    sheet = open_sheet(facts)
    page = sheet.page
    source = "document.querySelector('main li img').getAttribute('src')"
    sheet.start()
    before = page.evaluate(source)
    page.keyboard.down("b")
    original = page.evaluate("document.querySelector('.original img').getAttribute('src')")
    assert page.evaluate(source) == original
    page.keyboard.up("b")
    assert page.evaluate(source) == before
    sheet.press("Enter")
    top = "getComputedStyle(document.querySelector('.layer + .layer')).opacity"
    page.keyboard.down("b")
    assert page.evaluate(top) == "0"
    page.keyboard.up("b")
    assert page.evaluate(top) == "1"
    sheet.close()


def test_more_than_twenty_at_once_are_confirmed(open_sheet):
    sheet = open_sheet(samples.many(30), with_pictures=False)
    asked = []
    sheet.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    sheet.start()
    sheet.press("Control+a", "Shift+P")
    assert asked == ["approved: 30 pictures?"]
    assert set(sheet.badges()) == {"☑"}
    sheet.page.once("dialog", lambda dialog: dialog.accept())
    sheet.press("Shift+P")
    assert set(sheet.badges()) == {"☑ ✓ approved"}
    sheet.close()


def test_the_list_of_keys_names_every_key_of_the_table(open_sheet, facts):
    named = {key.lower() for keys, _ in KEYS for key in keys.split()}
    arrows = {"arrowleft": "←", "arrowright": "→", "arrowup": "↑", "arrowdown": "↓"}
    others = {"pagedown": "pgdn", "pageup": "pgup", "escape": "esc", "control": "ctrl"}
    for keys, _ in (*GRID.values(), *COMPARE.values()):
        for key in keys:
            plain = key.replace("Control+Shift+z", "shift+ctrl+z").lower()
            plain = (
                "+".join(others.get(part, part) for part in plain.split("+"))
                if plain != "+"
                else "+"
            )
            plain = arrows.get(plain.removeprefix("shift+"), plain)
            assert plain in named, key
