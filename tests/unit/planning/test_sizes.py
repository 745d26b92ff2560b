"""How a request states a native size."""

import pytest

from pipeline.domain.campaign import PixelSize
from pipeline.planning.sizes import size_fields, size_label
from tests.support.campaigns import campaign
from tests.unit.planning.shop import PICTURE, RESOLUTION, expansion_of


def test_a_size_in_pixels_is_written_with_an_asterisk():
    fields = size_fields(PICTURE, PixelSize(2304, 4096))
    assert fields == {"size": "2304*4096"}
    assert size_label(fields) == "2304x4096"


@pytest.mark.parametrize("named", RESOLUTION.size.named, ids=lambda one: str(one.size))
def test_a_named_size_is_asked_for_by_its_name(named):
    fields = size_fields(RESOLUTION, named.size)
    assert fields == {"resolution": named.resolution, "aspect_ratio": named.aspect}
    of = campaign(pictures=[1], master=named.size)
    (cell,) = expansion_of(of, RESOLUTION).cells
    assert cell.recipe.size == size_label(fields) == f"{named.resolution} {named.aspect}"


@pytest.mark.parametrize("size", ["5504x3071", "3072x5504", "1920x1080"])
def test_a_size_without_a_name_is_never_taken_for_another(size):
    width, height = map(int, size.split("x"))
    with pytest.raises(ValueError, match=f"made-up/resolution makes no picture of {size}"):
        size_fields(RESOLUTION, PixelSize(width, height))
