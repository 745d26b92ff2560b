from concurrent.futures import ThreadPoolExecutor

import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from pipeline.imaging.attention import attention_point
from pipeline.imaging.inspect import UnreadablePictureError
from pipeline.imaging.thumbnail import thumbnail
from tests.unit.imaging.pictures import (
    encoded,
    jpeg_claiming,
    leftovers,
    noisy,
    png_claiming,
    psnr,
    read,
    saved,
    smooth,
)


@pytest.mark.parametrize(
    "form",
    ["JPEG", "PNG", "WEBP", "TIFF", pytest.param("AVIF", marks=pytest.mark.slow)],
)
def test_looks_like_the_source(tmp_path, form):
    options = {"quality": 95} if form in ("JPEG", "WEBP", "AVIF") else {}
    source = saved(tmp_path / "s", smooth(640, 480), form, **options)
    size = thumbnail(source, tmp_path / "t.webp", side=256)
    assert size == (256, 192)
    image = read(tmp_path / "t.webp")
    assert (image.size, image.format) == (size, "WEBP")
    theirs = smooth(640, 480).resize(size, Image.Resampling.LANCZOS)
    assert psnr(image.convert("RGB"), theirs) >= 35


def test_four_hundred_kilopixels_to_the_default_size(tmp_path):
    source = saved(tmp_path / "s.jpg", smooth(800, 500), "JPEG")
    assert thumbnail(source, tmp_path / "t.webp") == (512, 320)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(shape=st.tuples(st.integers(1, 200), st.integers(1, 200)), side=st.integers(1, 120))
