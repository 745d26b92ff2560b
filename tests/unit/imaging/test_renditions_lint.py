"""How far a finished file is from a product on white."""

import pytest
from PIL import Image, ImageDraw

from pipeline.imaging.loading import UnreadablePictureError
from pipeline.imaging.renditions_lint import measure
from tests.unit.imaging.pictures import saved


def product(box, *, ground="#ffffff"):
    image = Image.new("RGB", (200, 200), ground)
    ImageDraw.Draw(image).rectangle(box, fill="#205040")
    return image


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("box", "fill"), [((10, 40, 189, 159), 90), ((60, 60, 139, 139), 40), ((80, 15, 120, 184), 85)]
)
def test_the_longer_extent_of_the_product_counts(tmp_path, form, box, fill):
    off_white, found = measure(saved(tmp_path / "p", product(box), form, quality=92, subsampling=0))
    assert off_white == 0
    assert found == pytest.approx(fill, abs=3)


def test_grey_paper_is_off_white(tmp_path):
    path = saved(tmp_path / "p", product((60, 60, 139, 139), ground="#f7f7f7"), "PNG")
    assert measure(path)[0] == 1000


def test_a_product_that_is_cut_by_an_edge_shows(tmp_path):
    path = saved(tmp_path / "p", product((0, 50, 120, 150)), "PNG")
    assert measure(path)[0] == pytest.approx(101 * 1000 // 800, abs=2)


def test_one_speck_counts_as_one(tmp_path):
    image = product((60, 60, 139, 139))
    image.putpixel((0, 77), (0, 0, 0))
    assert measure(saved(tmp_path / "p", image, "PNG"))[0] == 2


def test_an_empty_picture_is_filled_to_nothing(tmp_path):
    path = saved(tmp_path / "p", Image.new("RGB", (40, 40), "white"), "PNG")
    assert measure(path) == (0, 0)


def test_transparent_ground_is_white(tmp_path):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((9, 9, 9, 255), (4, 4, 36, 36))
    assert measure(saved(tmp_path / "p", image, "PNG")) == (0, 80)


def test_no_picture_is_said(tmp_path):
    (tmp_path / "p").write_text("no")
    with pytest.raises(UnreadablePictureError):
        measure(tmp_path / "p")
