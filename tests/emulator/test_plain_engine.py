"""The test engine has tests of its own: others lean on it."""

import io

from PIL import Image

from pipeline.emulator.interface import EditRequest
from tests.emulator.plain_engine import PlainEngine, jpeg


def _request(seed, wanted=3):
    return EditRequest(model="m", prompt="p", width=40, height=24, wanted=wanted, seed=seed)


def test_pictures_have_the_size_and_the_number_asked_for():
    made = PlainEngine().edit(_request(7), [])
    opened = [Image.open(io.BytesIO(picture)) for picture in made.pictures]
    assert [(one.format, one.size, one.mode) for one in opened] == [("JPEG", (40, 24), "RGB")] * 3


def test_the_same_job_gives_the_same_pictures_and_another_one_others():
    engine = PlainEngine()
    first, again = engine.edit(_request(7), []), engine.edit(_request(7), [])
    assert first == again
    assert len(set(first.pictures)) == 3
    assert engine.edit(_request(2**63 - 1), []) != first
    assert [request.seed for request, _ in engine.requests] == [7, 7, 2**63 - 1]


def test_a_jpeg_has_the_colour_asked_for():
    red, green, blue = Image.open(io.BytesIO(jpeg(16, 16, (200, 30, 60)))).getpixel((5, 5))
    assert abs(red - 200) + abs(green - 30) + abs(blue - 60) < 8
