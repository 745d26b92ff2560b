"""A slice of the gallery, small: edited, untouched where it must be, and still the same people."""

import pytest

from tests.gallery.cases import BY_NAME, CASES, PEOPLE
from tests.gallery.looking import as_file, complaints, framed
from tests.gallery.rendered import render

_SHORTER = 384
# Every portrait, since identity is a promise; of the rest what each kind of operation needs.
_SLICE = [
    case
    for case in CASES
    if case.photo in PEOPLE
    or case.name in {"wooden-table", "confetti", "green-cup", "soft-background", "autumn", "rain"}
]


def test_the_gallery_has_thirty_prompts_and_the_vendors_own():
    assert len(CASES) == len(BY_NAME) == 30
    assert CASES[0].prompt == (
        "Change outfit to a black suit, add soft studio lighting,"
        " keep poses and background the same"
    )
    assert CASES[1].prompt == "add winter outfit and snow ambience"


@pytest.mark.slow
@pytest.mark.parametrize("case", _SLICE, ids=lambda case: case.name)
def test_a_picture_may_hang(case):
    shrink = _SHORTER / min(case.size)
    small = (round(case.size[0] * shrink), round(case.size[1] * shrink))
    made = render(case, size=small)
    assert made.notes == ()
    assert complaints(case, made.pictures[0], size=small) == []


def test_a_photograph_as_it_is_may_not_hang():
    case = BY_NAME["black-suit"]
    assert "does not look edited" in complaints(case, as_file(framed(case)))


def test_a_touched_background_and_another_face_may_not_hang():
    case = BY_NAME["black-suit"]
    shown = framed(case)
    shown[:, : shown.shape[1] // 8] = 255 - shown[:, : shown.shape[1] // 8]
    other = framed(BY_NAME["emerald-dress"], case.size)
    assert any("background" in one for one in complaints(case, as_file(shown)))
    assert any("face" in one for one in complaints(case, as_file(other)))
