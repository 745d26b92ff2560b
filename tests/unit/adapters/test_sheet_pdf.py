"""The sheet as PDF: whole, the same each time, and readable by those who do not see it."""

import io
import re
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from pipeline.adapters.fonts import Fonts, find_fonts
from pipeline.adapters.sheet_pdf import draw_pdf
from pipeline.imaging.jpeg import as_jpeg
from tests.unit.sheet import samples

NO_FONTS = Fonts(None, None, ())


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "JPEG")
    return file.getvalue()


PREVIEW = jpeg()


def draw(facts, fonts: Fonts = NO_FONTS, preview: bytes | None = PREVIEW) -> bytes:
    return draw_pdf(facts, digest="ab" * 32, preview=lambda _name: preview, fonts=fonts)


def text_of(pdf: bytes) -> str:
    """What is drawn, with core fonts: the texts of all streams."""
    found = []
    for stream in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        found += re.findall(rb"\(((?:[^()\\]|\\.)*)\) ?Tj", content)
    return b"\n".join(found).decode("latin-1")


def test_a_sheet_has_all_that_a_page_says():
    facts = samples.every_state()
    pdf = draw(facts)
    text = text_of(pdf)
    assert pdf.startswith(b"%PDF-")
    for word in ("Winter lookbook 2026", "winter-lookbook", "abababababab", "Charged", "Prompts"):
        assert word in text
    for cell in facts.cells:
        assert cell.address.variant in text
    pages = len(re.findall(rb"/Type /Page\b", pdf))
    assert f"page 1 of {pages}" in text
    assert f"page {pages} of {pages}" in text
    assert b"/Lang (en)" in pdf


def test_pictures_pass_through_unchanged_and_have_words_beside_them():
    facts = samples.every_state()
    pdf = draw(facts)
    assert PREVIEW[-200:] in pdf
    pictures = {cell.thumb for cell in facts.cells if cell.thumb}
    alt = len(re.findall(rb"/Alt \(", pdf))
    assert alt >= len(pictures)


def test_the_same_facts_give_the_same_bytes():
    facts = samples.every_state()
    assert draw(facts) == draw(facts)


def test_without_pictures_and_without_cells():
    assert "no preview" in text_of(draw(samples.every_state(), preview=None))
    empty = replace(samples.every_state(), groups=(), prompts=(), params=())
    assert "wants no pictures yet" in text_of(draw(empty))


def test_a_draft_says_so_on_each_page():
    text = text_of(draw(samples.draft_without_pictures()))
    pages = int(re.search(r"of (\d+)", text)[1])
    assert text.count("DRAFT") >= pages
    assert "Nothing was bought." in text


@pytest.mark.parametrize("text", ["<script>\x00\u202e(((", "\\) Tj ET", "a" * 5_000, "\ud800", ""])
def test_hostile_words_do_not_break_it(text):
    pdf = draw(samples.hostile(text))
    assert pdf.rstrip().endswith(b"%%EOF")


def test_what_no_font_can_draw_is_told():
    facts = samples.every_state()
    told = replace(facts, campaign=replace(facts.campaign, title="冬 Köln Łódź"))
    text = text_of(draw(told))
    assert "? K\xf6ln" in text
    assert "A ? stands for a character that no font" in text
    assert "no font of the machine" not in text_of(draw(facts))


def test_a_font_of_this_machine_is_embedded():
    fonts = find_fonts()
    if fonts.regular is None:
        pytest.skip("this machine has no font that we know")
    facts = samples.every_state()
    told = replace(facts, campaign=replace(facts.campaign, title="Зима שלום"))
    pdf = draw(told, fonts)
    assert b"/FontFile2" in pdf
    assert draw(told, fonts) == pdf


def test_fonts_are_known_by_their_names(tmp_path):
    for name in (
        "x/DejaVuSans.ttf",
        "x/DejaVuSans-Bold.ttf",
        "NotoSansHebrew-Regular.ttf",
        "a.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_fonts([str(tmp_path), str(tmp_path / "nowhere")])
    assert found.regular == tmp_path / "x" / "DejaVuSans.ttf"
    assert found.bold == tmp_path / "x" / "DejaVuSans-Bold.ttf"
    assert found.others == (tmp_path / "NotoSansHebrew-Regular.ttf",)
    assert find_fonts([]) == NO_FONTS


def test_see_through_previews_stand_on_white(tmp_path):
    file = tmp_path / "a.webp"
    Image.new("RGBA", (8, 8), (200, 0, 0, 0)).save(file, lossless=True)
    image = Image.open(io.BytesIO(as_jpeg(file)))
    assert image.mode == "RGB"
    assert min(image.getpixel((4, 4))) > 250
