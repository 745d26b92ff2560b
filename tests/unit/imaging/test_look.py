"""What is measured of a source picture: blurred is softer, dark is darker, small is small."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.imaging.loading import UnreadablePictureError
from pipeline.imaging.look import SIDE, look
from tests.unit.imaging.pictures import saved


def detailed(width=960, height=720):
    """A picture with fine lines all over, and flat parts between them."""
    image = Image.new("RGB", (width, height), (200, 190, 180))
    draw = ImageDraw.Draw(image)
    for left in range(0, width, 12):
        draw.line([(left, 0), (left + 40, height)], fill=(40, 60, 80), width=3)
    return image


def of(tmp_path, image, form="PNG", **options):
    return look(saved(tmp_path / f"picture.{form.lower()}", image, form, **options))


def test_a_blurred_copy_is_far_less_sharp(tmp_path):
    sharp = of(tmp_path, detailed()).sharpness
    soft = of(tmp_path, detailed().filter(ImageFilter.GaussianBlur(6))).sharpness
    assert sharp > 10 * soft


def test_an_enlarged_preview_is_far_less_sharp(tmp_path):
    sharp = of(tmp_path, detailed()).sharpness
    preview = detailed().resize((96, 72), Image.Resampling.LANCZOS)
    assert sharp > 3 * of(tmp_path, preview).sharpness
    enlarged = preview.resize((960, 720), Image.Resampling.BICUBIC)
    assert sharp > 3 * of(tmp_path, enlarged).sharpness


def test_exposure_and_file_format_are_no_sharpness(tmp_path):
    sharp = of(tmp_path, detailed()).sharpness
    dark = of(tmp_path, detailed().point(lambda value: value // 3)).sharpness
    assert sharp * 0.8 < dark < sharp * 1.25
    jpeg = of(tmp_path, detailed(), "JPEG", quality=92).sharpness
    assert sharp * 0.8 < jpeg < sharp * 1.25


def test_a_plain_background_does_not_make_a_picture_soft(tmp_path):
    sheet = Image.new("RGB", (1920, 1440), (240, 240, 240))
    sheet.paste(detailed(960, 720), (480, 360))
    assert of(tmp_path, sheet).sharpness > of(tmp_path, detailed()).sharpness // 4


@pytest.mark.parametrize(
    ("colour", "brightness", "warmth"),
    [
        ((0, 0, 0), 0, 0),
        ((255, 255, 255), 1000, 0),
        ((128, 128, 128), 502, 0),
        ((255, 0, 0), 333, 1000),
        ((0, 0, 255), 333, -1000),
        ((180, 140, 100), 549, 286),
    ],
)
def test_light_is_that_of_the_pixels(tmp_path, colour, brightness, warmth):
    found = of(tmp_path, Image.new("RGB", (64, 64), colour))
    assert (found.brightness, found.warmth) == (brightness, warmth)
    assert (found.sharpness, found.subject) == (0, None)


@pytest.mark.parametrize(
    ("box", "share"), [((100, 100, 300, 500), 67), ((0, 250, 600, 350), 100), ((10, 10, 40, 40), 5)]
)
def test_the_subject_is_what_stands_out_from_a_plain_background(tmp_path, box, share):
    image = Image.new("RGB", (600, 600), (245, 245, 245))
    ImageDraw.Draw(image).rectangle(box, fill=(30, 60, 120))
    found = of(tmp_path, image).subject
    if share == 100:
        assert found is None or found >= 980  # it touches the border, which may not be plain then
    else:
        assert abs(found - share * 10) <= 25


def test_before_a_busy_background_the_subject_is_unknown(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    assert of(tmp_path, Image.fromarray(noise)).subject is None


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 2), (SIDE, SIDE), (33, 34)])
def test_any_shape_can_be_looked_at(tmp_path, size):
    assert of(tmp_path, Image.new("RGB", size, (9, 9, 9))).brightness == 35


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1", "I;16"])
def test_any_kind_of_pixels_can_be_looked_at(tmp_path, mode):
    form = "TIFF" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (50, 40)) if mode == "I;16" else detailed(50, 40).convert(mode)
    assert 0 <= of(tmp_path, image, form).brightness <= 1000


def test_rotation_does_not_matter(tmp_path):
    plain = of(tmp_path, detailed())
    turned = Image.Exif()
    turned[0x0112] = 6
    found = of(tmp_path, detailed(), "JPEG", quality=95, exif=turned)
    assert abs(found.brightness - plain.brightness) <= 3


def test_damage_that_a_header_does_not_show_is_found(tmp_path):
    path = saved(tmp_path / "cut.jpg", detailed(), "JPEG")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(UnreadablePictureError, match="damaged or cut short"):
        look(path)
