"""What only a set shows: copies, and what drifts from the others beyond what the sources do."""

import numpy as np
import pytest

from pipeline.imaging.checks import seen as look
from pipeline.imaging.checks.seenfacts import Seen, pack
from pipeline.imaging.checks.sets import drifts, look_alikes
from pipeline.vision.faces import Face
from tests.unit.imaging.test_judge import GOOD


def vector(*turned, length=64):
    found = np.zeros(length, np.float32)
    found[0] = 1.0
    for place, amount in enumerate(turned, start=1):
        found[place] = amount
    return found / np.linalg.norm(found)


def seen(*, colour=(50, 10, 10), light=(50, 0, 0), subject=(), face=None):
    packed = "" if face is None else pack(vector(*face, length=16))
    return Seen(0, packed, 0.3, pack(vector(*subject)), (), colour, light)


EVEN = [seen() for _ in range(5)]


def odd(**changes):
    return [*EVEN[:2], seen(**changes), *EVEN[2:4]]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"colour": (50, 40, -20)}, "colour"),
        ({"light": (80, 0, 0)}, "light"),
        ({"subject": (0.0, 2.0)}, "subject"),
    ],
)
def test_the_odd_one_drifts_and_the_others_do_not(changes, part):
    found = [getattr(one, part) for one in drifts(odd(**changes), [None] * 5)]
    assert found[2] > 20 * max(1e-6, *found[:2], *found[3:])
    assert {
        round(getattr(one, other), 3)
        for one in drifts(odd(**changes), [None] * 5)
        for other in {"colour", "light", "subject"} - {part}
    } == {0.0}


def test_what_the_sources_differ_by_is_taken_off():
    outputs, sources = odd(light=(80, 0, 0)), odd(light=(78, 0, 0))
    assert drifts(outputs, sources)[2].light == pytest.approx(2.0)
    # Where one source is not known nothing can be taken off.
    assert drifts(outputs, [None, *sources[1:]])[2].light == pytest.approx(30.0)


def test_colours_are_compared_tenth_by_tenth_and_mean_what_one_colour_means():
    even = (20, 0, 0, 80, 0, 0)  # half dark, half light
    one, other = seen(colour=(30, 0, 0, 90, 0, 0)), seen(colour=(20, 0, 0, 40, 0, 0))
    found = drifts([*[seen(colour=even)] * 3, one, other], [None] * 5)
    assert [drift.colour for drift in found] == pytest.approx([0, 0, 0, 10, 20])


def test_a_rim_more_or_less_of_a_picture_of_two_colours_is_no_drift():
    """Where a label is half of a product its median lies on one side or on the other."""
    pictures = [two_colours(share) for share in (0.49, 0.50, 0.51, 0.47)]
    masks = np.ones((64, 64), np.float32)
    colours = [look._colour(picture, masks, []) for picture in pictures]
    found = drifts([seen(colour=colour) for colour in colours], [None] * 4)
    assert max(drift.colour for drift in found) < 6
    green = pictures[0][..., [1, 0, 2]]
    colours[0] = look._colour(green, masks, [])
    assert drifts([seen(colour=colour) for colour in colours], [None] * 4)[0].colour > 12


def two_colours(share, side=64):
    """A product of which so much is a dark bottle, and the rest a light label, each softly lit."""
    rows = np.linspace(0, 1, side)[:, None] < share
    glow = np.linspace(-25, 25, side)[None, :, None]
    dark, light = np.array([40, 90, 70]), np.array([225, 210, 180])
    picture = np.where(rows[..., None], dark, light) + glow
    return np.clip(picture, 0, 255).astype(np.uint8)


def test_how_much_of_a_face_the_border_cuts():
    picture = np.zeros((100, 200, 3), np.uint8)
    for box, cut in (((20, 10, 60, 50), 0.0), ((20, -10, 60, 30), 0.25), ((180, 0, 220, 40), 0.5)):
        assert look._cut(Face(0.9, box, ()), picture) == cut


def test_people_are_compared_by_their_faces():
    outputs = [seen(face=(), subject=(number,)) for number in range(4)]
    assert [one.subject for one in drifts(outputs, [None] * 4)] == pytest.approx(
        [0.0] * 4, abs=1e-3
    )
    other = [*outputs[:3], seen(face=(0.0, 3.0))]
    assert drifts(other, [None] * 4)[3].subject > 0.5


def test_where_nothing_stands_out_the_subject_says_nothing():
    outputs = [one._replace(subject="") for one in EVEN]
    assert {one.subject for one in drifts(outputs, [None] * 5)} == {None}


@pytest.mark.slow
def test_a_large_set_takes_memory_by_its_size_not_by_its_square():
    rng = np.random.default_rng(1)
    vectors = rng.normal(0, 0.01, (600, 1280)).astype(np.float32)
    vectors[:, 0] += 1.0
    vectors[17, 5] += 2.0
    outputs = [EVEN[0]._replace(subject=pack(one / np.linalg.norm(one))) for one in vectors]
    found = [one.subject for one in drifts(outputs, [None] * 600)]
    assert int(np.argmax(found)) == 17
    assert found[17] > 3 * sorted(found)[-2]


def test_nothing_is_like_nothing():
    assert look_alikes([]) == {}
    assert look_alikes([GOOD]) == {}
    assert look_alikes([GOOD, GOOD]) == {0: 1, 1: 0}
