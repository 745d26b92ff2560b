"""The compare window: pictures under one view, to the pixel, with overlays."""

import io

import pytest
from PIL import Image, ImageDraw

from pipeline.domain.campaign import PixelSize
from pipeline.reporting.sheet.facts import SizeFacts
from tests.unit.sheet import samples

pytestmark = pytest.mark.slow

PLATES = "[...document.querySelectorAll('.plate')].map((each) => each.getBoundingClientRect().{})"
SIDE = 4096


def masters(folder):
    """Two pictures of full size that differ in one square around (3000, 1000)."""
    plain = Image.new("RGB", (SIDE, SIDE), (40, 90, 160))
    edited = plain.copy()
    ImageDraw.Draw(edited).rectangle((2_900, 900, 3_099, 1_099), fill=(250, 240, 30))
    (folder / "originals").mkdir(exist_ok=True)
    plain.save(folder / "originals" / "front.jpg", quality=90)
    link = folder / "../anna/front/snow/master/t1.jpg"
    edited.save(link.resolve(), quality=90)


def sized():
    facts = samples.reviewed()
    front = samples.replace(
        samples.original("front"), pixels=PixelSize(SIDE, SIDE), focus=(500, 350)
    )
    sizes = (
        SizeFacts("feed", PixelSize(1080, 1350), "cover", "jpeg"),
        SizeFacts("story", PixelSize(1080, 1920), "cover", "jpeg", safe=(0.06, 0.14, 0.06, 0.35)),
        SizeFacts("shop", PixelSize(2000, 1000), "contain", "jpeg"),
        SizeFacts("other", PixelSize(10, 10), "cover", "jpeg", of="wide"),
    )
    group = samples.replace(facts.groups[0], original=front)
    return samples.replace(facts, groups=(group,), campaign=samples.campaign(sizes=sizes))


