"""Any readable picture becomes upright 8-bit sRGB; anything else is code 1402."""

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.emulator.engine.files import brightness_at, brightness_of, open_source, to_jpeg
from pipeline.emulator.engine_version import DRAFT_ENGINE
from pipeline.emulator.interface import EngineError
from tests.emulator.engine_pictures import CUP, as_file, opened, pixels

IMAGE = opened(CUP).convert("RGB")


def sixteen_bit(*, alpha):
    wide = np.asarray(IMAGE, np.uint16)[..., ::-1] * 257
    if alpha:
        wide = np.dstack([wide, np.full(wide.shape[:2], 30_000, np.uint16)])
    return cv2.imencode(".png", wide)[1].tobytes()


@pytest.mark.parametrize(
    "raw",
    [
        as_file(IMAGE),
        as_file(IMAGE, "WEBP", lossless=True),
        as_file(IMAGE, "TIFF"),
        as_file(IMAGE.convert("RGBA")),
        sixteen_bit(alpha=False),
    ],
    ids=["png", "webp", "tiff", "opaque alpha", "16 bit"],
)
def test_lossless_kinds_give_the_same_pixels(raw):
    source = open_source(raw, 1)
    assert (source.width, source.height) == IMAGE.size
    assert source.opacity is None
    assert np.abs(source.plate.astype(int) - np.asarray(IMAGE, int)).max() <= 1


@pytest.mark.parametrize(
    "image",
    [IMAGE.convert("L"), IMAGE.convert("1"), IMAGE.convert("P"), IMAGE.convert("LA")],
    ids=["grey", "bitmap", "palette", "grey and alpha"],
)
def test_other_colour_modes_become_rgb(image):
    assert open_source(as_file(image), 1).plate.shape == (IMAGE.height, IMAGE.width, 3)


def test_cmyk_becomes_rgb():
    plate = open_source(as_file(IMAGE.convert("CMYK"), "JPEG"), 1).plate
    assert plate.shape[2] == 3
    assert np.abs(plate.astype(float) - np.asarray(IMAGE, float)).mean() < 40


def test_exif_rotation_is_applied():
    exif = Image.Exif()
    exif[0x112] = 6
    source = open_source(as_file(IMAGE, "JPEG", exif=exif), 1)
    assert (source.width, source.height) == (IMAGE.height, IMAGE.width)
    assert source.plate.shape[:2] == (IMAGE.width, IMAGE.height)


def test_the_first_frame_of_an_animation_counts():
    red, blue = Image.new("RGB", (20, 10), "red"), Image.new("RGB", (20, 10), "blue")
    raw = as_file(red, "GIF", save_all=True, append_images=[blue])
    assert open_source(raw, 1).plate[5, 5].tolist() == [255, 0, 0]  # not the blue one


@pytest.mark.parametrize("alpha", ["8 bit", "16 bit"])
def test_transparency_is_kept_apart_and_shown_on_white(alpha):
    if alpha == "16 bit":
        source = open_source(sixteen_bit(alpha=True), 1)
        assert source.opacity is not None
        assert abs(float(source.opacity.mean()) - 30_000 / 257) < 2
        return
    image = IMAGE.convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    source = open_source(as_file(image), 1)
    assert source.opacity is not None
    assert source.opacity.max() == 0
    assert source.plate.min() == 255


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("part", [1.0, 0.8, 0.4])
def test_brightness_is_that_of_the_plate(kind, turn, part):
    exif = Image.Exif()
    exif[0x112] = turn
    source = open_source(as_file(IMAGE, kind, exif=exif), 1)
    wide, tall = round(source.width * part), round(source.height * part)
    plane = brightness_at(source, width=wide, height=tall)
    assert plane.shape == (tall, wide)
    own = cv2.resize(brightness_of(source.plate), (wide, tall), interpolation=cv2.INTER_AREA)
    assert np.abs(plane.astype(int) - own).mean() < (4 if part < 1 else 0.8)


def test_a_plate_is_no_larger_than_the_frame_it_fills():
    raw = as_file(IMAGE.resize((1500, 1000)), "JPEG")
    assert open_source(raw, 1).plate.shape == (1000, 1500, 3)
    assert open_source(raw, 1, covers=(900, 600)).plate.shape == (600, 900, 3)
    assert open_source(raw, 1, covers=(600, 600)).plate.shape == (600, 900, 3)
    assert open_source(raw, 1, covers=(30, 30)).plate.shape[1] == 512


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
def test_a_single_row_of_pixels_is_a_picture(size):
    source = open_source(as_file(IMAGE.resize(size)), 1)
    assert (source.width, source.height) == size
    assert brightness_at(source, width=999, height=999).shape == (size[1], size[0])


@pytest.mark.slow
def test_a_huge_picture_is_reduced_while_it_is_read():
    raw = as_file(IMAGE.resize((7200, 5000)), "JPEG")
    source = open_source(raw, 1)
    assert (source.width, source.height) == (7200, 5000)
    assert max(source.plate.shape) <= 1600


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        CUP[: len(CUP) // 2],
        as_file(IMAGE)[:5000],
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    ],
    ids=["empty", "text", "cut jpeg", "cut png", "svg"],
)
def test_what_is_no_whole_picture_is_refused_by_its_number(raw):
    with pytest.raises(EngineError, match="image 3") as caught:
        open_source(raw, 3)
    assert caught.value.code == 1402


def test_jpeg_files_say_that_they_are_drafts_and_by_whom():
    raw = to_jpeg(np.full((5, 9, 3), 200, np.uint8))
    image = opened(raw)
    assert (image.format, image.size, image.mode) == ("JPEG", (9, 5), "RGB")
    exif = image.getexif()
    assert exif[0x131] == f"campaign-pipeline, engine {DRAFT_ENGINE}"
    assert "draft" in exif[0x10E]
    assert exif.get(0x112, 1) == 1
    assert np.abs(pixels(raw) - 200).max() <= 2
