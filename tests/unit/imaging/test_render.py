import io
import resource

import numpy as np
import pytest
import pyvips
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageOps

from pipeline.domain.rendition import RenditionSpec
from pipeline.imaging import loading
from pipeline.imaging.render import Rendered, RenditionProblem, render_all
from tests.unit.imaging.pictures import (
    jpeg_claiming,
    leftovers,
    noisy,
    png_claiming,
    psnr,
    read,
    saved,
    smooth,
)


def render(master, target, **wanted):
    (result,) = render_all(master, [(RenditionSpec(**wanted), target)])
    assert isinstance(result, Rendered), result
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("renditions")


@pytest.fixture(scope="module")
def master(folder):
    return saved(folder / "master.jpg", smooth(301, 203), "JPEG", quality=95)


@pytest.fixture(scope="module")
def busy(folder):
    rough = noisy(120, 90).resize((240, 180), Image.Resampling.BICUBIC)
    return saved(folder / "busy.png", rough, "PNG")


SIDES = st.integers(1, 400)
SPECS = st.builds(
    RenditionSpec,
    width=SIDES,
    height=SIDES,
    fit=st.sampled_from(["cover", "contain"]),
    format=st.sampled_from(["jpeg", "png", "webp"]),
    focus=st.none() | st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
    upscale=st.just(value=True),
)


class TestSize:
    @pytest.mark.slow
    @settings(max_examples=50, deadline=None)
    @given(specs=st.lists(SPECS, min_size=1, max_size=3))
    @example(specs=[RenditionSpec(301, 203)])
    @example(specs=[RenditionSpec(*size, upscale=True) for size in ((1, 1), (400, 1), (1, 400))])
    def test_every_file_has_exactly_the_wanted_size(self, folder, master, specs):
        wanted = [(spec, folder / f"out{at}") for at, spec in enumerate(specs)]
        for (spec, target), result in zip(wanted, render_all(master, wanted), strict=True):
            image = read(target)
            assert image.size == (spec.width, spec.height)
            assert image.format == spec.format.upper()
            assert (result.width, result.height) == image.size
            assert result.bytes == target.stat().st_size
            assert result.quality == spec.quality
            assert result.path == target

    @pytest.mark.slow
    @settings(max_examples=40, deadline=None)
    @given(shape=st.tuples(st.integers(1, 90), st.integers(1, 90)), spec=SPECS)
    @example(shape=(1, 1), spec=RenditionSpec(400, 1, upscale=True))
    @example(shape=(90, 1), spec=RenditionSpec(1, 400, fit="contain", upscale=True))
    def test_whatever_the_master(self, folder, shape, spec):
        small = saved(folder / "small.png", smooth(*shape), "PNG")
        (result,) = render_all(small, [(spec, folder / "out")])
        assert read(folder / "out").size == (spec.width, spec.height)
        ratios = spec.width / shape[0], spec.height / shape[1]
        assert result.upscaled == ((max if spec.fit == "cover" else min)(ratios) > 1.01)

    def test_results_are_in_the_order_of_wishes(self, folder, master):
        wanted = [(RenditionSpec(side, 10), folder / f"order{side}") for side in (30, 10, 20)]
        assert [result.width for result in render_all(master, wanted)] == [30, 10, 20]
        assert render_all(master, []) == []

    def test_missing_folders_are_made(self, tmp_path, master):
        assert render(master, tmp_path / "a" / "b" / "c.jpg", width=9, height=9)


