"""Subjects are recognised without their colours; points are found again where they lie."""

import numpy as np
import pytest

from pipeline.vision.features import Points, fit, likely_pairs, points, subject_features
from tests.defects.scenes import alpha, scene

pytestmark = pytest.mark.slow


def of(name, change=lambda rgb: rgb):
    return subject_features(change(scene(name, 512)), alpha(name, 512))


def test_a_subject_in_other_colours_and_light_is_the_same():
    turned = of("cup", lambda rgb: np.ascontiguousarray(rgb[..., ::-1]) // 2)
    assert float(turned @ of("cup")) > 0.75
    assert float(of("cup") @ of("flower")) < 0.45


def test_no_subject_has_no_features():
    nothing = subject_features(scene("cup", 512), np.zeros((10, 10), np.float32))
    assert not nothing.any()


def test_a_crop_lies_where_it_was_cut():
    source = scene("china")
    crop = np.ascontiguousarray(source[40:360, 60:420])
    one, other = points(crop), points(source)
    found = fit(one, other, likely_pairs(one, other))
    assert found.inliers > 40
    # Both are measured at 640 px: the crop's corner is at 60, 40 of 640 x 427.
    assert found.turn[:, 2] == pytest.approx((60, 40), abs=3)


def test_a_smaller_look_finds_the_same_place():
    source = scene("china")
    crop = np.ascontiguousarray(source[40:360, 60:420])
    one, other = points(crop, side=400, flat=0.015), points(source, side=400, flat=0.015)
    assert max(one.size) == 400
    found = fit(one, other, likely_pairs(one, other))
    assert found.inliers > 40
    assert found.turn[:, 2] * 640 / 400 == pytest.approx((60, 40), abs=3)


def test_a_thing_that_is_there_twice_is_paired_twice_and_doubt_is_not():
    words = np.eye(128, dtype=np.float32)
    one = Points(np.zeros((3, 2), np.float32), words[[0, 0, 5]], (9, 9))
    other = Points(np.zeros((4, 2), np.float32), words[[7, 0, 5, 5]], (9, 9))
    # The first two have one clear counterpart, the third has two that are equally near.
    assert likely_pairs(one, other).tolist() == [[0, 1], [1, 1]]


def test_unrelated_pictures_do_not_fit():
    one, other = points(scene("cat")), points(scene("rocket"))
    assert fit(one, other, likely_pairs(one, other)).inliers < 10


def test_a_plain_picture_has_no_points():
    plain = points(np.full((200, 300, 3), 90, np.uint8))
    assert plain.places.shape == (0, 2)
    assert likely_pairs(plain, plain).shape == (0, 2)
    assert fit(plain, plain, likely_pairs(plain, plain)).turn is None
