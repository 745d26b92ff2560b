"""Points of sources in frames of another shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.planning.framing import in_frame

SIDES = st.integers(1, 5000)
PARTS = st.integers(0, 1000)


@given(point=st.tuples(PARTS, PARTS), width=SIDES, height=SIDES, times=st.integers(1, 9))
def test_in_a_frame_of_one_shape_a_point_stays(point, width, height, times):
    master = width * times, height * times
    assert in_frame(point, source=(width, height), master=master) == point


@given(source=st.tuples(SIDES, SIDES), master=st.tuples(SIDES, SIDES))
def test_the_middle_stays_the_middle(source, master):
    assert in_frame((500, 500), source=source, master=master) == (500, 500)


@given(
    point=st.tuples(PARTS, PARTS), source=st.tuples(SIDES, SIDES), master=st.tuples(SIDES, SIDES)
)
def test_a_point_stays_on_its_side_and_in_the_frame(point, source, master):
    for before, after in zip(point, in_frame(point, source=source, master=master), strict=True):
        assert 0 <= after <= 1000
        assert (after - 500) * (before - 500) >= 0


@pytest.mark.parametrize(
    ("point", "source", "master", "expected"),
    [
        # To a square a wide picture is cropped (x: 700) or grows (y: 425); half way of each.
        ((600, 400), (2000, 1000), (1000, 1000), (650, 425)),
        ((600, 400), (1000, 2000), (1000, 1000), (575, 350)),
        ((0, 1000), (4000, 1000), (1000, 1000), (0, 813)),
    ],
)
def test_between_cropping_and_adding(point, source, master, expected):
    assert in_frame(point, source=source, master=master) == expected