class TestPixels:
    @pytest.mark.parametrize("size", [(150, 150), (300, 40), (40, 200), (301, 203)])
    def test_cover_agrees_with_pillow(self, tmp_path, size):
        image = smooth(301, 203)
        master = saved(tmp_path / "m.png", image, "PNG")
        render(master, tmp_path / "o.png", width=size[0], height=size[1], format="png")
        theirs = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
        assert psnr(read(tmp_path / "o.png"), theirs) > 38

    def test_same_size_png_is_lossless(self, tmp_path):
        master = saved(tmp_path / "m.png", noisy(64, 48), "PNG")
        render(master, tmp_path / "o.png", width=64, height=48, format="png")
        assert np.array_equal(np.asarray(read(tmp_path / "o.png")), np.asarray(noisy(64, 48)))

    def test_contain_pads_with_exactly_the_background(self, tmp_path):
        master = saved(tmp_path / "m.png", Image.new("RGB", (100, 50), (0, 0, 200)), "PNG")
        render(
            master,
            tmp_path / "o.png",
            width=80,
            height=80,
            fit="contain",
            format="png",
            background="#0a64fe",
        )
        pixels = np.asarray(read(tmp_path / "o.png"))
        assert pixels.shape == (80, 80, 3)
        assert (pixels[:20] == (10, 100, 254)).all()
        assert (pixels[60:] == (10, 100, 254)).all()
        assert (pixels[20:60] == (0, 0, 200)).all()

    @pytest.mark.parametrize("fit", ["cover", "contain"])
    def test_jpeg_shows_the_background_through_transparency(self, tmp_path, fit):
        master = saved(tmp_path / "m.png", Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "PNG")
        render(master, tmp_path / "o.jpg", width=20, height=20, fit=fit, background="#00ff00")
        found = read(tmp_path / "o.jpg").getpixel((10, 10))
        assert max(abs(a - b) for a, b in zip(found, (0, 255, 0), strict=True)) <= 2

    def test_half_transparent_mixes_with_the_background(self, tmp_path):
        master = saved(tmp_path / "m.png", Image.new("RGBA", (40, 40), (200, 0, 0, 128)), "PNG")
        render(master, tmp_path / "o.png", width=20, height=20, fit="contain", format="png")
        assert read(tmp_path / "o.png").getpixel((10, 10)) == pytest.approx((227, 127, 127), abs=1)

    @pytest.mark.parametrize("form", ["png", "webp"])
    def test_cover_keeps_transparency_and_no_colour_bleeds(self, tmp_path, form):
        image = Image.new("RGBA", (80, 80), (255, 0, 0, 0))
        image.paste((0, 0, 255, 255), (40, 0, 80, 80))
        master = saved(tmp_path / "m.png", image, "PNG")
        render(master, tmp_path / "o", width=19, height=19, format=form, quality=100)
        found = np.asarray(read(tmp_path / "o").convert("RGBA"), int)
        assert found[9, 0, 3] == 0
        assert tuple(found[9, 18]) == pytest.approx((0, 0, 255, 255), abs=3)
        assert found[:, :, 0][found[:, :, 3] > 40].max() < 20

    def test_transparent_edges_keep_their_exact_colour(self, tmp_path):
        master = saved(tmp_path / "m.png", Image.new("RGBA", (90, 70), (254, 3, 77, 255)), "PNG")
        render(master, tmp_path / "o.png", width=31, height=17, format="png")
        assert set(read(tmp_path / "o.png").get_flattened_data()) == {(254, 3, 77, 255)}


class TestAvif:
    @pytest.mark.parametrize("size", [(1, 1), (3, 200), (150, 101), (301, 203)])
    def test_pillow_reads_the_same_picture(self, tmp_path, master, size):
        wanted = {"width": size[0], "height": size[1]}
        render(master, tmp_path / "a", format="avif", **wanted)
        render(master, tmp_path / "b", format="png", **wanted)
        found = read(tmp_path / "a")
        assert (found.format, found.size) == ("AVIF", size)
        assert psnr(found.convert("RGB"), read(tmp_path / "b")) > 34

    def test_transparency_stays(self, tmp_path):
        image = Image.new("RGBA", (80, 80), (0, 0, 255, 255))
        image.paste((0, 0, 0, 0), (0, 0, 40, 80))
        master = saved(tmp_path / "m.png", image, "PNG")
        render(master, tmp_path / "o", width=40, height=40, format="avif")
        found = read(tmp_path / "o").convert("RGBA")
        assert found.getpixel((5, 20))[3] < 8
        assert found.getpixel((35, 20))[3] > 247