def test_two_masters_are_compared_pixel_by_pixel(open_sheet):
    sheet = open_sheet(sized())
    page = sheet.page
    masters(sheet.folder)
    sheet.start()
    sheet.press("Enter")
    sheet.until(
        "[...document.querySelectorAll('.plate img')]"
        ".every((each) => each.complete && each.naturalWidth === 4096)"
    )
    # Bring the square under the middle, at one pixel to one.
    sheet.press("z")
    assert page.locator("#zoom").inner_text() == "100 %"
    assert page.evaluate(PLATES.format("width")) == [SIDE, SIDE]
    page.evaluate(
        """() => {
          const stage = document.querySelector("#stage .frame").getBoundingClientRect();
          const middle = [stage.left + stage.width / 2, stage.top + stage.height / 2];
          const fire = (kind, x, y) => document.querySelector(".frame").dispatchEvent(
            new PointerEvent(kind, { bubbles: true, pointerId: 1, clientX: x, clientY: y }));
          document.getElementById("stage").setPointerCapture = () => {};
          fire("pointerdown", ...middle);
          fire("pointermove", middle[0] - (3000 - 2048), middle[1] - (1000 - 2048));
          fire("pointerup", ...middle);
        }"""
    )
    left, other = page.evaluate(PLATES.format("left"))
    assert left == other
    frame = page.locator("#stage .frame").bounding_box()
    middle = (frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    assert left == pytest.approx(middle[0] - 3_000, abs=1)

    def colour(dx, dy=0):
        shot = page.screenshot(
            clip={"x": middle[0] + dx, "y": middle[1] + dy, "width": 1, "height": 1}
        )
        return Image.open(io.BytesIO(shot)).convert("RGB").getpixel((0, 0))

    # Left of the handle the original, right of it the edit.
    assert colour(-20)[2] > 120
    assert colour(20)[2] < 90
    page.locator("#mix").fill("0")
    assert colour(-20)[2] < 90
    page.select_option("#mode", "difference")
    assert sum(colour(150)) < 30  # outside the square nothing differs
    assert sum(colour(20)) > 200
    page.select_option("#mode", "onion")
    page.locator("#mix").fill("0")
    assert colour(20)[2] > 120

    sheet.press("ArrowRight")  # the view stays
    assert page.locator("#zoom").inner_text() == "100 %"
    sheet.close()


def test_zoom_keeps_the_point_under_the_pointer(open_sheet):
    sheet = open_sheet(sized())
    page = sheet.page
    sheet.start()
    sheet.press("Enter", "m")
    page.locator("#stage .frame").nth(1).hover(position={"x": 100, "y": 200})
    before = page.locator(".plate").nth(1).bounding_box()
    box = page.locator("#stage .frame").nth(1).bounding_box()
    at = (box["x"] + 100 - before["x"]) / before["width"]
    page.mouse.wheel(0, -300)
    sheet.until("document.querySelector('.plate').offsetWidth > document.body.offsetWidth / 2")
    first, second = (page.locator(".plate").nth(number).bounding_box() for number in (0, 1))
    assert (box["x"] + 100 - second["x"]) / second["width"] == pytest.approx(at, abs=0.01)
    frames = [page.locator("#stage .frame").nth(number).bounding_box() for number in (0, 1)]
    assert first["x"] - frames[0]["x"] == pytest.approx(second["x"] - frames[1]["x"], abs=1)
    sheet.close()


def test_crops_and_safe_areas_lie_where_the_files_are_cut(open_sheet):
    sheet = open_sheet(sized())
    page = sheet.page
    sheet.start()
    sheet.press("Enter", "m")
    assert page.locator("#over option").all_inner_texts() == [
        "No overlay",
        "feed, crop",
        "story, safe area",
        "shop, crop",
        "Thirds",
    ]

    def area(kind):
        plate = page.locator(".plate").nth(1).bounding_box()
        box = page.locator(f".plate .{kind}").bounding_box()
        return [
            round((box["x"] - plate["x"]) / plate["width"], 3),
            round((box["y"] - plate["y"]) / plate["height"], 3),
            round(box["width"] / plate["width"], 3),
            round(box["height"] / plate["height"], 3),
        ]

    page.select_option("#over", label="feed, crop")
    assert area("crop") == pytest.approx([0.1, 0, 0.8, 1], abs=0.003)
    page.select_option("#over", label="story, safe area")
    assert area("crop") == pytest.approx([0.219, 0, 0.5625, 1], abs=0.003)
    assert area("safe") == pytest.approx([0.253, 0.14, 0.495, 0.51], abs=0.003)
    page.select_option("#over", label="shop, crop")
    assert area("crop") == pytest.approx([-0.5, 0, 2, 1], abs=0.003)

    # The focal point moves what is cut, and the page says what to write down.
    page.select_option("#over", label="feed, crop")
    sheet.press("f", *["ArrowLeft"] * 20, "Enter")
    assert area("crop") == pytest.approx([0, 0, 0.8, 1], abs=0.003)
    assert "focus: {front: [0.3, 0.35]}" in page.locator("#said").inner_text()
    sheet.close()


def test_up_to_four_pictures_stand_side_by_side(open_sheet):
    sheet = open_sheet(samples.many(6), with_pictures=False)
    page = sheet.page
    sheet.start()
    sheet.press("s", "ArrowRight", "s", "ArrowRight", "s", "c")
    assert page.locator("#stage figure").count() == 3
    assert page.locator("#address").inner_text() == "3 pictures"
    assert page.locator("#mode").is_disabled()
    sheet.press("+")
    assert len(set(page.evaluate(PLATES.format("width")))) == 1
    sheet.press("Escape", "Control+a", "c")
    assert not page.locator("#view").is_visible()
    assert page.locator("#said").inner_text() == "Select 2 to 4 pictures to compare."
    sheet.close()


def test_blinking_waits_for_those_who_want_less_motion(open_sheet):
    sheet = open_sheet(sized(), reduced_motion="reduce")
    page = sheet.page
    sheet.start()
    sheet.press("Enter", "m", "m")
    assert page.locator("#mode").input_value() == "blink"
    opacity = "getComputedStyle(document.querySelector('.layer + .layer')).opacity"
    page.locator("#mix").fill("100")
    assert page.evaluate(opacity) == "1"
    page.locator("#mix").fill("0")
    assert page.evaluate(opacity) == "0"
    page.wait_for_timeout(800)
    assert page.evaluate("document.querySelector('.flip')") is None
    sheet.close()


def test_a_cell_without_a_picture_tells_why(open_sheet):
    sheet = open_sheet(samples.every_state())
    sheet.page.locator("li.failed > a").click()
    pictures = sheet.page.locator("#stage img")
    assert pictures.count() == 1  # the original is there to look at
    sheet.press("p")
    assert "no picture to judge" in sheet.page.locator("#said").inner_text()
    sheet.close()