def test_fits_and_is_never_enlarged(tmp_path_factory, shape, side):
    folder = tmp_path_factory.mktemp("t")
    source = saved(folder / "s.png", smooth(*shape), "PNG")
    size = thumbnail(source, folder / "t.webp", side=side)
    assert read(folder / "t.webp").size == size
    assert max(size) == min(side, max(shape))
    scale = max(size) / max(shape)
    for ours, theirs in zip(size, shape, strict=True):
        assert ours == pytest.approx(max(1, theirs * scale), abs=1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_rotation_is_applied(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = saved(tmp_path / "s.jpg", smooth(120, 80), "JPEG", exif=exif, quality=95)
    upright = ImageOps.exif_transpose(read(source))
    upright.thumbnail((60, 60), Image.Resampling.LANCZOS)
    assert thumbnail(source, tmp_path / "t.webp", side=60) == upright.size
    assert psnr(read(tmp_path / "t.webp").convert("RGB"), upright) > 30


def test_nothing_but_pixels(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    profile = bytes(pyvips.Image.profile_load("p3"))
    source = saved(tmp_path / "s.jpg", smooth(90, 60), "JPEG", exif=exif, icc_profile=profile)
    thumbnail(source, tmp_path / "t.webp", side=40)
    assert not {"exif", "icc_profile", "xmp"} & set(read(tmp_path / "t.webp").info)
    assert b"secret" not in (tmp_path / "t.webp").read_bytes()


def test_profile_is_obeyed(tmp_path):
    profile = bytes(pyvips.Image.profile_load("p3"))
    flat = Image.new("RGB", (90, 60), (200, 100, 50))
    source = saved(tmp_path / "s.png", flat, "PNG", icc_profile=profile)
    thumbnail(source, tmp_path / "t.webp")
    assert read(tmp_path / "t.webp").getpixel((9, 9)) == pytest.approx((215, 93, 32), abs=3)


@pytest.mark.parametrize(
    ("mode", "form"), [("CMYK", "JPEG"), ("L", "JPEG"), ("LA", "PNG"), ("P", "GIF"), ("1", "PNG")]
)
def test_unusual_sources(tmp_path, mode, form):
    source = saved(tmp_path / "s", smooth(90, 60).convert(mode), form)
    assert thumbnail(source, tmp_path / "t.webp", side=30) == (30, 20)
    assert read(tmp_path / "t.webp").mode in ("RGB", "RGBA")


def test_long_animation_counts_by_its_first_frame(tmp_path):
    frames = [smooth(60, 40), *(noisy(60, 40, seed) for seed in range(5))]
    source = saved(tmp_path / "s.gif", frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert thumbnail(source, tmp_path / "t.webp", max_pixels=60 * 40) == (60, 40)
    assert psnr(read(tmp_path / "t.webp").convert("RGB"), frames[0]) > 25
    with pytest.raises(UnreadablePictureError, match="60x40 pixels; more than 2,399 pixels"):
        thumbnail(source, tmp_path / "t.webp", max_pixels=60 * 40 - 1)


def test_transparency_is_kept(tmp_path):
    source = saved(tmp_path / "s.png", Image.new("RGBA", (60, 60), (255, 0, 0, 0)), "PNG")
    thumbnail(source, tmp_path / "t.webp", side=30)
    assert read(tmp_path / "t.webp").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        encoded(noisy(60, 60), "JPEG")[:-500],
        encoded(noisy(60, 60), "PNG")[:-500],
        encoded(noisy(60, 60), "TIFF")[:-500],
        encoded(noisy(60, 60), "GIF")[:-500],
        encoded(noisy(60, 60), "WEBP")[:-500],
        png_claiming(50_000, 50_000),
        jpeg_claiming(65_000, 65_000),
    ],
    ids=[
        "empty",
        "text",
        "cut jpeg",
        "cut png",
        "cut tiff",
        "cut gif",
        "cut webp",
        "png bomb",
        "jpeg bomb",
    ],
)
@pytest.mark.parametrize(
    "use",
    [lambda source: thumbnail(source, source.with_name("t.webp")), attention_point],
    ids=["thumbnail", "attention"],
)
def test_what_cannot_be_read_is_said_and_leaves_nothing(tmp_path, content, use):
    source = tmp_path / "s"
    source.write_bytes(content)
    with pytest.raises(UnreadablePictureError):
        use(source)
    assert leftovers(tmp_path) == ["s"]


def test_target_that_cannot_be_written_leaves_nothing(tmp_path):
    source = saved(tmp_path / "s.jpg", smooth(90, 60), "JPEG")
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        thumbnail(source, tmp_path / "taken")
    assert leftovers(tmp_path) == ["s.jpg"]


def test_many_threads_at_once(tmp_path):
    shapes = [(60 + 7 * at, 40) for at in range(16)]
    for at, shape in enumerate(shapes):
        saved(tmp_path / f"{at}.png", smooth(*shape), "PNG")
    with ThreadPoolExecutor(8) as pool:
        sizes = pool.map(
            lambda at: thumbnail(tmp_path / f"{at}.png", tmp_path / f"{at}.webp"), range(16)
        )
        assert list(sizes) == shapes


class TestAttention:
    @pytest.mark.parametrize("spot", [(200, 450), (600, 100), (400, 300), (700, 520)])
    def test_finds_what_stands_out(self, tmp_path, spot):
        image = Image.new("RGB", (800, 600), (200, 200, 200))
        x, y = spot
        image.paste((200, 40, 30), (x - 40, y - 40, x + 40, y + 40))
        across, down = attention_point(saved(tmp_path / "s.png", image, "PNG"))
        assert across == pytest.approx(x * 1000 / 800, abs=60)
        assert down == pytest.approx(y * 1000 / 600, abs=60)

    def test_is_of_the_displayed_picture(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        image = Image.new("RGB", (600, 300), (200, 200, 200))
        image.paste((200, 40, 30), (30, 120, 90, 180))
        _, down = attention_point(saved(tmp_path / "s.jpg", image, "JPEG", exif=exif))
        assert down < 200

    @pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (2000, 3), (300, 200)])
    def test_plain_picture_has_its_centre(self, tmp_path, shape):
        source = saved(tmp_path / "s.png", Image.new("RGB", shape, (120, 120, 120)), "PNG")
        assert attention_point(source) == (500, 500)

    @pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "1"])
    def test_unusual_originals(self, tmp_path, mode):
        source = saved(tmp_path / "s.png", smooth(90, 60).convert(mode), "PNG")
        across, down = attention_point(source)
        assert 0 <= across <= 1000
        assert 0 <= down <= 1000