class TestExact:
    @pytest.mark.parametrize("size", [(301, 203), (150, 101), (151, 102), (100, 67), (99, 67)])
    def test_one_shape_is_scaled_whole(self, tmp_path, master, size):
        render(master, tmp_path / "o", width=size[0], height=size[1], fit="exact", format="png")
        theirs = read(master).resize(size, Image.Resampling.LANCZOS)
        assert psnr(read(tmp_path / "o"), theirs) > 38

    @pytest.mark.parametrize("size", [(150, 150), (150, 104), (100, 70)])
    def test_another_shape_is_a_problem_and_no_file(self, tmp_path, master, size):
        spec = RenditionSpec(*size, fit="exact")
        (result,) = render_all(master, [(spec, tmp_path / "here" / "o")])
        assert isinstance(result, RenditionProblem)
        assert "the picture is 301x203, which is not the shape of" in result.reason
        assert not leftovers(tmp_path)


class TestUpscale:
    @pytest.mark.parametrize(("fit", "size"), [("cover", (320, 100)), ("contain", (320, 220))])
    def test_nothing_is_enlarged_unasked(self, tmp_path, master, fit, size):
        wanted = [
            (RenditionSpec(*size, fit=fit), tmp_path / "o"),
            (RenditionSpec(9, 9), tmp_path / "p"),
        ]
        small, fine = render_all(master, wanted)
        assert isinstance(small, RenditionProblem)
        assert "the picture is 301x203, too small for 320x" in small.reason
        assert "`upscale: true`" in small.reason
        assert isinstance(fine, Rendered), "the others are made all the same"
        assert render(
            master, tmp_path / "q", width=size[0], height=size[1], fit=fit, upscale=True
        ).upscaled

    @pytest.mark.parametrize(("fit", "size"), [("cover", (303, 204)), ("contain", (400, 203))])
    def test_rounding_is_no_enlarging(self, tmp_path, master, fit, size):
        assert not render(master, tmp_path / "o", width=size[0], height=size[1], fit=fit).upscaled


