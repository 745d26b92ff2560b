import hashlib
import os

import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.imaging import loading
from pipeline.imaging.inspect import UnreadablePictureError, inspect, verify
from tests.unit.imaging.pictures import (
    encoded,
    jpeg_claiming,
    noisy,
    png_claiming,
    saved,
    smooth,
)

FORMATS = ["jpeg", "png", "webp", "tiff", "gif", "avif"]


@pytest.mark.parametrize("look", [inspect, verify])
@pytest.mark.parametrize("form", FORMATS)
def test_facts_of_every_known_format(tmp_path, look, form):
    path = saved(tmp_path / "picture", smooth(50, 30), form)
    facts = look(path)
    assert (facts.width, facts.height, facts.format) == (50, 30, form)
    assert facts.size == path.stat().st_size
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.mime == Image.MIME[form.upper()]
    assert facts.pixels == 1500


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_the_displayed_one(tmp_path, form, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "picture", smooth(50, 30), form, exif=exif)
    facts = inspect(path)
    assert (facts.width, facts.height) == ((30, 50) if orientation >= 5 else (50, 30))


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("CMYK", "jpeg"),
        ("L", "jpeg"),
        ("LA", "png"),
        ("RGBA", "png"),
        ("P", "png"),
        ("1", "png"),
        ("I;16", "png"),
        ("CMYK", "tiff"),
        ("F", "tiff"),
        ("RGBA", "webp"),
    ],
)
def test_unusual_pixels(tmp_path, mode, form):
    image = smooth(50, 30).convert("L" if mode == "I;16" else mode).convert(mode)
    path = saved(tmp_path / "picture", image, form)
    assert verify(path) == inspect(path)
    assert inspect(path).format == form


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_animation_is_as_large_as_a_frame_but_verified_whole(tmp_path, form):
    frames = [noisy(40, 20, seed) for seed in range(5)]
    path = saved(tmp_path / "a", frames[0], form, save_all=True, append_images=frames[1:])
    assert (inspect(path).width, inspect(path).height) == (40, 20)
    verify(path, max_pixels=40 * 20 * 5)
    with pytest.raises(UnreadablePictureError, match="40x20 pixels x 5 frames"):
        verify(path, max_pixels=40 * 20 * 5 - 1)


def test_content_decides_the_format_not_the_name(tmp_path):
    assert inspect(saved(tmp_path / "liar.jpg", smooth(9, 9), "png")).format == "png"


def test_name_is_never_read_as_options(tmp_path):
    # libvips reads `picture[page=3]` as a file called `picture`; a file may be called just that.
    path = saved(tmp_path / "anna[1].jpg[page=3]", smooth(9, 9), "jpeg")
    assert verify(path).format == "jpeg"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"hello, world", "it is not a picture; known formats are JPEG"),
        (b"\x00" * 5000, "it is not a picture; known formats are JPEG"),
        (b"%PDF-1.7\n%....", "it is a PDF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "an SVG drawing"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an XML file"),
        (b"  <!doctype html><title>404</title>", "it is a web page"),
        (b'{"error": "no such file"}', "it is a text file"),
        (b"8BPS\x00\x01", "a Photoshop document"),
        (b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(64), "it is a HEIC picture"),
        (b"\xff\xd8\xff\xe0", "header is damaged or cut short"),
        (b"P6 2 2 255 " + bytes(12), "it is not a picture; known formats are JPEG"),
    ],
)
@pytest.mark.parametrize("look", [inspect, verify])
def test_what_is_not_a_picture(tmp_path, look, content, reason):
    path = tmp_path / "file.jpg"
    path.write_bytes(content)
    with pytest.raises(UnreadablePictureError, match=reason):
        look(path)


@pytest.mark.parametrize("form", ["v", "csv", "mat"])
def test_formats_that_libvips_trusts_are_refused_all_the_same(tmp_path, form):
    path = tmp_path / f"file.{form}"
    pyvips.Image.black(8, 8).write_to_file(str(path))
    with pytest.raises(UnreadablePictureError, match="not a picture"):
        inspect(path)


def test_what_is_not_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, reason in [("", "a folder"), ("pipe", "regular"), ("none", "no such file")]:
        with pytest.raises(UnreadablePictureError, match=reason):
            inspect(tmp_path / name)


SAMPLES = {form: encoded(noisy(24, 20), form) for form in ("jpeg", "png", "webp", "tiff")}
SAMPLES["progressive"] = encoded(noisy(24, 20), "jpeg", progressive=True)


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_shorter_file_is_refused(tmp_path_factory, sample, data):
    whole = SAMPLES[sample]
    path = tmp_path_factory.mktemp("cut") / "cut"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(UnreadablePictureError):
        verify(path)


def test_bytes_behind_the_end_of_a_png_are_harmless(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(SAMPLES["png"] + bytes(100))
    assert verify(path).format == "png"


def test_damaged_pixels_are_refused(tmp_path):
    png = bytearray(SAMPLES["png"])
    png[len(png) // 2] ^= 1
    jpeg = bytearray(encoded(noisy(64, 64), "jpeg"))
    jpeg[1000:1010] = b"\xff\xd0" * 5  # restart markers where none belong
    for content in (png, jpeg):
        path = tmp_path / "picture"
        path.write_bytes(content)
        inspect(path)
        with pytest.raises(UnreadablePictureError, match="damaged or cut short"):
            verify(path)


@pytest.mark.parametrize(
    "content",
    [png_claiming(60_000, 60_000), jpeg_claiming(65_000, 65_000)],
    ids=["png", "jpeg"],
)
def test_a_bomb_is_a_problem_and_not_an_outage(tmp_path, content):
    path = tmp_path / "bomb"
    path.write_bytes(content)
    assert inspect(path).pixels > loading.MAX_PIXELS
    with pytest.raises(
        UnreadablePictureError, match="more than 120,000,000 pixels are never decoded"
    ):
        verify(path)


def test_a_header_that_claims_more_than_there_is(tmp_path):
    for content in (png_claiming(300, 300), jpeg_claiming(300, 300)):
        path = tmp_path / "liar"
        path.write_bytes(content)
        with pytest.raises(UnreadablePictureError, match="damaged or cut short"):
            verify(path)


def test_the_ceiling_includes_its_own_value(tmp_path):
    path = saved(tmp_path / "picture", smooth(40, 30), "jpeg")
    verify(path, max_pixels=1200)
    with pytest.raises(UnreadablePictureError, match="40x30"):
        verify(path, max_pixels=1199)
