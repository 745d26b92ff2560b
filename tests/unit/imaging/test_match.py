"""Whose a picture is: bad and plain files are nobody's, and ask no network about it."""

import numpy as np
import pytest
from PIL import Image

from pipeline.imaging.matching import match
from pipeline.imaging.matching.match import ENOUGH, NOBODY, owners
from tests.unit.imaging.test_checks import BAD, encoded, photo

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _no_networks(monkeypatch):
    def refuse(*_):
        raise AssertionError("a network was asked")

    monkeypatch.setattr(match, "with_networks", refuse)


@pytest.fixture
def put(tmp_path):
    def write(name, raw):
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return write


@pytest.fixture
def sources(put):
    return [put(f"source-{seed}", encoded(photo(seed=seed))) for seed in range(3)]


def test_what_cannot_be_read_is_nobodys(put, sources):
    bad = [put(f"bad-{name}", raw) for name, raw in sorted(BAD.items())]
    found = owners([*bad, bad[0].with_name("gone")], sources, [1, 1, 1])
    assert {(one.source, one.serves, one.confidence) for one in found} == {(NOBODY, False, 0.0)}


def test_what_shows_nothing_is_nobodys_whatever_its_colour(put, sources):
    plain = [
        put(f"plain-{level}", encoded(np.full((480, 640, 3), level, np.uint8), quality=60))
        for level in (0, 90, 200, 255)
    ]
    found = owners(plain, sources, [1, 1, 1])
    assert {one.source for one in found} == {NOBODY}


def test_a_bad_source_is_nobodys_source_and_the_rest_is_found(put, sources):
    lit = [np.clip(photo(seed=seed) * 0.8 + 20, 0, 255).astype(np.uint8) for seed in (2, 1)]
    outputs = [put(f"lit-{number}", encoded(one)) for number, one in enumerate(lit)]
    found = owners(outputs, [put("torn", BAD["truncated"]), *sources[1:]], [1, 1, 1])
    assert [(one.source, one.serves) for one in found] == [(2, True), (1, True)]
    assert min(one.confidence for one in found) >= ENOUGH


def test_unusual_files_are_matched_like_others(put, sources):
    image = Image.fromarray(photo(seed=1))
    odd = [
        put("cmyk", encoded(image.convert("CMYK"))),
        put("moving", encoded(image, "WEBP", save_all=True, append_images=[image.rotate(9)])),
        put("turned", encoded(image.convert("L"), "PNG")),
    ]
    for path in odd:
        (one,) = owners([path], sources, [1, 1, 1])
        assert one.source == 1, path.name
