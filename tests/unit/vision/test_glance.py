"""A glance says roughly what the cut-out says, and nothing of pictures without a subject."""

import numpy as np
import pytest

from pipeline.vision import glance
from pipeline.vision.glance import rough_subject
from pipeline.vision.subject import subject_at_a_glance
from tests.defects.scenes import scene

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["cup", "grace"])
def test_the_same_parts_are_subject(name):
    rough = rough_subject(scene(name, 512))
    whole = subject_at_a_glance(scene(name, 512))
    assert rough.shape == (256, 256)
    assert 0.0 <= float(rough.min()) <= float(rough.max()) <= 1.0
    rows = np.linspace(0, whole.shape[0] - 1, 256).round().astype(int)
    one, other = rough > 0.5, whole[np.ix_(rows, rows)] > 0.5
    assert (one & other).sum() > 0.8 * (one | other).sum()


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (300, 200)])
def test_a_plain_picture_of_any_size_has_no_subject(size):
    rough = rough_subject(np.full((*size, 3), 90, np.uint8))
    assert rough.shape == (256, 256)
    assert float((rough > 0.5).mean()) < 0.004 or float((rough > 0.5).mean()) > 0.97


def test_specks_are_none_of_the_subject(monkeypatch):
    seen = np.zeros((256, 256), np.float32)
    seen[40:140, 40:140] = 0.9
    seen[140:142, 60:120] = 0.2  # its soft rim
    seen[200:210, 200:210] = 0.9
    monkeypatch.setattr(glance, "_looked", lambda _rgb: seen)
    rough = glance.rough_subject(np.zeros((9, 9, 3), np.uint8))
    assert not rough[200:210, 200:210].any()
    assert rough[:150, :150].tolist() == seen[:150, :150].tolist()
