"""The subject is found, and its edge is clean."""

import numpy as np
import pytest
from PIL import Image

from pipeline.emulator.engine import draft, mask
from pipeline.emulator.engine.files import open_source
from pipeline.emulator.engine.matte import clean_colours, without_subject
from pipeline.emulator.engine.raster import to_float
from pipeline.vision import subject
from tests.emulator.engine_pictures import CUP, WOMAN, as_file, edit, opened


@pytest.mark.slow
def test_a_portrait_is_found():
    alpha = mask.find_subject(open_source(WOMAN, 1).plate).alpha
    assert alpha[54, 113] > 0.95  # face
    assert alpha[200, 100] > 0.95  # suit
    assert alpha[20, 20] < 0.05  # flag
    assert alpha[60, 230] < 0.05  # wall


@pytest.mark.slow
def test_a_product_is_found():
    cup = mask.find_subject(open_source(CUP, 1).plate)
    assert cup.found
    assert cup.alpha[85, 110] > 0.95
    assert cup.alpha[5:20, 5:20].max() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("photo", [WOMAN, CUP])
def test_a_weighed_subject_is_the_one_that_is_cut_out(photo):
    plate = open_source(photo, 1).plate
    cut, weighed = mask.find_subject(plate).alpha, mask.weigh_subject(plate).alpha
    assert cut.shape == weighed.shape
    assert np.minimum(cut, weighed).sum() > 0.9 * np.maximum(cut, weighed).sum()


@pytest.mark.parametrize(
    ("prompt", "outlined"),
    [
        ("golden hour light", False),
        ("golden hour light, keep the background", True),
        ("in a grey studio", True),
        ("falling snow", True),
    ],
)
def test_what_only_weighs_by_the_subject_does_not_cut_it_out(prompt, outlined, monkeypatch):
    asked = []

    def nothing(name):
        def look(plate):
            asked.append(name)
            return mask.Subject(np.ones(plate.shape[:2], np.float32), found=False)

        return look

    monkeypatch.setattr(draft, "find_subject", nothing("cut"))
    monkeypatch.setattr(draft, "weigh_subject", nothing("weighed"))
    edit(prompt, CUP, size=(48, 48))
    assert asked == ["cut" if outlined else "weighed"]


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (1, 90), (200, 150)])
def test_where_nothing_stands_out_all_is_subject(size):
    plain = np.asarray(Image.new("RGB", size, "grey"))
    found = mask.find_subject(plain)
    assert not found.found
    assert found.alpha.shape == (size[1], size[0])
    assert found.alpha.min() == 1.0


class Network:
    """Answers that are given out one by one, instead of the networks'."""

    def __init__(self, monkeypatch, *answers):
        self.left = list(answers)
        monkeypatch.setattr(subject, "_run_network", lambda *_: self.left.pop(0))
        monkeypatch.setattr(subject, "rough_subject", lambda _: self.left.pop(0))


def answer(**parts):
    """What the network says: a figure cut by the lower border, and whatever lies beside it."""
    said = np.zeros((320, 320), np.float32)
    said[80:, 100:220] = 1.0
    for value, (rows, columns) in parts.values():
        said[rows, columns] = value
    return said


BESIDE = (slice(100, 320), slice(0, 24))
PLAIN = np.zeros((320, 320, 3), np.uint8)


class TestTheSecondLook:
    def test_a_sure_first_look_is_all(self, monkeypatch):
        network = Network(monkeypatch, answer(), answer(beside=(1.0, BESIDE)))
        assert np.array_equal(subject.subject_at_a_glance(PLAIN), answer())
        assert len(network.left) == 1

    def test_what_only_one_look_sees_along_a_side_is_background(self, monkeypatch):
        first = answer(beside=(0.6, BESIDE))
        network = Network(monkeypatch, first, answer())
        seen = subject.subject_at_a_glance(PLAIN)
        assert not network.left
        assert float(first[BESIDE].min()) > 0.5
        assert float(seen[BESIDE].max()) < 0.1
        assert float(seen[150:310, 130:190].min()) > 0.9

    @pytest.mark.parametrize("place", [(slice(60, 180), slice(220, 300)), BESIDE])
    def test_a_part_that_the_second_look_loses_stays(self, monkeypatch, place):
        doubt = (0.5, (slice(290, 320), slice(60, 100)))  # or there would be no second look
        first = answer(doubt=doubt, part=(0.95, place))
        Network(monkeypatch, first, np.zeros((320, 320), np.float32))
        assert np.array_equal(subject.subject_at_a_glance(PLAIN), first)


def test_what_is_broadly_doubtful_is_subject_and_an_edge_stays_narrow():
    doubtful = answer(cap=(0.45, (slice(50, 80), slice(120, 200))))
    doubtful[80:, 97:100] = 0.45  # the ramp of an edge
    settled = subject._decided(doubtful)
    assert float(settled[58:74, 128:192].min()) > 0.85
    assert float(settled[150:300, 97:100].max()) < 0.3


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
