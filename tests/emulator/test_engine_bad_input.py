"""Whatever is sent, the embedded provider answers as the vendor does: a picture or an error."""

import contextlib
import io
import json
import struct
import zlib

import cv2
import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.emulator.engine.draft import DraftEngine
from pipeline.emulator.engine.files import open_source
from pipeline.emulator.interface import EditRequest, EngineError
from tests.emulator.engine_pictures import CUP, as_file, edit, opened
from tests.emulator.world import SINGLE, running

CARD = "wavespeed-ai/qwen-image/edit-plus"
"""The model that makes the smallest pictures, 256 px a side."""
SMALL = "256*256"
IMAGE = opened(CUP).convert("RGB").resize((90, 60))
RED, BLUE = Image.new("RGB", (60, 40), "red"), Image.new("RGB", (60, 40), "blue")


def png(width, height, *, depth=8, kind=2, interlaced=0, rows=b""):
    """A PNG file that says it has these sides, whatever its rows hold."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    data = zlib.compress(rows, 1)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def turned():
    exif = Image.Exif()
    exif[0x112] = 6
    return as_file(IMAGE, "JPEG", exif=exif)


def wide(dtype, factor):
    return cv2.imencode(".tiff", np.asarray(IMAGE, dtype)[..., ::-1] * factor)[1].tobytes()


GOOD = {
    "animated gif": as_file(RED, "GIF", save_all=True, append_images=[BLUE] * 3),
    "animated webp": as_file(RED, "WEBP", save_all=True, append_images=[BLUE] * 3),
    "animated png": as_file(RED, "PNG", save_all=True, append_images=[BLUE] * 3),
    "pages": as_file(RED, "TIFF", save_all=True, append_images=[BLUE] * 3),
    "cmyk": as_file(IMAGE.convert("CMYK"), "JPEG"),
    "16 bit": wide(np.uint16, 257),
    "float": wide(np.float32, 1 / 255),
    "alpha": as_file(Image.merge("RGBA", (*IMAGE.split(), Image.new("L", IMAGE.size, 90)))),
    "nothing but alpha": as_file(Image.new("RGBA", (60, 40), (9, 9, 9, 0))),
    "turned": turned(),
    "1 px wide": as_file(IMAGE.resize((1, 60))),
    "1 px high": as_file(IMAGE.resize((60, 1))),
    "1 px": as_file(IMAGE.resize((1, 1))),
    "black": as_file(Image.new("RGB", (60, 40))),
    "palette": as_file(IMAGE.convert("P")),
}
BAD = {
    "empty": b"",
    "text": b"hello, world" * 20,
    "cut": CUP[: len(CUP) // 2],
    "header only": CUP[:300],
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "pdf": b"%PDF-1.4\n1 0 obj<<>>endobj",
    "no rows": png(90, 60),
    "144 megapixels": png(12_000, 12_000, rows=bytes(9000)),
    "60000 px long": png(60_000, 300, rows=bytes(9000)),
    "whole in memory": png(9_000, 9_000, depth=16, kind=6, interlaced=1, rows=bytes(9000)),
    "webp by name": b"RIFF\x10\0\0\0WEBPVP8 \4\0\0\0abcd",
    "heif by name": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_a_picture_of_any_kind_is_edited(name):
    (made,) = edit("sepia", GOOD[name], size=(48, 32)).pictures
    assert (opened(made).size, opened(made).mode) == ((48, 32), "RGB")
    assert open_source(GOOD[name], 1).plate.dtype == np.uint8


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_that_can_be_held_is_refused_by_its_number(name):
    with pytest.raises(EngineError, match="image 2") as caught:
        edit("sepia", GOOD["turned"], BAD[name], size=(48, 32))
    assert caught.value.code == 1402
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("name", ["text", "svg", "pdf"])
def test_what_does_not_begin_as_a_picture_is_not_even_opened(monkeypatch, name):
    def opening(*_):
        raise AssertionError("it was opened")

    monkeypatch.setattr(pyvips.Image, "new_from_buffer", opening)
    with pytest.raises(EngineError, match="not a picture file"):
        open_source(BAD[name], 1)


@pytest.mark.parametrize("name", ["144 megapixels", "60000 px long", "whole in memory"])
def test_what_would_fill_the_memory_is_refused_by_its_header(name):
    with pytest.raises(EngineError, match="too large"):
        open_source(BAD[name], 1)


def test_the_first_picture_of_several_is_the_one_that_counts():
    for name in ("animated gif", "animated webp", "animated png", "pages"):
        plate = open_source(GOOD[name], 1).plate
        assert abs(plate[20, 30].astype(int) - (255, 0, 0)).max() < 12, name


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_file_is_a_picture_or_an_error(data):
    raw = bytearray(data.draw(st.sampled_from(sorted(GOOD.items())))[1])
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    del raw[data.draw(st.integers(1, len(raw))) :]
    with contextlib.suppress(EngineError):
        source = open_source(bytes(raw), 1)
        assert source.plate.shape[2] == 3
        assert max(source.plate.shape) <= 1600


@pytest.mark.slow
@pytest.mark.parametrize("size", [(16, 16), (16, 256), (256, 16), (700, 16)])
def test_the_smallest_and_narrowest_sizes_are_made(size):
    (made,) = edit("golden hour", GOOD["turned"], size=size).pictures
    assert opened(made).size == size
    (poster,) = edit("a fox", size=size).pictures
    assert opened(poster).size == size


@pytest.mark.parametrize(
    "size", [(0, 0), (-4, 9), (15, 400), (400, 15), (16_385, 16), (4200, 4200), (16_384, 1100)]
)
def test_impossible_sizes_are_refused_before_anything_is_opened(size):
    for pictures in ((), (b"no picture",)):
        request = EditRequest("m", "sepia", *size, wanted=1, seed=1)
        with pytest.raises(EngineError) as caught:
            DraftEngine().edit(request, pictures)
        assert caught.value.code == 1401


# The same through the protocol, with the engine that users get.


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def draft():
    async with running(engine=DraftEngine()) as world:
        yield world


async def ended(world, picture, *, model=CARD, size=SMALL, prompt="sepia"):
    """What becomes of one request."""
    address = await world.upload(picture)
    body = {"prompt": prompt, "size": size, "images": [address]}
    accepted = await world.data("POST", model, json=body)
    return await world.finish(accepted["id"])


@pytest.mark.anyio
@pytest.mark.slow
async def test_a_draft_says_over_http_what_it_did_not_do_and_who_made_it(draft):
    done = await ended(draft, as_file(IMAGE), prompt="sepia, with a palm tree")
    assert done["status"] == "completed"
    assert done["embedded"]["engine"] == DraftEngine().version
    assert done["embedded"]["notes"] == ["not possible: with a palm tree (it cannot add objects)"]
    async with draft.stranger() as stranger:
        made = await stranger.get(done["outputs"][0])
    image = Image.open(io.BytesIO(made.content))
    assert image.size == (256, 256)
    assert DraftEngine().version in image.getexif()[0x131]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "prompt",
    [
        "make her smile",
        "keep everything as it is",
        "ضع المنتج على الشاطئ",
        "把产品放在海滩上",
        "उत्पाद को समुद्र तट पर रखें",
        "🏖️🌅👩‍🦰",
        "\x00\x01\x1b[31m\x7f\u202e\u2028",
        "blorple " * 12_500,
        "(" * 2_000,
        "   ",
    ],
    ids=[
        "impossible", "only a lock", "arabic", "chinese", "hindi", "emoji", "control characters",
        "100 kB", "brackets", "spaces",
    ],
)  # fmt: skip
async def test_a_prompt_that_comes_to_nothing_fails_with_what_is_possible(draft, prompt):
    failed = await ended(draft, as_file(IMAGE), prompt=prompt)
    assert (failed["status"], failed["code"], failed["outputs"]) == ("failed", 1401, [])
    is_foreign = any("\u0600" <= letter <= "\u9fff" for letter in prompt if letter.isalpha())
    said = "reads English only" if is_foreign else "nothing of this prompt"
    assert said in failed["error"]
    assert "a studio in any colour" in failed["error"]
    assert len(failed["error"]) < 6_000
    assert "1b" not in failed["error"]
    assert all(c.isprintable() for c in failed["error"])


@pytest.mark.anyio
@pytest.mark.parametrize("prompt", ["", "half of a pair \ud800", None, 7, ["sepia"]])
async def test_a_prompt_that_is_no_text_is_refused_or_fails(draft, prompt):
    # Written here, since half of a surrogate pair is legal JSON and no legal UTF-8.
    body = json.dumps({"prompt": prompt, "size": SMALL, "images": [await draft.upload()]}).encode()
    head = {"content-type": "application/json"}
    answer = await draft.call("POST", CARD, content=body, headers=head)
    if answer.status_code == 200:
        failed = await draft.finish(answer.json()["data"]["id"])
        assert (failed["status"], failed["code"]) == ("failed", 1401)
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, 400)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["cut", "text", "svg", "pdf", "no rows", "144 megapixels"])
async def test_what_cannot_be_decoded_fails_and_is_given_back(draft, name):
    before = draft.state.spent()
    failed = await ended(draft, BAD[name])
    assert failed["status"] == "failed"
    assert failed["code"] in {1401, 1402}
    assert draft.state.spent() == before


@pytest.mark.anyio
@pytest.mark.parametrize(
    "size", ["1*1", "0*0", "99999*99999", "256", "256x256", "-5*9", "4097*4096"]
)
async def test_sizes_beyond_the_limits_fail_in_the_vendors_way(draft, size):
    body = {"prompt": "sepia", "size": size, "images": [await draft.upload(as_file(IMAGE))]}
    answer = await draft.call("POST", SINGLE, json=body)
    if answer.status_code == 200:
        failed = await draft.finish(answer.json()["data"]["id"])
        assert (failed["status"], failed["code"]) == ("failed", 1401)
    else:
        assert answer.status_code == 400
        assert answer.json()["code"] == 400
