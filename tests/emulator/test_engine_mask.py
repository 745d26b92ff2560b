"""The subject is found, and its edge is clean."""

import numpy as np
import pytest
from PIL import Image

from pipeline.emulator.engine import mask
from pipeline.emulator.engine.files import open_source
from pipeline.emulator.engine.matte import clean_colours, without_subject
from pipeline.emulator.engine.raster import to_float
from tests.emulator.engine_pictures import CUP, WOMAN, as_file, opened


@pytest.mark.slow
def test_a_portrait_is_found():
    alpha = mask.find_subject(open_source(WOMAN, 1).plate).alpha
    assert alpha[54, 113] > 0.95  # face
    assert alpha[200, 100] > 0.95  # suit
    assert alpha[20, 20] < 0.05  # flag
    assert alpha[60, 230] < 0.05  # wall


@pytest.mark.slow
def test_a_product_is_found():
    subject = mask.find_subject(open_source(CUP, 1).plate)
    assert subject.found
    assert subject.alpha[85, 110] > 0.95
    assert subject.alpha[5:20, 5:20].max() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (1, 90), (200, 150)])
def test_where_nothing_stands_out_all_is_subject(size):
    plain = np.asarray(Image.new("RGB", size, "grey"))
    subject = mask.find_subject(plain)
    assert not subject.found
    assert subject.alpha.shape == (size[1], size[0])
    assert subject.alpha.min() == 1.0


def test_edge_colours_lose_the_old_background():
    # A red disc with a soft rim on green: without care the rim stays brown.
    y, x = np.mgrid[:200, :200].astype(np.float32)
    alpha = np.clip((70 - np.hypot(x - 100, y - 100)) / 12, 0, 1).astype(np.float32)
    red, green = np.float32([0.8, 0.1, 0.1]), np.float32([0.1, 0.8, 0.1])
    shown = red * alpha[..., None] + green * (1 - alpha[..., None])
    clean = clean_colours(shown.astype(np.float32), alpha)
    rim = (alpha > 0.15) & (alpha < 0.85)
    assert shown[rim][:, 1].mean() > 0.4
    assert clean[rim][:, 1].mean() < 0.22
    assert np.array_equal(clean[alpha == 1], shown[alpha == 1].astype(np.float32))


def test_the_place_of_a_subject_is_filled_from_around_it():
    picture = np.zeros((120, 160, 3), np.float32)
    picture[...] = (0.2, 0.4, 0.6)
    alpha = np.zeros((120, 160), np.float32)
    alpha[30:90, 50:110] = 1.0
    picture[30:90, 50:110] = (1.0, 0.0, 0.0)
    filled = without_subject(picture, alpha)
    assert np.abs(filled - np.float32([0.2, 0.4, 0.6])).max() < 0.03


def test_transparent_files_need_no_network():
    image = opened(WOMAN).convert("RGBA")
    image.putalpha(Image.new("L", image.size, 128))
    source = open_source(as_file(image), 1)
    assert source.opacity is not None
    assert to_float(source.opacity).mean() == pytest.approx(128 / 255)
