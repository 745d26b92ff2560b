"""Pictures that are put together from several are nobody's for sure."""

import functools

import numpy as np
import pytest
from PIL import Image

from pipeline.imaging.matching import match, mixed
from pipeline.imaging.matching.assign import Owner
from pipeline.imaging.matching.match import ENOUGH, owners
from pipeline.vision import features
from tests.unit.imaging.test_checks import encoded, photo

CERTAIN = Owner(0, serves=True, confidence=0.99)


def grid(*cells):
    found = np.zeros((10, 10))
    for row, column in cells:
        found[row, column] = 2.0
    return found


LEFT, RIGHT = grid((2, 1), (5, 2), (8, 1)), grid((1, 7), (4, 8), (9, 7))


def test_two_sources_are_apart_where_each_is_where_the_other_is_not():
    assert mixed.are_apart(LEFT, RIGHT)
    assert not mixed.are_apart(LEFT, LEFT + RIGHT)  # one of them explains all of it
    assert not mixed.are_apart(LEFT, grid((1, 7)))  # a few points agree on something by chance
    assert not mixed.are_apart(LEFT, grid((3, 2), (6, 3), (7, 0)))  # next to each other


def test_a_seam_is_a_straight_step_from_border_to_border():
    one, other = photo(seed=1), photo(seed=2)
    halves, panels = one.copy(), np.concatenate([one, other], axis=0)
    halves[:, 300:] = other[:, 300:]
    for picture in (halves, panels, panels.transpose(1, 0, 2)):
        assert mixed.is_seamed(mixed.seam(picture))
    corner, bar = one.copy(), one.copy()
    corner[:300, 300:] = other[:300, 300:]
    bar[:30] = 255
    for picture in (one, corner, bar, one[:20, :20], np.full((64, 64, 3), 9, np.uint8)):
        assert not mixed.is_seamed(mixed.seam(picture))


@pytest.mark.parametrize(("is_mixed", "confidence"), [(False, 0.99), (True, mixed.DOUBTFUL)])
def test_the_owner_of_what_is_put_together_is_not_sure(is_mixed, confidence):
    assert mixed.doubted([CERTAIN], [is_mixed]) == (Owner(0, serves=True, confidence=confidence),)
    unsure = Owner(0, serves=True, confidence=0.2)
    assert mixed.doubted([unsure], [is_mixed]) == (unsure,)


@functools.cache
def sent(seed):
    """A source picture that is full of detail, and its points."""
    grain = np.random.default_rng(seed).integers(120, 230, (40, 54, 3)).astype(np.uint8)
    picture = np.asarray(Image.fromarray(grain).resize((640, 480), Image.Resampling.BICUBIC))
    return picture, features.points(picture)


def faded(top, below, *, soft, at=0.55):
    """One picture above a line and another below it, the line as soft as a share of the height."""
    place = np.arange(top.shape[0]) / top.shape[0]
    share = np.clip((place - at) / soft + 0.5, 0, 1)[:, None, None]
    return np.rint(top * (1 - share) + below * share).astype(np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("soft", [1e-6, 0.04])
@pytest.mark.parametrize("turned", [False, True])
def test_a_source_that_ends_at_a_line_is_cut_off(soft, turned):
    """Nothing is known of what is below: it has no points, and no source is like it."""
    picture, own = sent(1)
    plain = np.full_like(picture, (40, 90, 60))
    cut = faded(picture, plain, soft=soft)
    if turned:
        picture, cut = picture.transpose(1, 0, 2).copy(), cut.transpose(1, 0, 2).copy()
        own = features.points(picture)
    assert mixed.is_cut_off(features.points(cut), own, mixed.soft_lines(cut))


@pytest.mark.slow
def test_what_goes_on_behind_a_line_is_not_cut_off():
    picture, own = sent(1)
    shaded = faded(picture, picture // 2, soft=0.04)  # a shadow
    reframed = np.ascontiguousarray(picture[40:, 60:])
    floor = picture.copy()
    floor[-60:] = (40, 90, 60)
    for edit in (picture, shaded, reframed, floor):
        assert not mixed.is_cut_off(features.points(edit), own, mixed.soft_lines(edit))


@pytest.mark.slow
def test_a_second_source_is_seen_where_the_first_explains_nothing():
    (one, first), (two, second), (_, third) = sent(1), sent(2), sent(3)
    both = features.points(faded(one, two, soft=0.04))
    assert mixed.shows_another(both, first, [third, second])
    assert mixed.shows_another(both, second, [first])
    assert not mixed.shows_another(both, first, [third])
    assert not mixed.shows_another(features.points(one), first, [second, third])


@pytest.mark.slow
def test_what_two_views_have_in_common_does_not_hide_what_only_one_shows():
    """The left of both is alike, as a label is; the lower right of the second lies elsewhere."""
    (one, first), (two, _) = sent(1), sent(2)
    view, edit = two.copy(), one.copy()
    view[:, :400] = one[:, :400]
    edit[260:, 420:] = two[200:420, 400:620]
    assert mixed.shows_another(features.points(edit), first, [features.points(view)])


@pytest.mark.slow
def test_a_bent_picture_is_no_second_source():
    """What another view explains of it, its own source explains as well, once it is asked again."""
    picture, own = sent(1)
    bent = picture.copy()
    bent[:240] = np.roll(picture[:240], 14, axis=1)
    points = features.points(bent)
    assert not mixed.shows_another(points, own, [own])


@pytest.mark.slow
def test_half_of_one_and_half_of_another_asks_a_person(tmp_path, monkeypatch):
    monkeypatch.setattr(match, "with_networks", lambda _rgb, outline: outline)

    def put(name, picture):
        path = tmp_path / name
        path.write_bytes(encoded(picture))
        return path

    sent = [photo(seed=seed) for seed in range(2)]
    sources = [put(f"source-{number}", picture) for number, picture in enumerate(sent)]
    halves, lit = sent[0].copy(), np.clip(sent[1] * 0.8 + 20, 0, 255).astype(np.uint8)
    halves[:, 320:] = sent[1][:, 320:]
    soft, share = sent[0].astype(float), np.clip(np.linspace(-8, 8, 640) + 0.5, 0, 1)[None, :, None]
    blended = (soft * (1 - share) + sent[1] * share).astype(np.uint8)
    for number, stranger in enumerate((halves, blended)):
        first, second = owners([put(f"odd-{number}", stranger), put("lit", lit)], sources, [1, 1])
        assert first.confidence < ENOUGH <= second.confidence
        assert second.source == 1
