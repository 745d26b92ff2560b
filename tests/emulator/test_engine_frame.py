"""Framing: whole subjects, no cut edge in sight, whatever the frame."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.emulator.engine.frame import (
    Extent,
    Placement,
    Stage,
    cover,
    measure,
    place,
    stage_subject,
    within,
)

FREE = Extent(
    left=300.0,
    top=100.0,
    right=700.0,
    bottom=900.0,
    cuts_left=False,
    cuts_right=False,
    cuts_top=False,
    cuts_bottom=False,
    cut_from=900.0,
)
BUST = replace(FREE, top=80.0, bottom=1000.0, cuts_bottom=True, cut_from=1000.0)
SOURCE = (1000, 1000)
sides = st.integers(64, 4096)
few = settings(max_examples=40)


@few
@given(sides, sides, st.integers(0, 9))
def test_a_standing_subject_is_whole_and_on_the_ground(width, height, again):
    stage = Stage(ground=0.84, tallest=0.66, widest=0.74)
    at = stage_subject(FREE, source=SOURCE, frame=(width, height), stage=stage, again=again)
    assert FREE.left * at.scale + at.left >= -1
    assert FREE.right * at.scale + at.left <= width + 1
    assert FREE.top * at.scale + at.top >= -1
    assert FREE.bottom * at.scale + at.top == pytest.approx(0.84 * height)


@few
@given(sides, sides, st.integers(0, 9))
def test_a_portrait_is_whole_and_leaves_by_the_lower_border(width, height, again):
    at = stage_subject(BUST, source=SOURCE, frame=(width, height), stage=Stage(), again=again)
    # In a tall frame shoulders may pass the sides a little, or the head would stand far down.
    passes = 0.12 * width if height > 3 * width else 1
    assert BUST.left * at.scale + at.left >= -passes
    assert BUST.right * at.scale + at.left <= width + passes
    assert BUST.top * at.scale + at.top >= -1
    assert BUST.bottom * at.scale + at.top >= height


def test_a_head_stands_in_the_middle_of_a_story_rather_than_far_down():
    broad = replace(BUST, left=50.0, right=950.0, top=150.0)
    for extent in (broad, replace(broad, right=1000.0, cuts_right=True)):
        at = stage_subject(extent, source=SOURCE, frame=(864, 1536), stage=Stage())
        assert 0.28 * 1536 < extent.top * at.scale + at.top < 0.45 * 1536


@few
@given(sides, sides, st.booleans(), st.booleans(), st.floats(150, 990))
@example(
    width=196, height=193, left=True, right=True, cut_from=150.0
)  # nearly as wide as the frame, and not quite
def test_no_cut_side_shows_inside_the_frame(width, height, left, right, cut_from):
    extent = replace(
        BUST,
        left=0.0 if left else 120.0,
        right=1000.0 if right else 880.0,
        cuts_left=left,
        cuts_right=right,
        cut_from=cut_from if left or right else 1000.0,
    )
    at = stage_subject(extent, source=SOURCE, frame=(width, height), stage=Stage())
    cut_row = extent.cut_from * at.scale + at.top
    if left and cut_row < height - 1:
        assert at.left <= 1
    if right and cut_row < height - 1:
        assert at.left + SOURCE[0] * at.scale >= width - 1
    assert extent.bottom * at.scale + at.top >= height - 1


@few
@given(sides, sides, st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 9))
def test_cover_leaves_no_gap(width, height, source_width, source_height, again):
    extent = replace(
        FREE,
        left=0.0,
        top=0.0,
        right=float(source_width),
        bottom=float(source_height),
    )
    at = cover(extent, source=(source_width, source_height), frame=(width, height), again=again)
    assert at.left <= 1e-6
    assert at.top <= 1e-6
    assert at.left + source_width * at.scale >= width - 1e-3
    assert at.top + source_height * at.scale >= height - 1e-3


def test_cover_follows_the_subject():
    aside = replace(FREE, left=700.0, right=1000.0)
    at = cover(aside, source=SOURCE, frame=(400, 1000))
    assert aside.right * at.scale + at.left == pytest.approx(400)


def test_the_second_round_is_framed_differently():
    first = stage_subject(FREE, source=SOURCE, frame=(800, 800), stage=Stage())
    second = stage_subject(FREE, source=SOURCE, frame=(800, 800), stage=Stage(), again=1)
    assert first != second


def test_measuring_finds_the_box_and_the_cut_borders():
    alpha = np.zeros((100, 200), np.float32)
    alpha[40:, 150:] = 1.0
    extent = measure(alpha, width=400, height=200)
    assert (extent.left, extent.top, extent.right, extent.bottom) == (300, 80, 400, 200)
    assert (extent.cuts_left, extent.cuts_right) == (False, True)
    assert (extent.cuts_top, extent.cuts_bottom) == (False, True)
    assert extent.cut_from == 80
    assert not extent.stands


def test_a_disc_is_seen_from_above_and_a_box_is_not():
    y, x = np.mgrid[:200, :200]
    disc = ((x - 100) ** 2 + (y - 100) ** 2 < 70**2).astype(np.float32)
    box = ((abs(x - 100) < 50) & (abs(y - 100) < 60)).astype(np.float32)
    legs = box * (abs(x - 100) > 20)
    assert measure(disc, width=200, height=200).from_above
    assert not measure(box, width=200, height=200).from_above
    assert not measure(legs, width=200, height=200).from_above


def test_an_empty_mask_is_the_whole_picture():
    extent = measure(np.zeros((10, 10), np.float32), width=100, height=100)
    assert (extent.width, extent.height) == (100, 100)


@few
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.05, 40), st.floats(-30, 30))
def test_any_source_can_be_placed(width, height, scale, offset):
    picture = np.full((height, width, 3), 128, np.uint8)
    placement = Placement(scale, offset, -offset)
    laid = place(picture, placement, source=(width, height), frame=(33, 21))
    assert laid.shape == (21, 33, 3)
    assert laid.min() == laid.max() == 128
    assert within(placement, source=(width, height), frame=(33, 21)).shape == (21, 33)


def test_what_needs_no_resampling_keeps_its_pixels():
    picture = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    whole = place(picture, Placement(0.5, 0.0, 0.0), source=(120, 80), frame=(60, 40))
    assert np.array_equal(whole, picture)
    cut = place(picture, Placement(1.0, -7.0, -3.0), source=(60, 40), frame=(30, 20))
    assert np.array_equal(cut, picture[3:23, 7:37])
    beyond = place(picture, Placement(1.0, 5.0, 0.0), source=(60, 40), frame=(30, 20))
    assert np.array_equal(beyond[:, 5:], picture[:20, :25])
    assert (beyond[:, :5] == picture[:20, :1]).all()