class TestFocus:
    @pytest.mark.slow
    @settings(max_examples=30, deadline=None)
    @given(
        focus=st.tuples(st.integers(50, 950), st.integers(50, 950)),
        size=st.sampled_from([(60, 20), (20, 60), (40, 40), (73, 9)]),
    )
    def test_crop_follows_the_focal_point(self, folder, focus, size):
        spot = focus[0] * 300 // 1000, focus[1] * 200 // 1000
        image = Image.new("RGB", (300, 200), "white")
        box = [spot[0] - 8, spot[1] - 8, spot[0] + 8, spot[1] + 8]
        ImageDraw.Draw(image).rectangle(box, fill="red")
        master = saved(folder / "spot.png", image, "PNG")
        width, height = size
        render(master, folder / "o.png", width=width, height=height, format="png", focus=focus)
        pixels = np.asarray(read(folder / "o.png"), int)
        found = np.argwhere(pixels[:, :, 1] < 128)
        middle_y, middle_x = found.mean(axis=0)
        scale = max(width / 300, height / 200)
        for middle, target, at, length in (
            (middle_x, width, spot[0] * scale, 300 * scale),
            (middle_y, height, spot[1] * scale, 200 * scale),
        ):
            start = min(max(at - target / 2, 0), length - target)
            assert middle == pytest.approx(at - start - 0.5, abs=1.6)

    def test_no_focal_point_is_the_centre(self, tmp_path, master):
        render(master, tmp_path / "a.png", width=40, height=90, format="png")
        render(master, tmp_path / "b.png", width=40, height=90, format="png", focus=(500, 500))
        assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()

    def test_focal_point_is_of_the_displayed_picture(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6  # stored lying on its left side
        image = Image.new("RGB", (300, 100), "white")
        image.paste("red", (0, 0, 60, 100))  # the top, once upright
        master = saved(tmp_path / "m.jpg", image, "JPEG", exif=exif)
        wanted = {"width": 20, "height": 10, "format": "png"}
        render(master, tmp_path / "top.png", focus=(500, 0), **wanted)
        render(master, tmp_path / "low.png", focus=(500, 1000), **wanted)
        assert read(tmp_path / "top.png").getpixel((10, 5))[1] < 60
        assert read(tmp_path / "low.png").getpixel((10, 5))[1] > 200


class TestMasters:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_rotation_is_applied(self, tmp_path, form, orientation):
        exif = Image.Exif()
        exif[0x0112] = orientation
        options = {"lossless": True} if form == "WEBP" else {}
        master = saved(tmp_path / "m", smooth(60, 40), form, exif=exif, **options)
        upright = ImageOps.exif_transpose(read(master))
        render(master, tmp_path / "o", width=upright.width, height=upright.height, format="png")
        assert psnr(read(tmp_path / "o"), upright) > 40

    @pytest.mark.parametrize(
        ("mode", "form"), [("L", "JPEG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("P", "GIF")]
    )
    def test_modes_that_pillow_shows_the_same(self, tmp_path, mode, form):
        master = saved(tmp_path / "m", smooth(60, 40).convert(mode), form)
        theirs = read(master).convert("RGB")
        render(master, tmp_path / "o", width=60, height=40, format="png", fit="contain")
        assert psnr(read(tmp_path / "o").convert("RGB"), theirs) > 45

    def test_progressive(self, tmp_path):
        master = saved(tmp_path / "m.jpg", smooth(90, 60), "JPEG", progressive=True, quality=95)
        render(master, tmp_path / "o", width=45, height=30, format="png")
        assert psnr(read(tmp_path / "o"), smooth(90, 60).resize((45, 30))) > 35

    @pytest.mark.parametrize("with_alpha", [False, True])
    def test_sixteen_bits(self, tmp_path, with_alpha):
        colour = [51 * 257, 102 * 257, 204 * 257] + [65535] * with_alpha
        values = np.full((30, 40, len(colour)), colour, np.uint16)
        deep = pyvips.Image.new_from_array(values, interpretation="rgb16")
        deep.write_to_file(str(tmp_path / "m.png"))
        render(tmp_path / "m.png", tmp_path / "o", width=20, height=20, format="png")
        image = read(tmp_path / "o")
        assert image.mode == ("RGBA" if with_alpha else "RGB")
        assert image.convert("RGB").getpixel((10, 10)) == pytest.approx((51, 102, 204), abs=1)

    def test_sixteen_bits_of_grey(self, tmp_path):
        deep = Image.fromarray(np.full((30, 40), 120 * 257, np.uint16))
        master = saved(tmp_path / "m.png", deep, "PNG")
        render(master, tmp_path / "o", width=20, height=20, format="png")
        assert read(tmp_path / "o").convert("RGB").getpixel((9, 9)) == pytest.approx(
            (120, 120, 120), abs=1
        )

    @pytest.mark.parametrize("form", ["JPEG", "TIFF"])
    def test_cmyk(self, tmp_path, form):
        for ink, strong, weak in (((0, 255, 255, 0), 0, 2), ((255, 255, 0, 0), 2, 1)):
            master = saved(tmp_path / "m", Image.new("CMYK", (40, 40), ink), form)
            render(master, tmp_path / "o", width=20, height=20, format="png")
            image = read(tmp_path / "o")
            assert image.mode == "RGB"
            found = image.getpixel((10, 10))
            assert found[strong] > found[weak] + 40

    def test_animation_gives_its_first_frame(self, tmp_path):
        frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "lime", "blue")]
        for form in ("GIF", "WEBP"):
            master = saved(tmp_path / "m", frames[0], form, save_all=True, append_images=frames[1:])
            render(master, tmp_path / "o", width=40, height=20, format="png")
            assert read(tmp_path / "o").convert("RGB").getpixel((5, 5))[0] > 240

    def test_profile_is_obeyed(self, tmp_path):
        profile = bytes(pyvips.Image.profile_load("p3"))
        flat = Image.new("RGB", (40, 40), (200, 100, 50))
        master = saved(tmp_path / "m.png", flat, "PNG", icc_profile=profile)
        render(master, tmp_path / "o", width=20, height=20, format="png")
        theirs = ImageCms.profileToProfile(
            flat,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
        assert read(tmp_path / "o").getpixel((9, 9)) == pytest.approx(
            theirs.getpixel((9, 9)), abs=1
        )
        assert theirs.getpixel((9, 9)) != (200, 100, 50)

    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    def test_profile_that_makes_no_sense_is_ignored(self, tmp_path, mode):
        image = smooth(40, 30).convert(mode)
        master = saved(tmp_path / "m.jpg", image, "JPEG", icc_profile=b"not a profile")
        assert render(master, tmp_path / "o.jpg", width=20, height=20)

    @pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif"])
    def test_metadata_is_gone(self, tmp_path, form):
        exif = Image.Exif()
        exif[0x010E] = "a secret place"
        exif.get_ifd(0x8825)[1] = "N"
        master = saved(
            tmp_path / "m.jpg",
            smooth(40, 30),
            "JPEG",
            exif=exif,
            xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>a secret</x:xmpmeta>",
            comment=b"a secret",
            icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        )
        render(master, tmp_path / "o", width=20, height=20, format=form)
        image = read(tmp_path / "o")
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)
        assert not image.getexif()
        assert b"secret" not in (tmp_path / "o").read_bytes()

    def test_one_decode_feeds_all_formats(self, tmp_path, monkeypatch):
        master = saved(tmp_path / "m.jpg", smooth(60, 40), "JPEG")
        decode, decoded = loading.decode, []

        def counting(file, **options):
            decoded.append(file)
            return decode(file, **options)

        monkeypatch.setattr(loading, "decode", counting)
        wanted = [(RenditionSpec(9, side), tmp_path / f"{side}.jpg") for side in range(1, 9)]
        assert all(isinstance(result, Rendered) for result in render_all(master, wanted))
        assert len(decoded) == 1


class TestByteCeiling:
    def size_at(self, busy, target, form, quality):
        # With a ceiling within reach a file is encoded as in the search.
        wanted = {"width": 240, "height": 180, "format": form, "quality": quality}
        result = render(busy, target, max_bytes=240 * 180 - 1, **wanted)
        assert result.quality == quality
        return result.bytes

    @pytest.mark.parametrize("form", ["jpeg", "webp"])
    @pytest.mark.parametrize("quality", [60, 61, 71, 87])
    def test_highest_quality_that_fits_is_found(self, tmp_path, busy, form, quality):
        limit = self.size_at(busy, tmp_path / "x", form, quality)
        result = render(
            busy, tmp_path / "o", width=240, height=180, format=form, quality=88, max_bytes=limit
        )
        assert not result.over_bytes
        assert (tmp_path / "o").stat().st_size == result.bytes <= limit
        assert self.size_at(busy, tmp_path / "x", form, result.quality) == result.bytes
        assert self.size_at(busy, tmp_path / "x", form, result.quality + 1) > limit
        assert result.quality == pytest.approx(quality, abs=1)  # WebP's sizes do not always grow

    def test_wanted_quality_is_kept_where_it_fits(self, tmp_path, busy):
        result = render(busy, tmp_path / "o", width=240, height=180, max_bytes=10**6)
        assert result.quality == 88
        assert not result.over_bytes

    @pytest.mark.parametrize(("form", "least"), [("jpeg", 60), ("webp", 60), ("avif", 35)])
    def test_never_below_the_least_quality(self, tmp_path, busy, form, least):
        result = render(busy, tmp_path / "o", width=48, height=36, format=form, max_bytes=100)
        assert least <= result.quality <= least + 2  # WebP's sizes do not always grow
        assert result.over_bytes
        assert read(tmp_path / "o").size == (48, 36)

    def test_a_ceiling_far_away_costs_one_encoding_and_changes_nothing(self, tmp_path, busy):
        plain = render(busy, tmp_path / "a", width=240, height=180)
        render(busy, tmp_path / "b", width=240, height=180, max_bytes=10**9)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        assert plain.quality == 88

    def test_a_lower_wish_is_not_raised(self, tmp_path, busy):
        result = render(busy, tmp_path / "o", width=240, height=180, quality=30, max_bytes=100)
        assert (result.quality, result.over_bytes) == (30, True)

    def test_png_only_reports(self, tmp_path, busy):
        wanted = {"width": 240, "height": 180, "format": "png"}
        assert render(busy, tmp_path / "o", max_bytes=100, **wanted).over_bytes
        assert not render(busy, tmp_path / "o", max_bytes=10**6, **wanted).over_bytes

    def test_few_encodings(self, tmp_path, busy, monkeypatch):
        from pipeline.imaging import encoding  # noqa: PLC0415 - its name is replaced

        to_bytes, calls = encoding.to_bytes, []

        def counting(image, form, **options):
            calls.append(options["Q"])
            return to_bytes(image, form, **options)

        monkeypatch.setattr(encoding, "to_bytes", counting)
        for quality, most in ((88, 6), (100, 7)):
            calls.clear()
            render(busy, tmp_path / "o", width=240, height=180, quality=quality, max_bytes=100)
            assert len(calls) == len(set(calls)) <= most


class TestFailures:
    def failed(self, master, target, **wanted):
        spec = RenditionSpec(**({"width": 90, "height": 60} | wanted))
        (problem,) = render_all(master, [(spec, target)])
        assert isinstance(problem, RenditionProblem), problem
        assert problem.path == target
        return problem.reason

    def test_master_that_cannot_be_used(self, tmp_path):
        contents = {
            "cut short": saved(tmp_path / "m", noisy(60, 60), "JPEG").read_bytes()[:-900],
            "not a picture": b"hello",
            "never decoded": png_claiming(50_000, 50_000),
            "65000x65000": jpeg_claiming(65_000, 65_000),
            "empty": b"",
        }
        for reason, content in contents.items():
            (tmp_path / "m").write_bytes(content)
            said = self.failed(tmp_path / "m", tmp_path / "o.jpg")
            assert said.startswith("the master cannot be used: ")
            assert reason in said
        assert leftovers(tmp_path) == ["m"]
        assert "no such file" in self.failed(tmp_path / "none", tmp_path / "o.jpg")

    def test_one_bad_target_does_not_stop_the_others(self, tmp_path, master):
        (tmp_path / "taken").mkdir()
        (tmp_path / "file").write_text("x")
        wanted = [
            (RenditionSpec(9, 9), tmp_path / "first.jpg"),
            (RenditionSpec(9, 9), tmp_path / "taken"),
            (RenditionSpec(9, 9), tmp_path / "file" / "below.jpg"),
            (RenditionSpec(9, 9), tmp_path / "last.jpg"),
        ]
        first, taken, below, last = render_all(master, wanted)
        assert isinstance(first, Rendered)
        assert isinstance(last, Rendered)
        assert taken == RenditionProblem(tmp_path / "taken", "it cannot be written: Is a directory")
        assert "cannot be written" in below.reason
        assert leftovers(tmp_path) == ["file", "first.jpg", "last.jpg"]

    def test_full_disk_leaves_the_old_file_and_no_half_one(self, tmp_path, master):
        target = tmp_path / "o.png"
        target.write_bytes(b"the old one")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
        try:
            reason = self.failed(master, target, format="png")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert reason == "it cannot be written: File too large"
        assert leftovers(tmp_path) == ["o.png"]
        assert target.read_bytes() == b"the old one"

    def test_name_as_long_as_the_file_system_allows(self, tmp_path, master):
        assert render(master, tmp_path / ("x" * 251 + ".jpg"), width=9, height=9)
        assert "too long" in self.failed(master, tmp_path / ("x" * 256))
