"""Pictures that are put together from several are nobody's for sure."""

import numpy as np
import pytest

from pipeline.imaging.matching import match, mixed
from pipeline.imaging.matching.assign import NOBODY, Owner
from pipeline.imaging.matching.match import ENOUGH, owners
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


@pytest.mark.parametrize(
    ("has_seam", "parts", "usual", "confidence"),
    [
        (False, {0: LEFT}, False, 0.99),
        (False, {0: LEFT, 1: RIGHT}, False, mixed.DOUBTFUL),
        (False, {1: LEFT, 2: RIGHT}, False, 0.99),  # neither of them is the owner
        (True, {}, False, mixed.DOUBTFUL),
        (True, {}, True, 0.99),  # its source has the same
    ],
)
def test_the_owner_of_what_is_put_together_is_not_sure(has_seam, parts, usual, confidence):
    (found,) = mixed.doubted([CERTAIN], [has_seam], [parts], [usual])
    assert found == Owner(0, serves=True, confidence=confidence)


def test_what_is_nobodys_stays_so():
    nobody = Owner(NOBODY, serves=False, confidence=0.99)
    assert mixed.doubted([nobody], [True], [{}], [False]) == (nobody,)


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
